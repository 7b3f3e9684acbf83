"""Who may look where cars are, and where one car was."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import QuerySet

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.watch import rights as watch
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb

AREA = "vehicles"


def verb(access: Access) -> Verb:
    """What lets the user see cars on the map: he reads the registers, or he sends the cars out."""
    return Verb.READ if access.may(Verb.READ, AREA) else Verb.HANDLE


def may_see_map(access: Access) -> bool:
    """Readers of the area and dispatchers. Where cars are now is no track."""
    return access.may(Verb.READ, AREA) or access.may(Verb.HANDLE, AREA)


def cars(access: Access) -> QuerySet[Vehicle]:
    """The cars that the user may see on the map."""
    return access.scope(Vehicle.objects.all(), verb(access))


def may_ask_track(access: Access) -> bool:
    """Whether the user has the right to see tracks at all; each one needs a reason besides (P04)."""
    return watch.may_see_track(access)


def may_see_track(access: Access, vehicle: Vehicle, day: date, now: datetime) -> bool:
    """Whether the user has said why he reads this car's day, and the entry for it is made."""
    return watch.track_reading(access, vehicle.pk, day, now) is not None
