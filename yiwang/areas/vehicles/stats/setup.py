"""What the topic does when Django starts."""

from __future__ import annotations

from django.apps import AppConfig


def ready(app: AppConfig) -> None:
    """The worker must know the job."""
    import yiwang.areas.vehicles.stats.jobs  # noqa: F401
