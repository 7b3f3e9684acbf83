"""A guest's trip: a state of its own, a share by kilometres, settled with the host; what becomes of it when either is called off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.areas.vehicles.board import pooling
from yiwang.areas.vehicles.board.tests.scene import DAY, NOW, Pool, pool
from yiwang.areas.vehicles.board.tests.test_pooling import answered, one_way
from yiwang.areas.vehicles.trips import actions, claims, driving, factories, riding, settling
from yiwang.areas.vehicles.trips.driving import Given
from yiwang.areas.vehicles.trips.models import Trip, TripState
from yiwang.core.ledger.models import Entry
from yiwang.core.notices.models import Notice
from yiwang.kit.refusal import Refusal


@given(st.integers(0, 10**9), st.lists(st.integers(0, 5000), min_size=1, max_size=6))
def test_shares_add_up_to_the_fen(amount: int, weights: list[int]) -> None:
    """To the whole; nobody pays less than nothing, nor less than who rode a shorter way (but for the odd fen)."""
    parts = riding.share_out(amount, weights)
    assert sum(parts) == amount
    assert min(parts) >= 0
    for one, weight in zip(parts, weights, strict=True):
        for other, lighter in zip(parts, weights, strict=True):
            assert weight < lighter or one >= other - 1


def test_shares_worked_by_hand() -> None:
    assert riding.share_out(100, [1, 1, 1]) == [34, 33, 33]
    assert riding.share_out(1001, [30, 10]) == [751, 250]
    assert riding.share_out(5, [0, 0]) == [3, 2]
    assert riding.share_out(5, []) == []


@pytest.fixture
def p() -> Pool:
    return pool()


def pooled(p: Pool) -> tuple[Trip, Trip]:
    """Host and guest after both have agreed."""
    one, two = one_way(p, 9, kilometres=30), one_way(p, 9.1, kilometres=10)
    (row,) = pooling.suggest(day=DAY, access=p.access, now=NOW)
    answered(p, row, one)
    host = answered(p, row, two).host
    assert host is not None
    guest = two if host.pk == one.pk else one
    guest.refresh_from_db()
    return Trip.objects.get(pk=host.pk), guest


def driven(p: Pool, host: Trip, km: int = 40) -> Trip:
    """Sent, driven, ended."""
    claims.assign(trip=host.pk, vehicle=p.cars[0].pk, driver=p.drivers[0].pk, access=p.access, now=NOW)
    ready = {key: True for key, *_ in driving.CHECKS}
    start = host.starts_at
    for act, more in (("accept", Given()), ("inspect", Given(checks=ready)), ("start", Given(odometer=50_000))):
        driving.do(act, trip=host.pk, given=more, access=p.access, now=start)
    ended = Given(odometer=50_000 + km)
    return driving.do("end", trip=host.pk, given=ended, access=p.access, now=start + timedelta(hours=1))


@pytest.mark.django_db
def test_both_settlements_add_up_to_the_whole(p: Pool) -> None:
    """40 km at 1.01 yuan: 40.40, of which 30/40 and 10/40; both organs' bills come to it."""
    factories.tariff(p.we.ours, per_km=101, body="SEDAN")
    host, guest = pooled(p)
    Trip.objects.filter(pk=guest.pk).update(organ=p.we.ours)
    driven(p, host)
    host.refresh_from_db()
    guest.refresh_from_db()
    assert (host.charge or 0) + (guest.charge or 0) == 4_040
    assert {host.charge, guest.charge} == {3_030, 1_010}
    assert sum(line["amount"] for line in host.lines) == host.charge
    assert f"{host.number}" in guest.lines[0]["label"]
    month = host.day.replace(day=1)
    assert [(bill.amount, bill.due) for bill in settling.bills(p.access, month)] == [(4_040, 0)]
    with pytest.raises(Refusal) as caught:
        settling.settle(organ=p.we.ours.pk, month=month, access=p.access, now=NOW)
    assert caught.value.code == "settle.none"
    actions.lapse(trip=host.pk, now=NOW)
    assert [bill.due for bill in settling.bills(p.access, month)] == [4_040]
    assert settling.settle(organ=p.we.ours.pk, month=month, access=p.access, now=NOW) == (2, 4_040)
    assert set(Trip.objects.values_list("state", flat=True)) == {TripState.SETTLED}


@pytest.mark.django_db
def test_a_host_called_off_lets_its_guests_wait_again(p: Pool) -> None:
    host, guest = pooled(p)
    actions.cancel(trip=host.pk, reason="会议取消", access=p.access, now=NOW)
    guest.refresh_from_db()
    assert (guest.state, guest.host, guest.ended_reason) == (TripState.APPROVED, None, "")
    assert Entry.objects.filter(act="vehicles.trip.unpool").count() == 1
    assert Notice.objects.filter(user=guest.applicant, text__contains=host.number).exists()


@pytest.mark.django_db
def test_a_guest_may_leave_until_the_host_has_left(p: Pool) -> None:
    host, guest = pooled(p)
    assert host.passengers == 2
    actions.cancel(trip=guest.pk, reason="不去了", access=p.access, now=NOW)
    host.refresh_from_db()
    guest.refresh_from_db()
    assert (host.passengers, guest.state, guest.host) == (1, TripState.CANCELLED, None)
    driven(p, host)
    host.refresh_from_db()
    assert host.lines == [] or all(line["amount"] >= 0 for line in host.lines)


@pytest.mark.django_db
def test_a_guest_does_not_leave_on_the_way(p: Pool) -> None:
    host, guest = pooled(p)
    driven(p, host)
    with pytest.raises(Refusal) as caught:
        actions.cancel(trip=guest.pk, reason="不去了", access=p.access, now=NOW)
    assert caught.value.code == "trip.state"
