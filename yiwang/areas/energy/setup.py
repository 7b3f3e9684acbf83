"""What the area does when Django starts."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _after_migrate(using: str, **_: Any) -> None:
    """An organ is once in the register on a day."""
    from yiwang.kit.constraints import install_no_overlap

    install_no_overlap(using, "energy_institution", ("organ_id",))


def ready(app: AppConfig) -> None:
    """Photos of readings are seen by whoever sees the reading; the database is told after every migration."""
    from yiwang.areas.energy.use import photos
    from yiwang.core.attachments import guards

    guards.register(photos.ABOUT, photos.may_see, photos.may_change)
    post_migrate.connect(_after_migrate, sender=app, dispatch_uid="energy")
