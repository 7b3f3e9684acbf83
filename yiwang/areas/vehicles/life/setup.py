"""What the topic does when Django starts."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _after_migrate(using: str, **_: Any) -> None:
    """One quota a day for an organ and a use."""
    from yiwang.kit.constraints import install_no_overlap

    install_no_overlap(using, "vehicles_fleetquota", ("organ_id",), words=("use",))


def ready(app: AppConfig) -> None:
    """Processes and their hooks; the database is told after every migration."""
    from yiwang.areas.vehicles.life import card, disposing, planning, purchasing

    planning.declare()
    purchasing.declare()
    disposing.declare()
    card.declare()
    post_migrate.connect(_after_migrate, sender=app, dispatch_uid="vehicles.life")
