"""Addresses of early warning and targets, mounted at `energy/judge/`."""

from __future__ import annotations

from django.urls import URLPattern, path

from yiwang.areas.energy.judge import pages, target_pages

app_name = "energy_judge"
urlpatterns: list[URLPattern] = [
    path("", pages.index, name="index"),
    path("targets/", target_pages.index, name="targets"),
    path("rules/<str:key>/", pages.rule, name="rule"),
    path("signs/<int:pk>/", pages.sign, name="sign"),
]
