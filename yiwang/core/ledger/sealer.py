"""The sealer of PostgreSQL: one chain behind many writers, by horizon and anti-join.

Commit order is not id order, so "everything above the last sealed id" loses entries for good. Instead a round
reads the oldest running transaction x *before* it selects, takes every unsealed entry whose transaction is at or
above the stored horizon, and stores x as the new horizon: whatever has a smaller transaction was committed when
the round looked, and is sealed now. A writer that stays open for ten minutes holds the horizon back and delays
nobody. The connection is the sealer's own, outside Django, so that its role and its life are its own too.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections

from yiwang.core.ledger.chain import COLUMNS, Fields, linker

log = logging.getLogger(__name__)

#: The advisory lock of the sealers: "ledger" as a number.
LOCK = 0x6C6564676572
BATCH = 5000
INTERVAL = 0.25  # seconds between rounds
_LONG = 1.0
_RETRY = 2.0  # seconds before a lost connection is made again
#: An idle round moves the horizon only when it lags by so many transactions: each move is a write.
_LAZY = 5000

_HEAD = "SELECT seq, hash, horizon, algorithm FROM ledger_head"
_OLDEST = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_UNSEALED = f"""
SELECT {COLUMNS}, e.tx::text::bigint AS number FROM ledger_entry e
WHERE e.tx >= %s::text::xid8 AND NOT EXISTS (SELECT 1 FROM ledger_seal s WHERE s.entry_id = e.id)
ORDER BY e.tx, e.id LIMIT %s
"""
#: Walk the index on (tx, id) and probe the seals: without statistics the planner would read both tables whole.
_PLAN = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_sort = off"
#: Costs of plans that are "off" are huge, which makes the server compile the statement: 180 ms for nothing.
_PLAN += "; SET jit = off"

Connection = psycopg.Connection[tuple[Any, ...]]
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Round:
    """What one round did: how many it sealed, whether more may wait, and the times of the entries (for delays)."""

    sealed: int
    full: bool
    times: Sequence[str] = ()


def parameters() -> dict[str, Any] | None:
    """Where to seal: the setting LEDGER_SEALER_DATABASE (the sealer's role) or the default; None on SQLite."""
    connection: Any = connections["default"]
    if connection.vendor != "postgresql":
        return None
    given = settings.LEDGER_SEALER_DATABASE
    wrapper = type(connection)(connections.configure_settings({"default": given})["default"]) if given else connection
    return dict(wrapper.get_connection_params())


def connect(parameters: Mapping[str, Any]) -> Connection:
    """A connection for sealing. `parameters` as psycopg takes them (Django: `connection.get_connection_params()`)."""
    known = {key: parameters[key] for key in ("host", "port", "user", "password", "dbname") if parameters.get(key)}
    connection = psycopg.connect(**known, autocommit=True, application_name="yiwang sealer", prepare_threshold=None)
    # The proof needs the select to see more than the reading of the oldest transaction saw.
    connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
    connection.execute(_PLAN)
    return connection


def seal_round(connection: Connection, *, batch: int = BATCH) -> Round:
    """Seal up to `batch` entries in one transaction: a sealer killed in the middle leaves nothing behind."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        seq, previous, stored, algorithm = _one(cursor, _HEAD)
        oldest = _one(cursor, _OLDEST)[0]
        # A horizon ahead of us came with the tables from another cluster, whose numbers mean nothing here.
        horizon = stored if stored <= oldest else 0
        rows = cursor.execute(_UNSEALED, [str(horizon), batch]).fetchall()
        seals = _chain(rows, seq, previous, algorithm)
        full = len(rows) == batch
        # Below the last transaction of a full batch nothing is left, the batch being in order of transactions.
        reached = min(oldest, rows[-1][-1]) if full else oldest
        _append(cursor, seals, reached, moved=not 0 <= reached - stored <= _LAZY)
    return Round(len(seals), full, [row[1] for row in rows])


def _one(cursor: psycopg.Cursor[Row], statement: str) -> Row:
    row = cursor.execute(statement).fetchone()
    assert row is not None, statement
    return row


def _chain(rows: list[Row], seq: int, previous: str, algorithm: str) -> list[tuple[int, int, str]]:
    """(seq, entry, hash) for each row, going on from the head."""
    link, seals = linker(algorithm), []
    for seq, row in enumerate(rows, seq + 1):  # noqa: B020 (going on from the head's)
        fields: Fields = row[:7]
        previous = link(previous, seq, fields)
        seals.append((seq, fields[0], previous))
    return seals


def _append(cursor: psycopg.Cursor[Row], seals: list[tuple[int, int, str]], horizon: int, *, moved: bool) -> None:
    """Store the seals and the new end of the chain."""
    if seals:
        with cursor.copy("COPY ledger_seal (seq, entry_id, hash) FROM STDIN") as copy:
            for seal in seals:
                copy.write_row(seal)
        cursor.execute(
            "UPDATE ledger_head SET seq = %s, hash = %s, horizon = %s", [seals[-1][0], seals[-1][2], horizon]
        )
    elif moved:
        cursor.execute("UPDATE ledger_head SET horizon = %s", [horizon])


def seal_all(connection: Connection, *, batch: int = BATCH) -> int:
    """Rounds until nothing waits; returns how many entries were sealed."""
    total = 0
    while True:
        done = seal_round(connection, batch=batch)
        total += done.sealed
        if not done.full:
            return total


def run(
    parameters: Mapping[str, Any],
    stop: threading.Event,
    *,
    interval: float = INTERVAL,
    after: Callable[[Round], None] = lambda _: None,
) -> None:
    """Seal until `stop` is set; a lost connection is logged and made again. Several may run: they take turns."""
    while not stop.is_set():
        try:
            with connect(parameters) as connection:
                _rounds(connection, stop, interval, after)
        except psycopg.OperationalError as error:
            log.warning("sealer: %s", str(error).strip())
            stop.wait(_RETRY)


def _rounds(connection: Connection, stop: threading.Event, interval: float, after: Callable[[Round], None]) -> None:
    while not stop.is_set():
        begun = time.monotonic()
        done = seal_round(connection)
        after(done)
        if not done.full:
            # A round that took long (a horizon held back) rests as long: it leaves half of a core to others.
            took = time.monotonic() - begun
            stop.wait(took if took > _LONG else interval)
