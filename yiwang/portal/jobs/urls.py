"""Addresses, mounted in `yiwang.portal.urls`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from yiwang.portal.jobs import pages

app_name = "jobs"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.index, name="index"),
    path("<int:pk>/", pages.job, name="job"),
    path("<int:pk>/bar/", pages.bar, name="bar"),
    path("<int:pk>/again/", pages.again, name="again"),
]
