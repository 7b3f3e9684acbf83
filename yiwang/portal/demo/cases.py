"""Requests of the demo province: some dozens of cases of all standard processes, as far along as the file says.

Each goes through the verbs, with the persons whom the process finds, at hours of the working days before `now`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

from yiwang.areas.vehicles.models import Vehicle, VehicleState
from yiwang.core.flow import actions, definitions, reading
from yiwang.core.flow.models import Case, Task, TaskState
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import User
from yiwang.core.workdays.calendar import WorkCalendar
from yiwang.core.workdays.current import current
from yiwang.kit.refusal import Refusal

FILE = Path(__file__).with_name("cases.yaml")
PLACES = ("province", "county")
#: What later steps fill in.
LATER: dict[str, Any] = {
    "accepted_date": 0, "bought_date": 0, "building": "行政中心 A座", "code": "ZC-2026-0102", "copies": 1, "cost": "320", "disposed_date": 0,
    "driver": "刘强", "estimate": "18600", "final_cost": "22800", "finished_date": 0, "handover_date": 0, "income": "1200", "invoice": True,
    "keys": 2, "mileage": "64", "nights": 3, "paid": "28600", "plate": "示A·10231", "price": "320", "qualified": True, "reception_list": True,
    "result": "已更换损坏部件,试用正常", "returned_date": 0, "room": "0204", "satisfied": True, "score": 5, "supplier": "示例办公设备公司",
    "survey": "已现场勘查", "team": "综合维修班", "tolls": "0", "total": "2860", "used_date": 0,
}  # fmt: skip
OPINIONS = ("同意", "情况属实,同意", "已核对标准,同意办理", "同意,请按规定办理")
#: The days that a request is about lie so many days after it.
AHEAD = 5


def open_cases(now: datetime) -> int:
    """Open them all at each place; how many. In the demo province with its accounts only."""
    plans: list[dict[str, Any]] = yaml.load(FILE.read_bytes(), Loader=yaml.CSafeLoader)
    calendar = current()
    for number, plan in enumerate(plans):
        for place in PLACES:
            _run(plan, place, number, now, calendar)
    return len(plans) * len(PLACES)


def _run(plan: dict[str, Any], place: str, number: int, now: datetime, calendar: WorkCalendar) -> None:
    """One case: opened, answered so many times, and what happened at last."""
    staff = access_for(User.objects.get(username=f"{place}-staff"))
    clock = _Clock(now, calendar, plan["ago"], number)
    case = _open(plan, staff, clock)
    for turn in range(plan["go"]):
        if not _answer(case, OPINIONS[(number + turn) % len(OPINIONS)], clock):
            break
    if then := plan.get("then"):
        _THEN[then](case, staff, clock)


class _Clock:
    """The instants of a case: office hours of the days from its opening on, never after `now`."""

    def __init__(self, now: datetime, calendar: WorkCalendar, ago: int, number: int) -> None:
        start = timezone.localdate(now) if not ago else calendar.add_workdays(timezone.localdate(now), -ago)
        self._at = timezone.make_aware(datetime.combine(start, time(9, 10 + number % 40)))
        self._at = min(self._at, now - timedelta(minutes=30))
        self._now, self._calendar = now, calendar

    def __call__(self) -> dict[str, Any]:
        """The next instant and its day, as verbs want them."""
        at = self._at
        self._at = min(self._calendar.add_work_hours(at, 3), self._now - timedelta(minutes=1))
        return {"now": at, "on": timezone.localdate(at)}


def _open(plan: dict[str, Any], staff: Access, clock: _Clock) -> Case:
    when = clock()
    assert staff.organ is not None
    ahead = (when["on"] + timedelta(days=AHEAD)).isoformat()
    dated = dict.fromkeys(("out_date", "open_date", "arrive_date"), ahead)
    facts = {**_known(plan["process"], dated), **plan["facts"], **_car(plan, staff.organ)}
    return actions.open_case(
        process=plan["process"], title=plan["title"], organ=staff.organ, access=staff, facts=facts, **when
    )


def _car(plan: dict[str, Any], organ: Organ) -> dict[str, Any]:
    """A request about a car names the oldest that the organ has: it is to be renewed, and scrapped."""
    if "vehicle" not in plan["facts"]:
        return {}
    cars = Vehicle.objects.filter(organ=organ).exclude(state=VehicleState.RETIRED).exclude(registered_date=None)
    car = cars.order_by("registered_date", "pk")[0]
    years = (timezone.localdate() - car.registered_date).days // 365 if car.registered_date else 0
    figures = {"years_used": str(years), "mileage": str(car.mileage / 10_000)}
    return {"vehicle": car.plate, "vehicle_use": str(car.get_use_display()), **figures}


def _known(process: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Those that the process asks for at the opening."""
    asked = {fact.key for fact in reading.facts_to_open(definitions.install(process))}
    return {key: value for key, value in facts.items() if key in asked}


