"""The pages of venues: the day's grid, one venue's week, the form, one's bookings, the door."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.areas.services.nav import nav
from yiwang.areas.services.venues import actions, claims, forms, grid, photos, repeating, waiting
from yiwang.areas.services.venues.models import Booking, BookingState, Frequency, Venue, VenueKind, VenueRule
from yiwang.areas.services.venues.words import rule_words
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.kit.refusal import Refusal

MOST = 60  # venues of one grid
AREA = "services"


def need_apply(request: AccessRequest) -> Access:
    """The access of somebody who may ask for services."""
    access = request.access
    access.need(access.may(Verb.APPLY, AREA) or access.may(Verb.READ, AREA), "查看和预约场所")
    return access


@require_GET
def venues(request: AccessRequest) -> HttpResponse:
    """Venues × hours of a day, filtered by seats, equipment, building, kind, and what is free now."""
    access, now = need_apply(request), timezone.now()
    given = request.GET.dict()
    day = forms.day_of(given, default=timezone.localdate())
    rows = Venue.objects.offered(access, day).select_related("building", "organ").order_by("sort_key", "pk")
    every = list(rows[: MOST * 5])
    made = grid.by_day(_chosen(every, given)[:MOST], day, access, now)
    shown = [row for row in made.rows if _fits(row, given, now)]
    context = {
        **nav(request),
        "grid": grid.Grid(made.first, made.last, shown),
        "day": day,
        "days": _around(day),
        "today": timezone.localdate(),
        "given": given,
        "sorts": VenueKind.choices,
        "buildings": sorted({(one.building_id, str(one.building)) for one in every if one.building}),
        "equipment": sorted({name for row in made.rows for name in row.equipment}),
        "more": len(every) > MOST,
        "may_handle": access.may(Verb.HANDLE, AREA),
    }
    return render(request, "services/venues/day.html", context)


def _chosen(every: list[Venue], given: Mapping[str, str]) -> list[Venue]:
    """By what the venues themselves say."""
    seats = int(given["seats"]) if given.get("seats", "").isdecimal() else 0
    building = int(given["building"]) if given.get("building", "").isdecimal() else None
    kind = given.get("kind", "")
    return [
        one
        for one in every
        if one.seats >= seats and building in (None, one.building_id) and kind in ("", str(one.kind))
    ]


def _fits(row: grid.Row, given: Mapping[str, str], now: datetime) -> bool:
    """By equipment, and by being free at this moment."""
    wanted = given.get("equipment", "")
    if wanted and wanted not in row.equipment:
        return False
    if not given.get("free"):
        return True
    minute = int((now - grid.midnight(row.day)).total_seconds()) // 60
    return any(one.kind in ("free", "past") and one.first <= minute < one.last for one in row.segments)


def _around(day: date) -> dict[str, date]:
    return {"before": day - timedelta(days=1), "after": day + timedelta(days=1)}


def seen(access: Access, pk: int, on: date) -> Venue:
    """A venue that may be seen, or 404."""
    rows = Venue.objects.offered(access, on).select_related("building", "organ")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404("没有这个场所")
    return found


@require_http_methods(["GET", "POST"])
def venue(request: AccessRequest, pk: int) -> HttpResponse:
    """One venue × week, with its rule, equipment and photographs. POST keeps a photograph or makes the code of the door."""
    access, now, today = need_apply(request), timezone.now(), timezone.localdate()
    one = seen(access, pk, today)
    if request.method == "POST":
        return _of_venue(request, one, now)
    day = forms.day_of(request.GET.dict(), default=today)
    monday = day - timedelta(days=day.weekday())
    rule = VenueRule.objects.in_force(day).filter(venue=one).first()
    context = {
        **nav(request),
        "venue": one,
        "grid": grid.by_week(one, monday, access, now),
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "weeks": {"before": monday - timedelta(days=7), "after": monday + timedelta(days=7)},
        "today": today,
        "rule": rule_words(rule) if rule else [],
        "equipment": list(one.equipment.order_by("name")),
        "photos": photos.of(one),
        "may_handle": claims.manages(access, one),
    }
    return render(request, "services/venues/week.html", context)


def _of_venue(request: AccessRequest, one: Venue, now: datetime) -> HttpResponse:
    if request.POST.get("do") == "code":
        photos.new_code(venue=one.pk, access=request.access, now=now)
        return HttpResponseRedirect(reverse("services:venue-poster", args=[one.pk]))
    photos.keep(venue=one.pk, files=request.FILES.getlist("file"), access=request.access, now=now)
    messages.success(request, "照片已保存。")
    return HttpResponseRedirect(reverse("services:venue", args=[one.pk]))


@require_http_methods(["GET", "POST"])
def book(request: AccessRequest) -> HttpResponse:
    """The form: one booking, or a series (said date by date before it is written). What is refused stays as it was typed."""
    access, now = need_apply(request), timezone.now()
    access.need(access.may(Verb.APPLY, AREA), "预约场所")
    given = (request.POST if request.method == "POST" else request.GET).dict()
    if request.method == "GET":
        return _form(request, given, now)
    try:
        key = forms.number_of(given, "venue", "场所")
        if given.get("do") == "wait":
            starts_at, ends_at = forms.instants(given)
            waiting.wait(venue=key, starts_at=starts_at, ends_at=ends_at, access=access, now=now)
            messages.success(request, "已登记候补,空出来时通知您。")
            return HttpResponseRedirect(reverse("services:bookings"))
        if given.get("frequency"):
            return _series(request, key, given, now)
        made = actions.book(venue=key, access=access, now=now, **forms.booking_of(given))
    except Refusal as refusal:
        if refusal.code.startswith("rights."):
            raise
        return _form(request, given, now, refusal=refusal)
    messages.success(request, "已预订。" if made.state == BookingState.BOOKED else "已提交审批,时间先为您留着。")
    return HttpResponseRedirect(reverse("services:booking", args=[made.pk]))


def _series(request: AccessRequest, key: int, given: Mapping[str, str], now: datetime) -> HttpResponse:
    """First the plan; then all, or the free ones."""
    series = forms.series_of(given)
    if given.get("do") not in ("all", "free"):
        planned = repeating.plan(venue=key, series=series, access=request.access, now=now)
        return _form(request, given, now, planned=planned)
    only_free = given["do"] == "free"
    _, rows = repeating.book_series(venue=key, series=series, only_free=only_free, access=request.access, now=now)
    messages.success(request, f"周期预约已办,共 {len(rows)} 场。")
    return HttpResponseRedirect(reverse("services:bookings"))


def _form(request: AccessRequest, given: Mapping[str, str], now: datetime, **more: Any) -> HttpResponse:
    access, today = request.access, timezone.localdate()
    try:
        day = forms.day_of(given, default=today)
    except Refusal:
        day = today
    offered = list(Venue.objects.offered(access, day).order_by("sort_key", "pk")[: MOST * 5])
    chosen = next((one for one in offered if str(one.pk) == given.get("venue")), None)
    rule = VenueRule.objects.in_force(day).filter(venue=chosen).first() if chosen else None
    planned = more.get("planned", [])
    context = {
        **nav(request),
        "given": {"date": str(day), "participants": "", **given},
        "venues": offered,
        "chosen": chosen,
        "rule": rule_words(rule) if rule else [],
        "equipment": list(chosen.equipment.order_by("name")) if chosen else [],
        "frequencies": Frequency.choices,
        "free": sum(one.refusal is None for one in planned),
        "refusal": None,
        **more,
    }
    return render(request, "services/venues/book.html", context, status=422 if context["refusal"] else 200)


@require_GET
def bookings(request: AccessRequest) -> HttpResponse:
    """One's own: what is to come, then what was; for who manages venues, what waits there today."""
    access, now = need_apply(request), timezone.now()
    mine = Booking.objects.filter(booked_by=access.user.pk).select_related("venue", "organ")
    today = grid.midnight(timezone.localdate())
    there = Booking.objects.none()
    if access.organ is not None and access.may(Verb.HANDLE, AREA):
        level = f"venue__l{access.organ.depth}"
        there = Booking.objects.live().filter(**{level: access.organ.pk})
        there = there.filter(starts_at__gte=today, starts_at__lt=today + timedelta(days=1))
    context = {
        **nav(request),
        "coming": mine.filter(ends_at__gt=now).order_by("starts_at")[:100],
        "past": mine.filter(ends_at__lte=now).order_by("-starts_at")[:50],
        "there": there.select_related("venue", "organ", "booked_by").order_by("starts_at")[:200],
        "now": now,
    }
    return render(request, "services/venues/bookings.html", context)


