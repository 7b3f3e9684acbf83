"""The pages of patrols: rounds due and missed, one round, one point looked at."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.services.nav import nav, reads_orders
from yiwang.areas.services.orders import photos
from yiwang.areas.services.orders.machine import repairs
from yiwang.areas.services.orders.models import Spot
from yiwang.areas.services.patrols import actions
from yiwang.areas.services.patrols.models import Look, Round, RoundState
from yiwang.core.rights.middleware import AccessRequest
from yiwang.kit.paging import page
from yiwang.kit.refusal import Refusal


@require_GET
def index(request: AccessRequest) -> HttpResponse:
    """Rounds by state; those due first by the day they are due."""
    access = request.access
    access.need(repairs(access) or reads_orders(access), "查看巡检")
    state, building = request.GET.get("state", RoundState.DUE), request.GET.get("building", "")
    rows = _narrowed(actions.visible(access), state, building)
    kept = {key: request.GET[key] for key in ("state", "building", "after", "before") if key in request.GET}
    found = page(rows, ["pk"], kept, order="due_date", down=state != RoundState.DUE)
    by_id = Round.objects.select_related("plan__building", "plan__team", "done_by", "organ").in_bulk(
        [key for key, *_ in found.rows]
    )
    context = {
        **nav(request),
        "page": found,
        "rounds": [by_id[key] for key, *_ in found.rows],
        "states": [*RoundState.choices, ("", "全部")],
        "state": state,
        "building": building,
        "today": timezone.localdate(),
    }
    return render(request, "services/patrols/index.html", context)


def _narrowed(rows: QuerySet[Round], state: str, building: str) -> QuerySet[Round]:
    if state and state not in RoundState.values:
        raise Refusal("patrol.state", f"没有“{state}”这种状态。")
    rows = rows.filter(state=state) if state else rows
    return rows.filter(plan__building=int(building)) if building.isdigit() else rows


@require_http_methods(["GET", "POST"])
def detail(request: AccessRequest, pk: int) -> HttpResponse:
    """One round: its points and what was seen; a round without points is done here."""
    rows = actions.visible(request.access).select_related("plan__building", "plan__team", "organ", "done_by", "order")
    one, refusal = get_object_or_404(rows, pk=pk), None
    if request.method == "POST":
        note = request.POST.get("note", "")
        try:
            actions.complete(key=pk, note=note, access=request.access, now=timezone.now())
            messages.success(request, "已登记巡检。")
            return redirect("services:round", pk)
        except Refusal as error:
            refusal = error
    spots = Spot.objects.filter(building=one.plan.building_id, patrol_object=one.plan.patrol_object).order_by("name")
    looks = {seen.spot_id: seen for seen in one.looks.select_related("user", "order")}
    context = {
        **nav(request),
        "round": one,
        "points": [(spot, looks.get(spot.pk)) for spot in spots],
        "may_do": repairs(request.access) and one.state == RoundState.DUE,
        "refusal": refusal,
    }
    return render(request, "services/patrols/round.html", context, status=422 if refusal else 200)


@require_http_methods(["GET", "POST"])
def look(request: AccessRequest, token: str) -> HttpResponse:
    """A point was scanned: its checks; POST keeps what was seen."""
    access = request.access
    spot = Spot.objects.select_related("building", "organ").filter(token=token).first()
    if spot is None:
        raise Http404("没有这个二维码")
    access.need(actions.may_patrol(access, spot), "巡检这个点位")
    refusal = None
    if request.method == "POST":
        try:
            seen = _look(request, spot)
        except Refusal as error:
            refusal = error
        else:
            said = f"发现问题,已生成工单 {seen.order.number}。" if seen.order else "已登记,一切正常。"
            messages.success(request, said)
            return redirect("services:round", seen.round_id) if seen.round_id else redirect("services:patrols")
    context = {
        **nav(request),
        "spot": spot,
        "checks": [(number, check, request.POST.get(f"wrong{number}", "")) for number, check in _checks(spot)],
        "round": actions.due_round(spot, timezone.localdate()),
        "last": Look.objects.filter(spot=spot).select_related("user").order_by("-pk").first(),
        "accept": photos.ACCEPT,
        "refusal": refusal,
    }
    return render(request, "services/patrols/look.html", context, status=422 if refusal else 200)


def _checks(spot: Spot) -> list[tuple[int, str]]:
    return list(enumerate(spot.check_items or ["整体"], start=1))


def _look(request: AccessRequest, spot: Spot) -> Look:
    results = {}
    for number, check in _checks(spot):
        sound, wrong = request.POST.get(f"check{number}", ""), request.POST.get(f"wrong{number}", "").strip()
        if sound not in ("sound", "fault"):
            raise Refusal("patrol.checks", f"“{check}”还没有选正常或有问题。")
        if sound == "fault" and not wrong:
            raise Refusal("patrol.text", f"请写明“{check}”有什么问题。")
        results[check] = wrong if sound == "fault" else ""
    return actions.look(
        spot=spot, results=results, access=request.access, now=timezone.now(), files=request.FILES.getlist("photos")
    )
