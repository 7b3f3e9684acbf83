"""Addresses of the statistics."""

from __future__ import annotations

from django.urls import path

from yiwang.areas.vehicles.stats import pages, publicity_pages

urlpatterns = [
    path("stats/", pages.index, name="stats"),
    path("stats/cars/", pages.cars, name="stats-cars"),
    path("publicity/", publicity_pages.index, name="publicity"),
    path("publicity/<int:pk>/", publicity_pages.one, name="published"),
]
