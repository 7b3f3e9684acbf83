"""What the app does when Django starts."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _after_migrate(using: str, **_: Any) -> None:
    """One figure a day for an organ, a rule, a name and a kind of energy."""
    from yiwang.kit.constraints import install_no_overlap

    install_no_overlap(using, "energy_judge_threshold", ("organ_id",), words=("rule", "name", "energy"))


def ready(app: AppConfig) -> None:
    """The database is told after every migration; sources, kinds, jobs and the picture beside findings are known."""
    from yiwang.areas.energy.judge import jobs, progress, resources, sources  # noqa: F401
    from yiwang.areas.energy.judge.beside import register

    post_migrate.connect(_after_migrate, sender=app, dispatch_uid="energy.judge")
    register()
