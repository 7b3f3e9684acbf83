"""Addresses of meters, readings and statements."""

from __future__ import annotations

from django.urls import path

from yiwang.areas.energy.meters import pages, statement_pages

urlpatterns = [
    path("read/", pages.read, name="read"),
    path("statement/", statement_pages.statement, name="statement"),
    path("meters/<int:pk>/", pages.meter, name="meter"),
]
