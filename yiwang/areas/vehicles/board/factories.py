"""Rows for tests: a plan, a suggestion to share a car. Not for the application."""

from __future__ import annotations

from datetime import UTC, datetime

from yiwang.areas.vehicles.board.models import DayPlan, DayPlanLine, Pooling, PoolMember
from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.trips.models import Trip
from yiwang.core.rights.models import User


def plan(user: User, trip: Trip, vehicle: Vehicle, *, why: str = "") -> DayPlan:
    """A proposed plan of one line, of the trip's organ and day."""
    made = DayPlan(organ=trip.organ, day=trip.starts_at.date(), made_by=user, made_at=datetime(2026, 1, 1, tzinfo=UTC))
    made.place()
    made.save()
    DayPlanLine.objects.create(plan=made, trip=trip, vehicle=vehicle, leave_at=trip.starts_at, why=why)
    return made


def pooling(trip: Trip, sentence: str) -> Pooling:
    """A suggestion with one side, which has not answered."""
    made = Pooling(organ=trip.organ, day=trip.starts_at.date(), saving=100, sentence=sentence)
    made.made_at = datetime(2026, 1, 1, tzinfo=UTC)
    made.place()
    made.save()
    PoolMember.objects.create(pooling=made, trip=trip, pickup_at=trip.starts_at, arrival_at=trip.ends_at)
    return made
