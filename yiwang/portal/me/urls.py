"""Addresses, mounted in `yiwang.portal.urls`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from yiwang.portal.me import confirm, delegation, password, second, sessions, tokens

app_name = "me"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", sessions.index, name="index"),
    path("confirm", confirm.page, name="confirm"),
    path("password", password.page, name="password"),
    path("second", second.page, name="second"),
    path("second/enrol", second.enrol, name="second-enrol"),
    path("second/check", second.check, name="second-check"),
    path("tokens", tokens.page, name="tokens"),
    path("delegations/", delegation.page, name="delegations"),
]
