"""Readings: kept, refused with every reason, corrected, struck out; months, shares and virtual meters follow."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiwang.areas.energy import factories
from yiwang.areas.energy.meters import actions as meters
from yiwang.areas.energy.models import Meter, MeterShare, Reading, UseMonth
from yiwang.areas.energy.use import actions
from yiwang.areas.energy.use.actions import Given
from yiwang.areas.energy.use.computing import recompute
from yiwang.areas.energy.use.series import Figure, by_meter, monthly
from yiwang.core.ledger.models import Entry
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)


@pytest.fixture
def we() -> World:
    return world()


def given(number: str, day: date = date(2026, 3, 1), value: str = "100", **more: Any) -> Given:
    return Given(0, number, day, Decimal(value), **more)


def record(we: World, one: Given) -> Reading:
    return actions.record(one, access=we.access(Role.CLERK), today=TODAY)


def used(meter: Meter) -> dict[tuple[int, int], int]:
    """(month, organ) → thousandths."""
    rows = UseMonth.objects.filter(meter=meter).values_list("month", "organ_id", "quantity")
    return {(month.month, organ): quantity for month, organ, quantity in rows}


def test_a_reading_makes_the_months_and_an_entry(we: World) -> None:
    meter = factories.meter(we.ours, multiplier=Decimal(40))
    factories.tariff(we.province, "0.5")
    record(we, given(meter.number))
    kept = record(we, given(meter.number, date(2026, 4, 11), "141"))
    assert Entry.objects.filter(act="energy.reading.record", obj=f"energy.reading:{kept.pk}").exists()
    assert used(meter) == {(3, we.ours.pk): 1_240_000, (4, we.ours.pk): 400_000}
    march = UseMonth.objects.get(month=date(2026, 3, 1))
    assert (march.fen, march.days, march.estimated, march.counted) == (62_000, 31, False, True)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"number": "没有"}, "reading.meter"),
        ({"number": ""}, "reading.meter"),
        ({"day": date(2026, 12, 1)}, "reading.day"),
        ({"day": date(2019, 12, 31)}, "reading.day"),
        ({"day": None}, "reading.day"),
        ({"value": None}, "reading.value"),
        ({"value": Decimal(-1)}, "reading.value"),
        ({"value": Decimal(123456)}, "reading.digits"),
        ({"day": date(2026, 2, 1)}, "reading.twice"),
        ({"value": Decimal(50)}, "reading.backward"),
    ],
)
def test_refused(we: World, more: dict[str, Any], code: str) -> None:
    meter = factories.meter(we.ours, number="B1", digits=5)
    factories.readings(meter, (date(2026, 2, 1), 90))
    one = given("B1")
    for key, value in more.items():
        setattr(one, key, value)
    with pytest.raises(Refusal) as caught:
        record(we, one)
    assert caught.value.code == code
    assert Reading.objects.count() == 1


def test_a_roll_over_is_seen_where_it_is_sure(we: World) -> None:
    meter = factories.meter(we.ours, digits=5)
    factories.readings(meter, (date(2026, 2, 1), 99_980))
    kept = record(we, given(meter.number, value="20"))
    assert kept.rolled
    assert used(meter) == {(2, we.ours.pk): 40_000}


def test_another_organ_s_meter_is_unknown_and_readers_do_not_write(we: World) -> None:
    meter = factories.meter(we.theirs)
    with pytest.raises(Refusal) as caught:
        record(we, given(meter.number))
    assert caught.value.code == "reading.meter"
    with pytest.raises(Refusal) as caught:
        actions.record(given(meter.number), access=we.access(Role.READER, we.theirs), today=TODAY)
    assert caught.value.code == "rights.denied"


def test_billed_and_virtual_meters_are_not_read(we: World) -> None:
    for form in ("BILLED", "VIRTUAL"):
        meter = factories.meter(we.ours, form=form)
        with pytest.raises(Refusal) as caught:
            record(we, given(meter.number))
        assert caught.value.code == "reading.form"


def test_many_at_once_are_all_kept_or_none_with_every_reason(we: World) -> None:
    one = factories.meter(we.ours, number="B1")
    factories.meter(we.theirs, number="B2")
    rows = [
        Given(2, "B1", date(2026, 3, 1), Decimal(10)),
        Given(3, "B1", date(2026, 2, 1), Decimal(20)),
        Given(4, "B2", date(2026, 3, 1), Decimal(10)),
        Given(5, "B1", date(2026, 4, 1), Decimal(30)),
    ]
    clerk = we.access(Role.CLERK)
    kept = actions.deliver(rows, access=clerk, today=TODAY, source="OTHER", about="api:1")
    assert (kept, Reading.objects.count()) == ([], 0)
    assert [(row.row, [one.code for one in row.wrong]) for row in rows] == [
        (2, ["reading.backward"]), (3, []), (4, ["reading.meter"]), (5, []),
    ]  # fmt: skip
    for row in rows:
        row.wrong.clear()
    kept = actions.deliver(rows, access=clerk, today=TODAY, source="OTHER", about="api:1", good_only=True)
    assert len(kept) == 2
    assert used(one) == {(2, we.ours.pk): pytest.approx(4746, abs=1), (3, we.ours.pk): pytest.approx(5254, abs=1)}
    assert Entry.objects.get(act="energy.reading.deliver").obj == "api:1"


def test_a_correction_and_a_strike_say_why(we: World) -> None:
    meter = factories.meter(we.ours)
    first, second, _ = factories.readings(
        meter, (date(2026, 1, 1), 0), (date(2026, 2, 1), 900), (date(2026, 3, 1), 1000)
    )
    clerk = we.access(Role.CLERK)
    change: dict[str, Any] = {"reading": second.pk, "value": Decimal(90), "estimated": False, "access": clerk}
    with pytest.raises(Refusal) as caught:
        actions.correct(**change, note=" ")
    assert caught.value.code == "reading.why"
    actions.correct(**change, note="多抄一位,见照片")
    assert used(meter)[1, we.ours.pk] == 90_000
    with pytest.raises(Refusal) as caught:
        actions.correct(**{**change, "value": Decimal(2000)}, note="再改")
    assert caught.value.code == "reading.backward"
    actions.strike(reading=second.pk, note="不是这块表", access=clerk)
    assert sum(used(meter).values()) == 1_000_000
    with pytest.raises(Refusal):
        actions.strike(reading=first.pk, note="外人", access=we.access(Role.CLERK, we.theirs))


def test_shares_by_date_add_up_to_the_meter(we: World) -> None:
    """Thirds until the 16th, then half and half; a month of 1,000.001 kWh."""
    meter = factories.meter(we.ours)
    manager = we.access(Role.CLERK, we.province)
    thirds = {we.ours: Decimal(1), we.theirs: Decimal(1), we.province: Decimal(1)}
    meters.share(meter=meter.pk, since=date(2026, 1, 1), bases=thirds, ground="按间数", access=manager)
    halves = {we.ours: Decimal(500), we.theirs: Decimal(500)}
    meters.share(meter=meter.pk, since=date(2026, 3, 16), bases=halves, ground="按面积", access=manager)
    assert sorted(MeterShare.objects.filter(valid_to=None).values_list("part", flat=True)) == [5000, 5000]
    factories.readings(meter, (date(2026, 3, 1), 0), (date(2026, 4, 1), "1000.001"))
    found = used(meter)
    assert sum(found.values()) == 1_000_001
    assert found[3, we.province.pk] == pytest.approx(1_000_001 * 15 / 31 / 3, abs=60)
    with pytest.raises(Refusal) as caught:
        meters.share(meter=meter.pk, since=date(2026, 2, 1), bases=halves, ground="", access=manager)
    assert caught.value.code == "share.before"
    with pytest.raises(Refusal) as caught:
        meters.share(meter=meter.pk, since=TODAY, bases={we.ours: Decimal(0)}, ground="", access=manager)
    assert caught.value.code == "share.base"


def test_a_virtual_meter_is_a_sum_and_counts_once(we: World) -> None:
    """The tenant's sub-meter counts for the tenant; the owner counts the rest."""
    main = factories.meter(we.ours, number="总", counts=False)
    part = factories.meter(we.theirs, number="分", parent=main)
    rest = factories.meter(we.ours, number="余", form="VIRTUAL")
    manager = we.access(Role.CLERK, we.province)
    factories.months(part, date(2026, 3, 1), 30)
    factories.months(main, date(2026, 3, 1), 100, 50)
    meters.compose(meter=rest.pk, terms={"总": Decimal(1), "分": Decimal(-1)}, access=manager)
    assert used(rest) == {(3, we.ours.pk): 70_000}
    factories.readings(part, (date(2026, 5, 1), 40))
    assert used(rest) == {(3, we.ours.pk): 70_000, (4, we.ours.pk): 40_000}
    whole = monthly(UseMonth.objects.counted(), date(2026, 1, 1), date(2027, 1, 1))
    assert whole[we.ours.pk, "ELECTRICITY"][date(2026, 3, 1)] == Figure(Decimal(70), 0)
    assert whole[we.theirs.pk, "ELECTRICITY"][date(2026, 3, 1)].quantity == 30


