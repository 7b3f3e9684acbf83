"""Thirty-two clients at the same money and the same stock, on both databases, each with its positive control."""

from __future__ import annotations

import pytest

from tests.programs import Programs

pytestmark = pytest.mark.slow
RACES = ("pay", "stock")


@pytest.mark.parametrize("name", RACES)
def test_no_more_is_given_than_there_is(on_each: Programs, name: str) -> None:
    """Exactly what was to be had, and the row says so."""
    found = on_each("yiwang.areas.services.tests.race", name, "locked")
    assert found["given"] == found["kept"] == found["had"], found


@pytest.mark.parametrize("name", RACES)
def test_without_the_lock_more_would_be_given(on_each: Programs, name: str) -> None:
    """The control: if this found nothing, the test beside it would prove nothing."""
    found = on_each("yiwang.areas.services.tests.race", name, "open")
    assert found["given"] > found["had"], found
