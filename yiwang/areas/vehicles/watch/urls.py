"""Addresses of the watch and of readings of tracks."""

from __future__ import annotations

from django.urls import path

from yiwang.areas.vehicles.watch import pages, tracks_pages

urlpatterns = [
    path("watch/", pages.index, name="watch"),
    path("watch/rules/<slug:key>/", pages.rule, name="watch-rule"),
    path("watch/signs/<int:pk>/", pages.sign, name="sign"),
    path("tracks/ask/", tracks_pages.ask, name="track-ask"),
    path("tracks/readings/", tracks_pages.readings, name="track-readings"),
]
