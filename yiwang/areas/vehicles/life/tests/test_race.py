"""Thirty-two clients at the last five places of a quota, on both databases, with the positive control. Bench: 10,000 asks."""

from __future__ import annotations

import pytest

from tests.programs import Programs


@pytest.mark.slow
def test_no_place_is_given_twice(on_each: Programs) -> None:
    """Moved, planned or driven away: what was given and what is left is what there was; without the lock it is not."""
    found = on_each("yiwang.areas.vehicles.life.tests.race", 2)
    assert found["locked"] == {"had": 10, "given": 10, "left": 0, "oversold": 0}
    assert found["open"]["oversold"] > 0, "without the lock nothing was oversold: the test beside it proves nothing"
