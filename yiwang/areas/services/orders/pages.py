"""The pages of reporting and of work orders."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.services.catalogue import levels
from yiwang.areas.services.catalogue.models import Urgency
from yiwang.areas.services.nav import nav, reads_orders
from yiwang.areas.services.orders import actions, approvals, board, photos
from yiwang.areas.services.orders.clocks import clocks
from yiwang.areas.services.orders.machine import WORDS, dispatches, repairs
from yiwang.areas.services.orders.models import OrderState, PauseReason, Spot, TeamMember, WorkOrder
from yiwang.areas.services.orders.offers import offers, perform
from yiwang.areas.services.orders.teams import colleagues, suggest
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import User, Verb
from yiwang.kit.refusal import Refusal

#: What a reporter may say; whether parts are needed is for the repairer to find out.
ASKED = (Urgency.NORMAL, Urgency.EMERGENCY)
#: The next verbs that a repairer's list does at one tap; finishing has a form.
TAPS = ("accept", "arrive", "resume")


def _spot(token: str) -> Spot | None:
    return Spot.objects.select_related("organ", "building").filter(token=token).first() if token else None


@require_http_methods(["GET", "POST"])
def report(request: AccessRequest, token: str = "") -> HttpResponse:
    """报修: the form, with the place filled in where a label was scanned; POST reports."""
    access = request.access
    access.need(access.may(Verb.APPLY, "services"), "报修")
    spot = _spot(token)
    if token and spot is None:
        raise Http404("没有这个二维码")
    if request.method == "POST":
        try:
            made = _report(request, spot)
        except Refusal as refusal:
            return _report_form(request, spot, refusal)
        messages.success(request, f"已报修,工单号 {made.number}。")
        return redirect("services:order", made.pk)
    return _report_form(request, spot)


def _report(request: AccessRequest, spot: Spot | None) -> WorkOrder:
    given = request.POST
    return actions.report(
        access=request.access, item=given.get("item", ""), problem=given.get("problem", ""),
        urgency=given.get("urgency", Urgency.NORMAL), spot=spot, place=given.get("place", ""),
        phone=given.get("phone", ""), key=given.get("key", ""), files=request.FILES.getlist("photos"), now=timezone.now(),
    )  # fmt: skip


def _report_form(request: AccessRequest, spot: Spot | None, refusal: Refusal | None = None) -> HttpResponse:
    organ = spot.organ if spot else request.access.organ
    assert organ is not None
    choices = [one for one in levels.items(organ) if one.orders and actions.may_ask(one, request.access)]
    values = request.POST if request.method == "POST" else request.GET
    context = {
        **nav(request),
        "spot": spot,
        "organ": organ,
        "items": choices,
        "urgencies": [(one.value, one.label) for one in ASKED],
        "values": values,
        "key": values.get("key") or uuid.uuid4().hex,
        "refusal": refusal,
        "accept": photos.ACCEPT,
    }
    return render(request, "services/orders/report.html", context, status=422 if refusal else 200)


@require_GET
def mine(request: AccessRequest) -> HttpResponse:
    """我的报修."""
    access = request.access
    access.need(access.may(Verb.APPLY, "services") or access.may(Verb.READ, "services"), "报修")
    context = {**nav(request), "orders": board.reported(access, timezone.now())}
    return render(request, "services/orders/mine.html", context)


@require_http_methods(["GET", "POST"])
def todo(request: AccessRequest) -> HttpResponse:
    """维修任务: what I have and what I could take, one button each."""
    access = request.access
    access.need(repairs(access), "处理工单")
    refusal = _tap(request) if request.method == "POST" else None
    if request.method == "POST" and refusal is None:
        return redirect("services:todo")
    own, free = board.todo(access, timezone.now())
    lists = (("我在办的", own), ("待接单", free))
    context = {
        **nav(request),
        "own": own,
        "free": free,
        "lists": lists,
        "words": WORDS,
        "taps": TAPS,
        "refusal": refusal,
    }
    return render(request, "services/orders/todo.html", context, status=422 if refusal else 200)


def _tap(request: AccessRequest) -> Refusal | None:
    order, verb = request.POST.get("order", ""), request.POST.get("verb", "")
    if verb not in TAPS or not order.isdigit():
        return Refusal("order.verb", "没有这种办理。")
    try:
        messages.success(request, perform(int(order), {"verb": verb}, (), request.access, timezone.now()))
    except Refusal as refusal:
        return refusal
    return None


@require_GET
def dispatch(request: AccessRequest) -> HttpResponse:
    """派工台: new, overdue, running, to be confirmed; refreshes itself."""
    access = request.access
    access.need(dispatches(access), "派工")
    context = {**nav(request), "columns": board.columns(access, timezone.now())}
    if request.headers.get("HX-Target") == "board":
        return render(request, "services/orders/_board.html", context)
    return render(request, "services/orders/dispatch.html", context)


@require_http_methods(["GET", "POST"])
def detail(request: AccessRequest, pk: int) -> HttpResponse:
    """One order: facts, clocks, its course, what may be done. POST does it."""
    order = _order(request.access, pk)
    if request.method == "GET":
        return _detail(request, order)
    try:
        said = perform(pk, request.POST.dict(), request.FILES.getlist("photos"), request.access, timezone.now())
    except Refusal as refusal:
        return _detail(request, order, refusal)
    messages.success(request, said)
    return HttpResponseRedirect(_after(request, pk))


def _after(request: AccessRequest, pk: int) -> str:
    """The order; the dispatcher's board for who came from there; the list for who can no longer see it."""
    if request.POST.get("back") == "dispatch":
        return reverse("services:dispatch")
    seen = WorkOrder.objects.visible(request.access).filter(pk=pk).exists()
    return reverse("services:order", args=[pk]) if seen else reverse("services:todo")


