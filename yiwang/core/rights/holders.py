"""Who holds a role for an organ: how a process finds the persons of a step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from yiwang.core.orgs.models import LEVELS, Organ
from yiwang.core.rights.held import allowing, in_force, lent
from yiwang.core.rights.models import Delegation, Grant, OwnRole, Role, User, Verb


def holders(role: Role | OwnRole, organ: Organ, area: str = "", *, on: date | None = None) -> list[User]:
    """The active users who hold the role at the organ, else at the nearest one above it; by name. One query.

    A grant for another area does not count. Empty where nobody holds it up to the root. With the day `on` accounts at
    their end are left out, and those join to whom a holder has lent the role, marked by `behalf` (two queries).
    """
    asked = Q(role=Role.OWN, own=role) if isinstance(role, OwnRole) else Q(role=role, area__in={"", area})
    return _nearest(_grants(asked, organ), organ, on)


def able(verb: Verb, organ: Organ, area: str = "", *, on: date | None = None) -> list[User]:
    """The active users whose role, built in or own, allows the verb in the area at the organ, else above; as `holders`."""
    return _nearest(_grants(allowing(verb, area), organ), organ, on)


def _grants(asked: Q, organ: Organ) -> Iterable[Grant]:
    return Grant.objects.filter(asked, organ__in=_above(organ), user__is_active=True).select_related(
        "user", "own", "organ"
    )


def _above(organ: Organ) -> list[int]:
    return [pk for level in LEVELS if (pk := getattr(organ, level)) is not None]


def _nearest(grants: Iterable[Grant], organ: Organ, on: date | None) -> list[User]:
    """The users of the grants that stand lowest, and their delegates."""
    found = [one for one in grants if on is None or not one.user.expired(on)]
    lowest = max((one.organ.depth for one in found), default=0)
    kept = [one for one in found if one.organ.depth == lowest]
    users = {one.user_id: one.user for one in kept}
    for delegate in _delegates(kept, organ, on) if on and kept else ():
        users.setdefault(delegate.pk, delegate)
    return sorted(users.values(), key=lambda one: (one.display_name, one.pk))


def _delegates(grants: list[Grant], organ: Organ, on: date) -> Iterable[User]:
    """To whom these grants are lent for the organ, each with the lender in `behalf`."""
    above = set(_above(organ))
    rows = Delegation.objects.filter(in_force(on), lender__in={one.user_id for one in grants}, delegate__is_active=True)
    for row in rows.select_related("organ", "lender", "delegate"):
        for grant in grants:
            for held in lent(row, grant) if grant.user_id == row.lender_id else ():
                if held.organ.pk in above and not row.delegate.expired(on):
                    row.delegate.behalf = held.lender
                    yield row.delegate
