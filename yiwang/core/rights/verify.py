"""The grants against the ledger (等保 CES1-26, GB/T 39786 访问控制信息完整性): what stands in the tables without an act, or
otherwise than the act said, was changed past the verbs. The ledger itself is verified by `core.ledger.verify`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from yiwang.core.ledger.models import Entry
from yiwang.core.ledger.post import post
from yiwang.core.rights import alarms, sessions, tokens
from yiwang.core.rights.granting import facts
from yiwang.core.rights.models import Grant, OwnRole, User

GIVE, REVOKE, ADOPT = "rights.grant.give", "rights.grant.revoke", "rights.grant.adopt"
DEFINE, CHANGE = "rights.role.define", "rights.role.change"


@dataclass(frozen=True)
class Fault:
    """A grant or own role that the ledger does not account for: `obj` as entries name it, what is wrong, whose it is."""

    obj: str
    what: str
    user: int | None = None


def replayed(until: str = "") -> dict[str, dict[str, Any]]:
    """The grants as the ledger has them: object → facts; before an instant (UTC, as entries write it) if given."""
    rows = Entry.objects.filter(act__in=(GIVE, REVOKE, ADOPT)).order_by("pk")
    if until:
        rows = rows.filter(at__lt=until)
    return _replayed(rows)


def _replayed(rows: QuerySet[Entry]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for act, obj, body in rows.values_list("act", "obj", "body"):
        if act == REVOKE:
            found.pop(obj, None)
        else:
            found[obj] = json.loads(body)
    return found


def faults() -> list[Fault]:
    """What does not agree; empty where all is well."""
    return [*_grants(), *_roles()]


def of_user(user: User) -> list[Fault]:
    """What does not agree in the grants that a user holds: asked at each log-in, two queries. See `_grants` for the whole."""
    grants = list(Grant.objects.filter(user=user).select_related("user", "organ", "own").order_by("pk"))
    rows = Entry.objects.filter(act__in=(GIVE, REVOKE, ADOPT), obj__in=[f"rights.grant:{one.pk}" for one in grants])
    kept = _replayed(rows.order_by("pk"))
    return [fault for grant in grants if (fault := _fault(grant, kept.get(f"rights.grant:{grant.pk}")))]


def _fault(grant: Grant, said: dict[str, Any] | None) -> Fault | None:
    """What is wrong with a grant of which the ledger says this; None where it agrees."""
    obj, words = f"rights.grant:{grant.pk}", f"{grant.user.label} · {grant.organ} · {grant.label}"
    if said is None:
        return Fault(obj, f"{words}:没有授权的存证", grant.user_id)
    if any(said.get(key) != value for key, value in facts(grant).items()):
        return Fault(obj, f"{words}:与授权时的存证不符,当时为 {_said(said)}", grant.user_id)
    return None


def _grants() -> Iterator[Fault]:
    kept = replayed()
    for grant in Grant.objects.select_related("user", "organ", "own").order_by("pk"):
        if fault := _fault(grant, kept.pop(f"rights.grant:{grant.pk}", None)):
            yield fault
    for obj, said in kept.items():
        if User.objects.filter(pk=said.get("user", 0)).exists():
            yield Fault(obj, f"{_said(said)}:没有收回的存证,授权却不在了")


def _said(said: dict[str, Any]) -> str:
    return f"用户 {said.get('user')} 单位 {said.get('organ')} 角色 {said.get('role')} 业务 {said.get('area') or '全部'}"


def _roles() -> Iterator[Fault]:
    rows = Entry.objects.filter(act__in=(DEFINE, CHANGE)).order_by("pk").values_list("act", "obj", "body")
    kept = {obj: json.loads(body)["pairs" if act == DEFINE else "after"] for act, obj, body in rows}
    for role in OwnRole.objects.order_by("pk"):
        if kept.get(f"rights.role:{role.pk}") != role.pairs.split():
            yield Fault(f"rights.role:{role.pk}", f"自定义角色“{role.name}”:权限与存证不符")


@transaction.atomic
def adopt(*, actor: str) -> int:
    """Enter the grants that have no act yet, of a time before grants were entered; how many. They count from now on."""
    kept, done = replayed(), 0
    for grant in Grant.objects.order_by("pk"):
        if f"rights.grant:{grant.pk}" not in kept:
            post(actor=actor, act=ADOPT, obj=f"rights.grant:{grant.pk}", body=facts(grant))
            done += 1
    return done


def as_of(moment: datetime | date) -> dict[str, dict[str, Any]]:
    """The grants as they stood before an instant, by the ledger."""
    return replayed(f"{moment:%Y-%m-%dT%H:%M:%S}")


def shut_out(found: Iterable[Fault], *, now: datetime) -> int:
    """Whose grant was changed past the verbs is out at once: his sessions end, his tokens are revoked, an alarm is raised.

    He cannot log in again before the grant agrees with the ledger (`of_user`). How many users.
    """
    users = {fault.user: fault for fault in found if fault.user is not None}
    for user in User.objects.filter(pk__in=users).order_by("pk"):
        with transaction.atomic():
            sessions.end_all(user=user, actor="system", why="grants")
            tokens.revoke_all(user=user, actor="system", now=now)
            alarms.count("grants", user.label, now)
    return len(users)