def test_a_sub_meter_below_a_counting_one_never_counts_twice(we: World) -> None:
    main = factories.meter(we.ours)
    part = factories.meter(we.ours, parent=main, purpose="AIR")
    for one, quantity in ((main, 100), (part, 30)):
        factories.months(one, date(2026, 3, 1), quantity)
    ours = UseMonth.objects.filter(organ=we.ours)
    whole = monthly(ours.counted(), date(2026, 1, 1), date(2027, 1, 1))
    assert whole == {(we.ours.pk, "ELECTRICITY"): {date(2026, 3, 1): Figure(Decimal(100), 0)}}
    assert by_meter(ours, date(2026, 1, 1), date(2027, 1, 1))[part.pk, "ELECTRICITY"][date(2026, 3, 1)].quantity == 30


@pytest.mark.parametrize(
    ("terms", "code"), [({"没有": 1}, "term.source"), ({"水": 1}, "term.kind"), ({"虚": 1}, "term.source")]
)
def test_terms_refused(we: World, terms: dict[str, int], code: str) -> None:
    rest = factories.meter(we.ours, form="VIRTUAL")
    factories.meter(we.ours, "WATER", number="水")
    factories.meter(we.ours, number="虚", form="VIRTUAL")
    factories.meter(we.theirs, number="没有")
    given = {number: Decimal(factor) for number, factor in terms.items()}
    with pytest.raises(Refusal) as caught:
        meters.compose(meter=rest.pk, terms=given, access=we.access(Role.CLERK))
    assert caught.value.code == code
    with pytest.raises(Refusal) as caught:
        meters.compose(meter=factories.meter(we.ours).pk, terms={}, access=we.access(Role.CLERK))
    assert caught.value.code == "term.form"


