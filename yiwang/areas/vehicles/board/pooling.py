"""拼车: trips that could share a car are suggested; when all sides have agreed they become one trip with one car.

Refusals: `rights.denied`, `pool.gone`, `pool.state`, `pool.moved`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from yiwang.areas.vehicles import dispatch
from yiwang.areas.vehicles.board.models import Pooling, PoolingState, PoolMember
from yiwang.areas.vehicles.board.pools import pool_day
from yiwang.areas.vehicles.board.problem import Asked, asked
from yiwang.areas.vehicles.trips import claims, riding
from yiwang.areas.vehicles.trips.models import Stop, Trip, TripState
from yiwang.areas.vehicles.trips.powers import AREA, dispatches
from yiwang.core.ledger.post import post
from yiwang.core.notices.actions import send
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal

TEMPLATE = "vehicles.pool.asked"


def suggest(*, day: date, access: Access, now: datetime) -> list[Pooling]:
    """New suggestions for the trips of the day that wait and whose applicants allow it; those that stand are left alone."""
    access.need(dispatches(access), "提出拼车建议")
    found = asked(pool_day(access, day), now, pooling=True)
    busy = _members_of_open(found.trips.values())
    with transaction.atomic():
        return [
            _keep(pool, found, day, access, now)
            for pool in dispatch.suggest_pools(found.problem)
            if not busy & {int(key) for key in pool.trips}
        ]


def _members_of_open(trips: Iterable[Trip]) -> set[int]:
    """Trips that stand in a suggestion already: in one that is open, or in one that somebody declined."""
    rows = PoolMember.objects.filter(trip__in=[trip.pk for trip in trips]).exclude(pooling__state=PoolingState.AGREED)
    return set(rows.values_list("trip", flat=True))


def _keep(pool: dispatch.Pool, found: Asked, day: date, access: Access, now: datetime) -> Pooling:
    assert access.organ is not None
    row = Pooling(organ=access.organ, day=day, saving=pool.saving, sentence=pool.sentence[:500], made_at=now)
    row.place()
    row.save()
    for rider in pool.riders:
        PoolMember.objects.create(
            pooling=row,
            trip=found.trips[rider.trip],
            pickup_at=found.instant(rider.pickup),
            arrival_at=found.instant(rider.arrival),
            shift_minutes=round(rider.shift / 60),
            detour_minutes=max(round(rider.detour / 60), 0),
        )
    numbers = [found.trips[key].number for key in pool.trips]
    post(actor=access.actor, act=f"{AREA}.pooling.suggest", obj=_obj(row), body={"trips": numbers})
    _tell(row, now)
    return row


def _tell(row: Pooling, now: datetime) -> None:
    """The applicants are asked."""
    people = list({one.trip.applicant_id: one.trip.applicant for one in _members(row)}.values())
    where = reverse("vehicles:pooling", args=[row.pk])
    send(to=people, template=TEMPLATE, about=_obj(row), url=where, now=now, day=f"{row.day}", said=row.sentence)


def _members(row: Pooling) -> list[PoolMember]:
    return list(row.members.select_related("trip__applicant", "trip__organ", "agreed_by"))


def visible(access: Access) -> QuerySet[Pooling]:
    """The suggestions of the dispatcher's pool, and those that ask the user about a trip of his own."""
    mine = Q(members__trip__applicant=access.user.pk or 0)
    if access.organ is not None and dispatches(access):
        mine |= Q(**{f"l{access.organ.depth}": access.organ.pk})
    return Pooling.objects.filter(mine).distinct()


def may_answer(access: Access, member: PoolMember) -> bool:
    """Who asked for the trip, or his dispatcher (who has rung him up)."""
    return member.trip.applicant_id == access.user.pk or (
        dispatches(access) and access.organ is not None and _covers(access, member.trip)
    )


def _covers(access: Access, trip: Trip) -> bool:
    assert access.organ is not None
    return bool(getattr(trip, f"l{access.organ.depth}") == access.organ.pk)


