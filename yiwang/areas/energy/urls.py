"""Addresses of energy, mounted at `energy/`; each topic has its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from yiwang.areas.energy.indicators.urls import urlpatterns as indicators
from yiwang.areas.energy.meters.urls import urlpatterns as meters
from yiwang.areas.energy.nav import index

app_name = "energy"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", index, name="index"),
    *meters,
    *indicators,
]
