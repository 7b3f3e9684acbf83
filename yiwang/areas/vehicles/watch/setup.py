"""What the topic does when Django starts."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _after_migrate(using: str, **_: Any) -> None:
    """One figure a day for an organ, a rule and a name."""
    from yiwang.kit.constraints import install_no_overlap

    install_no_overlap(using, "vehicles_threshold", ("organ_id",), words=("rule", "name"))


def ready(app: AppConfig) -> None:
    """The database is told after every migration; jobs and the picture beside findings are known."""
    from yiwang.areas.vehicles.watch.beside import register

    post_migrate.connect(_after_migrate, sender=app, dispatch_uid="vehicles.watch")
    register()
