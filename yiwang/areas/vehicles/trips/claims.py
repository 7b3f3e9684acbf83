"""Taking a car and a driver for a trip: one code path for whatever assigns.

The row of the trip is updated first, then those of the cars, then those of the drivers, each in the order of ids (the
lock, on both databases); then their other trips are read; then the assignment is written. The database refuses an
overlap besides (`belts.py`). Reading first would send one car on two trips: `tests/race.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.trips import judging, telling
from yiwang.areas.vehicles.trips.belts import CAR_SLOT, DRIVER_SLOT, SECOND_SLOT
from yiwang.areas.vehicles.trips.models import (
    Assignment,
    Driver,
    Loan,
    LoanState,
    Provision,
    Trip,
    TripState,
)
from yiwang.areas.vehicles.trips.powers import AREA, dispatches
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal

#: A car can be given, or changed, in these states.
ASSIGNABLE = (TripState.APPROVED,)
CHANGEABLE = (TripState.ASSIGNED, TripState.ACCEPTED, TripState.UNDER_WAY, TripState.WAITING)


def lock(trip: int, vehicles: Iterable[int | None] = (), drivers: Iterable[int | None] = ()) -> Trip:
    """Hold the rows until the commit, in one order for everybody. Refusal `trip.gone`.

    The UPDATE must stand before the first look at other trips: a SELECT first is the race.
    """
    if not Trip.objects.filter(pk=trip).update(state=F("state")):
        raise Refusal("trip.gone", "没有这次用车,或者它不在您的范围内。")
    for pk in sorted({one for one in vehicles if one}):
        Vehicle.objects.filter(pk=pk).update(state=F("state"))
    for pk in sorted({one for one in drivers if one}):
        Driver.objects.filter(pk=pk).update(state=F("state"))
    return Trip.objects.select_related("organ", "applicant").get(pk=trip)


def assign(
    *, trip: int, vehicle: int, driver: int, access: Access, now: datetime, why: str = "", second: int = 0
) -> Assignment:
    """派车, with a `second` driver for a trip that is longer than one man's duty. Raises the first of what stands against it (`judging`), `assign.state`, `assign.gone`, `rights.denied`."""
    with claiming(), transaction.atomic():
        row = lock(trip, [vehicle], [driver, second])
        may_dispatch(access, row)
        if row.state not in ASSIGNABLE:
            raise _state(row, "派车")
        made = _take(row, vehicle, (driver, second), access, now, why)
        _note(row, made, "assign", access, {"why": made.why})
        telling.assigned(made, now)
    return made


def reassign(
    *,
    trip: int,
    vehicle: int | None = None,
    driver: int | None = None,
    second: int | None = None,
    reason: str,
    access: Access,
    now: datetime,
    why: str = "",
    odometer: int | None = None,
) -> Assignment:
    """换车、换驾驶员; what is not named stays, a `second` driver of 0 goes. What was driven so far stays with the first car: on the way its `odometer` is needed."""
    with claiming(), transaction.atomic():
        held = live_of(trip)
        cars = [vehicle, held.vehicle_id if held else None]
        people = [driver, second, *([held.driver_id, held.second_id] if held else [])]
        row = lock(trip, cars, people)
        may_dispatch(access, row)
        before = live_of(trip)
        if before is None or row.state not in CHANGEABLE:
            raise _state(row, "换车")
        if held is None or before.pk != held.pk:
            raise Refusal("assign.moved", "这次用车刚刚被改派过,请刷新后再办。")
        text = need_reason(reason, "换车原因")
        _end_of(before, text, now, odometer)
        pair = _pair(before, driver, second)
        made = _take(row, vehicle or before.vehicle_id or 0, pair, access, now, why or text)
        _note(row, made, "reassign", access, {"reason": text, "before": before.pk})
        telling.released(before, text, now)
        telling.assigned(made, now)
    return made


def _pair(before: Assignment, driver: int | None, second: int | None) -> tuple[int, int]:
    """Driver and second driver after a change: the second stays unless he is named, or drives himself now."""
    first = driver or before.driver_id or 0
    other = before.second_id or 0 if second is None else second
    return first, 0 if second is None and other == first else other


def release(*, trip: int, reason: str, access: Access, now: datetime) -> Trip:
    """撤回派车 before the driver has left: the trip waits for a car again."""
    with transaction.atomic():
        row = lock(trip)
        may_dispatch(access, row)
        if row.state not in (TripState.ASSIGNED, TripState.ACCEPTED):
            raise _state(row, "撤回派车")
        free(row, need_reason(reason, "撤回原因"), now)
        row.state, row.provision = TripState.APPROVED, ""
        row.save(update_fields=["state", "provision"])
        post(actor=access.actor, act="vehicles.trip.release", obj=obj(row), body={"reason": reason.strip()})
    return row


def free(trip: Trip, reason: str, now: datetime) -> None:
    """The car and the driver are held no longer; the trip is locked. Whoever drove is told."""
    for one in (
        Assignment.objects.live().filter(trip=trip).select_related("driver__user", "second__user", "trip", "vehicle")
    ):
        one.released_at, one.released_reason = now.replace(microsecond=0), reason[:200]
        one.save(update_fields=["released_at", "released_reason"])
        telling.released(one, reason, now)


