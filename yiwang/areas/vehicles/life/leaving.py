"""What must be over before a car leaves its organ: each topic that still needs the car says so here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.kit.refusal import Refusal

Check = Callable[[Vehicle, date], Refusal | None]
_checks: list[Check] = []


def before_leaving(check: Check) -> None:
    """Let a topic refuse that a car is disposed of or given away on a day: called with the car's row locked."""
    if check not in _checks:
        _checks.append(check)


def check_leaving(car: Vehicle, on: date) -> None:
    """Raise what the first topic says."""
    for check in _checks:
        if (refusal := check(car, on)) is not None:
            raise refusal
