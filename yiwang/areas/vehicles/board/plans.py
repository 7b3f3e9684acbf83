"""排全天: a plan of the day as a proposal, made at once and improved behind; taken whole, by line, or not at all.

Refusals: `rights.denied`, `plan.empty`, `plan.gone`, `plan.state`, `plan.lines`; those of `trips.claims` stand in the lines.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from yiwang.areas.vehicles import dispatch
from yiwang.areas.vehicles.board.models import DayLineState, DayPlan, DayPlanLine, DayPlanState
from yiwang.areas.vehicles.board.pools import pool_day
from yiwang.areas.vehicles.board.problem import Asked, asked
from yiwang.areas.vehicles.trips import claims
from yiwang.areas.vehicles.trips.models import Assignment
from yiwang.areas.vehicles.trips.powers import AREA, dispatches
from yiwang.core.jobs import actions as jobs
from yiwang.core.jobs.kinds import Outcome, Progress, work
from yiwang.core.ledger.post import post
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal

#: Seconds that the planner may think behind the page; up to so many trips the first answer is the best one already.
THINKS = 10
FEW = 4
REASON = "按排班方案调整"


def propose(*, day: date, access: Access, now: datetime, behind: bool = True) -> DayPlan:
    """A plan at once (greedy), kept as a proposal; a job goes on improving it (`behind`). Refusal `plan.empty`."""
    access.need(dispatches(access), "排班")
    found = asked(pool_day(access, day), now)
    if not found.problem.trips and not found.left:
        raise Refusal("plan.empty", f"{day} 没有待派的用车,不用排班。")
    made = dispatch.instant(found.problem)
    with transaction.atomic():
        plan = _new(day, access, now)
        fill(plan, found, made)
        post(actor=access.actor, act=f"{AREA}.day_plan.propose", obj=_obj(plan), body={"day": day, "cost": plan.cost})
        if behind and len(found.problem.trips) > FEW:
            job = jobs.start(kind="vehicles.plan", access=access, now=now, key=f"vehicles.plan:{plan.pk}", plan=plan.pk)
            plan.job = job.pk
            plan.save(update_fields=["job"])
    return plan


def _new(day: date, access: Access, now: datetime) -> DayPlan:
    assert access.organ is not None
    assert isinstance(access.user, User)
    older = DayPlan.objects.filter(organ=access.organ, day=day, state=DayPlanState.PROPOSED)
    for one in older:
        _close(one, DayPlanState.DISCARDED, now)
    plan = DayPlan(organ=access.organ, day=day, made_by=access.user, made_at=now)
    plan.place()
    plan.save()
    return plan


def fill(plan: DayPlan, found: Asked, made: dispatch.Plan) -> None:
    """The lines and figures of a plan, in place of those it has; within a transaction."""
    held = {each.trip: each for each in found.problem.held}
    plan.lines.all().delete()
    DayPlanLine.objects.bulk_create(_line(plan, each, held.get(each.trip), found) for each in made.assignments)
    plan.solver, plan.cost, plan.fcfs, plan.bound = made.solver[:20], made.cost.total, made.fcfs, made.bound
    plan.notes = list(made.notes)
    left = [(found.trips[one.trip], one.code, one.sentence) for one in made.unserved] + found.left
    plan.unserved = [
        {"trip": trip.pk, "number": trip.number, "code": code, "sentence": said.removeprefix(f"{trip.number}:")}
        for trip, code, said in left
    ]
    plan.save()


def _line(plan: DayPlan, each: dispatch.Assignment, held: dispatch.Held | None, found: Asked) -> DayPlanLine:
    kept = held is not None and (held.car, held.driver) == (each.car, each.driver)
    return DayPlanLine(
        plan=plan,
        trip_id=int(each.trip),
        vehicle_id=int(each.car),
        driver_id=int(each.driver) if each.driver else None,
        before_id=int(held.car) if held is not None and not kept else None,
        kept=kept,
        leave_at=found.instant(each.leave),
        empty_metres=max(each.empty_metres, 0),
        loaded_metres=max(each.loaded_metres, 0),
        cost=each.cost.total,
        why=each.why[:300],
    )


@work("vehicles.plan", label="排全天", attempts=2)
def improve(run: Progress, *, plan: int) -> Outcome:
    """A better plan in place of the first one, unless somebody has decided meanwhile."""
    row = DayPlan.objects.select_related("made_by", "organ").filter(pk=plan, state=DayPlanState.PROPOSED).first()
    if row is None:
        return Outcome("方案已经办结,不再计算。")
    run.progress(1, 3, "正在计算更省的方案")
    access = access_for(row.made_by, row.organ_id, on=row.made_at.date())
    found = asked(pool_day(access, row.day), row.made_at)
    made = dispatch.plan_day(found.problem, seconds=THINKS)
    run.progress(2, 3, "正在保存")
    with transaction.atomic():
        still = DayPlan.objects.filter(pk=plan, state=DayPlanState.PROPOSED).update(state=DayPlanState.PROPOSED)
        if still and _better(made, row):
            fill(row, found, made)
    return Outcome(f"方案已算好,成本 {row.cost / 100:,.0f} 元。", url=f"/vehicles/board/plans/{plan}/")


def _better(made: dispatch.Plan, row: DayPlan) -> bool:
    """More trips served, or as many for less."""
    served = len(made.assignments), row.lines.count()
    return served[0] > served[1] or (served[0] == served[1] and made.cost.total <= row.cost)


def accept(
    *,
    plan: int,
    lines: Collection[int] | None,
    access: Access,
    now: datetime,
    told: Callable[[int, int], None] | None = None,
) -> tuple[int, int]:
    """Take the plan, or some of its lines: what it changes is given up first, then all is given. (given, refused).

    Each trip is a transaction of its own, judged as if dropped by hand: what no longer fits says why in its line, and a
    trip that lost its car gets it back.
    """
    row = _open(plan, access)
    wanted = list(row.lines.filter(state=DayLineState.PROPOSED).select_related("trip", "vehicle", "driver"))
    if lines is not None:
        wanted = [one for one in wanted if one.pk in set(lines)]
    if not wanted:
        raise Refusal("plan.lines", "没有选中要采用的行,请先勾选。")
    before = {one.pk: _given_up(one, access, now) for one in wanted if one.before_id}
    given = 0
    for number, one in enumerate(wanted, start=1):
        given += _give(one, before.get(one.pk), access, now)
        if told is not None:
            told(number, len(wanted))
    _finished(row, access, now, given)
    return given, len(wanted) - given


def _open(plan: int, access: Access) -> DayPlan:
    access.need(dispatches(access), "采用排班方案")
    row = access_plans(access).filter(pk=plan).first()
    if row is None:
        raise Refusal("plan.gone", "没有这个排班方案,或者它不在您的范围内。")
    if row.state != DayPlanState.PROPOSED:
        raise Refusal("plan.state", f"这个方案{row.get_state_display()},请重新排班。")
    return row


def access_plans(access: Access) -> QuerySet[DayPlan]:
    """The plans of the pool that the user dispatches."""
    if access.organ is None or not dispatches(access):
        return DayPlan.objects.none()
    return DayPlan.objects.within(access.organ)


def _given_up(line: DayPlanLine, access: Access, now: datetime) -> Assignment | None:
    """Free the car that the plan exchanges; what it was, to give it back. None where it may not be freed any more."""
    held = claims.live_of(line.trip_id)
    if held is None:
        return None
    try:
        claims.release(trip=line.trip_id, reason=REASON, access=access, now=now)
    except Refusal:
        return None
    return held


def _give(line: DayPlanLine, before: Assignment | None, access: Access, now: datetime) -> int:
    """1 where the trip has what the line says."""
    try:
        if not line.kept:
            if line.driver_id is None:
                raise Refusal("plan.driver", "没有合适的驾驶员,请在派车台上手工派。")
            why = line.why
            claims.assign(
                trip=line.trip_id, vehicle=line.vehicle_id, driver=line.driver_id, access=access, now=now, why=why
            )
        line.state, line.said = DayLineState.ACCEPTED, ""
    except Refusal as refusal:
        line.state, line.said = DayLineState.REFUSED, refusal.message[:300]
        if before is not None:
            _give_back(before, access, now)
    line.save(update_fields=["state", "said"])
    return int(line.state == DayLineState.ACCEPTED)


def _give_back(before: Assignment, access: Access, now: datetime) -> None:
    """As it was; if even that is gone the trip waits, and stands in the list of those that do."""
    try:
        claims.assign(
            trip=before.trip_id,
            vehicle=before.vehicle_id or 0,
            driver=before.driver_id or 0,
            access=access,
            now=now,
            why=before.why,
        )
    except Refusal:
        return


def _finished(row: DayPlan, access: Access, now: datetime, given: int) -> None:
    with transaction.atomic():
        post(actor=access.actor, act=f"{AREA}.day_plan.accept", obj=_obj(row), body={"day": row.day, "given": given})
        if not row.lines.filter(state=DayLineState.PROPOSED).exists():
            _close(row, DayPlanState.ACCEPTED, now)


@transaction.atomic
def discard(*, plan: int, access: Access, now: datetime) -> DayPlan:
    """Leave it; what was already taken of it stays."""
    row = _open(plan, access)
    taken = row.lines.filter(state=DayLineState.ACCEPTED).exists()
    _close(row, DayPlanState.ACCEPTED if taken else DayPlanState.DISCARDED, now)
    post(actor=access.actor, act=f"{AREA}.day_plan.discard", obj=_obj(row), body={"day": row.day})
    return row


def _close(row: DayPlan, state: str, now: datetime) -> None:
    row.lines.filter(state=DayLineState.PROPOSED).update(state=DayLineState.DISCARDED)
    row.state, row.ended_at = state, now
    row.save(update_fields=["state", "ended_at"])


def _obj(row: DayPlan) -> str:
    return f"vehicles.day_plan:{row.pk}"


@work("vehicles.plan-accept", label="采用排班方案", attempts=3)
def accept_all(run: Progress, *, plan: int, organ: int, at: str) -> Outcome:
    """The whole of a large plan, behind the page; begun again it goes on where it was."""
    from yiwang.core.jobs.models import Job

    user = Job.objects.select_related("user").get(pk=run.job).user
    assert user is not None
    now = datetime.fromisoformat(at)
    access = access_for(user, organ, on=now.date())
    given, refused = accept(
        plan=plan, lines=None, access=access, now=now, told=lambda done, total: run.progress(done, total, "正在派车")
    )
    words = f"已派 {given} 单" + (f",{refused} 单没有派成,原因见方案。" if refused else "。")
    return Outcome(words, url=f"/vehicles/board/plans/{plan}/")
