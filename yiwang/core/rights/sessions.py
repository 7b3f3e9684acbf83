"""Sessions: what is noted when one begins, when it ends, and how many a person may have."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from yiwang.core.ledger.post import post
from yiwang.core.rights.models import LoginSession, User
from yiwang.kit.refusal import Refusal

#: Where the gate keeps what it knows of a session.
GATE = "gate"
#: Ended ones are kept so long, for the owner to look at.
KEPT = timedelta(days=90)


def begin(request: HttpRequest, user: User) -> None:
    """Note that a session begins; end the oldest where a person has too many."""
    session: SessionBase | None = getattr(request, "session", None)
    if session is None:
        return
    if not session.session_key:
        session.create()
    now = timezone.now()
    session[GATE] = {"seen": int(now.timestamp())}
    agent = request.META.get("HTTP_USER_AGENT", "")[:200]
    address = request.META.get("REMOTE_ADDR", "")[:45]
    values = {"user": user, "begun_at": now, "seen_at": now, "address": address, "agent": agent}
    LoginSession.objects.update_or_create(
        key=str(session.session_key), defaults=values | {"ended_at": None, "ended_why": ""}
    )
    if most := settings.SESSIONS_EACH:
        for old in opened(user)[most:]:
            end(old, why="too-many")


def opened(user: User) -> list[LoginSession]:
    """The sessions that go on, the latest log-in first; those past their time are not among them."""
    begun = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    rows = user.login_sessions.filter(ended_at=None, begun_at__gt=begun)
    return list(rows.order_by("-begun_at", "-pk"))


def _store(key: str) -> SessionBase:
    engine = import_module(settings.SESSION_ENGINE)
    store: SessionBase = engine.SessionStore(key)
    return store


def end(row: LoginSession, *, why: str) -> None:
    """The session's data is gone at once; its cookie opens nothing any more."""
    _store(row.key).delete()
    LoginSession.objects.filter(pk=row.pk, ended_at=None).update(ended_at=timezone.now(), ended_why=why)


def ended(key: str, *, why: str) -> None:
    """Note that the session with this key is over (log-out, idle)."""
    LoginSession.objects.filter(key=key, ended_at=None).update(ended_at=timezone.now(), ended_why=why)


def seen(key: str) -> None:
    """Note that the session is being used; called once in a while, not with every page."""
    LoginSession.objects.filter(key=key).update(seen_at=timezone.now())


@transaction.atomic
def end_all(*, user: User, actor: str, why: str, keep: str = "") -> int:
    """End every session of a user but the one with the key `keep`; how many that were."""
    rows: Iterable[LoginSession] = user.login_sessions.filter(ended_at=None).exclude(key=keep)
    count = 0
    for row in rows:
        end(row, why=why)
        count += 1
    if count:
        post(actor=actor, act="rights.session.end", obj=f"rights.user:{user.pk}", body={"why": why, "count": count})
    return count


@transaction.atomic
def end_own(*, user: User, session: int, actor: str) -> None:
    """A person ends one of his own sessions. Refusal `session.unknown`."""
    row = user.login_sessions.filter(pk=session, ended_at=None).first()
    if row is None:
        raise Refusal("session.unknown", "没有这个会话,或者它已经结束。请刷新列表。")
    end(row, why="owner")
    post(actor=actor, act="rights.session.end", obj=f"rights.user:{user.pk}", body={"why": "owner", "count": 1})


def tidy() -> int:
    """Remove what ended long ago, and the data of sessions past their time; how many notes went."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    before = timezone.now() - KEPT
    return int(LoginSession.objects.filter(begun_at__lt=before).delete()[0])