def live_of(trip: int) -> Assignment | None:
    """The assignment that holds for the trip."""
    rows = Assignment.objects.live().filter(trip=trip)
    return rows.select_related("vehicle", "driver__user", "second__user", "trip", "organ").first()


def _take(row: Trip, vehicle: int, drivers: tuple[int, int], access: Access, now: datetime, why: str) -> Assignment:
    """Look, then write. The rows are locked."""
    car = Vehicle.objects.select_related("organ").filter(pk=vehicle).first()
    people = Driver.objects.select_related("organ", "user").in_bulk([one for one in drivers if one])
    person, second = (people.get(one) for one in drivers)
    if car is None or person is None or (drivers[1] and second is None):
        raise Refusal("assign.gone", "没有这辆车或这位驾驶员,请重新选择。")
    pool = access.organ
    assert pool is not None
    found = judging.scene(row.starts_at, row.ends_at, now, pool=pool, vehicles=[vehicle], drivers=list(people))
    for refusal in found.refusals(row, car, person, second=second):
        raise refusal
    for one in filter(None, (person, second)):
        need_driver(one, car, pool)
    return write(row, car, person, found.span(row), access, now, why, second)


def need_driver(driver: Driver, car: Vehicle, pool: Organ) -> None:
    """The driver stands in the pool, or comes with the car. Refusal `assign.not-lent`."""
    if not (judging.covers(pool, driver) or driver.organ_id == car.organ_id):
        raise Refusal("assign.not-lent", f"驾驶员 {driver} 属于“{driver.organ}”,不在您的车队。")


def write(
    row: Trip,
    car: Vehicle,
    person: Driver,
    span: judging.Span,
    access: Access,
    now: datetime,
    why: str,
    second: Driver | None = None,
) -> Assignment:
    """Insert the assignment; the trip is ASSIGNED."""
    made = Assignment(
        trip=row,
        organ=car.organ,
        vehicle=car,
        driver=person,
        second=second,
        held_from=span[0],
        held_to=span[1],
        assigned_by=_user(access),
        assigned_at=now,
        why=why.strip()[:300],
    )
    made.place()
    made.save()
    own = access.organ is not None and judging.covers(access.organ, car) and judging.covers(access.organ, row)
    row.state, row.provision = TripState.ASSIGNED, Provision.OWN if own else Provision.SHARED
    row.save(update_fields=["state", "provision"])
    return made


def _end_of(before: Assignment, reason: str, now: datetime, odometer: int | None) -> None:
    """The first car of a trip that goes on with another."""
    before.released_at, before.released_reason = now.replace(microsecond=0), reason[:200]
    if before.started_at is not None and before.ended_at is None:
        if odometer is None or odometer < (before.odometer_start or 0):
            text = f"车辆 {before.vehicle} 已出车,请填交车时的里程表(不小于 {before.odometer_start})。"
            raise Refusal("assign.odometer", text)
        before.ended_at, before.odometer_end = now, odometer
    before.save(update_fields=["released_at", "released_reason", "ended_at", "odometer_end"])


def may_dispatch(access: Access, row: Trip) -> None:
    """The dispatcher of the trip's pool, or of a pool that agreed to lend for it. `trip.gone` for a stranger's."""
    organ = access.organ
    if organ is not None and dispatches(access):
        if judging.covers(organ, row):
            return
        level = {f"l{organ.depth}": organ.pk}
        if Loan.objects.filter(trip=row, state=LoanState.AGREED, **level).exists():
            return
        raise Refusal("trip.gone", "没有这次用车,或者它不在您的范围内。")
    access.need(False, "派车")


def need_reason(text: str, label: str) -> str:
    """A reason, required. Refusal `trip.text`."""
    if not text.strip():
        raise Refusal("trip.text", f"请填写{label}。")
    return text.strip()[:200]


def _state(row: Trip, doing: str) -> Refusal:
    return Refusal("assign.state", f"用车 {row.number} {row.get_state_display()},不能{doing}。")


def _user(access: Access) -> User:
    assert isinstance(access.user, User)
    return access.user


def _note(row: Trip, made: Assignment, verb: str, access: Access, body: dict[str, Any]) -> None:
    facts = {
        "vehicle": made.vehicle_id,
        "driver": made.driver_id,
        **({"second": made.second_id} if made.second_id else {}),
        "held_from": made.held_from.isoformat(),
        "held_to": made.held_to.isoformat(),
    }
    post(actor=access.actor, act=f"{AREA}.trip.{verb}", obj=obj(row), body={**facts, **body})


def obj(row: Trip) -> str:
    """How the ledger names a trip."""
    return f"vehicles.trip:{row.pk}"


@contextmanager
def claiming() -> Iterator[None]:
    """The belt spoke: what the lock should have seen is still a plain refusal, not a fault. Around the transaction."""
    try:
        yield
    except IntegrityError as error:
        text = str(error)
        if CAR_SLOT.name in text:
            raise Refusal("assign.overlap", "这辆车这段时间刚刚被派走,请换一辆。") from error
        if DRIVER_SLOT.name in text or SECOND_SLOT.name in text:
            raise Refusal("assign.driver-overlap", "这位驾驶员这段时间刚刚被派走,请换一位。") from error
        if "assignment_one_live" in text or "vehicles_assignment.trip_id" in text:
            raise Refusal("assign.state", "这次用车刚刚派过车,请刷新后再看。") from error
        raise
