"""电子围栏: the areas on a map, drawing another, drawing one anew, ending it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.areas.vehicles.faces import performed
from yiwang.areas.vehicles.maps import actions, base
from yiwang.areas.vehicles.maps.models import Geofence, GeofenceKind
from yiwang.areas.vehicles.maps.pages import with_map
from yiwang.areas.vehicles.maps.rights import AREA
from yiwang.areas.vehicles.nav import reads
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.kit.posted import Posted
from yiwang.kit.refusal import Refusal

MOST = 500  # on one map; the register has all


def _rows(request: AccessRequest) -> Any:
    request.access.need(reads(request.access), "查看电子围栏")
    return request.access.scope(Geofence.objects.all())


@require_http_methods(["GET", "POST"])
def index(request: AccessRequest) -> HttpResponse:
    """All fences of the scope; a writer draws another."""
    rows = _rows(request)
    refusal: Refusal | None = None
    if request.method == "POST":
        refusal = performed(request, {"open": lambda posted: _open(request, posted)})
        if refusal is None:
            return HttpResponseRedirect(reverse("vehicles:fences"))
    found = list(rows.select_related("organ").order_by("valid_to", "sort_key")[:MOST])
    return with_map(request, "vehicles/maps/fences.html", _context(request, found, refusal))


@require_http_methods(["GET", "POST"])
def fence(request: AccessRequest, pk: int) -> HttpResponse:
    """One fence, to be drawn anew or ended. 404 for a stranger's."""
    row = get_object_or_404(_rows(request).select_related("organ"), pk=pk)
    refusal: Refusal | None = None
    if request.method == "POST":
        verbs = {"redraw": lambda posted: _redraw(request, pk, posted), "end": lambda posted: _end(request, pk, posted)}
        refusal = performed(request, verbs)
        if refusal is None:
            return HttpResponseRedirect(reverse("vehicles:fence", args=[pk]))
    return with_map(request, "vehicles/maps/fence.html", _context(request, [row], refusal) | {"fence": row})


def _context(request: AccessRequest, rows: list[Geofence], refusal: Refusal | None) -> dict[str, Any]:
    return {
        "rows": rows,
        "kinds": GeofenceKind.choices,
        "areas": [_shown(row) for row in rows if row.polygon],
        "may_write": request.access.may(Verb.WRITE, AREA),
        "today": timezone.localdate(),
        "refusal": refusal,
    }


def _shown(row: Geofence) -> dict[str, Any]:
    return {"name": row.name, "kind": row.kind, "polygon": base.polygon_drawn(row.polygon)}


def _open(request: AccessRequest, posted: Posted) -> str:
    row = actions.open_fence(
        name=posted.text("name", "围栏名称", most=60),
        kind=posted.text("kind", "围栏类别"),
        polygon=_polygon(posted),
        valid_from=posted.day("valid_from", "起始日期"),
        valid_to=posted.day("valid_to", "终止日期") if posted.text("valid_to") else None,
        access=request.access,
    )
    return f"电子围栏“{row.name}”已设立。"


def _polygon(posted: Posted) -> str:
    text = posted.text("polygon", "围栏范围(在地图上点出角点,或粘贴 GeoJSON)", most=200_000)
    return base.polygon_measured(text)


def _redraw(request: AccessRequest, pk: int, posted: Posted) -> str:
    actions.redraw(fence=pk, polygon=_polygon(posted), access=request.access)
    return "围栏范围已改。"


def _end(request: AccessRequest, pk: int, posted: Posted) -> str:
    row = actions.end(fence=pk, on=posted.day("valid_to", "终止日期"), access=request.access)
    return f"围栏从 {row.valid_to} 起失效。"
