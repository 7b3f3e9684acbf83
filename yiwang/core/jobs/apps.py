"""The app of jobs."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Label `jobs`."""

    name = "yiwang.core.jobs"
    verbose_name = "后台任务"
