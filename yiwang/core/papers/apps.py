"""The app of papers."""

from __future__ import annotations

from django.apps import AppConfig


class PapersConfig(AppConfig):
    """Label `papers`."""

    name = "yiwang.core.papers"
    verbose_name = "单据"

    def ready(self) -> None:
        """The forms of what stands below."""
        from yiwang.core.papers import findings

        findings.install()
