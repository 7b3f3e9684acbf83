"""The app of vehicles (公务用车). Each topic is a folder of its own; their models meet in `models.py`."""

from __future__ import annotations

from django.apps import AppConfig


class VehiclesConfig(AppConfig):
    """Label `vehicles`."""

    name = "yiwang.areas.vehicles"
    verbose_name = "公务用车"

    def ready(self) -> None:
        from yiwang.areas.vehicles.board import setup as board
        from yiwang.areas.vehicles.costs import setup as costs
        from yiwang.areas.vehicles.life import setup as life
        from yiwang.areas.vehicles.stats import setup as stats
        from yiwang.areas.vehicles.tracks import setup as tracks
        from yiwang.areas.vehicles.trips import setup as trips
        from yiwang.areas.vehicles.watch import setup as watch

        for topic in (life, trips, board, tracks, watch, costs, stats):
            topic.ready(self)
