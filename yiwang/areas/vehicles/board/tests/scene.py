"""A pool with two yards, a few cars and drivers, and a Tuesday: what the tests of the board share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from yiwang.areas.vehicles.factories import vehicle
from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.trips import factories
from yiwang.areas.vehicles.trips.models import Depot, Driver, Stop, Trip
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, world

DAY = date(2026, 12, 1)  # a Tuesday
MIDNIGHT = timezone.make_aware(datetime(2026, 12, 1))
NOW = MIDNIGHT - timedelta(hours=6)
CENTRE = (102.71, 25.04)


def at(hour: float) -> datetime:
    """An hour of the day."""
    return MIDNIGHT + timedelta(hours=hour)


@dataclass
class Pool:
    """Everything of ours."""

    we: World
    yard: Depot
    cars: list[Vehicle]
    drivers: list[Driver]

    @property
    def access(self) -> Access:
        """The dispatcher."""
        return self.we.access(Role.DISPATCHER)

    def trip(self, hour: float, hours: float = 1.5, east: float = 0.05, **more: Any) -> Trip:
        """A trip that waits; its goal lies so many degrees east."""
        row = factories.trip(self.we.ours, self.we.user(), at(hour), hours, **more)
        for stop in Stop.objects.filter(trip=row):
            stop.longitude, stop.latitude = CENTRE[0] + east * stop.order, CENTRE[1]
            stop.save()
        return row


def pool(cars: int = 3, drivers: int = 3) -> Pool:
    """Cars and drivers of one yard."""
    we = world()
    yard = factories.depot(we.ours)
    yard.longitude, yard.latitude = CENTRE
    yard.save()
    fleet = [vehicle(we.ours, plate=f"示A0000{number}", depot=yard, use="OTHER") for number in range(1, cars + 1)]
    people = [
        factories.driver(we.ours, name, depot=yard) for name in ("马骏", "刘强", "赵明", "孙浩", "何勇")[:drivers]
    ]
    return Pool(we, yard, fleet, people)
