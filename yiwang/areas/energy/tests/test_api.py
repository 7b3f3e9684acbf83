"""Readings by /api/v1: all or none, the same ones again change nothing, strangers write nothing."""

from __future__ import annotations

from typing import Any

import pytest

from yiwang.areas.energy import factories
from yiwang.areas.energy.models import Reading
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, world

pytestmark = pytest.mark.django_db
PATH = "/api/v1/datasets/energy.reading/rows"
ROWS = [
    {"meter": "B1", "day": "2026-03-01", "value": 100},
    {"meter": "B1", "day": "2026-04-01", "value": "150.25", "estimated": True},
]


@pytest.fixture
def we() -> World:
    found = world()
    factories.meter(found.ours, number="B1")
    return found


def send(we: World, rows: list[dict[str, Any]], role: str = Role.CLERK, at: Any = None) -> Any:
    return we.client(role, at).post(PATH, {"rows": rows}, content_type="application/json")


def test_rows_come_in_once(we: World) -> None:
    answer = send(we, ROWS)
    assert (answer.status_code, answer.json()["created"]) == (200, 2), answer.content
    again = send(we, ROWS).json()
    assert (again["created"], again["unchanged"], Reading.objects.count()) == (0, 2, 2)


def test_a_wrong_row_keeps_all_out_and_is_named(we: World) -> None:
    answer = send(
        we, [*ROWS, {"meter": "B9", "day": "2026-04-01", "value": 1}, {"meter": "B1", "day": "某日", "value": 1}]
    )
    codes = {(one["row"], one["code"]) for one in answer.json()["faults"]}
    assert codes == {(3, "reading.meter"), (4, "reading.day")}
    assert not Reading.objects.exists()


def test_others_may_not(we: World) -> None:
    assert send(we, ROWS, Role.READER).status_code == 403
    send(we, ROWS, Role.CLERK, we.theirs)
    assert not Reading.objects.exists()