def test_bills_say_what_was_used_and_paid(we: World) -> None:
    """Petrol by bill: [1 March, 1 May) is 61 days."""
    meter = factories.meter(we.ours, "PETROL", form="BILLED")
    clerk = we.access(Role.CLERK)
    one = meters.Bill("ZD1", date(2026, 3, 1), date(2026, 5, 1), Decimal(610), 488_000, "示例石化")
    meters.bill(one, meter=meter.pk, access=clerk, today=TODAY)
    assert used(meter) == {(3, we.ours.pk): 310_000, (4, we.ours.pk): 300_000}
    assert sum(UseMonth.objects.values_list("fen", flat=True)) == 488_000
    for other, code in (
        (meters.Bill("ZD1", date(2026, 5, 1), date(2026, 6, 1), Decimal(1), 1), "bill.known"),
        (meters.Bill("ZD2", date(2026, 4, 30), date(2026, 6, 1), Decimal(1), 1), "bill.overlap"),
        (meters.Bill("ZD3", date(2026, 6, 1), date(2026, 6, 1), Decimal(1), 1), "bill.period"),
    ):
        with pytest.raises(Refusal) as caught:
            meters.bill(other, meter=meter.pk, access=clerk, today=TODAY)
        assert caught.value.code == code
    assert meters.rework(meter=meter.pk, access=clerk) == 0, "nothing has changed"
    UseMonth.objects.filter(month=date(2026, 4, 1)).update(quantity=1)
    assert meters.rework(meter=meter.pk, access=clerk) == 2
    assert used(meter) == {(3, we.ours.pk): 310_000, (4, we.ours.pk): 300_000}


def test_queries_do_not_grow_with_meters(we: World) -> None:
    def counted(number: int) -> int:
        ids = []
        for _ in range(number):
            meter = factories.meter(we.ours)
            factories.readings(meter, (date(2026, 3, 1), 0), (date(2026, 5, 1), 10), work=False)
            ids.append(meter.pk)
        with CaptureQueriesContext(connection) as queries:
            recompute(ids)
        return len(queries)

    assert counted(2) == counted(20) <= 15  # one of them is the lock of PostgreSQL
