"""Addresses, mounted in `yiwang.portal.urls`. The public page is `/p/<code>` there."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from yiwang.portal.papers import pages

app_name = "papers"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.index, name="index"),
    path("issue/", pages.issue, name="issue"),
    path("<int:pk>/", pages.paper, name="paper"),
    path("<int:pk>/pdf/", pages.pdf, name="pdf"),
    path("<int:pk>/print/", pages.printed, name="print"),
    path("<int:pk>/void/", pages.void, name="void"),
]
