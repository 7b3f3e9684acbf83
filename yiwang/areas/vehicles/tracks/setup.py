"""What the tables of tracks need besides the migrations."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


def _after_migrate(using: str, **_: Any) -> None:
    """By instant as well: a block range index costs nothing to write, and finds a day for the archive and for deletion."""
    connection = connections[using]
    if connection.vendor == "postgresql" and "vehicles_point" in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute("CREATE INDEX IF NOT EXISTS point_at_brin ON vehicles_point USING brin (at)")


def ready(app: AppConfig) -> None:
    """Called by the app. The worker must know the job."""
    import yiwang.areas.vehicles.tracks.keeping  # noqa: F401

    post_migrate.connect(_after_migrate, sender=app)
