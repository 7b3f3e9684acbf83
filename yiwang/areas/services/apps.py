"""The app of logistics services (后勤服务). Each topic is a folder of its own; their models meet in `models.py`."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _after_migrate(using: str, **_: Any) -> None:
    """No two plans of one building and object at one time."""
    from yiwang.kit.constraints import install_no_overlap

    install_no_overlap(using, "services_patrolplan", ("building_id",), words=("patrol_object",))


class ServicesConfig(AppConfig):
    """Label `services`."""

    name = "yiwang.areas.services"
    verbose_name = "后勤服务"

    def ready(self) -> None:
        from yiwang.areas.services.orders import approvals, notify, photos
        from yiwang.areas.services.venues import setup as venues
        from yiwang.core.attachments import guards

        guards.register(photos.ABOUT, photos.may_see)
        approvals.declare()
        notify.declare()
        post_migrate.connect(_after_migrate, sender=self)
        venues.ready(self)
