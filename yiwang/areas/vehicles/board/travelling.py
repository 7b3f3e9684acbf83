"""How long the way takes: the great circle times a detour factor (by our own tracks where there are enough), or a server of routes where one is set."""

from __future__ import annotations

from typing import Literal, cast

from django.conf import settings

from yiwang.areas.vehicles.board.models import WayFactor
from yiwang.areas.vehicles.dispatch.bands import Band, Banded
from yiwang.areas.vehicles.dispatch.travel import Detour, Provider

Place = tuple[float, float]
Kind = Literal["osrm", "valhalla", "tianditu"]


def provider() -> Provider:
    """What the setting says; the ways as our own cars drove them, or a server of routes. One query."""
    detour = Detour(settings.DETOUR, settings.DETOUR_KMH)
    rows = WayFactor.objects.order_by("least").values_list("least", "factor", "kmh", "sample")
    bands = [Band(least, float(factor), float(kmh), sample) for least, factor, kmh, sample in rows]
    if not settings.ROUTES_URL:
        return Banded(bands, detour) if bands else detour
    from yiwang.areas.vehicles.dispatch.served import Served

    return Served(settings.ROUTES_URL, kind=cast("Kind", settings.ROUTES_KIND), fallback=detour)
