"""The app of equipment and furniture."""

from __future__ import annotations

from django.apps import AppConfig


class AssetsConfig(AppConfig):
    """Label `assets`."""

    name = "yiwang.areas.assets"
    verbose_name = "资产"
