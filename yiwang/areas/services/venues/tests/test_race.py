"""No double booking: a few dozen rounds on both databases (10,000 of 32 clients: `bench/venues.py`); lock and belt each
suffice; without both it happens."""

from __future__ import annotations

from typing import Any

import pytest

from tests.programs import Programs

pytestmark = pytest.mark.slow
MODES = ("real:60", "no-belt:15", "no-lock:15", "none:5")


def verify(results: dict[str, dict[str, Any]]) -> None:
    """One winner each, all others told; and the control shows that there was something to win."""
    for mode in ("real", "no-belt", "no-lock"):
        one = results[mode]
        assert (one["one"], one["nobody"], one["double"]) == (one["rounds"], 0, 0), one
        lost = one["said"]["booking.taken"] + one["said"].get("deadlock", 0)
        assert (one["said"]["won"], lost) == (one["rounds"], one["rounds"] * (one["clients"] - 1)), one
    assert "deadlock" not in results["real"]["said"]
    assert results["none"]["double"] > 0, "the control found no race: then the rest proves nothing"


def test_one_winner_each(on_each: Programs) -> None:
    found = on_each.lines("yiwang.areas.services.venues.tests.race", 8, *MODES)
    verify({one["mode"]: one for one in found})
