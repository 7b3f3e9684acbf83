"""The app of the desk: generic pages and imports."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DeskConfig(AppConfig):
    """Label `desk`. When all models are there, every app's `resources.py` and `sources.py` declare."""

    name = "yiwang.desk"
    verbose_name = "业务台"

    def ready(self) -> None:
        autodiscover_modules("resources", "sources")
