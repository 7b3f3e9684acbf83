"""The day as the board shows it: of a pool that has yards, the cars that stand in one or drive that day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from yiwang.areas.vehicles.trips.reading import BoardDay, board_day
from yiwang.core.rights.access import Access


def pool_day(access: Access, day: date) -> BoardDay:
    """`board_day` without the cars that no yard keeps: those of the organs below that go their own ways."""
    found = board_day(access, day)
    kept = [car for car in found.cars if car.depot_id]
    if not kept:
        return found
    driven = {one.vehicle_id for one in found.assignments}
    return replace(found, cars=[car for car in found.cars if car.depot_id or car.pk in driven])
