"""Trips of the demo province: yards, drivers, places and prices of two pools, a month that is over, a week in all states.

What is over is written in sets; what is under way goes through the verbs, with the persons whom the process finds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from yiwang.areas.vehicles.gateway.roads import site
from yiwang.areas.vehicles.life.models import Body, Use, Vehicle, VehicleState
from yiwang.areas.vehicles.trips import actions, claims, driving, judging, lending, settling
from yiwang.areas.vehicles.trips.driving import CHECKS, Given
from yiwang.areas.vehicles.trips.models import (
    Assignment,
    Depot,
    Driver,
    Landmark,
    Outage,
    OutageKind,
    Provision,
    Purpose,
    Stop,
    Trip,
    TripState,
)
from yiwang.areas.vehicles.trips.places import Place, kilometres, located
from yiwang.areas.vehicles.trips.terms import PoolRule, Sharing, Tariff, YesNo
from yiwang.areas.vehicles.trips.wanted import Wanted
from yiwang.core.flow import actions as flow
from yiwang.core.flow.models import Task, TaskState
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import User
from yiwang.core.workdays.current import current
from yiwang.kit.pinyin import sort_key

SEED = 20261130
SINCE = date(2026, 1, 1)
#: Account place, drivers, trips of the month that is over, trips that wait for tomorrow.
POOLS = (("province", 14, 60, 26), ("county", 5, 16, 4))
NAMES = (
    "机关大院",
    "会展中心",
    "党校",
    "高铁站",
    "机场",
    "政务服务中心",
    "应急指挥中心",
    "市民之家",
    "档案馆",
    "职工医院",
)
DRIVERS = ("马骏", "刘强", "陈建国", "赵卫东", "孙立军", "周海涛", "吴志刚", "郑大勇", "冯晓明", "褚国平", "卫新民", "蒋正华", "沈永福", "韩学文")  # fmt: skip
ERRANDS = (
    (Purpose.MEETING, "参加全省机关事务工作会议", 3),
    (Purpose.RESEARCH, "调研办公用房使用情况", 4),
    (Purpose.TRAINING, "参加节能培训", 2),
    (Purpose.RECEPTION, "接站", 3),
    (Purpose.OTHER, "报送材料", 1),
    (Purpose.RESEARCH, "检查食堂安全", 4),
    (Purpose.MEETING, "参加预算协调会", 2),
)
GOOD = {key: True for key, _, _ in CHECKS}


@dataclass
class Pool:
    """A pool with what its trips need."""

    organ: Organ
    region: str
    users: dict[str, User]
    cars: list[Vehicle]
    drivers: list[Driver]
    places: list[Place]
    rng: Random

    def access(self, role: str) -> Access:
        """One of the demo accounts at work."""
        return access_for(self.users[role])


def load_trips(*, now: datetime, seed: int = SEED) -> dict[str, int]:
    """Both pools; counts by model. Again on a filled base, or without the demo accounts: nothing."""
    if Trip.objects.exists() or not User.objects.filter(username="province-driver").exists():
        return {}
    pools = [_pool(place, drivers, Random(seed + number)) for number, (place, drivers, *_) in enumerate(POOLS)]  # noqa: S311
    _terms(pools)
    for pool, (_, _, over, ahead) in zip(pools, POOLS, strict=True):
        _past(pool, over, now)
        _week(pool, now)
        _tomorrow(pool, ahead, now)
    counts = {"vehicles.trip": Trip.objects.count(), "vehicles.assignment": Assignment.objects.count()}
    post(actor="system", act="demo.trips", obj="demo.province:990000", body=counts)
    return counts


def _placed(row: Any) -> Any:
    row.place()
    row.save()
    return row


def _pool(place: str, number: int, rng: Random) -> Pool:
    """Yard, places and drivers of the pool whose dispatcher is the account's."""
    roles = ("staff", "manager", "leader", "dispatcher", "driver")
    users = {role: User.objects.get(username=f"{place}-{role}") for role in roles}
    organ = access_for(users["dispatcher"]).organ
    assert organ is not None
    region = organ.region_id
    yard = _at(Depot(organ=organ, name=f"{organ.region.name}机关车场", places=number * 3), site(region, 1))
    names = [f"{organ.region.name}{name}" if name != "机关大院" else name for name in NAMES]
    for index, name in enumerate(names):
        _at(Landmark(organ=organ, name=name), site(region, index + 2))
    level = {f"l{organ.depth}": organ.pk, "state": VehicleState.IN_USE}
    ordinary = Vehicle.objects.filter(use__in=(Use.EMERGENCY, Use.OTHER), **level).select_related("organ")
    cars = list(ordinary.order_by("pk")[: number * 2])
    Vehicle.objects.filter(pk__in=[car.pk for car in cars]).update(depot=yard)
    drivers = [
        _placed(
            Driver(
                organ=organ, name=name, sort_key=sort_key(name), phone=f"1390000{index:04}", depot=yard,
                licence="A1" if index == 1 else "B1" if index == 2 else "C1", licence_number=f"99{index:04}",
                licence_until=date(2029, 6, 30), user=users["driver"] if index == 0 else None,
            )
        )
        for index, name in enumerate(DRIVERS[:number])
    ]  # fmt: skip
    places = located(organ, [Place(name) for name in names])
    return Pool(organ, region, users, cars, drivers, places, rng)