def _order(access: Access, pk: int) -> WorkOrder:
    rows = WorkOrder.objects.visible(access)
    return get_object_or_404(
        rows.select_related("organ", "item", "spot", "building", "team", "supplier", "repairer", "reporter"),
        pk=pk,
    )


def _detail(request: AccessRequest, order: WorkOrder, refusal: Refusal | None = None) -> HttpResponse:
    access, now = request.access, timezone.now()
    forms = offers(order, access)
    verbs = {one.verb for one in forms}
    events = list(order.events.order_by("pk"))
    context: dict[str, Any] = {
        **nav(request),
        "order": order,
        "clocks": clocks(order, now),
        "parts": list(order.parts.order_by("pk")) if order.parts_cost else [],
        "events": [(event, WORDS.get(event.verb, event.verb), name) for event, name in _named(events)],
        "offers": forms,
        "members": _members(order, now) if "assign" in verbs else [],
        "colleagues": colleagues(order) if "hand_over" in verbs else [],
        "pauses": PauseReason.choices,
        "photos": photos.of(order),
        "accept": photos.ACCEPT,
        "case_url": approvals.case_url(order),
        "looks": list(order.looks.select_related("spot", "round")),
        "rounds": list(order.rounds.select_related("plan__building")),
        "refusal": refusal,
        "values": request.POST,
        "in_register": reads_orders(access),
        "running": order.state not in (OrderState.CLOSED, OrderState.CANCELLED),
    }
    return render(request, "services/orders/detail.html", context, status=422 if refusal else 200)


def _members(order: WorkOrder, now: datetime) -> list[tuple[str, str]]:
    """Teams and their members as choices of one select: team, team:user, or s and the supplier by contract."""
    candidates, found = suggest(order, now), []
    teams = [candidate.team for candidate in candidates if candidate.team]
    rows = TeamMember.objects.filter(team__in=teams, user__is_active=True).select_related("user")
    members = [(one.team_id, one) for one in rows.order_by("user__display_name", "pk")]
    for candidate in candidates:
        found.append((candidate.key, f"{candidate.name}({candidate.why})"))
        for member in (one for key, one in members if candidate.team and key == candidate.team.pk):
            name = member.user.display_name or member.user.username
            found.append((f"{candidate.key}:{member.user_id}", f"{candidate.name} · {name}"))
    return found


def _named(events: list[Any]) -> list[tuple[Any, str]]:
    """Each step with the name of who took it, and for whom."""
    told = {text for one in events for text in (one.actor, one.behalf)}
    keys = {int(text[5:]) for text in told if text.startswith("user:") and text[5:].isdigit()}
    users = User.objects.filter(pk__in=keys).only("username", "display_name") if keys else []
    names = {"system": "系统", **{f"user:{user.pk}": user.label for user in users}}
    called = {text: names.get(text, text) for text in told}
    return [
        (one, f"{called[one.actor]}(代 {called[one.behalf]})" if one.behalf else called[one.actor]) for one in events
    ]


@require_GET
def scanned(request: AccessRequest, token: str) -> HttpResponse:
    """What the QR code of a label leads to: the report form, or, for who patrols there, the choice between both."""
    access, spot = request.access, _spot(token)
    access.need(access.may(Verb.APPLY, "services") or repairs(access), "报修")
    if spot is None:
        raise Http404("没有这个二维码")
    if spot.patrol_object and repairs(access):
        return render(request, "services/orders/scanned.html", {**nav(request), "spot": spot})
    return redirect("services:report-at", token)
