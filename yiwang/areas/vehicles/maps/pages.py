"""The map: live cars, one car's day. Each page says in a table what the map shows; the map itself is drawn by the script."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from yiwang.areas.vehicles.faces import drawn, shown
from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.maps import base, day, geofences, planned
from yiwang.areas.vehicles.maps import live as positions
from yiwang.areas.vehicles.maps.drawing import Picture
from yiwang.areas.vehicles.maps.rights import cars, may_ask_track, may_see_map, may_see_track
from yiwang.areas.vehicles.maps.shapes import text_of
from yiwang.core.rights.middleware import AccessRequest
from yiwang.kit.refusal import Refusal
from yiwang.kit.svg import COLOURS, RED

SHOWN = 30  # cars of the table; the map has all


def _needed(request: AccessRequest) -> None:
    request.access.need(may_see_map(request.access), "查看车辆地图")


def with_map(request: AccessRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page with a map; its headers name the hosts of the tiles, if tiles are set."""
    response = shown(request, template, context | {"tiles": base.tiles()})
    response.connects_to = base.hosts()  # type: ignore[attr-defined]
    return response


@require_GET
def live(request: AccessRequest) -> HttpResponse:
    """All cars of the user's scope: how many do what, the map, the table of those that deserve a look first."""
    _needed(request)
    doing, plate = request.GET.get("doing", ""), request.GET.get("q", "").strip()[:12]
    every = positions.seen(request.access, timezone.now(), plate=plate)
    found = [one for one in every if doing in ("", one.doing)]
    numbers = positions.counts(every)
    context = {
        "doings": [(value, label, numbers[value]) for value, label in positions.Doing.choices],
        "rows": found[:SHOWN],
        "more": max(len(found) - SHOWN, 0),
        "total": len(every),
        "doing": doing if doing in positions.Doing.values else "",
        "q": plate,
        "areas": [_area(one) for one in _areas(request)],
        "may_track": may_ask_track(request.access),
    }
    return with_map(request, "vehicles/maps/live.html", context)


def _areas(request: AccessRequest) -> list[geofences.Area]:
    organ = request.access.organ
    return geofences.of(organ, timezone.localdate()) if organ else []


def _area(one: geofences.Area) -> dict[str, Any]:
    """A fence for the script."""
    return {"name": one.name, "kind": one.kind, "polygon": base.polygon_drawn(text_of(one.polygon))}


@require_GET
def live_json(request: AccessRequest) -> JsonResponse:
    """The cars of a screen (`box`: west,south,east,north), rows of values: small, as it is asked for every few seconds."""
    _needed(request)
    now = timezone.now()
    try:
        box = positions.box_of(request.GET.get("box", ""))
    except Refusal as refusal:
        return JsonResponse(refusal.as_dict(), status=422)
    doing, plate = request.GET.get("doing", ""), request.GET.get("q", "").strip()[:12]
    found = positions.seen(request.access, now, box, doing, plate)
    rows = [
        (one.pk, one.plate, *_drawn(one), one.doing, round(one.speed), one.direction, _age(one, now), one.number)
        for one in found
    ]
    return JsonResponse({"at": f"{timezone.localtime(now):%H:%M:%S}", "cars": rows, "counts": positions.counts(found)})


def _drawn(one: positions.Seen) -> tuple[float, float]:
    lon, lat = base.drawn(one.longitude, one.latitude)
    return round(lon, 6), round(lat, 6)


def _age(one: positions.Seen, now: Any) -> int:
    """Seconds since it was heard of."""
    return max(int((now - one.at).total_seconds()), 0)


@require_GET
def roads_json(request: AccessRequest) -> HttpResponse:
    """The roads of the blank base. They change with the installation only: the browser may keep them a day."""
    _needed(request)
    text = base.road_map(request.access.organ, streets=request.GET.get("streets") == "1")
    return HttpResponse(text, content_type="application/json", headers={"Cache-Control": "private, max-age=86400"})


@require_GET
def track(request: AccessRequest, pk: int) -> HttpResponse:
    """One car's day: the way it took over the way it was ordered to take, where it stood, its trips. 404 for a stranger's."""
    _needed(request)
    row = get_object_or_404(cars(request.access).select_related("organ"), pk=pk)
    on = _day(request.GET.get("day", ""))
    request.access.need(may_ask_track(request.access), "查阅车辆轨迹")
    if not may_see_track(request.access, row, on, timezone.now()):
        return HttpResponseRedirect(_reason(request, row, on))
    found = day.read(row, on)
    demo = request.access.organ is not None and request.access.organ.region_id.startswith("99")
    ways = [planned.way_of(one.trip, demo=demo) for one in found.assignments]
    context = {
        "vehicle": row,
        "day": on,
        "track": found,
        "data": _data(found, ways),
        "picture": drawn(_picture(found, ways).svg()),
        "today": timezone.localdate(),
    }
    return with_map(request, "vehicles/maps/track.html", context)


def _reason(request: AccessRequest, row: Vehicle, on: date) -> str:
    """Where the user says why he wants to see this day, and from where he comes back."""
    back = f"{request.path}?{urlencode({'day': on.isoformat()})}"
    return f"{reverse('vehicles:track-ask')}?{urlencode({'vehicle': row.pk, 'day': on.isoformat(), 'next': back})}"


def _day(text: str) -> date:
    if not text:
        return timezone.localdate()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404("没有这一天") from None


def _data(found: day.Day, ways: list[list[planned.Place]]) -> dict[str, Any]:
    """What the script draws and plays back: points (seconds since midnight, degrees, km/h), halts, planned ways."""
    lons, lats = base.drawn(found.longitudes, found.latitudes)
    points = [
        (int(found.seconds[n]), round(float(lons[n]), 6), round(float(lats[n]), 6), round(float(found.speeds[n])))
        for n in found.kept()
    ]
    halts = [(*_place(one.longitude, one.latitude), one.minutes) for one in found.halts]
    return {"points": points, "halts": halts, "ways": [[_place(*place) for place in way] for way in ways if way]}


def _place(lon: float, lat: float) -> tuple[float, float]:
    lon, lat = base.drawn(lon, lat)
    return round(lon, 6), round(lat, 6)


def _picture(found: day.Day, ways: list[list[planned.Place]]) -> Picture:
    """The same for a browser without WebGL, and for paper."""
    vehicle: Vehicle = found.vehicle
    words = f"行驶 {found.kilometres} 公里,停留 {len(found.halts)} 处"
    picture = Picture(f"{vehicle.plate} {found.day} 轨迹", words)
    for way in ways:
        picture.line(way, COLOURS[1], dashed=True)
    picture.line([(float(found.longitudes[n]), float(found.latitudes[n])) for n in found.kept()])
    for number, halt in enumerate(found.halts, start=1):
        picture.mark((halt.longitude, halt.latitude), f"{number}", RED)
    return picture
