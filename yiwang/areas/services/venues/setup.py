"""What the topic does when Django starts."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _after_migrate(using: str, **_: Any) -> None:
    from yiwang.areas.services.venues.models import SLOT
    from yiwang.kit.constraints import install_no_overlap
    from yiwang.kit.slots import install_slot

    install_no_overlap(using, "services_venuerule", ("venue_id",))
    install_slot(using, SLOT)


def ready(app: AppConfig) -> None:
    """No two bookings of a venue at one time, no two rules on one day: the database is told after every migration."""
    from yiwang.areas.services.events import approval as events
    from yiwang.areas.services.events import papers
    from yiwang.areas.services.venues import approval, photos, telling
    from yiwang.core.attachments import guards

    guards.register(photos.PREFIX, photos.may_see, photos.may_change)
    approval.declare()
    telling.declare()
    events.declare()
    papers.declare()
    post_migrate.connect(_after_migrate, sender=app, dispatch_uid="services.venues")
