"""Addresses, mounted in `yiwang.portal.urls`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from yiwang.portal.notices import choosing, pages

app_name = "notices"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.index, name="index"),
    path("read/", pages.read_all, name="read-all"),
    path("<int:pk>/open/", pages.go, name="open"),
    path("sent/", pages.sent, name="sent"),
    path("failures/", pages.failures, name="failures"),
    path("failures/<int:pk>/retry/", pages.retry, name="retry"),
    path("settings/", choosing.settings, name="settings"),
    path("settings/robots/<str:channel>/", choosing.robot, name="robot"),
    path("settings/robots/<str:channel>/drop/", choosing.drop, name="robot-drop"),
]
