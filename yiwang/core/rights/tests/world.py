"""A province with two counties, the three administrators at the province, and users made through the verbs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count

from django.db import transaction

from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.granting import give
from yiwang.core.rights.models import OwnRole, Role, User

TODAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 2, tzinfo=UTC)
_numbers = count(1)


@dataclass(frozen=True)
class World:
    """`province` above `ours` and `theirs`."""

    province: Organ
    ours: Organ
    theirs: Organ
    system: Access
    security: Access
    audit: Access


def user(organ: Organ | None, *roles: Role, name: str = "王敏", area: str = "", own: OwnRole | None = None) -> User:
    """A user kept by the organ, with these roles there."""
    with transaction.atomic():
        made = User.objects.create(username=f"u{next(_numbers)}", display_name=name, organ=organ)
        for role in roles:
            assert organ is not None
            give(actor="system", user=made, organ=organ, role=role, area=area, own=own)
    return made


def access(organ: Organ, *roles: Role, name: str = "王敏", area: str = "", own: OwnRole | None = None) -> Access:
    """The access of such a user, on the day."""
    return access_for(user(organ, *roles, name=name, area=area, own=own), on=TODAY)


def world() -> World:
    """Made anew in each test."""
    province = factories.organ("示例省机关事务管理局", tier="PROVINCE", code="990000")
    ours, theirs = factories.organ("青河县财政局", province), factories.organ("云岭县水利局", province)
    three = (access(province, role) for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN))
    return World(province, ours, theirs, *three)