VERBS = ("change", "extend", "cancel", "finish", "rest")


@require_http_methods(["GET", "POST"])
def booking(request: AccessRequest, pk: int) -> HttpResponse:
    """One booking with what may be done about it. POST does it."""
    access, now = request.access, timezone.now()
    row = _mine(access, pk)
    if request.method == "GET":
        return _booking(request, row, now)
    given = request.POST.dict()
    try:
        said = _perform(row, given, access, now)
    except Refusal as refusal:
        if refusal.code.startswith("rights."):
            raise
        return _booking(request, _mine(access, pk), now, refusal)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("services:booking", args=[pk]))


def _mine(access: Access, pk: int) -> Booking:
    row = Booking.objects.visible(access).select_related("venue__organ", "organ", "booked_by").filter(pk=pk).first()
    if row is None:
        raise Http404("没有这个预约")
    return row


def _perform(row: Booking, given: Mapping[str, str], access: Access, now: datetime) -> str:
    verb = given.get("do", "")
    if verb == "change":
        venue = forms.number_of(given, "venue", "场所") if given.get("venue") else None
        actions.change(booking=row.pk, venue=venue, access=access, now=now, **forms.booking_of(given))
        return "预约已改。"
    if verb == "extend":
        end = grid.midnight(row.day) + timedelta(minutes=forms.minute_of(given, "end"))
        actions.extend(booking=row.pk, ends_at=end, access=access, now=now)
        return "已延长。"
    if verb == "finish":
        actions.finish(booking=row.pk, access=access, now=now)
        return "已结束,剩下的时间让给了别人。"
    if verb == "rest" and row.series_id:
        reason = given.get("reason", "")
        return f"已取消 {repeating.cancel_rest(series=row.series_id, reason=reason, access=access, now=now)} 场。"
    actions.cancel(booking=row.pk, reason=given.get("reason", ""), access=access, now=now)
    return "已取消。"


