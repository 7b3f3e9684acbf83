"""The app of direct reporting (数据直报)."""

from __future__ import annotations

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """Label `reporting`."""

    name = "yiwang.areas.reporting"
    verbose_name = "数据直报"

    def ready(self) -> None:
        from yiwang.areas.reporting import papers, sources  # noqa: F401

        papers.declare()
