"""Two repairers take the same order at once: one has it, on both databases; and the control shows that it is the lock."""

from __future__ import annotations

import pytest

from tests.programs import Programs

ROUNDS, CLIENTS = 12, 8


@pytest.mark.slow
def test_one_winner_with_the_lock_and_several_without(on_each: Programs) -> None:
    winners = on_each("yiwang.areas.services.orders.tests.race", ROUNDS, CLIENTS)
    assert winners["locked"] == [1] * ROUNDS
    assert max(winners["bare"]) > 1, "the control: the race is there, and this test sees it"
