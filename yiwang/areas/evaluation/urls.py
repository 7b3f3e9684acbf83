"""Addresses of evaluation, mounted at `evaluation/`."""

from __future__ import annotations

from django.urls import URLPattern, path

from yiwang.areas.evaluation import pages

app_name = "evaluation"
urlpatterns: list[URLPattern] = [
    path("", pages.index, name="index"),
    path("<int:pk>/", pages.assessment, name="assessment"),
    path("shares/", pages.share, name="shares"),
    path("publications/", pages.publications, name="publications"),
    path("publications/<int:pk>/", pages.publication, name="publication"),
]
