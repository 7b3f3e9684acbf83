"""No page may keep the database busy without end: a limit on each statement of the web processes (ASVS 15.2.2).

Their connections to SQLite are kept, one a thread, so each has a smaller cache than that of an import.

Jobs, migrations and backups run in processes of their own and have none.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.backends.signals import connection_created


def bounded(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Receiver for each new connection."""
    if connection.vendor == "postgresql" and settings.STATEMENT_SECONDS:
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{int(settings.STATEMENT_SECONDS)}s'")
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size = -8192")


def install() -> None:
    """For this process; called by the WSGI entry."""
    connection_created.connect(bounded, dispatch_uid="portal.limits")
