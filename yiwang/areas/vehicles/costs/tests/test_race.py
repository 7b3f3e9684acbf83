"""Thirty-two clients at one budget, on both databases, with its positive control."""

from __future__ import annotations

import pytest

from tests.programs import Programs

pytestmark = pytest.mark.slow
PROGRAM = "yiwang.areas.vehicles.costs.tests.race"


def test_no_more_is_spent_than_there_is(on_each: Programs) -> None:
    found = on_each(PROGRAM, "locked")
    assert found["given"] == found["kept"] == found["had"], found


def test_without_the_conditional_update_more_would_be_spent(on_each: Programs) -> None:
    """The control: if this found nothing, the test beside it would prove nothing."""
    found = on_each(PROGRAM, "open")
    assert found["given"] > found["had"], found
