"""Who may do what with trips, and which trips he sees."""

from __future__ import annotations

from typing import TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from yiwang.areas.vehicles.trips.models import Assignment, Driver, Loan, LoanState, Trip
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role, User, Verb

AREA = "vehicles"
M = TypeVar("M", bound=models.Model)


def dispatches(access: Access) -> bool:
    """Whether the user sends cars here: the dispatcher, or who configures the area. A driver serves, but does not."""
    return access.organ is not None and (access.has(Role.DISPATCHER, AREA) or access.may(Verb.CONFIGURE, AREA))


def consents(access: Access) -> bool:
    """Whether the user answers for lending: the dispatcher or whoever approves in the area."""
    return dispatches(access) or access.may(Verb.APPROVE, AREA)


def applies(access: Access) -> bool:
    """Whether the user may ask for a car."""
    return access.organ is not None and isinstance(access.user, User) and access.may(Verb.APPLY, AREA)


def in_pool(access: Access, rows: QuerySet[M]) -> QuerySet[M]:
    """The rows (of a Scoped model) of the dispatcher's pool; none for anybody else."""
    if access.organ is None or not dispatches(access):
        return rows.none()
    return rows.filter(**{f"l{access.organ.depth}": access.organ.pk})


def driver_of(access: Access) -> Driver | None:
    """The driver that the user is: by his account, or by who he is on the payroll."""
    mine = _me(access)
    return Driver.objects.filter(mine).select_related("organ").first() if mine else None


def drives(driver: Driver | None, access: Access) -> bool:
    """Whether the user is this driver."""
    if driver is None or not isinstance(access.user, User):
        return False
    person = access.user.person_id
    return driver.user_id == access.user.pk or (person is not None and driver.person_id == person)


def at_wheel(row: Assignment, access: Access) -> bool:
    """Whether the user drives this: as its driver, or taking turns with him."""
    return drives(row.driver, access) or drives(row.second, access)


def _me(access: Access, path: str = "") -> Q | None:
    """The condition that a driver (at `path`) is the user."""
    if not isinstance(access.user, User):
        return None
    mine = Q(**{f"{path}user": access.user.pk})
    return mine | Q(**{f"{path}person": access.user.person_id}) if access.user.person_id else mine


def _lent(access: Access, *states: LoanState) -> Exists:
    """Trips for which a car of the user's pool was asked."""
    assert access.organ is not None
    level = {f"l{access.organ.depth}": access.organ.pk}
    return Exists(Loan.objects.filter(trip=OuterRef("pk"), state__in=states, **level))


def dispatchable(access: Access) -> QuerySet[Trip]:
    """The trips that the user may give cars to: of his pool, and those to which his pool agreed to lend."""
    if access.organ is None or not dispatches(access):
        return Trip.objects.none()
    mine = Q(**{f"l{access.organ.depth}": access.organ.pk})
    return Trip.objects.filter(mine | Q(_lent(access, LoanState.AGREED)))


def visible(access: Access) -> QuerySet[Trip]:
    """The trips that the user sees: his own; those he drives; for readers and dispatchers those of their organs; those
    for which his pool was asked for a car.
    """
    if not isinstance(access.user, User):
        return Trip.objects.none()
    seen = Q(applicant=access.user.pk)
    mine, turns = _me(access, "driver__"), _me(access, "second__")
    if mine is not None and turns is not None:
        seen |= Q(Exists(Assignment.objects.filter(mine | turns, trip=OuterRef("pk"), released_at=None)))
    if access.organ is not None:
        level = Q(**{f"l{access.organ.depth}": access.organ.pk})
        if access.may(Verb.READ, AREA) or dispatches(access):
            seen |= level
        if consents(access):
            seen |= Q(_lent(access, LoanState.ASKED, LoanState.AGREED))
    return Trip.objects.filter(seen)
