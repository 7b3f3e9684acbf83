"""The app of the ledger. Its guards are put back after every migration: a table rebuild drops them."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate


def _before_migrate(using: str, **_: Any) -> None:
    from yiwang.core.ledger import guards

    guards.unlock(using)


def _after_migrate(using: str, **_: Any) -> None:
    from yiwang.core.ledger import guards

    guards.install(using)


def _on_connect(connection: Any, **_: Any) -> None:
    from yiwang.core.ledger import guards

    guards.lock(connection)


class LedgerConfig(AppConfig):
    """Label `ledger`."""

    name = "yiwang.core.ledger"
    verbose_name = "存证"

    def ready(self) -> None:
        pre_migrate.connect(_before_migrate, sender=self)
        post_migrate.connect(_after_migrate, sender=self)
        connection_created.connect(_on_connect)
