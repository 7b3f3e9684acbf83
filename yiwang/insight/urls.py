"""Addresses of insight, mounted at `insight/`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from yiwang.insight.energy import pages

app_name = "insight"
urlpatterns: list[URLPattern | URLResolver] = [
    path("energy/", pages.energy, name="energy"),
]
