"""Sixteen managers at one whole, on both databases, with its positive control."""

from __future__ import annotations

import pytest

from tests.programs import Programs

pytestmark = pytest.mark.slow
RACE = "yiwang.areas.energy.judge.tests.race"


def test_no_more_is_handed_down_than_there_is(on_each: Programs) -> None:
    """Exactly the whole, and the row above says so."""
    found = on_each(RACE, "give", "locked")
    assert found["given"] == found["kept"] == found["had"], found


def test_without_the_lock_more_would_be_handed_down(on_each: Programs) -> None:
    """The control: if this found nothing, the test beside it would prove nothing."""
    found = on_each(RACE, "give", "open")
    assert found["given"] > found["had"], found
