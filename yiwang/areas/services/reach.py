"""Who reaches what in supplies, canteen and reception: what serves an organ, and whoever serves there."""

from __future__ import annotations

from typing import TypeVar

from django.db import models
from django.db.models import Q

from yiwang.core.orgs.models import LEVELS, Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role, User, Verb
from yiwang.kit.refusal import Refusal

AREA = "services"
M = TypeVar("M", bound=models.Model)


def above(organ: Organ) -> list[int]:
    """Ids of the organ and of all above it, from the root down."""
    return [key for level in LEVELS if (key := getattr(organ, level)) is not None]


def serving(rows: models.QuerySet[M], organ: Organ | None) -> models.QuerySet[M]:
    """The stores or canteens of the organ itself and of those above it: what is run above serves all below."""
    return rows.filter(organ__in=above(organ)) if organ else rows.none()


def serves(access: Access, role: Role) -> bool:
    """Whether the user does this service here: he has its role, or writes the registers of the area."""
    return access.has(role, AREA) or access.may(Verb.WRITE, AREA)


def may_open(access: Access, name: str) -> bool:
    """Whether a page by the name of its address would not refuse the user; True for those that are open to all."""
    reads = access.may(Verb.READ, AREA)
    rules: dict[str, bool] = {
        "services:contracts": reads or access.may(Verb.APPROVE, AREA),
        "services:stores": serves(access, Role.KEEPER),
        "services:consumption": reads or serves(access, Role.KEEPER),
        "services:kitchen": serves(access, Role.CANTEEN),
        "services:reception": serves(access, Role.RECEPTION),
    }
    return rules.get(name, True)


def within(access: Access, path: str = "") -> Q:
    """The rows (or what they point to by `path`) within the organ; the right is the caller's to check."""
    if access.organ is None:
        return Q(pk__in=[])
    return Q(**{f"{path}l{access.organ.depth}": access.organ.pk})


def acting(access: Access) -> User:
    """The user who acts. Refusal `rights.denied` for whoever is not logged in."""
    if not isinstance(access.user, User):
        raise Refusal("rights.denied", "请先登录。")
    return access.user


def at_home(access: Access) -> Organ:
    """The organ that the user works for. Refusal `rights.denied` without one."""
    if access.organ is None:
        raise Refusal("rights.denied", "您还没有单位,请联系管理员授权。")
    return access.organ
