"""The yearly return and the fuel by month: worked figures, laws, and who may read them by name."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yiwang.areas.vehicles import factories
from yiwang.areas.vehicles.costs.models import Cost
from yiwang.areas.vehicles.life.models import Insurance, Maintenance, Vehicle, Violation
from yiwang.areas.vehicles.tracks.models import DayTrack
from yiwang.areas.vehicles.watch.tests import scene
from yiwang.core.orgs.models import Organ
from yiwang.core.registers import computed
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
Y26, Y27 = date(2026, 1, 1), date(2027, 1, 1)


@pytest.fixture
def we() -> World:
    return world()


def bill(car: Vehicle, kind: str, amount: int, day: date = date(2026, 3, 9), **more: Any) -> Cost:
    at = timezone.make_aware(datetime(day.year, day.month, day.day, 9))
    facts = {"number": f"N{Cost.objects.count()}", "merchant": "某站", "at": at, "day": day, **more}
    row = Cost(organ=car.organ, vehicle=car, kind=kind, amount=amount, **facts)
    row.place()
    row.save()
    return row


def year(organ: Organ, number: int = 2026) -> dict[str, Any]:
    """The figures of a subtree: its rows added up."""
    total: Counter[str] = Counter()
    for row in computed.figures("vehicles.year", within=organ, since=date(number, 1, 1), until=date(number + 1, 1, 1)):
        total.update({key: value for key, value in row.items() if isinstance(value, int | Decimal)})
    return dict(total)


def test_a_year_of_an_organ(we: World) -> None:
    """Worked by hand: three cars, one of which left; two trips; bills of four kinds and one that a register has too."""
    factories.quota(we.ours, 4), factories.quota(we.ours, 1, use="ENFORCEMENT")
    old = factories.vehicle(we.ours, registered_date=None)
    new = factories.vehicle(we.ours, registered_date=date(2026, 5, 1), energy="NEW_ENERGY", use="ENFORCEMENT")
    factories.vehicle(we.ours, state="RETIRED", retired_date=date(2026, 6, 30))
    factories.purchase(we.ours, 150_000, purchased_date=date(2026, 4, 1), vehicle=new)
    start = timezone.make_aware(datetime(2026, 3, 9, 8))
    for far in (40, 60):
        row = scene.trip(old, start, start + timedelta(hours=2))
        row.started_at, row.odometer_start, row.odometer_end = start, 1000, 1000 + far
        row.released_at = start + timedelta(hours=2) if far == 60 else None
        row.save()
        start += timedelta(days=1)
    track(new, date(2026, 6, 1), 12_500)
    track(old, date(2026, 3, 9), 39_000)
    bill(old, "FUEL", 30_000, quantity=Decimal("40.5"), item="95号汽油")
    bill(old, "FUEL", 8_000, quantity=Decimal(10), item="0号柴油")
    bill(new, "CHARGE", 2_000, quantity=Decimal(20))
    bill(old, "REPAIR", 50_000, number="WX1")
    repair(old, "WX1", 49_000)
    repair(old, "WX2", 7_000)
    found = year(we.ours)
    assert (found["quota"], found["quota_emergency"], found["quota_enforcement"]) == (5, 4, 1)
    assert (found["held"], found["held_emergency"], found["held_enforcement"]) == (2, 1, 1)
    assert (found["held_fuel"], found["held_new_energy"], found["added"], found["disposed"]) == (1, 1, 1, 1)
    assert (found["purchase"], found["trips"], found["km"]) == (15_000_000, 2, Decimal("112.5"))
    assert (found["petrol_l"], found["diesel_l"], found["kwh"]) == (Decimal("40.5"), 10, 20)
    assert (found["cost_fuel"], found["cost_charge"], found["cost_repair"]) == (38_000, 2_000, 57_000)
    assert found["cost"] == 97_000


def track(car: Vehicle, day: date, metres: int) -> None:
    at = timezone.make_aware(datetime(day.year, day.month, day.day))
    facts = {"points": 2, "moving": 3600, "top_speed": 60, "first_at": at, "last_at": at, "line": b""}
    DayTrack.objects.create(vehicle=car, day=day, metres=metres, **facts)


def repair(car: Vehicle, number: str, amount: int) -> None:
    row = Maintenance(
        organ=car.organ, vehicle=car, number=number, kind="REPAIR", on_date=date(2026, 3, 9), amount=amount
    )
    row.place()
    row.save()


def test_the_stock_is_conserved_and_a_subtree_adds_up(we: World) -> None:
    """held(y) = held(y-1) + added(y) - disposed(y); the province is the sum of its organs."""
    for place, organ in enumerate((we.ours, we.theirs, we.ours, we.ours)):
        factories.vehicle(organ, registered_date=date(2023 + place, 7, 1))
        gone = {"state": "RETIRED", "retired_date": date(2025, 2, 1 + place)}
        factories.vehicle(organ, registered_date=date(2022, 1, 1), **gone)
    for number in (2023, 2024, 2025, 2026, 2027):
        now, before = year(we.province, number), year(we.province, number - 1)
        assert now["held"] == before["held"] + now["added"] - now["disposed"]
        parts = [year(we.ours, number).get(key, 0) + year(we.theirs, number).get(key, 0) for key in ("held", "added")]
        assert parts == [now["held"], now["added"]]


def test_costs_are_the_sum_of_their_kinds(we: World) -> None:
    car = factories.vehicle(we.ours)
    for place, kind in enumerate(("FUEL", "TOLL", "PARKING", "WASH", "RENTAL", "OTHER", "FINE")):
        bill(car, kind, 100 + place, day=date(2026, 12, 31))
    one = Insurance(organ=we.ours, vehicle=car, number="P1", kind="COMPULSORY", insurer="某", amount=95_000)
    one.starts_date, one.ends_date = date(2026, 1, 1), date(2027, 1, 1)
    two = Violation(organ=we.ours, vehicle=car, number="V1", on_date=date(2026, 1, 1), content="停车", amount=20_000)
    for row in (one, two):
        row.place()
        row.save()
    found = year(we.ours)
    assert found["cost"] == sum(value for key, value in found.items() if key.startswith("cost_")) == 115_721
    assert year(we.ours, 2027).get("cost") == 0


def test_fuel_by_month_says_what_has_no_quantity(we: World) -> None:
    """What the bill says before what the car runs on; a bill without litres is counted apart."""
    diesel = factories.vehicle(we.ours, powertrain="DIESEL")
    bill(diesel, "FUEL", 10_000, quantity=Decimal(10))
    bill(diesel, "FUEL", 10_000, quantity=Decimal(5), item="92#")
    bill(diesel, "FUEL", 7_000, day=date(2026, 4, 1))
    bill(factories.vehicle(we.ours, powertrain="GAS"), "FUEL", 900, quantity=Decimal(3), item="天然气")
    bill(diesel, "FUEL", 7_000, quantity=Decimal(1), day=date(2027, 1, 1))
    rows = computed.figures("vehicles.fuel_month", within=we.ours, since=date(2026, 2, 20), until=Y27)
    found = [
        (row["month"].month, row["fuel"], row["quantity"], row["unit"], row["amount"], row["unquantified"])
        for row in rows
    ]
    assert sorted(found) == [
        (3, "天然气", 3, "立方米", 900, 0),
        (3, "柴油", 10, "升", 10_000, 0),
        (3, "汽油", 5, "升", 10_000, 0),
        (4, "柴油", 0, "升", 7_000, 1),
    ]
    assert {row["organ_id"] for row in rows} == {we.ours.pk}
    later = computed.figures("vehicles.fuel_month", within=we.ours, since=date(2026, 3, 2), until=date(2026, 4, 2))
    assert [row["month"] for row in later] == [date(2026, 4, 1)]


def test_read_by_name_with_the_right_of_the_area(we: World) -> None:
    factories.vehicle(we.ours)
    asked: dict[str, Any] = {"within": we.ours, "since": Y26, "until": Y27}
    assert computed.is_computed("vehicles.year")
    assert {"vehicles.fuel_month", "vehicles.year"} <= set(computed.computed_keys())
    (row,) = computed.figures("vehicles.year", **asked, access=we.access(Role.READER))
    assert (row["organ"], row["held"], row["region"]) == (we.ours.name, 1, we.ours.region_id)
    for access in (we.access(Role.READER, we.theirs), we.access(Role.STAFF)):
        with pytest.raises(Refusal) as caught:
            computed.figures("vehicles.year", **asked, access=access)
        assert caught.value.code == "rights.denied"
    with pytest.raises(KeyError):
        computed.figures("vehicles.none", **asked)
    with pytest.raises(ValueError, match="empty"):
        computed.figures("vehicles.year", within=we.ours, since=Y26, until=Y26)
    with pytest.raises(ValueError, match="two queries"):
        computed.register_computed("vehicles.year", lambda **_: [])


def test_the_number_of_queries_does_not_grow(we: World) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            year(we.province)
        return len(seen)

    factories.vehicle(we.ours)
    few = asked()
    for place in range(12):
        bill(factories.vehicle(we.ours if place % 2 else we.theirs), "FUEL", 100, quantity=Decimal(1))
    assert asked() == few <= 14
