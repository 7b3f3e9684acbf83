"""What the tests of the ledger share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connection

from yiwang.core.ledger import guards
from yiwang.core.ledger.post import post
from yiwang.core.ledger.report import Report
from yiwang.core.ledger.sealer import seal_all
from yiwang.core.ledger.verify import verify


def seal_now() -> None:
    """Seal what waits, within the test's transaction; on SQLite it is sealed already."""
    if connection.vendor == "postgresql":
        raw: Any = connection.connection
        seal_all(raw)


def some(number: int) -> list[int]:
    """Post and seal so many entries; their ids."""
    ids = [post(actor="user:1", act="t.act", obj=f"t:{i}", body={"n": i}) for i in range(number)]
    seal_now()
    return ids


def tamper(*statements: str) -> None:
    """What the holder of the database can do: lift the guards, change, put them back."""
    with guards.lifted(connection), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def check(**options: Any) -> Report:
    """Verify now, without waiting for late entries."""
    return verify(now=datetime.now(UTC), grace=0, **options)


def codes(report: Report) -> list[tuple[str, int | None]]:
    """(code, seq) of each fault."""
    return [(fault.code, fault.seq) for fault in report.faults]
