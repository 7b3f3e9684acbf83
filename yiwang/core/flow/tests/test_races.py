"""Approve and withdraw at once, two approvers, two lanes, ten clicks: one final state, one effect, on both databases."""

from __future__ import annotations

import pytest

from tests.programs import Programs

pytestmark = pytest.mark.slow
EVERY = {
    "approve and withdraw",
    "two approvers, one is enough",
    "two approvers, both needed",
    "two lanes at a join",
    "ten clicks on apply",
    "ten clicks on approve",
    "numbers",
}


def test_f17_f18_f19_on_sqlite(on_sqlite: Programs) -> None:
    found = on_sqlite("yiwang.core.flow.tests.races", 5, "held")
    assert set(found["rounds"]) == EVERY
    assert not any(found["wrong"].values()), found


@pytest.mark.postgres
def test_f17_f18_f19_on_postgresql(on_postgresql: Programs) -> None:
    found = on_postgresql("yiwang.core.flow.tests.races", 5, "held")
    assert set(found["rounds"]) == EVERY
    assert not any(found["wrong"].values()), found


@pytest.mark.postgres
def test_without_the_lock_every_race_shows(on_postgresql: Programs) -> None:
    """The control, until all have shown. SQLite has one writer at a time, and shows nothing even so."""
    found = on_postgresql("yiwang.core.flow.tests.races", 20, "free")
    assert all(found["wrong"].values()), found