def _at(row: Any, where: tuple[float, float]) -> Any:
    row.sort_key, row.longitude, row.latitude = sort_key(row.name), f"{where[0]:.6f}", f"{where[1]:.6f}"
    return _placed(row)


def _terms(pools: list[Pool]) -> None:
    """Rules, prices, and that each lends to the other: the county after being asked."""
    for pool in pools:
        _placed(PoolRule(organ=pool.organ, valid_from=SINCE))
        for body, per_km in (("", 260), (Body.MEDIUM, 420)):
            prices = {"per_trip": 2000, "per_km": per_km, "waiting_hour": 2000, "overtime_hour": 3000}
            _placed(Tariff(organ=pool.organ, body=body, valid_from=SINCE, approval="示机管〔2025〕86号", **prices))
    first, second = pools
    for lender, borrower, asking in ((first, second, YesNo.YES), (second, first, YesNo.NO)):
        _placed(
            Sharing(
                organ=lender.organ, borrower=borrower.organ, asking=asking, per_trip=3000, per_km=300, valid_from=SINCE
            )
        )


def _office(day: date, hour: float) -> datetime:
    return timezone.make_aware(datetime.combine(day, time())) + timedelta(hours=hour)


def _pair(pool: Pool) -> tuple[Place, Place]:
    """From the house to somewhere, mostly."""
    return pool.places[0], pool.rng.choice(pool.places[1:])


def _row(pool: Pool, number: str, day: date, hour: float, **more: Any) -> Trip:
    """A trip past the verbs, with its stops."""
    rng = pool.rng
    purpose, reason, people = rng.choice(ERRANDS)
    ends = _pair(pool)
    facts: dict[str, Any] = {
        "number": number, "organ": pool.organ, "applicant": pool.users["staff"], "passengers": rng.randint(1, people),
        "purpose": purpose, "reason": reason, "route": " → ".join(one.name for one in ends),
        "kilometres": kilometres(ends, back=True), "sharing": rng.random() < 0.4, "starts_at": _office(day, hour),
        "ends_at": _office(day, hour + rng.choice((1.5, 2, 2.5, 3))), "requested_at": _office(day, hour) - timedelta(days=2),
        **more,
    }  # fmt: skip
    trip: Trip = _placed(Trip(**facts))
    stops = [Stop(trip=trip, order=order, name=one.name, longitude=one.longitude, latitude=one.latitude) for order, one in enumerate(ends)]  # fmt: skip
    Stop.objects.bulk_create(stops)
    return trip


