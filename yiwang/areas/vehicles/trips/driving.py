"""行车: what the driver does on the phone, in order: accept, inspect, start, arrive and wait, go on, end; and no-show.

Each: one transaction, one entry, one act for the key of the phone: a bad network sends a tap twice, and it counts once.
Odometer in kilometres as read. By the driver himself, or by the dispatcher for one without a phone (and for rented cars).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.trips import claims, judging, photos, riding, settling, telling
from yiwang.areas.vehicles.trips.claims import obj
from yiwang.areas.vehicles.trips.models import Assignment, DriveAct, Expense, ExpenseKind, Trip, TripState
from yiwang.areas.vehicles.trips.powers import at_wheel
from yiwang.core.ledger.post import post
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal, Where

#: 出车检查: (key, what is looked at, whether the car may not leave without it).
CHECKS = (
    ("tyres", "轮胎", True),
    ("brakes", "制动", True),
    ("lights", "灯光", True),
    ("steering", "转向", True),
    ("fluids", "油水电", True),
    ("papers", "行驶证和保险", True),
    ("kit", "三角牌和灭火器", False),
    ("clean", "车容车貌", False),
)
#: In one trip, further than this the odometer was misread.
FARTHEST = 5000


@dataclass(frozen=True, kw_only=True)
class Given:
    """What comes with a tap: a reading, photos, the checklist, a reason, money in fen."""

    odometer: int | None = None
    files: Sequence[File[bytes]] = ()
    checks: Mapping[str, bool] | None = None
    reason: str = ""
    kind: str = ""
    amount: int = 0
    quantity: Decimal | None = None


@dataclass
class Drive:
    """A drive in its transaction."""

    trip: Trip
    row: Assignment
    given: Given
    access: Access
    now: datetime

    def need(self, doing: str, *states: TripState) -> None:
        """Refusal `drive.state`."""
        if self.trip.state not in states:
            text = f"用车 {self.trip.number} {self.trip.get_state_display()},不能{doing};请刷新后再看。"
            raise Refusal("drive.state", text)

    def to(self, state: TripState, **columns: Any) -> None:
        """The trip and the assignment as they are now."""
        self.trip.state = state
        self.trip.save(update_fields=["state"])
        for name, value in columns.items():
            setattr(self.row, name, value)
        if columns:
            self.row.save(update_fields=list(columns))


def do(act: str, *, trip: int, given: Given, access: Access, now: datetime, key: str = "") -> Trip:
    """One act. The same key again does nothing and gives the trip as it is. Refusals `drive.*`, `attachment.*`."""
    work = _ACTS.get(act)
    if work is None:
        raise Refusal("drive.act", "没有这个操作,请刷新页面。")
    try:
        with claims.claiming(), transaction.atomic():
            live = claims.live_of(trip)
            cars, people = ([live.vehicle_id], [live.driver_id, live.second_id]) if live else ([], [])
            row = claims.lock(trip, cars, people)
            if key and DriveAct.objects.filter(user=access.user.pk, key=key[:64]).exists():
                return row
            drive = Drive(row, _held(row, access), given, access, now)
            _note(drive, act, key)
            work(drive)
        return row
    except IntegrityError as error:  # the same tap twice at once: the other one won
        if "drive_act_once" not in str(error) and "vehicles_driveact" not in str(error):
            raise
        return Trip.objects.select_related("organ").get(pk=trip)


def _held(row: Trip, access: Access) -> Assignment:
    """The live assignment, if the user drives it or dispatches the trip. Refusals `trip.gone`, `drive.none`."""
    live = claims.live_of(row.pk)
    if live is not None and at_wheel(live, access):
        return live
    claims.may_dispatch(access, row)
    if live is None:
        raise Refusal("drive.none", f"用车 {row.number} 现在没有派车,请先派车。")
    return live


def _note(drive: Drive, act: str, key: str) -> None:
    """The act and its entry."""
    assert isinstance(drive.access.user, User)
    DriveAct.objects.create(
        assignment=drive.row,
        user=drive.access.user,
        act=act,
        at=drive.now,
        key=key[:64] or uuid.uuid4().hex,
    )
    body = {"assignment": drive.row.pk, "odometer": drive.given.odometer, "reason": drive.given.reason[:200]}
    post(actor=drive.access.actor, act=f"vehicles.drive.{act}", obj=obj(drive.trip), body=body)


def _accept(drive: Drive) -> None:
    drive.need("接单", TripState.ASSIGNED)
    drive.to(TripState.ACCEPTED, accepted_at=drive.now)


def _decline(drive: Drive) -> None:
    """The trip waits for another car."""
    drive.need("退回", TripState.ASSIGNED, TripState.ACCEPTED)
    reason = claims.need_reason(drive.given.reason, "退回原因")
    drive.row.released_at, drive.row.released_reason = drive.now.replace(microsecond=0), reason
    drive.row.save(update_fields=["released_at", "released_reason"])
    drive.trip.state, drive.trip.provision = TripState.APPROVED, ""
    drive.trip.save(update_fields=["state", "provision"])
    telling.declined(drive.trip, drive.row, reason, drive.now)


def _inspect(drive: Drive) -> None:
    """What is not ticked is missing; where it must not be, the car stays: `drive.unsafe`."""
    drive.need("检查", TripState.ACCEPTED)
    checks = {key: bool((drive.given.checks or {}).get(key)) for key, _, _ in CHECKS}
    bad = [label for key, label, needed in CHECKS if needed and not checks[key]]
    if bad:
        text = f"出车检查没有通过:{'、'.join(bad)}。排除后再出车;排除不了的请退回调度换车。"
        raise Refusal("drive.unsafe", text, where=Where(column="checks"))
    drive.to(TripState.ACCEPTED, checks=checks, inspected_at=drive.now)


def _start(drive: Drive) -> None:
    drive.need("出车", TripState.ACCEPTED)
    car = drive.row.vehicle
    if car is not None and drive.row.inspected_at is None:
        raise Refusal("drive.inspect", "出车前要先做出车检查。")
    reading = _reading(drive, "出车")
    if car is not None and reading < car.mileage:
        raise Refusal(
            "drive.backwards",
            f"车辆 {car} 上次里程表是 {car.mileage} 公里,这次填 {reading} 更小;请核对表上的数。",
            where=Where(column="odometer"),
        )
    _photos(drive, "出车里程表")
    drive.to(TripState.UNDER_WAY, started_at=drive.now, odometer_start=reading)


def _arrive(drive: Drive) -> None:
    drive.need("到达", TripState.UNDER_WAY)
    drive.to(TripState.WAITING, arrived_at=drive.row.arrived_at or drive.now, waiting_since=drive.now)


def _wait(drive: Drive) -> None:
    drive.need("等候", TripState.UNDER_WAY)
    drive.to(TripState.WAITING, waiting_since=drive.now)


def _resume(drive: Drive) -> None:
    drive.need("继续行驶", TripState.WAITING)
    drive.to(TripState.UNDER_WAY, **_waited(drive))


def _waited(drive: Drive) -> dict[str, Any]:
    """The minutes waited so far."""
    since = drive.row.waiting_since
    more = int((drive.now - since).total_seconds()) // 60 if since else 0
    return {"waited_minutes": drive.row.waited_minutes + max(more, 0), "waiting_since": None}


def _end(drive: Drive) -> None:
    """收车: the odometer goes on, the car is free now if it is early; the charge is known."""
    drive.need("收车", TripState.UNDER_WAY, TripState.WAITING)
    row, reading = drive.row, _reading(drive, "收车")
    first = row.odometer_start or 0
    if reading < first:
        text = f"收车里程表 {reading} 小于出车时的 {first};里程表不会倒走,请核对表上的数。"
        raise Refusal("drive.backwards", text, where=Where(column="odometer"))
    if reading - first > FARTHEST:
        text = f"这趟 {reading - first} 公里,超过 {FARTHEST} 公里;请核对里程表。"
        raise Refusal("drive.far", text, where=Where(column="odometer"))
    _photos(drive, "收车里程表")
    drive.to(TripState.DONE, ended_at=drive.now, odometer_end=reading, **_waited(drive), **_free_early(drive))
    if row.vehicle_id:
        Vehicle.objects.filter(pk=row.vehicle_id).update(mileage=Greatest(F("mileage"), reading))
    settling.charge(drive.trip)
    telling.moved(drive.trip, "请确认并评价。", drive.now, by=drive.access.user.pk)


def _free_early(drive: Drive) -> dict[str, Any]:
    """Who is back early holds car and driver no longer; who is late held them until now, which the next trip saw."""
    now = drive.now.replace(microsecond=0)
    first = drive.row.held_from
    return {"held_to": max(now, first + timedelta(minutes=1))} if now < drive.row.held_to else {}


def _no_show(drive: Drive) -> None:
    """乘车人未到: after the minutes of the pool at the place of departure."""
    drive.need("登记未到", TripState.ACCEPTED, TripState.UNDER_WAY, TripState.WAITING)
    found = judging.scene(drive.trip.starts_at, drive.trip.ends_at, drive.now, vehicles=[], drivers=[])
    rule = found.rule(drive.trip)
    from_when = drive.trip.starts_at + timedelta(minutes=rule.absent_minutes)
    if drive.now < from_when:
        text = f"要等到 {judging.local(from_when)}(出发后 {rule.absent_minutes} 分钟)才能登记乘车人未到。"
        raise Refusal("drive.too-soon", text)
    claims.need_reason(drive.given.reason, "联系情况")
    ended: dict[str, Any] = {"ended_at": drive.now, **_free_early(drive)}
    if drive.row.odometer_start is not None:
        reading = _reading(drive, "收车")
        if reading < drive.row.odometer_start:
            raise Refusal("drive.backwards", f"收车里程表 {reading} 小于出车时的 {drive.row.odometer_start}。")
        ended["odometer_end"] = reading
    drive.trip.ended_reason = drive.given.reason.strip()[:200]
    drive.trip.save(update_fields=["ended_reason"])
    drive.to(TripState.NO_SHOW, **ended)
    riding.end(drive.trip, drive.trip.ended_reason)
    telling.moved(drive.trip, drive.trip.ended_reason, drive.now, by=drive.access.user.pk)


def _expense(drive: Drive) -> None:
    """途中费用, while driving or until the passenger has confirmed. Whoever subscribed hears of it in the transaction."""
    drive.need("登记费用", TripState.UNDER_WAY, TripState.WAITING, TripState.DONE)
    given = drive.given
    if given.kind not in ExpenseKind.values or given.amount <= 0:
        raise Refusal("drive.expense", "请选费用种类,并填大于 0 的金额。", where=Where(column="amount"))
    made = Expense.objects.create(
        assignment=drive.row, kind=given.kind, amount=given.amount, quantity=given.quantity,
        note=given.reason.strip()[:120], at=drive.now,
    )  # fmt: skip
    _photos(drive, str(made.get_kind_display()))
    if drive.trip.state == TripState.DONE:
        settling.charge(drive.trip)
    for heard in _subscribers:
        heard(expense=made, access=drive.access, now=drive.now)


_subscribers: list[Callable[..., None]] = []


def subscribe(heard: Callable[..., None]) -> None:
    """Have `heard(expense=, access=, now=)` called inside the transaction of every declared expense."""
    if heard not in _subscribers:
        _subscribers.append(heard)


def _reading(drive: Drive, label: str) -> int:
    if drive.given.odometer is None or drive.given.odometer < 0:
        raise Refusal("drive.odometer", f"请填{label}时的里程表读数(公里,整数)。", where=Where(column="odometer"))
    return drive.given.odometer


def _photos(drive: Drive, label: str) -> None:
    photos.keep(drive.trip, drive.given.files, drive.access, drive.now, label=label)


_ACTS: dict[str, Callable[[Drive], None]] = {
    "accept": _accept,
    "decline": _decline,
    "inspect": _inspect,
    "start": _start,
    "arrive": _arrive,
    "wait": _wait,
    "resume": _resume,
    "end": _end,
    "no_show": _no_show,
    "expense": _expense,
}


def next_act(trip: Trip, row: Assignment) -> str:
    """The next thing to do, "" where there is nothing: the one big button."""
    if trip.state == TripState.ASSIGNED:
        return "accept"
    if trip.state == TripState.ACCEPTED:
        return "start" if row.inspected_at or row.vehicle_id is None else "inspect"
    if trip.state == TripState.UNDER_WAY:
        return "end" if row.arrived_at else "arrive"
    return "resume" if trip.state == TripState.WAITING else ""
