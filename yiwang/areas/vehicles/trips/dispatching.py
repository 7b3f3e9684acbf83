"""What the dispatcher sees and does: trips that wait for a car, the choice of car and driver, loans, rentals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.vehicles.faces import shown
from yiwang.areas.vehicles.life.models import Vehicle, VehicleState
from yiwang.areas.vehicles.trips import actions, answers, claims, forms, judging, lending
from yiwang.areas.vehicles.trips.grounds import ground
from yiwang.areas.vehicles.trips.models import HOLDING, Assignment, Driver, DriverState, LoanState, Trip, TripState
from yiwang.areas.vehicles.trips.powers import consents, dispatchable, dispatches
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.kit.refusal import Refusal

if TYPE_CHECKING:
    from yiwang.areas.vehicles.trips.terms import Sharing

Verb = Callable[[Trip, dict[str, str], AccessRequest, datetime], str]
#: So many choices of one list, so many waiting trips.
MOST, WAITING = 300, 200
#: How many of those that cannot go are shown with their reasons.
REASONS = 12


@dataclass(frozen=True)
class Choice:
    """A car or a driver with what stands against it; none: it may go."""

    row: Any
    against: list[Refusal]

    @property
    def free(self) -> bool:
        """Whether nothing stands against it."""
        return not self.against


def offered(row: Trip, access: Access, now: datetime) -> dict[str, Any]:
    """Answers, cars and drivers for a trip that waits, or whose car may be changed; with reasons."""
    found: dict[str, Any] = {"loans": list(row.loans.select_related("organ", "sharing").order_by("pk"))}
    if row.state not in (TripState.APPROVED, *HOLDING):
        return found
    pool = access.organ
    assert pool is not None
    cars = _cars(row, access)
    drivers = _drivers(access, cars)
    ids: dict[str, Any] = {"vehicles": [car.pk for car in cars], "drivers": [one.pk for one in drivers]}
    scene = judging.scene(row.starts_at, row.ends_at, now, pool=pool, **ids)
    span = scene.span(row)
    judged = [Choice(car, list(scene.of_car(row, car, span))) for car in cars]
    people = [Choice(one, list(scene.of_driver(row, None, one, span))) for one in drivers]
    found |= {
        "cars": [one for one in judged if one.free],
        "not_cars": [one for one in judged if not one.free][:REASONS],
        "people": [one for one in people if one.free],
        "not_people": [one for one in people if not one.free][:REASONS],
    }
    if row.state == TripState.APPROVED:
        found["answers"] = [(one, ground(one.clause)) for one in answers.answers(row, row.day, now, pool=pool)]
        found["sharings"] = _lenders(row, access)
    return found


def _cars(row: Trip, access: Access) -> list[Vehicle]:
    """The cars of the pool and those of pools that agreed to lend for this trip."""
    assert access.organ is not None
    within = {f"l{access.organ.depth}": access.organ.pk}
    rows = list(_of_pool(within))
    for loan in row.loans.filter(state=LoanState.AGREED).select_related("organ"):
        rows += [one for one in _of_pool({f"l{loan.organ.depth}": loan.organ_id}) if one not in rows]
    return rows


def _of_pool(within: dict[str, Any]) -> Any:
    rows = Vehicle.objects.filter(**within).exclude(state=VehicleState.RETIRED)
    return rows.select_related("organ", "depot").order_by("sort_key", "pk")[:MOST]


def _drivers(access: Access, cars: list[Vehicle]) -> list[Driver]:
    """The drivers of the pool and of the organs whose cars may go."""
    assert access.organ is not None
    mine = Driver.objects.filter(**{f"l{access.organ.depth}": access.organ.pk})
    others = Driver.objects.filter(organ__in={car.organ_id for car in cars})
    rows = (mine | others).exclude(state=DriverState.LEFT).select_related("organ")
    return list(rows.order_by("sort_key", "pk")[:MOST])


def _lenders(row: Trip, access: Access) -> list[Sharing]:
    """The arrangements with other pools by which the trip may borrow and has not asked yet."""
    organ = access.organ
    asked = {one.sharing_id for one in row.loans.filter(state__in=[LoanState.ASKED, LoanState.AGREED])}
    found = [one for one in lending.offered(row) if one.pk not in asked]
    return [one for one in found if organ is None or not judging.covers(organ, one.organ)]


def _assign(row: Trip, data: dict[str, str], request: AccessRequest, now: datetime) -> str:
    car, driver = forms.whole(data, "vehicle", "车辆"), forms.whole(data, "driver", "驾驶员")
    given: dict[str, Any] = {"vehicle": car, "driver": driver, "access": request.access, "now": now}
    if row.state == TripState.APPROVED:
        claims.assign(trip=row.pk, why=data.get("why", ""), **given)
        return "已派车,用车人和驾驶员都会收到通知。"
    odometer = forms.whole(data, "odometer", "里程表") if data.get("odometer") else None
    claims.reassign(trip=row.pk, reason=data.get("reason", ""), odometer=odometer, **given)
    return "已改派。"


def _release(row: Trip, data: dict[str, str], request: AccessRequest, now: datetime) -> str:
    claims.release(trip=row.pk, reason=data.get("reason", ""), access=request.access, now=now)
    return "已撤回派车。"


def _rent(row: Trip, data: dict[str, str], request: AccessRequest, now: datetime) -> str:
    actions.rent(trip=row.pk, rent=data.get("rent", ""), rented=data.get("rented", ""), access=request.access, now=now)
    return "已登记租车。"


def _ask(row: Trip, data: dict[str, str], request: AccessRequest, now: datetime) -> str:
    sharing = forms.whole(data, "sharing", "共享约定")
    made = lending.ask(trip=row.pk, sharing=sharing, access=request.access, now=now)
    return "按约定可直接派车。" if made.state == LoanState.AGREED else "已提出调用,等待对方同意。"


VERBS: dict[str, Verb] = {"assign": _assign, "release": _release, "rent": _rent, "ask": _ask}


@require_GET
def waiting(request: AccessRequest) -> HttpResponse:
    """待派车: the urgent first, then by departure; and those whose papers are late."""
    access, now = request.access, timezone.now()
    access.need(dispatches(access), "派车")
    rows = dispatchable(access).select_related("organ", "applicant")
    late = rows.filter(urgent=True, papers_at=None, papers_due__lte=now).exclude(state=TripState.CANCELLED)
    under_way = rows.filter(state__in=HOLDING).order_by("starts_at")
    context = {
        "waiting": list(rows.filter(state=TripState.APPROVED).order_by("-urgent", "starts_at")[:WAITING]),
        "under_way": list(under_way[:WAITING]),
        "late": list(late.order_by("papers_due")[:WAITING]),
        "now": now,
        "cars": _live(under_way),
    }
    return shown(request, "vehicles/trips/waiting.html", context)


def _live(rows: Any) -> dict[int, str]:
    """Car and driver by trip."""
    held = Assignment.objects.live().filter(trip__in=rows[:WAITING].values("pk"))
    return {
        one.trip_id: f"{one.vehicle or one.rented} {one.driver or ''}".strip()
        for one in held.select_related("vehicle", "driver")
    }


@require_http_methods(["GET", "POST"])
def loans(request: AccessRequest) -> HttpResponse:
    """调用请求: what others ask of this pool; one answers, with a reason where it is no."""
    access, now = request.access, timezone.now()
    access.need(consents(access), "答复调用请求")
    refusal: Refusal | None = None
    if request.method == "POST":
        data = request.POST.dict()
        try:
            key = forms.whole(data, "loan", "请求")
            agree = data.get("do") == "agree"
            lending.answer(loan=key, agree=agree, reason=data.get("reason", ""), access=access, now=now)
            messages.success(request, "已同意。" if agree else "已答复不同意。")
            return HttpResponseRedirect(reverse("vehicles:loans"))
        except Refusal as no:
            if no.code.startswith("rights."):
                raise
            refusal = no
    rows = lending.asked(access)
    context = {
        "asked": list(rows.filter(state=LoanState.ASKED).order_by("trip__starts_at")[:WAITING]),
        "answered": list(rows.exclude(state=LoanState.ASKED).order_by("-answered_at", "-pk")[:50]),
        "free": _free(access),
        "refusal": refusal,
    }
    return shown(request, "vehicles/trips/loans.html", context)


def _free(access: Access) -> int:
    """How many cars of the pool are on the road at all."""
    assert access.organ is not None
    level = {f"l{access.organ.depth}": access.organ.pk}
    return Vehicle.objects.filter(state=VehicleState.IN_USE, **level).count()