def _past(pool: Pool, number: int, now: datetime) -> None:
    """Trips of the last weeks that are over: driven, confirmed, billed; those before the month are settled."""
    calendar, today = current(), timezone.localdate(now)
    for index in range(number):
        day = calendar.add_workdays(today, -1 - index * 20 // number)
        car, driver = pool.cars[index % len(pool.cars)], pool.drivers[index % len(pool.drivers)]
        slot = 8.5 + 3.5 * (index % 3)
        settled = day < today.replace(day=1)
        state = TripState.SETTLED if settled else TripState.CONFIRMED
        trip = _row(pool, f"YC{day.year}D{pool.region[2:]}{index:04}", day, slot, state=state, provision=Provision.OWN)
        first, last = judging.hold_span(trip, PoolRule())
        if Assignment.objects.live().meeting(first, last).filter(vehicle=car).exists():
            trip.delete()
            continue
        far = max(trip.kilometres, 4) + pool.rng.randint(0, 6)
        start = car.mileage - pool.rng.randint(200, 900)
        row = Assignment(
            trip=trip, organ=car.organ, vehicle=car, driver=driver, held_from=first, held_to=last,
            assigned_by=pool.users["dispatcher"], assigned_at=trip.requested_at, accepted_at=first, inspected_at=first,
            started_at=trip.starts_at, arrived_at=trip.starts_at, ended_at=trip.ends_at, checks=GOOD,
            odometer_start=max(start, 0), odometer_end=max(start, 0) + far,
        )  # fmt: skip
        _placed(row)
        trip.stars = pool.rng.choice((5, 5, 5, 4, 3))
        trip.settled_at = now if settled else None
        trip.save(update_fields=["stars", "settled_at"])
        settling.charge(trip)


def _week(pool: Pool, now: datetime) -> None:
    """One trip in each state, by the verbs: the last working day, today and the days to come."""
    for course in COURSES:
        course(pool, now)


def _ask(pool: Pool, days: int, hour: float, now: datetime, **more: Any) -> Trip:
    purpose, reason, _ = ERRANDS[int(hour) % len(ERRANDS)]
    day = current().add_workdays(timezone.localdate(now), days)
    given: dict[str, Any] = {
        "starts_at": _office(day, hour), "ends_at": _office(day, hour + 2), "passengers": 2, "purpose": purpose,
        "reason": reason, "places": _pair(pool), "contact": "13911110000", **more,
    }  # fmt: skip
    asked = min(now, given["starts_at"] - timedelta(hours=20))
    return actions.request(wanted=Wanted(**given), access=pool.access("staff"), now=asked)


def _approve(pool: Pool, trip: Trip, now: datetime, verdict: Any = "approve") -> Trip:
    """The manager, and the leader where the way is long."""
    for role in ("manager", "leader"):
        task = Task.objects.filter(case=trip.case, state=TaskState.OPEN, who=pool.users[role]).first()
        if task is not None:
            given: dict[str, Any] = {"access": pool.access(role), "on": timezone.localdate(now), "now": now}
            flow.act(task=task.pk, verdict=verdict, opinion="同意" if verdict == "approve" else "请乘班车", **given)
    trip.refresh_from_db()
    return trip


def _send(pool: Pool, trip: Trip, now: datetime, driver: int = 0) -> Trip:
    """The first car that may go, with the driver of this number."""
    access, person = pool.access("dispatcher"), pool.drivers[driver % len(pool.drivers)]
    scene = judging.scene(trip.starts_at, trip.ends_at, now, pool=pool.organ, around=pool.organ)
    for car in pool.cars:
        if not scene.refusals(trip, car, person):
            claims.assign(trip=trip.pk, vehicle=car.pk, driver=person.pk, access=access, now=now, why="离出发地最近")
            break
    trip.refresh_from_db()
    return trip


def _drive(pool: Pool, trip: Trip, *acts: str, now: datetime) -> Trip:
    """So far on the way, by the dispatcher for who has no phone."""
    row = claims.live_of(trip.pk)
    if row is None or row.vehicle is None:
        return trip
    reading = row.vehicle.mileage
    for number, act in enumerate(acts):
        given = Given(checks=GOOD, odometer=reading if act == "start" else reading + 24, kind="TOLL", amount=1500)
        at = min(trip.starts_at + timedelta(minutes=25 * (number - 2)), now)
        driving.do(act, trip=trip.pk, given=given, access=pool.access("dispatcher"), now=at)
    trip.refresh_from_db()
    return trip


def _sent(pool: Pool, days: int, hour: float, now: datetime, driver: int, **more: Any) -> Trip:
    return _send(pool, _approve(pool, _ask(pool, days, hour, now, **more), now), now, driver)


ON_WAY = ("accept", "inspect", "start")


def _asked(pool: Pool, now: datetime) -> None:
    _ask(pool, 2, 9, now)


def _refused(pool: Pool, now: datetime) -> None:
    _approve(pool, _ask(pool, 2, 14, now, reason="到县城取快递"), now, "reject")


def _approved(pool: Pool, now: datetime) -> None:
    _approve(pool, _ask(pool, 2, 10, now), now)


def _assigned(pool: Pool, now: datetime) -> None:
    for hour in (9, 14):
        _sent(pool, 1, hour, now, 0)


def _accepted(pool: Pool, now: datetime) -> None:
    trip = _sent(pool, 1, 10, now, 1)
    _drive(pool, trip, "accept", now=now)


def _done(pool: Pool, now: datetime) -> None:
    trip = _row(pool, f"YC{now.year}W{pool.region[2:]}01", _yesterday(now), 8, state=TripState.APPROVED)
    _drive(
        pool,
        _send(pool, trip, trip.starts_at - timedelta(hours=2), 3),
        *ON_WAY,
        "arrive",
        "resume",
        "end",
        "expense",
        now=now,
    )


def _yesterday(now: datetime) -> date:
    return current().add_workdays(timezone.localdate(now), -1)


def _absent(pool: Pool, now: datetime) -> None:
    trip = _row(pool, f"YC{now.year}W{pool.region[2:]}02", _yesterday(now), 13, state=TripState.APPROVED)
    trip = _send(pool, trip, trip.starts_at - timedelta(hours=2), 4)
    access = pool.access("dispatcher")
    for act, minutes in (("accept", -30), ("no_show", 45)):
        given = Given(reason="到点未到,电话联系不上")
        driving.do(act, trip=trip.pk, given=given, access=access, now=trip.starts_at + timedelta(minutes=minutes))


def _cancelled(pool: Pool, now: datetime) -> None:
    trip = _sent(pool, 3, 9, now, 1)
    actions.cancel(trip=trip.pk, reason="会议改期", access=pool.access("staff"), now=now)


def _late(pool: Pool, now: datetime) -> None:
    """An urgent one of the last working day that has no papers yet, its car still out."""
    day = _yesterday(now)
    trip = _row(
        pool, f"YC{now.year}W{pool.region[2:]}03", day, 19.5, state=TripState.APPROVED, urgent=True,
        purpose=Purpose.EMERGENCY, reason="处置供水管爆裂", papers_due=_office(day, 21),
    )  # fmt: skip
    trip = _send(pool, trip, trip.starts_at - timedelta(minutes=30), 2)
    _drive(pool, trip, *ON_WAY, "arrive", "resume", now=now)


def _lent(pool: Pool, now: datetime) -> None:
    """A trip for which the other pool is asked for a car."""
    trip = _approve(pool, _ask(pool, 2, 15, now, passengers=4), now)
    for sharing in lending.offered(trip)[:1]:
        lending.ask(trip=trip.pk, sharing=sharing.pk, access=pool.access("dispatcher"), now=now)


COURSES: tuple[Callable[[Pool, datetime], None], ...] = (
    _asked, _refused, _approved, _assigned, _accepted, _done, _absent, _cancelled, _late, _lent,
)  # fmt: skip


def _tomorrow(pool: Pool, number: int, now: datetime) -> None:
    """A day that waits to be planned; one car in the workshop."""
    day = current().add_workdays(timezone.localdate(now), 1)
    for index in range(number):
        hour = 8 + index % 9 + 0.25 * (index % 4)
        _row(pool, f"YC{day.year}M{pool.region[2:]}{index:04}", day, hour, state=TripState.APPROVED)
    if pool.cars:
        car = pool.cars[-1]
        _placed(
            Outage(
                organ=car.organ, vehicle=car, kind=OutageKind.MAINTENANCE, note="保养", since=_office(day, 8),
                until=_office(day, 18),
            )
        )  # fmt: skip
