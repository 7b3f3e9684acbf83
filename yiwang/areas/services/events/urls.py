"""Addresses of plans."""

from __future__ import annotations

from django.urls import URLPattern, path

from yiwang.areas.services.events import pages

urlpatterns: list[URLPattern] = [
    path("events/", pages.events, name="events"),
    path("events/new/", pages.new, name="event-new"),
    path("events/<int:pk>/", pages.event, name="event"),
    path("events/<int:pk>/<str:what>/", pages.sheet, name="event-sheet"),
]
