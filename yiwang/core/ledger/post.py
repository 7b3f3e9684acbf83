"""Posting an entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connections

from yiwang.core.ledger.chain import Fields, linker
from yiwang.core.ledger.context import via
from yiwang.core.ledger.lag import refuse_when_stopped
from yiwang.kit.digest import canonical

_INSERT = "INSERT INTO ledger_entry (at, actor, act, object, clause, body) VALUES (%s, %s, %s, %s, %s, %s) RETURNING id"
_SEAL = "INSERT INTO ledger_seal (seq, entry_id, hash) VALUES (%s, %s, %s)"


def now_text() -> str:
    """This instant as entries keep it: UTC, microseconds, Z."""
    return datetime.now(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def post(
    *,
    actor: str,
    act: str,
    obj: str,
    clause: str = "",
    body: Mapping[str, Any] | None = None,
    using: str = "default",
) -> int:
    """Insert one entry inside the caller's transaction; returns its id. Outside a transaction: RuntimeError.

    `actor`: "user:7" or "system". `act`: dotted verb, "offices.room.change". `obj`: "offices.room:123".
    `clause`: id of the clause that was the ground. `body`: what changed; stored as canonical JSON text. During a
    request it gains `via`: unit, address, number of the request (see `context`).
    On SQLite the seal is made here too; on PostgreSQL the sealer follows within a second (see `sealer`), and a
    ledger that nobody seals any more refuses new entries.
    """
    connection = connections[using]
    if not connection.in_atomic_block:
        raise RuntimeError("post() outside a transaction: an entry belongs to the act that it records")
    if source := via():
        body = {**(body or {}), "via": source}
    values = (now_text(), actor, act, obj, clause, "" if body is None else canonical(body))
    with connection.cursor() as cursor:
        refuse_when_stopped(connection, cursor)
        cursor.execute(_INSERT, values)
        number = int(cursor.fetchone()[0])
        if connection.vendor == "sqlite":
            _seal_inline(cursor, (number, *values))
    return number


def _seal_inline(cursor: Any, fields: Fields) -> None:
    """SQLite has one writer at a time: ids commit in order and the chain grows within the transaction."""
    cursor.execute("SELECT seq, hash, algorithm FROM ledger_head")
    seq, previous, algorithm = cursor.fetchone()
    sealed = linker(algorithm)(previous, seq + 1, fields)
    cursor.execute("INSERT INTO ledger_seal (seq, entry_id, hash) VALUES (%s, %s, %s)", [seq + 1, fields[0], sealed])
    cursor.execute("UPDATE ledger_head SET seq = %s, hash = %s", [seq + 1, sealed])
