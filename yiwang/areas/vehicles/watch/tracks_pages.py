"""The pages of P04: the reason is asked before a track is shown; the register of who read what."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.vehicles.faces import performed, shown
from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.watch.models import TrackReading
from yiwang.areas.vehicles.watch.rights import HOLDS, MOST_DAYS, may_see_track, open_track
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.kit.paging import page
from yiwang.kit.posted import Posted


@require_http_methods(["GET", "POST"])
def ask(request: AccessRequest) -> HttpResponse:
    """Why this track is to be read. Afterwards on to where the user came from (`next`), or to the register of readings."""
    access = request.access
    access.need(may_see_track(access), "查阅车辆轨迹")
    asked = request.POST if request.method == "POST" else request.GET
    refusal = None
    if request.method == "POST":
        refusal = performed(request, {"open": lambda posted: _open(request, posted)})
        if refusal is None:
            return HttpResponseRedirect(_next(request))
    key = asked.get("vehicle", "")
    rows = access.scope(Vehicle.objects.select_related("organ"), Verb.TRACK)
    car = rows.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 18 else None
    context = {
        "car": car,
        "day": asked.get("day", "") or asked.get("since", ""),
        "next": asked.get("next", ""),
        "minutes": int(HOLDS.total_seconds() // 60),
        "most": MOST_DAYS,
        "today": timezone.localdate(),
        "refusal": refusal,
    }
    return shown(request, "vehicles/watch/ask.html", context)


def _open(request: AccessRequest, posted: Posted) -> str:
    reading = open_track(
        vehicle=_car(request.access, posted),
        since=posted.day("since", "轨迹起日"),
        until=posted.day("until", "轨迹止日"),
        reason=posted.text("reason", "查阅事由"),
        document=posted.text("document", most=120),
        access=request.access,
        now=timezone.now(),
    )
    return f"已记录查阅事由,{reading.vehicle} 的轨迹可查阅到 {timezone.localtime(reading.expires_at):%H:%M}。"


def _car(access: Access, posted: Posted) -> int:
    """By id, or by the plate as typed."""
    if key := posted.key("vehicle"):
        return key
    plate = posted.text("plate", "车牌号", most=12)
    found = access.scope(Vehicle.objects.filter(plate=plate), Verb.TRACK).values_list("pk", flat=True).first()
    return found or 0


def _next(request: AccessRequest) -> str:
    wanted = request.POST.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return wanted
    return reverse("vehicles:track-readings")


@require_GET
def readings(request: AccessRequest) -> HttpResponse:
    """Who read whose track, when and why: for auditors and managers all in scope, for others their own."""
    access = request.access
    everybody = access.may(Verb.READ, "vehicles") and (access.may(Verb.AUDIT) or access.approves("vehicles"))
    access.need(everybody or may_see_track(access), "查看轨迹查阅记录")
    rows = access.scope(TrackReading.objects.all(), Verb.READ)
    if not everybody:
        rows = rows.filter(user=access.user.pk)
    kept = {key: request.GET[key] for key in ("after", "before") if key in request.GET}
    found = page(rows, ["pk"], kept, down=True)
    by_id = TrackReading.objects.select_related("user", "vehicle", "organ").in_bulk([key for key, *_ in found.rows])
    context = {
        "page": found,
        "rows": [by_id[key] for key, *_ in found.rows],
        "everybody": everybody,
        "may_ask": may_see_track(access),
    }
    return shown(request, "vehicles/watch/readings.html", context)
