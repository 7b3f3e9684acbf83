"""派车台: the day on a time line; a trip picked, dropped, given by a form."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.areas.vehicles.board import lanes, moving
from yiwang.areas.vehicles.board.fits import NOBODY, Fitting, of_trip
from yiwang.areas.vehicles.board.models import DayPlan, DayPlanState
from yiwang.areas.vehicles.board.offers import offer
from yiwang.areas.vehicles.board.plans import access_plans
from yiwang.areas.vehicles.board.pools import pool_day
from yiwang.areas.vehicles.faces import performed, shown
from yiwang.areas.vehicles.trips import claims
from yiwang.areas.vehicles.trips.judging import day_span
from yiwang.areas.vehicles.trips.models import Trip, TripState
from yiwang.areas.vehicles.trips.powers import dispatchable, dispatches
from yiwang.areas.vehicles.trips.reading import BoardDay
from yiwang.core.jobs.models import Job
from yiwang.core.rights.middleware import AccessRequest
from yiwang.kit.posted import Posted
from yiwang.kit.refusal import Refusal

VIEWS = ("cars", "drivers")


def day_of(text: str) -> date:
    """The day asked for, today without one. 404 for what is no day."""
    if not text:
        return timezone.localdate()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404("没有这一天") from None


def _needed(request: AccessRequest) -> None:
    request.access.need(dispatches(request.access), "派车")


@require_GET
def board(request: AccessRequest) -> HttpResponse:
    """Cars (or drivers), trips and what waits. As a fragment for htmx: the board alone."""
    _needed(request)
    day, now = day_of(request.GET.get("day", "")), timezone.now()
    by = request.GET.get("by") if request.GET.get("by") in VIEWS else "cars"
    depot = Posted(request.GET.dict()).key("depot")
    found = pool_day(request.access, day)
    drawn = lanes.board(found, now, by=str(by), depot=depot, only_busy=request.GET.get("busy") == "1")
    context = {
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "today": timezone.localdate(),
        "board": drawn,
        "cars": len(found.cars),
        "drivers": len(found.drivers),
        "depots": _depots(found),
        "depot": depot,
        "only_busy": request.GET.get("busy") == "1",
        "later": None if drawn.waiting else _later(request, day),
        **_plan(request, day),
    }
    return shown(request, "vehicles/board/board.html", context)


def _later(request: AccessRequest, day: date) -> date | None:
    """The next day on which somebody waits for a car: where an empty board leads to."""
    after = day_span(day)[1]
    rows = dispatchable(request.access).filter(state=TripState.APPROVED, starts_at__gte=after)
    first = rows.order_by("starts_at").values_list("starts_at", flat=True).first()
    return timezone.localtime(first).date() if first else None


def _depots(found: BoardDay) -> list[tuple[int, str]]:
    yards = {car.depot.pk: car.depot.name for car in found.cars if car.depot is not None}
    return sorted(yards.items(), key=lambda item: item[1])


def _plan(request: AccessRequest, day: date) -> dict[str, Any]:
    """The proposed plan of the day, with the job that still improves it."""
    row: DayPlan | None = access_plans(request.access).filter(day=day, state=DayPlanState.PROPOSED).first()
    job = Job.objects.filter(pk=row.job).first() if row is not None and row.job else None
    return {"plan": row, "job": job if job is not None and job.open else None}


@require_GET
def fits_json(request: AccessRequest) -> JsonResponse:
    """For a picked trip: every car (or driver) of the day with why not, or who comes along. One question a pick."""
    _needed(request)
    try:
        fitting = Fitting(pool_day(request.access, day_of(request.GET.get("day", ""))), timezone.now())
        row = of_trip(fitting.day, Posted(request.GET.dict()).key("trip", "用车"))
    except Refusal as refusal:
        return JsonResponse(refusal.as_dict(), status=422)
    fits = fitting.drivers(row) if request.GET.get("by") == "drivers" else fitting.cars(row)
    return JsonResponse({"trip": row.pk, "fits": {one.key: [one.why, one.words] for one in fits}})


@require_POST
def put(request: AccessRequest) -> JsonResponse:
    """Dropped: on a car, on a driver, or back to those that wait. JSON; a refusal says why, and nothing has moved."""
    posted = Posted(request.POST.dict())
    try:
        said = _put(request, posted)
    except Refusal as refusal:
        status = 403 if refusal.code.startswith("rights.") else 422
        return JsonResponse(refusal.as_dict(), status=status)
    return JsonResponse({"said": said})


def _put(request: AccessRequest, posted: Posted) -> str:
    access, now = request.access, timezone.now()
    key = posted.key("trip", "用车")
    if posted.text("verb") == "release":
        row = moving.take_back(trip=key, reason=posted.text("reason"), access=access, now=now)
        return f"{row.number} 已撤回,等待派车。"
    made = moving.put(
        day=day_of(posted.text("day")),
        trip=key,
        vehicle=posted.key("vehicle"),
        driver=posted.key("driver"),
        second=posted.key("second") if "second" in posted.data else None,
        reason=posted.text("reason"),
        access=access,
        now=now,
    )
    second = f"、{made.second}" if made.second else ""
    return f"{made.trip.number} 已派 {made.vehicle},驾驶员 {made.driver}{second}。"


@require_http_methods(["GET", "POST"])
def trip(request: AccessRequest, pk: int) -> HttpResponse:
    """One trip with all cars and drivers, those that fit first: the board for a phone and for the keyboard. 404 for a stranger's."""
    _needed(request)
    row = dispatchable(request.access).select_related("organ").prefetch_related("stops").filter(pk=pk).first()
    if row is None:
        raise Http404("没有这次用车")
    refusal: Refusal | None = None
    if request.method == "POST":
        refusal = performed(
            request, {verb: lambda posted: _put(request, _with(posted, pk)) for verb in ("put", "release")}
        )
        if refusal is None:
            return HttpResponseRedirect(f"{reverse('vehicles:board')}?day={timezone.localtime(row.starts_at).date()}")
    return shown(request, "vehicles/board/trip.html", _trip(request, row) | {"refusal": refusal})


def _with(posted: Posted, pk: int) -> Posted:
    return Posted({**posted.data, "trip": str(pk)})


def _trip(request: AccessRequest, row: Trip) -> dict[str, Any]:
    day = timezone.localtime(row.starts_at).date()
    now = timezone.now()
    fitting = Fitting(pool_day(request.access, day), now)
    cars, drivers = {one.pk: one for one in fitting.day.cars}, {one.pk: one for one in fitting.day.drivers}
    fits = sorted(fitting.cars(row), key=lambda one: bool(one.why))
    people = sorted(fitting.drivers(row), key=lambda one: bool(one.why))
    return {
        "trip": row,
        "day": day,
        "held": claims.live_of(row.pk),
        "offer": offer(fitting.day, row, now) if row.state == TripState.APPROVED else None,
        "cars": [(cars[one.key], one) for one in fits],
        "drivers": [(drivers[one.key], one) for one in people],
        "nobody": NOBODY,  # a second driver may change that
    }
