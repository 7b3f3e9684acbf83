"""What the topic does when Django starts."""

from __future__ import annotations

from django.apps import AppConfig


def ready(app: AppConfig) -> None:
    """Hear of what drivers declare and of the registers that cost something."""
    from yiwang.areas.vehicles.costs import budget, declared

    declared.declare()
    budget.declare()
