"""拼车: suggested where it saves, one only when all agree, told to who asked."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from yiwang.areas.vehicles.board import pooling
from yiwang.areas.vehicles.board.models import Pooling, PoolingState
from yiwang.areas.vehicles.board.tests.scene import DAY, NOW, Pool, pool
from yiwang.areas.vehicles.trips import claims
from yiwang.areas.vehicles.trips.models import Trip, TripState
from yiwang.core.ledger.models import Entry
from yiwang.core.notices.models import Notice
from yiwang.core.rights.models import Role
from yiwang.desk.testing import page
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def p() -> Pool:
    return pool()


def one_way(p: Pool, hour: float, **more: Any) -> Trip:
    """A long way that others could share."""
    given: dict[str, Any] = {"returns": False, "sharing": True, "passengers": 1, **more}
    return p.trip(hour, hours=1, east=0.3, **given)


def suggested(p: Pool) -> Pooling:
    (row,) = pooling.suggest(day=DAY, access=p.access, now=NOW)
    return row


def answered(p: Pool, row: Pooling, trip: Trip, *, yes: bool = True) -> Pooling:
    return pooling.answer(pooling=row.pk, trip=trip.pk, yes=yes, access=p.access, now=NOW)


def test_two_of_one_way_are_suggested_and_told(p: Pool) -> None:
    one, two = one_way(p, 9), one_way(p, 9.1)
    one_way(p, 15)
    p.trip(9, sharing=True)  # comes back: no
    one_way(p, 9, sharing=False)
    row = suggested(p)
    assert {member.trip for member in row.members.all()} == {one, two}
    assert row.saving > 0
    assert Notice.objects.filter(user=one.applicant).exists()
    assert pooling.suggest(day=DAY, access=p.access, now=NOW) == []  # once


def test_they_are_one_only_when_all_agree(p: Pool) -> None:
    one, two = one_way(p, 9, passengers=2), one_way(p, 9.1, party="李四")
    row = suggested(p)
    assert answered(p, row, one).state == PoolingState.SUGGESTED
    assert Trip.objects.get(pk=two.pk).state == TripState.APPROVED
    done = answered(p, row, two)
    assert done.state == PoolingState.AGREED
    host = done.host
    assert host is not None
    host.refresh_from_db()
    assert host.passengers == 3
    assert host.party == "李四"
    guest = two if host.pk == one.pk else one
    guest.refresh_from_db()
    assert (guest.state, host.number in guest.ended_reason) == (TripState.POOLED, True)
    assert guest.host == host
    made = claims.assign(trip=host.pk, vehicle=p.cars[0].pk, driver=p.drivers[0].pk, access=p.access, now=NOW)
    assert made.trip == host
    acts = set(Entry.objects.values_list("act", flat=True))
    assert {"vehicles.pooling.suggest", "vehicles.pooling.agree", "vehicles.pooling.merge"} <= acts


def test_one_no_ends_it(p: Pool) -> None:
    one, two = one_way(p, 9), one_way(p, 9)
    row = suggested(p)
    answered(p, row, one)
    assert answered(p, row, two, yes=False).state == PoolingState.DECLINED
    with pytest.raises(Refusal) as refused:
        answered(p, row, two)
    assert refused.value.code == "pool.state"
    assert {trip.state for trip in Trip.objects.all()} == {TripState.APPROVED}
    assert pooling.suggest(day=DAY, access=p.access, now=NOW) == []  # nobody is asked twice


def test_a_trip_that_has_a_car_by_now_is_not_merged(p: Pool) -> None:
    one, two = one_way(p, 9), one_way(p, 9)
    row = suggested(p)
    claims.assign(trip=one.pk, vehicle=p.cars[0].pk, driver=p.drivers[0].pk, access=p.access, now=NOW)
    answered(p, row, one)
    with pytest.raises(Refusal) as refused:
        answered(p, row, two)
    assert refused.value.code == "pool.moved"
    assert claims.live_of(one.pk) is not None


def test_who_answers(p: Pool) -> None:
    """Who asked answers for his own trip only; a colleague sees nothing; the dispatcher answers for all; strangers never."""
    rider = p.we.user(Role.STAFF)
    one, two = one_way(p, 9), one_way(p, 9)
    Trip.objects.filter(pk=one.pk).update(applicant=rider)
    row = suggested(p)
    address = reverse("vehicles:pooling", args=[row.pk])
    mine = p.we.client(Role.STAFF)
    assert page(mine.get(address)).count("不拼</button>") == 1
    assert "不由您答复" in page(mine.post(address, {"verb": "agree", "trip": str(two.pk)}), 422)
    assert mine.post(address, {"verb": "agree", "trip": str(one.pk)}).status_code == 302
    assert p.we.client(Role.READER).get(address).status_code == 404
    assert p.we.client(Role.DISPATCHER, p.we.theirs).post(address, {"verb": "agree"}).status_code == 404
    sender = p.we.client(Role.DISPATCHER)
    assert sender.post(address, {"verb": "agree", "trip": str(two.pk)}).status_code == 302
    assert "已拼车" in page(sender.get(address))


def test_the_suggestions_of_a_day(p: Pool) -> None:
    client, address = p.we.client(Role.DISPATCHER), reverse("vehicles:poolings")
    assert "还没有拼车建议" in page(client.get(address, {"day": str(DAY)}))
    said = page(client.post(address, {"verb": "suggest", "day": str(DAY)}, follow=True))
    assert "没有新的拼车建议" in said
    assert p.we.client(Role.STAFF).get(address).status_code == 403