def _booking(request: AccessRequest, row: Booking, now: datetime, refusal: Refusal | None = None) -> HttpResponse:
    access = request.access
    own = row.booked_by_id == access.user.pk
    managed = claims.manages(access, row.venue)
    held = row.state in (BookingState.PENDING, BookingState.BOOKED)
    context = {
        **nav(request),
        "booking": row,
        "refusal": refusal,
        "given": request.POST or forms.given_of(row),
        "venues": Venue.objects.offered(access, row.day).order_by("sort_key", "pk")[: MOST * 5],
        "chosen": row.venue,
        "may_change": (own or managed) and held and row.starts_at > now,
        "may_cancel": (own or managed) and held,
        "may_extend": (own or managed)
        and row.state in (BookingState.BOOKED, BookingState.IN_USE)
        and row.ends_at > now,
        "may_finish": (own or managed) and row.state == BookingState.IN_USE,
        "own": own,
    }
    return render(request, "services/venues/booking.html", context, status=422 if refusal else 200)


@require_POST
def move(request: AccessRequest, pk: int) -> JsonResponse:
    """Dropped elsewhere in the grid: JSON, for the script. A refusal says why, and nothing has moved."""
    given = request.POST.dict()
    try:
        starts_at, ends_at = forms.instants(given)
        key = forms.number_of(given, "venue", "场所")
        actions.move(
            booking=pk, venue=key, starts_at=starts_at, ends_at=ends_at, access=request.access, now=timezone.now()
        )
    except Refusal as refusal:
        status = 403 if refusal.code.startswith("rights.") else 404 if refusal.code == "booking.gone" else 422
        return JsonResponse(refusal.as_dict(), status=status)
    return JsonResponse({"moved": pk})
