"""Addresses of the catalogue."""

from __future__ import annotations

from django.urls import path

from yiwang.areas.services.catalogue import pages

urlpatterns = [
    path("", pages.hall, name="hall"),
    path("item/<slug:code>/", pages.item, name="item"),
    path("catalogue/load", pages.load, name="load-catalogue"),
]
