"""Addresses of terminals."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from yiwang.areas.vehicles.tracks import pages

urlpatterns: list[URLPattern | URLResolver] = [path("gateway/", pages.gateway, name="gateway")]
