"""The first three administrators of an empty installation."""

from __future__ import annotations

from datetime import date, datetime

from yiwang.core.orgs.actions import NewOrgan, open_organ
from yiwang.core.orgs.models import Organ, Region
from yiwang.core.orgs.regions import load_regions
from yiwang.core.rights.actions import NewAccount, create
from yiwang.core.rights.granting import give
from yiwang.core.rights.models import ADMINISTRATORS, Grant, Role, User
from yiwang.kit.refusal import Refusal

_THREE = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)


def administrators(
    *, organ: NewOrgan, usernames: tuple[str, str, str], today: date, now: datetime
) -> list[tuple[User, Role, str]]:
    """Three users with one administrator's role each, and their one-time secrets; the root organ too, if there is none.

    Inside a transaction. Refusals `account.first` where there is an administrator already, `grant.organ`.
    """
    if Grant.objects.filter(role__in=ADMINISTRATORS).exists():
        raise Refusal("account.first", "系统里已有管理员,请由系统管理员和安全管理员在“账号”页办理。")
    root = Organ.objects.filter(name=organ.name, depth=1, closed_date=None).first()
    if root is None:
        if Organ.objects.exists():
            raise Refusal("grant.organ", f"没有名为“{organ.name}”的顶层单位,请写准名称。")
        if not Region.objects.exists():
            load_regions()
        root = open_organ(actor="system", new=organ, superior=None, on=today, today=today)
    made = []
    for username, role in zip(usernames, _THREE, strict=True):
        user, secret = create(
            actor="system", new=NewAccount(username=username, name=str(role.label), organ=root), now=now
        )
        give(actor="system", user=user, organ=root, role=role)
        made.append((user, role, secret))
    return made
