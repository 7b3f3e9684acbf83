"""即时答复 on the page of a trip: the cheapest place among what is promised, taken with one button; why none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from yiwang.areas.vehicles.board.offers import offer
from yiwang.areas.vehicles.board.pools import pool_day
from yiwang.areas.vehicles.board.tests.scene import DAY, NOW, Pool, at, pool
from yiwang.areas.vehicles.trips import claims
from yiwang.areas.vehicles.trips.models import Assignment, Trip
from yiwang.core.rights.models import Role
from yiwang.desk.testing import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def p() -> Pool:
    return pool(cars=2, drivers=2)


def test_the_car_that_is_out_already_takes_it(p: Pool) -> None:
    """A second trip of the day costs less with the car that drives anyway; another hour of it does not fit."""
    first = p.trip(8, hours=1)
    claims.assign(trip=first.pk, vehicle=p.cars[1].pk, driver=p.drivers[1].pk, access=p.access, now=NOW)
    later, same = p.trip(14, hours=1), p.trip(8.2, hours=1)
    board = pool_day(p.access, DAY)
    found = offer(board, later, NOW)
    assert (found.car, found.driver) == (p.cars[1], p.drivers[1])
    assert "次优" in found.sentence
    clash = offer(board, same, NOW)
    assert (clash.car, clash.driver) == (p.cars[0], p.drivers[0])
    assert clash.extra > found.extra > 0
    before = Assignment.objects.count()
    made = claims.assign(
        trip=later.pk, vehicle=p.cars[1].pk, driver=p.drivers[1].pk, access=p.access, now=NOW
    )  # what was offered can be written
    assert made.trip == later
    assert Assignment.objects.count() == before + 1


def test_why_none(p: Pool) -> None:
    bus, past, long = p.trip(9, passengers=40), p.trip(9), p.trip(9, hours=12)
    board = pool_day(p.access, DAY)
    for row, word in ((bus, "最多坐"), (long, "10 小时")):
        found = offer(board, row, NOW)
        assert found.car is None
        assert word in found.sentence
    assert "已经过了" in offer(board, past, at(10)).sentence


def test_one_button_on_the_page(p: Pool) -> None:
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    row = p.trip(9)
    Trip.objects.filter(pk=row.pk).update(
        starts_at=start.replace(hour=2), ends_at=start.replace(hour=3), purpose="EMERGENCY"
    )
    address = reverse("vehicles:board-trip", args=[row.pk])
    client = p.we.client(Role.DISPATCHER)
    text = page(client.get(address))
    assert "即时建议" in text
    assert "派 示A0000" in text
    assert p.we.client(Role.DISPATCHER, p.we.theirs).get(address).status_code == 404
    assert p.we.client(Role.STAFF).get(address).status_code == 403
    given = {"verb": "put", "vehicle": p.cars[0].pk, "driver": p.drivers[0].pk, "day": f"{start:%Y-%m-%d}"}
    assert client.post(address, given).status_code == 302
    assert "即时建议" not in page(client.get(address))
