"""Messages read, folded by hour, kept once; settled to readings by day."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.areas.energy import factories
from yiwang.areas.energy.models import HourValue, Reading, UseMonth
from yiwang.areas.energy.mqtt.payload import read
from yiwang.areas.energy.mqtt.settling import midnight, settle
from yiwang.areas.energy.mqtt.store import HOUR, Numbers, fold, keep
from yiwang.core.ledger.models import Entry
from yiwang.desk.testing import World, world

AT = 1_764_460_800


@pytest.mark.parametrize(
    ("payload", "rows", "wrong"),
    [
        ({"rows": [["B1", AT, 12.5], ["B2", AT, 7]]}, [("B1", AT, 12500), ("B2", AT, 7000)], 0),
        ({"rows": [{"meter": "B1", "at": AT, "value": 12.5}]}, [("B1", AT, 12500)], 0),
        ({"rows": [["B1", AT, -1], ["B1", AT, 1], ["B1", 5, 1], ["B1", AT], ["B1", AT, "x"]]}, [("B1", AT, 1000)], 4),
        ({"rows": {"B1": 1}}, [], 1),
        ({"readings": []}, [], 1),
        ([1], [], 1),
        ({"rows": []}, [], 0),
    ],
)
def test_messages(payload: Any, rows: list[tuple[str, int, int]], wrong: int) -> None:
    found = read(json.dumps(payload).encode())
    assert (found.rows, found.wrong) == (rows, wrong)


@given(st.binary(max_size=60))
def test_no_message_stops_the_receiver(payload: bytes) -> None:
    assert read(payload).wrong <= 1


def test_what_is_no_json_is_counted() -> None:
    for payload in (b"\xff\xfe", b"[" * 100_000, b"{", b'{"rows": [["B", NaN, 1]]}', b'{"rows":[["B",1e400,1]]}'):
        assert (read(payload).rows, read(payload).wrong) == ([], 1)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9999), st.integers(0, 9)), max_size=30))
def test_the_order_of_rows_with_different_times_does_not_matter(rows: list[tuple[str, int, int]]) -> None:
    unique = list({(number, at): (number, at, value) for number, at, value in rows}.values())
    ids = {"a": 1, "b": 2}
    assert fold(unique, ids) == fold(unique[::-1], ids) == fold(unique * 2, ids)


@pytest.fixture
def we() -> World:
    return world()


@pytest.mark.django_db
def test_twice_is_once_and_late_does_not_undo(we: World) -> None:
    meter = factories.meter(we.ours, number="B1")
    numbers = Numbers()
    for rows in ([("B1", AT, 5), ("B1", AT + 60, 6), ("B9", AT, 1)], [("B1", AT + 30, 5)], [("B1", AT + 60, 6)]):
        folded, unknown = fold(rows, numbers.of(number for number, _, _ in rows))
        keep(folded)
        assert unknown == sum(number == "B9" for number, _, _ in rows)
    kept = HourValue.objects.get()
    assert (kept.meter, kept.hour, kept.at, kept.value) == (meter, AT // HOUR, AT + 60, 6)


@pytest.mark.django_db
def test_hours_become_readings_by_day(we: World) -> None:
    meter = factories.meter(we.ours, digits=5)
    today = date(2026, 3, 4)
    for day, value in ((1, 99_000_000), (2, 99_990_000), (3, 10_000), (4, 40_000)):
        hour = midnight(date(2026, 3, day)) - 1
        keep({(meter.pk, hour): (hour * HOUR + 3599, value), (meter.pk, hour - 5): ((hour - 5) * HOUR, value - 1000)})
    factories.readings(meter, (date(2026, 3, 1), 99_000))
    assert settle([meter.pk], today=today) == 3
    rows = list(Reading.objects.order_by("day").values_list("day", "value", "rolled", "source"))
    assert rows[1:] == [
        (date(2026, 3, 2), Decimal(99_990), False, "METER"),
        (date(2026, 3, 3), Decimal(10), True, "METER"),
        (date(2026, 3, 4), Decimal(40), False, "METER"),
    ]
    assert UseMonth.objects.get().quantity == 1_040_000
    assert settle([meter.pk], today=today) == 0
    assert Entry.objects.filter(act="energy.meter.receive").count() == 1


@pytest.mark.django_db
def test_a_step_back_that_is_no_roll_over_is_left_out(we: World) -> None:
    meter = factories.meter(we.ours)
    factories.readings(meter, (date(2026, 3, 1), 500))
    hour = midnight(date(2026, 3, 2)) - 1
    keep({(meter.pk, hour): (hour * HOUR, 3_000)})
    assert settle([meter.pk], today=date(2026, 3, 2)) == 0
