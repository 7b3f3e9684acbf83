"""Addresses of 导入."""

from __future__ import annotations

from django.urls import path

from yiwang.portal.intake import pages

app_name = "intake"

urlpatterns = [
    path("", pages.index, name="index"),
    path("<int:pk>/", pages.job, name="job"),
    path("<int:pk>/state/", pages.state, name="state"),
    path("<int:pk>/columns/", pages.columns, name="columns"),
    path("<int:pk>/confirm/", pages.confirm, name="confirm"),
    path("<int:pk>/marked/", pages.marked, name="marked"),
]
