"""The app of energy (公共机构节能). Each topic is a folder of its own; their models meet in `models.py`."""

from __future__ import annotations

from django.apps import AppConfig


class EnergyConfig(AppConfig):
    """Label `energy`."""

    name = "yiwang.areas.energy"
    verbose_name = "公共机构节能"

    def ready(self) -> None:
        from yiwang.areas.energy import setup

        setup.ready(self)
