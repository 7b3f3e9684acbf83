"""The time line, what fits where, what is dropped: owner, colleague, stranger; queries that do not grow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yiwang.areas.vehicles.board import lanes, moving
from yiwang.areas.vehicles.board.fits import Fitting
from yiwang.areas.vehicles.board.tests.scene import DAY, NOW, Pool, at, pool
from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.trips import claims, factories
from yiwang.areas.vehicles.trips.models import Trip, TripState
from yiwang.areas.vehicles.trips.reading import board_day
from yiwang.core.rights.models import Role
from yiwang.desk.testing import page
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
#: Queries of the whole page, whatever the number of trips and cars.
PAGE_QUERIES = 18


@pytest.fixture
def p() -> Pool:
    return pool()


def fits(p: Pool, trip: Trip, by: str = "cars", **who: Any) -> Any:
    client = p.we.client(who.pop("role", Role.DISPATCHER), **who)
    return client.get(reverse("vehicles:board-fits"), {"day": str(DAY), "trip": str(trip.pk), "by": by})


def dropped(p: Pool, trip: Trip, role: str = Role.DISPATCHER, **fields: Any) -> Any:
    given = {"day": str(DAY), "trip": str(trip.pk), **{name: str(value) for name, value in fields.items()}}
    return p.we.client(role).post(reverse("vehicles:board-put"), given)


def test_a_trip_stands_in_its_quarters(p: Pool) -> None:
    trip = p.trip(9.25, hours=1)
    claims.assign(trip=trip.pk, vehicle=p.cars[0].pk, driver=p.drivers[0].pk, access=p.access, now=NOW)
    factories.outage(p.we.ours, "MAINTENANCE", at(8), at(12), vehicle=p.cars[1])
    drawn = lanes.board(board_day(p.access, DAY), NOW)
    assert drawn.hours == list(range(7, 19))
    rows = {row.label: row for _, found in drawn.groups for row in found}
    (block,) = rows["示A00001"].blocks
    assert (block.first, block.span, block.trip, block.movable) == (10, 4, trip.pk, True)  # 9:15, four quarters
    (off,) = rows["示A00002"].blocks
    assert (off.kind, off.first, off.span) == ("off", 5, 16)
    assert not drawn.waiting
    by_driver = lanes.board(board_day(p.access, DAY), NOW, by="drivers")
    assert [row.label for _, found in by_driver.groups for row in found if row.blocks] == ["马骏"]


def test_the_hours_hold_what_is_driven(p: Pool) -> None:
    early, late = p.trip(4.5), p.trip(20, hours=8)
    for number, trip in enumerate((early, late)):
        claims.assign(trip=trip.pk, vehicle=p.cars[number].pk, driver=p.drivers[number].pk, access=p.access, now=NOW)
    drawn = lanes.board(board_day(p.access, DAY), NOW)
    assert drawn.hours == list(range(4, 24))
    blocks = [one for _, rows in drawn.groups for row in rows for one in row.blocks]
    assert all(one.first >= 1 and one.first + one.span <= 81 for one in blocks)


def test_every_row_says_why_not_before_anything_is_dropped(p: Pool) -> None:
    trip, other = p.trip(9, passengers=4), p.trip(9.5)
    Vehicle.objects.filter(pk=p.cars[2].pk).update(body="MEDIUM")
    claims.assign(trip=other.pk, vehicle=p.cars[0].pk, driver=p.drivers[0].pk, access=p.access, now=NOW)
    factories.outage(p.we.ours, "MAINTENANCE", at(8), at(12), vehicle=p.cars[1])
    found = fits(p, trip).json()["fits"]
    assert "已派给" in found[str(p.cars[0].pk)][0]
    assert "维修" in found[str(p.cars[1].pk)][0]
    assert "没有可派的驾驶员" in found[str(p.cars[2].pk)][0]  # nobody may drive a bus
    people = fits(p, trip, by="drivers").json()["fits"]
    assert "已派给" in people[str(p.drivers[0].pk)][0]
    assert fits(p, p.trip(9, passengers=9)).json()["fits"][str(p.cars[0].pk)][0].startswith("示A00001 有 5 座")


def test_what_the_row_promised_is_what_the_drop_does(p: Pool) -> None:
    trip = p.trip(9)
    found = Fitting(board_day(p.access, DAY), NOW).cars(trip)
    assert all(one.why == "" for one in found)
    answer = dropped(p, trip, vehicle=p.cars[1].pk)
    assert answer.status_code == 200, answer.json()
    held = claims.live_of(trip.pk)
    assert held is not None
    assert (held.vehicle, held.driver_id) == (p.cars[1], found[1].other)
    second = p.trip(9.5)
    refused = dropped(p, second, vehicle=p.cars[1].pk)
    assert refused.status_code == 422
    assert trip.number in refused.json()["message"]
    assert Trip.objects.get(pk=second.pk).state == TripState.APPROVED


def test_a_trip_is_moved_keeping_its_driver_and_taken_back(p: Pool) -> None:
    trip = p.trip(9)
    dropped(p, trip, vehicle=p.cars[0].pk, driver=p.drivers[2].pk)
    assert dropped(p, trip, vehicle=p.cars[1].pk).status_code == 200
    held = claims.live_of(trip.pk)
    assert held is not None
    assert (held.vehicle, held.driver) == (p.cars[1], p.drivers[2])
    assert dropped(p, trip, driver=p.drivers[0].pk).status_code == 200
    held = claims.live_of(trip.pk)
    assert held is not None
    assert (held.vehicle, held.driver) == (p.cars[1], p.drivers[0])
    assert dropped(p, trip, verb="release").status_code == 200
    assert claims.live_of(trip.pk) is None


def test_who_may_drop(p: Pool) -> None:
    trip = p.trip(9)
    for role in (Role.STAFF, Role.READER, Role.CLERK, Role.DRIVER):
        assert dropped(p, trip, role, vehicle=p.cars[0].pk).status_code == 403
        assert fits(p, trip, role=role).status_code == 403
        assert p.we.client(role).get(reverse("vehicles:board")).status_code == 403
        assert p.we.client(role).get(reverse("vehicles:board-trip", args=[trip.pk])).status_code == 403
    stranger = p.we.client(Role.DISPATCHER, p.we.theirs)
    given = {"day": str(DAY), "trip": str(trip.pk), "vehicle": str(p.cars[0].pk), "driver": str(p.drivers[0].pk)}
    assert stranger.post(reverse("vehicles:board-put"), given).json()["code"] == "trip.gone"
    assert stranger.get(reverse("vehicles:board-trip", args=[trip.pk])).status_code == 404
    assert stranger.get(reverse("vehicles:board-fits"), {"day": str(DAY), "trip": str(trip.pk)}).status_code == 422
    assert trip.number not in page(stranger.get(reverse("vehicles:board"), {"day": str(DAY)}))
    assert trip.number in page(p.we.client(Role.MANAGER).get(reverse("vehicles:board"), {"day": str(DAY)}))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "assign.pair"),
        ({"vehicle": 10**9}, "assign.gone"),
        ({"driver": 10**9}, "assign.gone"),
        ({"vehicle": "x"}, "assign.pair"),
    ],
)
def test_a_drop_on_nothing_is_a_sentence(p: Pool, fields: dict[str, Any], code: str) -> None:
    answer = dropped(p, p.trip(9), **fields)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_nobody_to_drive_is_said(p: Pool) -> None:
    for one in p.drivers:
        factories.outage(p.we.ours, "OFF", at(0), at(24), driver=one)
    with pytest.raises(Refusal, match="没有可派的驾驶员") as refused:
        moving.put(day=DAY, trip=p.trip(9).pk, vehicle=p.cars[0].pk, access=p.access, now=NOW)
    assert refused.value.code == "assign.nobody"


def test_the_form_gives_a_car_on_a_phone(p: Pool) -> None:
    trip = p.trip(9)
    address, client = reverse("vehicles:board-trip", args=[trip.pk]), p.we.client(Role.DISPATCHER)
    assert "可以派" in page(client.get(address))
    assert "请选择车辆或驾驶员" in page(client.post(address, {"verb": "put", "day": str(DAY)}), 422)
    given = {"verb": "put", "day": str(DAY), "vehicle": str(p.cars[0].pk)}
    assert client.post(address, given).status_code == 302
    assert "改派" in page(client.get(address))
    assert client.post(address, {"verb": "release", "day": str(DAY)}).status_code == 302
    assert Trip.objects.get(pk=trip.pk).state == TripState.APPROVED


def test_the_page_filters_and_says_what_is_missing(p: Pool) -> None:
    client, address = p.we.client(Role.DISPATCHER), reverse("vehicles:board")
    trip = p.trip(9, urgent=True)
    text = page(client.get(address, {"day": str(DAY)}))
    assert "示A00001" in text
    assert "紧急" in text
    assert trip.number in text
    assert "没有符合条件的行" in page(client.get(address, {"day": str(DAY), "busy": "1"}))
    assert "马骏" in page(client.get(address, {"day": str(DAY), "by": "drivers"}))
    assert client.get(address, {"day": "x"}).status_code == 404
    assert "还没有车辆" in page(p.we.client(Role.DISPATCHER, p.we.theirs).get(address))


def test_an_empty_board_leads_to_the_next_day_with_work(p: Pool) -> None:
    p.trip(9)
    client, earlier = p.we.client(Role.DISPATCHER), DAY - timedelta(days=3)
    link = f'href="?day={DAY}"'
    assert link in page(client.get(reverse("vehicles:board"), {"day": str(earlier)}))
    assert "有等车的" not in page(client.get(reverse("vehicles:board"), {"day": str(DAY)}))
    assert "有等车的" not in page(client.get(reverse("vehicles:board"), {"day": str(DAY + timedelta(days=1))}))


def test_queries_do_not_grow_with_the_day(p: Pool) -> None:
    client = p.we.client(Role.DISPATCHER)
    for number in range(9):
        trip = p.trip(7 + number % 3 * 3, hours=1)
        held = (p.cars[number // 3].pk, p.drivers[number // 3].pk)
        claims.assign(trip=trip.pk, vehicle=held[0], driver=held[1], access=p.access, now=NOW)
        p.trip(8)
    asked = {"day": str(DAY), "trip": str(p.trip(15).pk)}
    client.get(reverse("vehicles:board"), {"day": str(DAY)})
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("vehicles:board"), {"day": str(DAY)})
    assert len(queries) <= PAGE_QUERIES
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("vehicles:board-fits"), asked)
    assert len(queries) <= PAGE_QUERIES


def test_a_trip_of_the_night_before_is_no_row_of_the_day(p: Pool) -> None:
    trip = p.trip(-3, hours=2)
    claims.assign(
        trip=trip.pk, vehicle=p.cars[0].pk, driver=p.drivers[0].pk, access=p.access, now=NOW - timedelta(days=1)
    )
    drawn = lanes.board(board_day(p.access, DAY), NOW)
    assert all(not row.blocks for _, rows in drawn.groups for row in rows)
