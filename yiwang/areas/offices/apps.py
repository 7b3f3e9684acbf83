"""The app of rooms, titles and occupancy. After every migration the database is told: nobody is twice in one room at one time."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _after_migrate(using: str, **_: Any) -> None:
    from yiwang.kit.constraints import install_no_overlap

    install_no_overlap(using, "offices_occupancy", ("room_id", "person_id"))


class OfficesConfig(AppConfig):
    """Label `offices`."""

    name = "yiwang.areas.offices"
    verbose_name = "办公用房"

    def ready(self) -> None:
        post_migrate.connect(_after_migrate, sender=self)
