"""用车统计: worked shares of a month, sums that add up, the page with its files, and the cars behind a figure."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from yiwang.areas.vehicles import factories
from yiwang.areas.vehicles.board.models import Pooling, PoolMember
from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.stats import jobs, reading
from yiwang.areas.vehicles.stats.cube import computed, refresh
from yiwang.areas.vehicles.stats.models import FleetMonth
from yiwang.areas.vehicles.stats.tests.test_year import bill, track
from yiwang.areas.vehicles.trips.models import Assignment
from yiwang.areas.vehicles.watch.tests import scene
from yiwang.core.ledger.models import Entry
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, page, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
NOW = timezone.make_aware(datetime(2026, 3, 31, 23))
ON, MONTH = date(2026, 3, 31), date(2026, 3, 1)
MONDAY = timezone.make_aware(datetime(2026, 3, 9, 8))


@pytest.fixture
def we() -> World:
    return world()


def drive(car: Vehicle, start: datetime, far: int, *, late: int = 0, planned: int = 0) -> Assignment:
    """A trip that was driven: so many km by the odometer, of `planned` along its stops, leaving so many minutes late."""
    row = scene.trip(car, start, start + timedelta(hours=2))
    row.started_at = row.trip.starts_at + timedelta(minutes=late)
    row.odometer_start, row.odometer_end = 1000, 1000 + far
    row.save()
    row.trip.kilometres = planned
    row.trip.save()
    return row


def test_a_month_worked_by_hand(we: World) -> None:
    """Two cars and 22 working days; three trips on three days, one of them late, one shared by two."""
    one, two = factories.vehicle(we.ours), factories.vehicle(we.ours)
    factories.vehicle(we.ours, state="LAID_UP")
    first = drive(one, MONDAY, 40, planned=30)
    drive(one, MONDAY + timedelta(days=1), 20, late=11, planned=20)
    drive(two, MONDAY + timedelta(days=5), 10)
    track(one, date(2026, 3, 9), 70_000)
    pooling = Pooling(organ=we.ours, day=date(2026, 3, 9), saving=1, sentence="", state="AGREED", host=first.trip)
    pooling.made_at = NOW
    pooling.place()
    pooling.save()
    guest = scene.trip(two, MONDAY + timedelta(days=20), MONDAY + timedelta(days=20, hours=1)).trip
    for trip in (first.trip, guest):
        PoolMember.objects.create(pooling=pooling, trip=trip, pickup_at=MONDAY, arrival_at=MONDAY)
    bill(one, "FUEL", 7_000, quantity=Decimal(10))
    refresh(MONTH, on=ON, now=NOW)
    found = reading.total(reading.groups(we.access(Role.READER), reading.Chosen(we.ours, MONTH)))
    assert (found.cars, found.able, found.used) == (3, 44, 2)
    assert (found.trips, found.on_time, found.rides, found.pooled) == (3, 2, 4, 2)
    assert (found.km, found.empty) == (Decimal(80), 20_000)
    assert (found.use_rate, found.empty_share) == (Decimal("4.5"), Decimal("25.0"))
    assert (found.on_time_share, found.pooling_share) == (Decimal("66.7"), Decimal("50.0"))
    assert (found.per_km, found.per_car) == (88, 2_333)


def test_parts_add_up_and_a_second_run_changes_nothing(we: World) -> None:
    """The sum over any grouping is the whole; nothing is posted for derived figures."""
    for place, organ in enumerate((we.ours, we.theirs, we.ours)):
        car = factories.vehicle(organ, use="ENFORCEMENT" if place else "EMERGENCY", energy="NEW_ENERGY")
        drive(car, MONDAY + timedelta(days=place), 10 + place)
        bill(car, "TOLL", 100 + place)
    entries = Entry.objects.count()
    assert refresh(MONTH, on=ON, now=NOW) == refresh(MONTH, on=ON, now=NOW) == FleetMonth.objects.count() == 3
    assert Entry.objects.count() == entries
    boss = we.access(Role.READER, we.province)
    wholes = {by: reading.total(reading.groups(boss, reading.Chosen(we.province, MONTH, by=by))) for by in reading.BY}
    assert len(set(wholes.values())) == 1
    assert (wholes["use"].cost, wholes["use"].trips, wholes["use"].km) == (303, 3, Decimal(33))
    only = reading.groups(boss, reading.Chosen(we.province, MONTH, use="EMERGENCY"))
    assert [(one.label, one.cost) for one in only if one.cars] == [(we.ours.name, 100)]


def test_a_car_without_a_figure_has_no_share(we: World) -> None:
    """Nothing driven: no share, never nought per cent."""
    factories.vehicle(we.ours, state="LAID_UP")
    refresh(MONTH, on=ON, now=NOW)
    one = reading.total(reading.groups(we.access(Role.READER), reading.Chosen(we.ours, MONTH)))
    assert (one.use_rate, one.empty_share, one.on_time_share, one.pooling_share, one.per_km) == (None,) * 5


def test_the_queries_of_a_month_and_of_a_page_are_bounded(we: World) -> None:
    def asked() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as month:
            computed(MONTH, ON)
        refresh(MONTH, on=ON, now=NOW)
        client = we.client(Role.READER, we.province)
        with CaptureQueriesContext(connection) as seen:
            page(client.get(f"{reverse('vehicles:stats-cars')}?month=2026-03"))
        return len(month), len(seen)

    drive(factories.vehicle(we.ours), MONDAY, 3)
    asked()
    few = asked()
    for place in range(10):
        drive(factories.vehicle(we.theirs if place % 2 else we.ours), MONDAY, 5)
    many = asked()
    assert many[0] == few[0] <= 12
    assert many[1] <= few[1] <= 25


def test_the_page_for_owner_colleague_and_stranger(we: World) -> None:
    car = factories.vehicle(we.ours, plate="示Z00077")
    drive(car, MONDAY, 40)
    bill(car, "FUEL", 123_400, quantity=Decimal(100))
    refresh(MONTH, on=ON, now=NOW)
    address = f"{reverse('vehicles:stats')}?month=2026-03"
    text = page(we.client(Role.READER).get(address))
    assert "1,234.00" in text
    assert "30.85" in text  # a kilometre
    assert we.ours.name in page(we.client(Role.READER, we.province).get(address))
    assert "1,234.00" not in page(we.client(Role.MANAGER, we.theirs).get(address))
    assert we.client(Role.STAFF).get(address).status_code == 403
    foreign = we.client(Role.READER).get(f"{address}&organ={we.theirs.pk}")
    assert "没有这个单位" in page(foreign, 422)
    assert "不是月份" in page(we.client(Role.READER).get(f"{reverse('vehicles:stats')}?month=x"), 422)
    cars = f"{reverse('vehicles:stats-cars')}?month=2026-03"
    assert "示Z00077" in page(we.client(Role.READER).get(cars))
    assert "示Z00077" not in page(we.client(Role.READER).get(f"{cars}&use=ENFORCEMENT"))
    assert "示Z00077" not in page(we.client(Role.READER, we.theirs).get(cars))
    boss = we.client(Role.READER, we.province)
    assert "示Z00077" in page(boss.get(cars))
    assert "示Z00077" not in page(boss.get(f"{cars}&own=1"))  # the province's own have none
    assert we.client(Role.STAFF).get(cars).status_code == 403


def test_files_say_what_the_page_says(we: World) -> None:
    car = factories.vehicle(we.ours)
    drive(car, MONDAY, 40)
    bill(car, "FUEL", 12_000, quantity=Decimal(10))
    refresh(MONTH, on=ON, now=NOW)
    client, address = we.client(Role.READER), f"{reverse('vehicles:stats')}?month=2026-03&by=use"
    (row,) = json.loads(client.get(f"{address}&format=json").content)["rows"]
    assert (row["label"], row["cost"], row["per_km"], row["use_rate"]) == ("应急保障用车", "120.00", "3.00", "4.5")
    text = b"".join(client.get(f"{address}&format=csv")).decode("utf-8-sig")
    assert text.splitlines()[0].startswith("用途,车辆数(辆),使用率(%)")
    assert ",120,3," in text.replace(".00", "")
    assert client.get(f"{address}&format=exe").status_code == 404


def test_a_month_is_worked_out_on_demand_and_by_the_night(we: World) -> None:
    clerk, reader = we.access(Role.CLERK), we.access(Role.READER)
    assert jobs.nightly(on=ON, now=NOW) == []
    factories.vehicle(we.ours)
    job = jobs.ask(month=MONTH, access=clerk, on=ON, now=NOW)
    assert job.kind == jobs.KIND
    assert len(jobs.nightly(on=date(2026, 4, 2), now=NOW)) == 2
    assert len(jobs.nightly(on=date(2026, 4, 20), now=NOW)) == 1
    with pytest.raises(Refusal) as caught:
        jobs.ask(month=MONTH, access=reader, on=ON, now=NOW)
    assert caught.value.code == "rights.denied"
    for far in (date(2026, 4, 1), date(2020, 1, 1)):
        with pytest.raises(Refusal) as caught:
            jobs.ask(month=far, access=clerk, on=ON, now=NOW)
        assert caught.value.code == "stats.month"
    posted = we.client(Role.CLERK).post(reverse("vehicles:stats"), {"verb": "tally"})
    assert posted.status_code == 302
