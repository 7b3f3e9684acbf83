"""The app of working days. The shipped holidays are filled in after every migration."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _fill(using: str, **_: Any) -> None:
    from django.db import connections

    from yiwang.core.workdays.shipped import fill

    if "workdays_holiday" in connections[using].introspection.table_names():  # gone while migrating backwards
        fill(using)


class WorkdaysConfig(AppConfig):
    """Label `workdays`."""

    name = "yiwang.core.workdays"
    verbose_name = "工作日"

    def ready(self) -> None:
        post_migrate.connect(_fill, sender=self)
