"""What a user holds: grants, roles of posts, and what others have lent him. And the area that a row belongs to."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from yiwang.core.orgs.models import Appointment, Organ
from yiwang.core.rights.models import ADMINISTRATORS, VERBS, Delegation, Grant, Lender, OwnRole, Role, User, Verb
from yiwang.kit.prepared import prepared

M = TypeVar("M", bound=models.Model)
AREAS = "yiwang.areas."


@dataclass(frozen=True)
class Held:
    """A role at an organ and below it. `own`: what it is where the role is the installation's own. `lender`: whose."""

    role: Role
    area: str
    organ: Organ
    own: OwnRole | None = None
    lender: Lender | None = None
    post: bool = False

    @property
    def powers(self) -> frozenset[tuple[Verb, str]]:
        """(verb, area) of each thing allowed; "" is every area."""
        if self.own is not None:
            return self.own.powers
        return frozenset((verb, self.area) for verb in VERBS[self.role])

    @property
    def words(self) -> str:
        """The role as pages name it."""
        name = self.own.name if self.own else str(self.role.label)
        return f"{name}(代{self.lender.name})" if self.lender else name


def held_by(user: User | AnonymousUser, on: date | None) -> list[Held]:
    """All that an active user holds on the day, the highest organ first.

    One query; one more for who has a person, two more for who deputizes. Without a day grants only. An administrator
    holds his one role and nothing else.
    """
    if not isinstance(user, User) or not user.is_active or (on is not None and user.expired(on)):
        return []
    held = [_of(grant) for grant in _granted(user=user.pk)]
    alone = [one for one in held if one.role in ADMINISTRATORS]
    if alone or on is None:
        return alone or held
    if user.person_id:
        held += _posts(user.person_id, on)
    if user.deputy_until and on < user.deputy_until:
        held += _borrowed(user, on)
    return sorted(held, key=lambda one: (one.organ.depth, one.organ.sort_key, one.organ.pk))


def _in_order(rows: models.QuerySet[Grant]) -> models.QuerySet[Grant]:
    rows = rows.select_related("organ", "own")
    return rows.order_by("organ__depth", "organ__sort_key", "organ_id", "pk")


def _grants(users: Collection[int]) -> models.QuerySet[Grant]:
    return _in_order(Grant.objects.filter(user__in=users))


@prepared
def _granted(user: int) -> models.QuerySet[Grant]:
    return _in_order(Grant.objects.filter(user=user))


def _of(grant: Grant) -> Held:
    return Held(Role(grant.role), grant.area, grant.organ, grant.own)


def _posts(person: int, on: date) -> list[Held]:
    """Whoever has a post in an organ is a member of its staff: he may ask for services there."""
    return [Held(Role.STAFF, "", row.organ, post=True) for row in _appointed(person=person, on=on)]


@prepared
def _appointed(person: int, on: date) -> models.QuerySet[Appointment]:
    now = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
    return Appointment.objects.filter(now, person=person).select_related("organ")


def in_force(on: date) -> Q:
    """The delegations that hold on a day. Its end: taken back, the period over, or the lender's account closed."""
    lender = Q(lender__is_active=True) & (Q(lender__valid_to=None) | Q(lender__valid_to__gt=on))
    return Q(ended_at=None, valid_from__lte=on, valid_to__gt=on) & lender


def _borrowed(user: User, on: date) -> Iterator[Held]:
    """What lenders hold now by grant of what they have lent; nothing that was lent to them."""
    rows = list(Delegation.objects.filter(in_force(on), delegate=user).select_related("organ", "lender"))
    grants: dict[int, list[Grant]] = {}
    for grant in _grants({row.lender_id for row in rows}) if rows else ():
        grants.setdefault(grant.user_id, []).append(grant)
    for row in rows:
        for grant in grants.get(row.lender_id, []):
            yield from lent(row, grant)


def lent(delegation: Delegation, grant: Grant) -> list[Held]:
    """The part of a lender's grant that a delegation passes on: where the two subtrees meet. At most one."""
    if grant.role in ADMINISTRATORS or not _covers(delegation, grant):
        return []
    ours, given = delegation.organ, grant.organ
    if getattr(ours, f"l{given.depth}") == given.pk:
        organ = ours
    elif getattr(given, f"l{ours.depth}") == ours.pk:
        organ = given
    else:
        return []
    lender = Lender(delegation.lender_id, delegation.lender.label)
    return [Held(Role(grant.role), grant.area, organ, grant.own, lender)]


def _covers(delegation: Delegation, grant: Grant) -> bool:
    return not delegation.role or (delegation.role == grant.role and delegation.own_id == grant.own_id)


def area_of(row: models.Model | type[models.Model]) -> str:
    """The area that a row or all rows of a model belong to; "" is any.

    A model of `yiwang.areas.X` belongs to X. Of a core model whose rows belong to areas one by one `area_by` names the
    text whose first dotted part is the area: `offices.room`.
    """
    path = getattr(row, "area_by", "")
    if path and isinstance(row, models.Model):
        return str(getattr(row, path)).partition(".")[0]
    config: Any = row._meta.app_config
    name: str = config.name if config else ""
    return name.removeprefix(AREAS).partition(".")[0] if name.startswith(AREAS) else ""


def narrow(rows: models.QuerySet[M], areas: Collection[str]) -> models.QuerySet[M]:
    """The rows of these areas."""
    model = rows.model
    if path := getattr(model, "area_by", ""):
        within = Q(pk__in=[])
        for area in sorted(areas):
            within |= Q(**{f"{path}__startswith": f"{area}."}) | Q(**{path: area})
        return rows.filter(within)
    own = area_of(model)
    return rows if not own or own in areas else rows.none()


def allowing(verb: Verb, area: str = "") -> Q:
    """The grants that allow the verb in the area (without one: in all areas), by a built-in role or an own one."""
    roles = [role for role, verbs in VERBS.items() if verb in verbs]
    own = Q(own__pairs__contains=f" *:{verb} ") | Q(own__pairs__contains=f" {area}:{verb} ")
    return Q(role__in=roles, area__in={"", area}) | (own & Q(own__closed=False))
