"""公示: the list, one that was published, and publishing. Readable by whoever has logged in."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.vehicles.faces import performed, shown
from yiwang.areas.vehicles.stats import publicity
from yiwang.areas.vehicles.stats.models import Publicity
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.kit.paging import page
from yiwang.kit.posted import Posted


@require_http_methods(["GET", "POST"])
def index(request: AccessRequest) -> HttpResponse:
    """What was published, the newest first. POST publishes."""
    access, refusal = request.access, None
    if request.method == "POST":
        refusal = performed(request, {"publish": lambda posted: _publish(access, posted)})
        if refusal is None:
            return HttpResponseRedirect(reverse("vehicles:publicity"))
    kept = {key: request.GET[key] for key in ("after", "before") if key in request.GET}
    found = page(publicity.published(), ["pk"], kept, down=True, size=30)
    by_id = publicity.published().select_related("organ").in_bulk([key for key, *_ in found.rows])
    today = timezone.localdate()
    context = {
        "page": found,
        "rows": [by_id[key] for key, *_ in found.rows],
        "may_publish": access.approves("vehicles"),
        "year": today.year - (today.month < 4),
        "quarter": (today.month - 4) // 3 % 4 + 1,
        "refusal": refusal,
    }
    return shown(request, "vehicles/stats/publicity.html", context)


def _publish(access: Access, posted: Posted) -> str:
    row = publicity.publish(
        year=posted.whole("year", "年度"),
        quarter=posted.whole("quarter", "季度"),
        reason=posted.text("reason", most=200),
        access=access,
        on=timezone.localdate(),
        now=timezone.now(),
    )
    return f"已公示 {row} 公务用车使用情况(第 {row.version} 版)。"


@require_GET
def one(request: AccessRequest, pk: int) -> HttpResponse:
    """One version, with the others of its quarter."""
    row = get_object_or_404(publicity.published().select_related("organ", "published_by"), pk=pk)
    versions = Publicity.objects.filter(organ=row.organ_id, year=row.year, quarter=row.quarter).order_by("version")
    context: dict[str, Any] = {"row": row, "versions": list(versions), "sound": publicity.sound(row)}
    tables = [("按用途", row.figures["uses"]), ("按单位", row.figures["organs"])]
    return shown(request, "vehicles/stats/published.html", context | {"tables": tables})
