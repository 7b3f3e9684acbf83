"""锁定: too many failures of a name from one address shut that pair out for half an hour, on every path the same.

django-axes counts; a wrong second factor and a wrong token are counted as wrong passwords are. The pair is of name and
address, so that nobody can shut a colleague out from elsewhere; failures while shut out do not prolong it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from yiwang.core.ledger.post import post
from yiwang.core.rights import alarms
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role, User, folded
from yiwang.kit.refusal import Refusal

#: What a typed name may add to the record.
_LONGEST = 60


@dataclass(frozen=True)
class Lock:
    """A name shut out at an address."""

    username: str
    address: str
    failures: int
    until: datetime


def _credentials(username: str) -> dict[str, str]:
    return {"username": username}


def key(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The name under which axes counts: folded as the log-in folds it, so that spellings give no more tries."""
    return folded(str((credentials or {}).get("username") or ""))[:150]


def is_locked(request: HttpRequest, username: str) -> bool:
    """Whether this name is shut out from where the request comes from."""
    return bool(getattr(settings, "AXES_ENABLED", True)) and not AxesProxyHandler.is_allowed(
        request, _credentials(username)
    )


def failed(request: HttpRequest, username: str, why: str) -> None:
    """Count a failure of another kind than the password (`code`, `token`) as one."""
    user_login_failed.send(sender=why, credentials=_credentials(username), request=request)


def note_failure(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Receiver, after that of axes: an entry in the ledger for each failure that still could have let in; the alarm's count.

    Line breaks and the like in the name are shown as escapes: they cannot forge a line anywhere.
    """
    if request is None:
        return
    name = cleaned(str(credentials.get("username") or ""))
    known = _known(str(credentials.get("username") or ""))
    shut = _shut_before(request)
    why = sender if sender in {"code", "token"} else "password"
    with transaction.atomic():
        if not shut:
            post(
                actor=f"user:{known}" if known else "anonymous",
                act="rights.session.fail",
                obj=f"rights.user:{known or '-'}",
                body={"name": name, "why": why, "ok": False},
            )
        alarms.count("login-failed", name, timezone.now())


def _shut_before(request: HttpRequest) -> bool:
    """Whether the name was shut out already before this failure, so that it decided nothing."""
    failures = getattr(request, "axes_failures_since_start", None)
    return bool(getattr(request, "axes_locked_out", False)) and (
        failures is None or failures > settings.AXES_FAILURE_LIMIT
    )


def note_lock(sender: Any, request: HttpRequest, username: str | None = None, ip_address: str = "", **kw: Any) -> None:
    """Receiver of axes' user_locked_out: the lock itself is recorded, once, and raises an alarm."""
    if _shut_before(request):
        return
    known = _known(username or "")
    with transaction.atomic():
        post(
            actor="system",
            act="rights.session.lock",
            obj=f"rights.user:{known or '-'}",
            body={"name": cleaned(username or ""), "address": ip_address or "", "ok": False},
        )
        alarms.count("locked", cleaned(username or ""), timezone.now())


def _known(name: str) -> int | None:
    """The id of the account that logs in under this name."""
    return User.objects.filter(name_key=folded(name)).values_list("pk", flat=True).first()


def cleaned(name: str) -> str:
    """A typed name for records: cut, and nothing in it that moves the cursor or the reading direction."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in name[:_LONGEST])


def locked() -> list[Lock]:
    """The pairs shut out at this instant, the latest first."""
    cool_off = timedelta(hours=settings.AXES_COOLOFF_TIME)
    rows = AccessAttempt.objects.filter(
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gt=timezone.now() - cool_off
    )
    return [
        Lock(row.username or "", row.ip_address or "", row.failures_since_start, row.attempt_time + cool_off)
        for row in rows.order_by("-attempt_time")
    ]


@transaction.atomic
def unlock(*, username: str, access: Access, reason: str) -> int:
    """The security administrator lets a name in again from everywhere, with the reason; how many locks went.

    Refusals `rights.denied`, `lock.reason`, `lock.none`.
    """
    access.need(access.has(Role.SECURITY_ADMIN), "解除锁定")
    if len(reason.strip()) < 4:
        raise Refusal("lock.reason", "请写明解除锁定的理由。")
    count = AccessAttempt.objects.filter(username=folded(username)).delete()[0]
    if not count:
        raise Refusal("lock.none", f"账号“{cleaned(username)}”没有被锁定,请刷新列表。")
    known = _known(username)
    body = {"name": cleaned(username), "reason": reason.strip()}
    post(actor=access.actor, act="rights.session.unlock", obj=f"rights.user:{known or '-'}", body=body)
    return int(count)
