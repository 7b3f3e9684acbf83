"""The app of notices."""

from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Label `notices`."""

    name = "yiwang.core.notices"
    verbose_name = "消息"

    def ready(self) -> None:
        """The messages of what stands below."""
        from yiwang.core.notices import findings, jobs

        findings.install()
        jobs.install()
