"""Rows for the tests of the watch: a car in its yard, a trip, points as they were reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from yiwang.areas.vehicles import factories
from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.tracks.models import Point
from yiwang.areas.vehicles.trips.models import Assignment, Depot, Purpose, Stop, Trip, TripState
from yiwang.areas.vehicles.watch.loading import midnight
from yiwang.areas.vehicles.watch.models import Assessment
from yiwang.areas.vehicles.watch.tests import drawn
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.models import User

DAY = date(2026, 11, 26)  # a Thursday
NOW = midnight(DAY) + timedelta(days=1, hours=3)
_numbers = count(1)
NIGHT: list[list[Any]] = [["22:50", 0, 0], ["23:12", 0, 0], ["23:30", 6, 8], ["23:50", 0, 0]]


def car(at: Organ, **more: Any) -> Vehicle:
    """A car that stands in the yard at the origin."""
    lon, lat = drawn.degrees(0, 0)
    yard = Depot(organ=at, name=f"车场{next(_numbers)}", sort_key="c", longitude=round(lon, 6), latitude=round(lat, 6))
    yard.place()
    yard.save()
    return factories.vehicle(at, depot=yard, **more)


def report(vehicle: Vehicle, track: Sequence[Sequence[Any]], *, day: date = DAY, every: float = 30) -> None:
    """The points of a drawn track, as they come from a terminal."""
    start = midnight(day)
    points = [
        Point(
            terminal=1,
            vehicle=vehicle.pk,
            at=start + timedelta(seconds=t),
            longitude=drawn.degrees(east, north)[0],
            latitude=drawn.degrees(east, north)[1],
            speed=speed,
        )
        for _, t, east, north, speed in drawn.along(track, every)
    ]
    Point.objects.bulk_create(points)


def trip(vehicle: Vehicle, start: datetime, end: datetime, **more: Any) -> Assignment:
    """A trip that the car is held for; stops in kilometres from the origin."""
    stops = more.pop("stops", [])
    user, _ = User.objects.get_or_create(username="applicant")
    facts: dict[str, Any] = {"purpose": Purpose.MEETING, "state": TripState.ASSIGNED, **more}
    wanted = Trip(
        organ=vehicle.organ, number=f"YC{next(_numbers):05}", applicant=user, passengers=1, reason="开会",
        starts_at=start, ends_at=end, requested_at=start, **facts,
    )  # fmt: skip
    wanted.place()
    wanted.save()
    for order, place in enumerate(stops):
        lon, lat = drawn.degrees(*place)
        Stop.objects.create(
            trip=wanted, order=order, name=f"地点{order}", longitude=round(lon, 6), latitude=round(lat, 6)
        )
    held = Assignment(
        trip=wanted,
        vehicle=vehicle,
        organ=vehicle.organ,
        held_from=start,
        held_to=end,
        assigned_by=user,
        assigned_at=start,
    )
    held.place()
    held.save()
    return held


def assessment(at: Organ, until: date = date(2027, 1, 1), title: str = "轨迹查阅") -> Assessment:
    """An impact assessment in force."""
    row = Assessment(
        organ=at, title=title, purpose="核查", risk="行踪", measures="专门权限", assessor="法规处",
        valid_from=date(2026, 1, 1), valid_to=until,
    )  # fmt: skip
    row.place()
    row.save()
    return row
