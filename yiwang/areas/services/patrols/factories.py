"""Rows for tests: plans. Not for the application."""

from __future__ import annotations

from datetime import date
from typing import Any

from yiwang.areas.services.orders.models import PatrolObject
from yiwang.areas.services.patrols.models import PatrolPlan
from yiwang.core.places.models import Building


def plan(building: Building, times: int = 4, since: date = date(2026, 1, 1), **more: Any) -> PatrolPlan:
    """A plan of the building's organ, by default of its structure."""
    facts: dict[str, Any] = {"patrol_object": PatrolObject.STRUCTURE, **more}
    row = PatrolPlan(building=building, organ=building.organ, times=times, valid_from=since, **facts)
    row.place()
    row.save()
    return row
