"""The door: the poster with the QR code, and the page that the code opens."""

from __future__ import annotations

import io
from datetime import timedelta

import segno
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.services.nav import nav
from yiwang.areas.services.venues import actions, claims, forms, grid
from yiwang.areas.services.venues.models import Booking, BookingState, Venue
from yiwang.areas.services.venues.pages import need_apply, seen
from yiwang.core.rights.middleware import AccessRequest
from yiwang.kit.refusal import Refusal


@require_http_methods(["GET", "POST"])
def door(request: AccessRequest, code: str) -> HttpResponse:
    """What is on today here; one's own booking can be checked in. POST does it."""
    access, now, today = need_apply(request), timezone.now(), timezone.localdate()
    offered = Venue.objects.offered(access, today).select_related("organ", "building")
    venue = offered.exclude(code="").filter(code=code).first()
    if venue is None:
        raise Http404("没有这个门牌码")
    refusal = None
    if request.method == "POST":
        try:
            key = forms.number_of(request.POST.dict(), "booking", "预约")
            actions.check_in(booking=key, code=code, access=access, now=now)
            messages.success(request, "已签到。")
            return HttpResponseRedirect(reverse("services:venue-door", args=[code]))
        except Refusal as found:
            if found.code.startswith("rights."):
                raise
            refusal = found
    zero = grid.midnight(today)
    rows = Booking.objects.filter(venue=venue).live().meeting(zero, zero + timedelta(days=1)).order_by("starts_at")
    managed = claims.manages(access, venue)
    context = {
        **nav(request),
        "venue": venue,
        "now": now,
        "refusal": refusal,
        "rows": [
            (row, managed or row.booked_by_id == access.user.pk, row.state == BookingState.BOOKED and row.ends_at > now)
            for row in rows.select_related("organ")
        ],
    }
    return render(request, "services/venues/door.html", context, status=422 if refusal else 200)


@require_GET
def poster(request: AccessRequest, pk: int) -> HttpResponse:
    """The sheet for the door, to be printed; for who manages the venue."""
    venue = seen(need_apply(request), pk, timezone.localdate())
    request.access.need(claims.manages(request.access, venue), "打印门牌")
    if not venue.code:
        raise Http404("还没有门牌码")
    address = request.build_absolute_uri(reverse("services:venue-door", args=[venue.code]))
    return render(request, "services/venues/poster.html", {**nav(request), "venue": venue, "drawing": drawing(address)})


def drawing(text: str) -> str:
    """A QR code as SVG; the text is ours and segno escapes it."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgclass="qr", lineclass=None, scale=8
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308
