"""How long the way takes: the great circle times a detour factor, or a server of routes where one is set."""

from __future__ import annotations

from typing import Literal, cast

from django.conf import settings

from yiwang.areas.vehicles.dispatch.travel import Detour, Provider

Place = tuple[float, float]
Kind = Literal["osrm", "valhalla", "tianditu"]


def provider() -> Provider:
    """What the setting says; the detour factor is the fallback of every server."""
    detour = Detour(settings.DETOUR, settings.DETOUR_KMH)
    if not settings.ROUTES_URL:
        return detour
    from yiwang.areas.vehicles.dispatch.served import Served

    return Served(settings.ROUTES_URL, kind=cast("Kind", settings.ROUTES_KIND), fallback=detour)
