"""终端和网关: which terminals speak, what was not believed, what the gateway counted; a text for a driver, another device."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.areas.vehicles.faces import shown
from yiwang.areas.vehicles.gateway.counting import LABELS
from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.nav import AREA, reads
from yiwang.areas.vehicles.tracks import actions
from yiwang.areas.vehicles.tracks.models import CommandKind, GatewayCount, SuspectPoint, Terminal
from yiwang.areas.vehicles.tracks.reading import QUIET
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.kit.refusal import Refusal

#: Rows of each table.
MOST = 50
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Doubted:
    """A position not believed, with the car's plate. The place itself is a track, which has a right of its own."""

    point: SuspectPoint
    plate: str


@require_http_methods(["GET", "POST"])
def gateway(request: AccessRequest) -> HttpResponse:
    """The terminals within the scope; POST sends a text or lets another device in."""
    access, now = request.access, timezone.now()
    access.need(reads(access), "查看车载终端")
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            messages.success(request, _perform(request.POST.dict(), access, now))
            return HttpResponseRedirect(reverse("vehicles:gateway"))
        except Refusal as no:
            if no.code.startswith("rights."):
                raise
            refusal = no
    rows = access.scope(Terminal.objects.all())
    figures = rows.aggregate(
        all=Count("pk"),
        speaking=Count("pk", filter=Q(seen_at__gte=now - QUIET)),
        silent=Count("pk", filter=Q(enabled=True) & (Q(seen_at=None) | Q(seen_at__lt=now - DAY))),
    )
    terminals = rows.select_related("vehicle").order_by("-seen_at", "pk")[:MOST]
    context = {
        "figures": figures, "terminals": list(terminals), "doubted": _doubted(access, now), "counts": _counts(access, now),
        "since": now - QUIET, "may": access.may(Verb.WRITE, AREA), "refusal": refusal, "most": MOST,
    }  # fmt: skip
    return shown(request, "vehicles/tracks/gateway.html", context)


def _perform(given: dict[str, Any], access: Access, now: datetime) -> str:
    text = str(given.get("terminal", ""))
    terminal = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
    if given.get("do") == "release":
        one = actions.release(access=access, terminal=terminal, now=now)
        return f"终端 {one.phone} 已解除设备绑定,下一台用这个号注册的设备会被绑定。"
    if given.get("do") in ("enable", "disable"):
        one = actions.enable(access=access, terminal=terminal, enabled=given["do"] == "enable")
        return f"终端 {one.phone} 已{'启用' if one.enabled else '停用,半分钟内断开'}。"
    made = actions.command(
        access=access, terminal=terminal, kind=CommandKind.TEXT, text=str(given.get("text", "")), now=now
    )
    return f"已交给网关,终端 {made.terminal.phone} 在线时下发,一天内有效。"


def _doubted(access: Access, now: datetime) -> list[Doubted]:
    """The latest of a week, of cars within the scope."""
    cars = access.scope(Vehicle.objects.all())
    points = SuspectPoint.objects.filter(received_at__gte=now - DAY * 7, vehicle__in=cars.values("pk"))
    found = list(points.order_by("-received_at", "-pk")[:MOST])
    plates = dict(cars.filter(pk__among=sorted({one.vehicle for one in found})).values_list("pk", "plate"))
    return [Doubted(one, plates[one.vehicle]) for one in found]


def _counts(access: Access, now: datetime) -> list[tuple[str, int]]:
    """What the gateway counted within a day: figures of the platform, for the root."""
    if access.organ is None or access.organ.depth > 1:
        return []
    rows = GatewayCount.objects.filter(hour__gte=now - DAY).values("kind").annotate(sum=Sum("count"))
    sums = {row["kind"]: row["sum"] for row in rows}
    return [(label, sums.get(kind, 0)) for kind, label in LABELS.items()]