@transaction.atomic
def answer(*, pooling: int, trip: int, yes: bool, access: Access, now: datetime) -> Pooling:
    """Yes or no for one trip. One no ends it; with the last yes the trips are one."""
    # A write that changes nothing takes the row's lock: two who say yes at once come one after the other.
    if not Pooling.objects.filter(pk=pooling).update(sentence=F("sentence")):
        raise Refusal("pool.gone", "没有这条拼车建议,请刷新。")
    row = visible(access).filter(pk=pooling).first()
    member = row.members.select_related("trip").filter(trip=trip).first() if row is not None else None
    if row is None or member is None or not may_answer(access, member):
        raise Refusal("pool.gone", "没有这条拼车建议,或者不由您答复。")
    if row.state != PoolingState.SUGGESTED:
        raise Refusal("pool.state", f"这条建议{row.get_state_display()},不用再答复。")
    assert isinstance(access.user, User)
    if yes:
        member.agreed_at, member.agreed_by = now, access.user
        member.save(update_fields=["agreed_at", "agreed_by"])
    else:
        row.state, row.ended_at = PoolingState.DECLINED, now
        row.save(update_fields=["state", "ended_at"])
    verb = "agree" if yes else "decline"
    post(actor=access.actor, act=f"{AREA}.pooling.{verb}", obj=_obj(row), body={"trip": member.trip.number})
    if yes and not row.members.filter(agreed_at=None).exists():
        _merge(row, access, now)
    return row


def _merge(row: Pooling, access: Access, now: datetime) -> None:
    """The trips become that of the first who is picked up; the others ride with it."""
    members = _members(row)
    for member in sorted(members, key=lambda one: one.trip_id):
        claims.lock(member.trip_id)
    trips = {trip.pk: trip for trip in Trip.objects.filter(pk__in=[one.trip_id for one in members])}
    if any(trip.state != TripState.APPROVED for trip in trips.values()):
        raise Refusal("pool.moved", "其中有的用车已经派车或取消,不能再拼,请重新提出拼车建议。")
    host = trips[members[0].trip_id]
    stops = _stops(members)
    host.passengers = sum(trip.passengers for trip in trips.values())
    host.starts_at = members[0].pickup_at
    host.ends_at = max(max(one.arrival_at for one in members), host.starts_at + timedelta(minutes=1))
    host.party = "、".join(part for part in (trips[one.trip_id].party for one in members) if part)[:200]
    host.route = " → ".join(stop.name for stop in stops)[:300]
    host.save(update_fields=["passengers", "starts_at", "ends_at", "party", "route"])
    Stop.objects.filter(trip=host).delete()
    for order, stop in enumerate(stops):
        Stop.objects.create(trip=host, order=order, name=stop.name, longitude=stop.longitude, latitude=stop.latitude)
    for member in members[1:]:
        _ride_along(trips[member.trip_id], host, member, access)
    row.state, row.host, row.ended_at = PoolingState.AGREED, host, now
    row.save(update_fields=["state", "host", "ended_at"])
    numbers = [one.trip.number for one in members]
    post(actor=access.actor, act=f"{AREA}.pooling.merge", obj=_obj(row), body={"host": host.number, "trips": numbers})


def _stops(members: list[PoolMember]) -> list[Stop]:
    """All are picked up in the order of time, then all are set down."""
    ends = {one.trip_id: sorted(one.trip.stops.all(), key=lambda stop: stop.order) for one in members}
    ups = [ends[one.trip_id][0] for one in members if ends[one.trip_id]]
    downs = [ends[one.trip_id][-1] for one in sorted(members, key=lambda one: one.arrival_at) if ends[one.trip_id]]
    found: list[Stop] = []
    for stop in [*ups, *downs]:
        if not found or found[-1].name != stop.name:
            found.append(stop)
    return found


def _ride_along(guest: Trip, host: Trip, member: PoolMember, access: Access) -> None:
    words = f"已拼入 {host.number},{timezone.localtime(member.pickup_at):%H:%M} 上车"
    riding.board(guest, host, words, access)


def _obj(row: Pooling) -> str:
    return f"vehicles.pooling:{row.pk}"