def _mine(case: Case) -> tuple[Task, Access] | None:
    """An open task of the case and the access of who holds it."""
    tasks = Task.objects.filter(case=case, state=TaskState.OPEN).exclude(who=None).select_related("who", "step")
    task = tasks.order_by("pk").first()
    if task is None or task.who is None:
        return None
    return task, access_for(task.who)


def _answer(case: Case, opinion: str, clock: _Clock) -> bool:
    """The next person agrees, filling in what is asked; False where nobody can, or a standard forbids it."""
    if (found := _mine(case)) is None:
        return False
    task, access = found
    when = clock()
    given = {fact.key: LATER[fact.key] for fact in reading.facts_to_fill(task) if fact.key in LATER}
    keys = set(reading.graph_of(case.definition).nodes[task.step.node].asks)
    facts = {
        key: when["on"].isoformat() if value == 0 and key.endswith("_date") else value for key, value in given.items()
    }
    try:
        actions.act(
            task=task.pk,
            verdict="approve",
            opinion=opinion,
            facts={key: value for key, value in facts.items() if key in keys},
            access=access,
            **when,
        )
    except Refusal as refusal:
        if not refusal.code.startswith("verdict."):
            raise
        return False
    return True


def _reject(case: Case, staff: Access, clock: _Clock) -> None:
    if found := _mine(case):
        actions.act(task=found[0].pk, verdict="reject", opinion="不属于公务用途,不予批准", access=found[1], **clock())


def _back(case: Case, staff: Access, clock: _Clock) -> None:
    if found := _mine(case):
        opinion = "超过标准,请核对面积后重新提交"
        actions.send_back(task=found[0].pk, node="apply", opinion=opinion, access=found[1], **clock())


def _pause(case: Case, staff: Access, clock: _Clock) -> None:
    if found := _mine(case):
        actions.pause(case=case.pk, reason="等申请人补充登记材料", access=found[1], **clock())


def _copy(case: Case, staff: Access, clock: _Clock) -> None:
    place = str(getattr(staff.user, "username", "")).partition("-")[0]
    to = [User.objects.get(username=f"{place}-clerk")]
    actions.carbon_copy(case=case.pk, to=to, note="请了解", access=staff, **clock())


_THEN: dict[str, Callable[[Case, Access, _Clock], object]] = {
    "reject": _reject,
    "back": _back,
    "pause": _pause,
    "copy": _copy,
    "withdraw": lambda case, staff, clock: actions.withdraw(case=case.pk, reason="改期再报", access=staff, **clock()),
    "comment": lambda case, staff, clock: actions.comment(
        case=case.pk, text="已补充车辆检测报告,请审阅", access=staff, **clock()
    ),
    "urge": lambda case, staff, clock: actions.urge(case=case.pk, note="影响使用,请尽快安排", access=staff, **clock()),
}
