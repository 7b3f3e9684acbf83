"""The app of sites, buildings and floors."""

from __future__ import annotations

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Label `places`."""

    name = "yiwang.core.places"
    verbose_name = "院落楼宇"
