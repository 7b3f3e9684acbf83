"""The pages of a plan: make one, look at it beside first come first served, take it, leave it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.areas.vehicles.board import lanes, plans
from yiwang.areas.vehicles.board.models import DayLineState, DayPlan, DayPlanLine
from yiwang.areas.vehicles.board.pages import day_of
from yiwang.areas.vehicles.board.pools import pool_day
from yiwang.areas.vehicles.faces import performed, shown
from yiwang.areas.vehicles.trips.models import Assignment
from yiwang.areas.vehicles.trips.powers import dispatches
from yiwang.core.jobs import actions as jobs
from yiwang.core.jobs.models import Job
from yiwang.core.rights.middleware import AccessRequest
from yiwang.kit.posted import Posted
from yiwang.kit.refusal import Refusal

#: So many lines are taken while the page waits; more by a job.
AT_ONCE = 30


@require_POST
def make(request: AccessRequest) -> HttpResponse:
    """排全天: to the plan, or back to the board with the reason."""
    day = day_of(request.POST.get("day", ""))
    try:
        made = plans.propose(day=day, access=request.access, now=timezone.now())
    except Refusal as refusal:
        if refusal.code.startswith("rights."):
            raise
        messages.warning(request, refusal.message)
        return HttpResponseRedirect(f"{reverse('vehicles:board')}?day={day}")
    return HttpResponseRedirect(reverse("vehicles:day-plan", args=[made.pk]))


@require_http_methods(["GET", "POST"])
def plan(request: AccessRequest, pk: int) -> HttpResponse:
    """One plan. 404 for a stranger's."""
    request.access.need(dispatches(request.access), "排班")
    row = get_object_or_404(plans.access_plans(request.access).select_related("organ", "made_by"), pk=pk)
    refusal: Refusal | None = None
    if request.method == "POST":
        verbs = {
            verb: lambda posted, verb=verb: _done(request, row, posted, verb) for verb in ("all", "lines", "discard")
        }
        refusal = performed(request, verbs)
        if refusal is None:
            return HttpResponseRedirect(reverse("vehicles:day-plan", args=[pk]))
    return shown(request, "vehicles/board/plan.html", _context(request, row) | {"refusal": refusal})


def _done(request: AccessRequest, row: DayPlan, posted: Posted, verb: str) -> str:
    access, now = request.access, timezone.now()
    if verb == "discard":
        plans.discard(plan=row.pk, access=access, now=now)
        return "方案已放弃,没有采用的行不派车。"
    lines = (
        None
        if verb == "all"
        else [int(one) for one in request.POST.getlist("line") if one.isdecimal() and len(one) < 18]
    )
    waiting = row.lines.filter(state=DayLineState.PROPOSED).count()
    if lines is None and waiting > AT_ONCE:
        assert access.organ is not None
        job = jobs.start(
            kind="vehicles.plan-accept",
            access=access,
            now=now,
            key=f"vehicles.plan-accept:{row.pk}",
            plan=row.pk,
            organ=access.organ.pk,
            at=now.isoformat(),
        )
        DayPlan.objects.filter(pk=row.pk).update(job=job.pk)
        return f"正在派 {waiting} 单,进度见下。"
    given, refused = plans.accept(plan=row.pk, lines=lines, access=access, now=now)
    return f"已派 {given} 单" + (f",{refused} 单没有派成,原因见下表。" if refused else "。")


def _context(request: AccessRequest, row: DayPlan) -> dict[str, Any]:
    lines = list(row.lines.select_related("trip__organ", "vehicle", "driver", "before").order_by("leave_at", "pk"))
    job = Job.objects.filter(pk=row.job).first() if row.job else None
    found = pool_day(request.access, row.day)
    return {
        "plan": row,
        "lines": lines,
        "job": job,
        "board": lanes.proposed([_as_assignment(one) for one in lines], found),
        "figures": _figures(row, lines),
        "open": sum(one.state == DayLineState.PROPOSED for one in lines),
        "changed": sum(one.before_id is not None for one in lines),
    }


def _as_assignment(line: DayPlanLine) -> Assignment:
    """What the line would write, for drawing."""
    trip = line.trip
    return Assignment(
        trip=trip, vehicle=line.vehicle, driver=line.driver, held_from=trip.starts_at, held_to=trip.ends_at
    )


def _figures(row: DayPlan, lines: list[DayPlanLine]) -> dict[str, Any]:
    empty, loaded = sum(one.empty_metres for one in lines), sum(one.loaded_metres for one in lines)
    return {
        "cars": len({one.vehicle_id for one in lines}),
        "empty": empty // 1000,
        "share": round(100 * empty / (empty + loaded)) if empty + loaded else 0,
        "saved": round(100 * (row.fcfs - row.cost) / row.fcfs) if row.fcfs else None,
        "gap": round(100 * (row.cost - row.bound) / row.bound, 1) if row.bound else None,
    }
