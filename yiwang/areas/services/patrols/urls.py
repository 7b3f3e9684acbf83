"""Addresses of patrols."""

from __future__ import annotations

from django.urls import path

from yiwang.areas.services.patrols import pages

urlpatterns = [
    path("patrols/", pages.index, name="patrols"),
    path("patrols/<int:pk>/", pages.detail, name="round"),
    path("s/<str:token>/look/", pages.look, name="look"),
]
