"""What the topic does when Django starts."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _after_migrate(using: str, **_: Any) -> None:
    """A car and a driver are in one place at a time: the database is told after every migration."""
    from yiwang.areas.vehicles.trips.belts import CAR_SLOT, DRIVER_SLOT, SECOND_SLOT
    from yiwang.kit.slots import install_slot

    install_slot(using, CAR_SLOT)
    install_slot(using, DRIVER_SLOT)
    install_slot(using, SECOND_SLOT)


def ready(app: AppConfig) -> None:
    """Messages, the process, the belts."""
    from yiwang.areas.vehicles.trips import approval, hooks, papers, photos, telling

    telling.declare()
    photos.declare()
    papers.declare()
    approval.declare()
    hooks.declare()
    post_migrate.connect(_after_migrate, sender=app, dispatch_uid="vehicles.trips")
