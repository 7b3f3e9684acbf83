"""The app of the findings."""

from __future__ import annotations

from django.apps import AppConfig


class VerdictsConfig(AppConfig):
    """Label `verdicts`."""

    name = "yiwang.core.verdicts"
    verbose_name = "问题"
