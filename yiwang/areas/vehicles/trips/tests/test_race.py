"""One car, one trip at a time: some dozens of rounds on both databases (10,000 of 32 clients: `bench/trips.py`); the lock
suffices; without lock and belt it happens."""

from __future__ import annotations

from typing import Any

import pytest

from tests.programs import Programs

pytestmark = pytest.mark.slow
MODES = ("real:99", "no-belt:12", "none:12")
LOST = ("assign.overlap", "assign.driver-overlap")


def verify(results: dict[str, dict[str, Any]]) -> None:
    """One winner each, all others told; and the control shows that there was something to win."""
    for mode in ("real", "no-belt"):
        one = results[mode]
        assert (one["one"], one["nobody"], one["double"]) == (one["rounds"], 0, 0), one
        lost = sum(one["said"].get(code, 0) for code in LOST)
        assert (one["said"]["won"], lost) == (one["rounds"], one["rounds"] * (one["clients"] - 1)), one
    assert results["none"]["double"] > 0, "the control found no race: then the rest proves nothing"


def test_one_trip_each(on_each: Programs) -> None:
    found = on_each.lines("yiwang.areas.vehicles.trips.tests.race", 6, *MODES)
    verify({one["mode"]: one for one in found})
