"""How far sealing lags on PostgreSQL, and the refusal to write when it has stopped: fail closed after a stated time."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from yiwang.kit.refusal import Refusal

#: Each process looks at most so often (seconds).
LOOK_EVERY = 30.0

_OLDEST = """
SELECT e.at FROM ledger_head h JOIN ledger_entry e ON e.tx >= h.horizon::text::xid8
WHERE NOT EXISTS (SELECT 1 FROM ledger_seal s WHERE s.entry_id = e.id) ORDER BY e.tx, e.id LIMIT 1
"""
_next_look = 0.0


def lag(cursor: Any, *, now: datetime) -> float:
    """Seconds that the oldest unsealed entry has been waiting; 0 when none waits."""
    cursor.execute(_OLDEST)
    row = cursor.fetchone()
    return 0.0 if row is None else max(0.0, (now - datetime.fromisoformat(row[0])).total_seconds())


def refuse_when_stopped(connection: BaseDatabaseWrapper, cursor: Any) -> None:
    """Refuse to add to a ledger that nobody has sealed for LEDGER_FAIL_AFTER seconds (0: never refuse)."""
    global _next_look
    limit, present = settings.LEDGER_FAIL_AFTER, time.monotonic()
    if connection.vendor != "postgresql" or not limit or present < _next_look:
        return
    waited = lag(cursor, now=datetime.now(UTC))
    if waited > limit:
        raise Refusal(
            "ledger.sealer-stopped", f"存证已 {waited / 60:,.0f} 分钟没有封存,暂停写入:请启动 yiwang ledger seal --loop"
        )
    _next_look = present + LOOK_EVERY
