"""Addresses, mounted in `yiwang.portal.urls`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from yiwang.portal.security import locks, pages

app_name = "security"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.index, name="index"),
    path("locks", locks.page, name="locks"),
]
