"""Addresses of the accounts, mounted at `accounts/`."""

from __future__ import annotations

from django.urls import path

from yiwang.portal.accounts import audit, detail, pages, roles

app_name = "accounts"
urlpatterns = [
    path("", pages.index, name="index"),
    path("new/", pages.new, name="new"),
    path("organs/", pages.organs, name="organs"),
    path("roles/", roles.index, name="roles"),
    path("roles/<int:pk>/", roles.role, name="role"),
    path("audit/", audit.index, name="audit"),
    path("<int:pk>/", detail.detail, name="detail"),
]
