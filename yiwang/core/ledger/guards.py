"""What stops an UPDATE or a DELETE: triggers on both databases, on SQLite an authorizer too.

They stop slips and a web process that was taken over, not the owner of the file or of the tables: for those
there is the chain, and for a rebuilt chain the anchor. A table rebuild on SQLite drops triggers in silence, so
they are put back after every migration and looked for by `verify`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from yiwang.core.ledger.chain import GENESIS
from yiwang.kit.digest import hasher

APPEND_ONLY = ("ledger_entry", "ledger_seal", "ledger_anchor")
_KEYS = {"ledger_entry": ("id",), "ledger_seal": ("seq", "entry_id"), "ledger_anchor": ("id",)}
_SHUTTLE = "ledger_head"


def _sqlite_triggers() -> dict[str, str]:
    """name → statement. The guard on INSERT is there because INSERT OR REPLACE walks past the other two."""
    stop = "BEGIN SELECT RAISE(ABORT, 'ledger is append-only'); END"
    triggers = {}
    for table in APPEND_ONLY:
        triggers[f"{table}_no_update"] = f"BEFORE UPDATE ON {table} {stop}"
        triggers[f"{table}_no_delete"] = f"BEFORE DELETE ON {table} {stop}"
        taken = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})" for key in _KEYS[table])
        triggers[f"{table}_no_replace"] = f"BEFORE INSERT ON {table} WHEN {taken} {stop}"
    triggers[f"{_SHUTTLE}_no_return"] = f"BEFORE UPDATE ON {_SHUTTLE} WHEN NEW.seq < OLD.seq {stop}"
    triggers[f"{_SHUTTLE}_no_delete"] = f"BEFORE DELETE ON {_SHUTTLE} {stop}"
    triggers[f"{_SHUTTLE}_no_replace"] = f"BEFORE INSERT ON {_SHUTTLE} WHEN EXISTS (SELECT 1 FROM {_SHUTTLE}) {stop}"
    return {name: f"CREATE TRIGGER {name} {text}" for name, text in triggers.items()}


_PG_BODY = "BEGIN RAISE EXCEPTION 'ledger is append-only' USING ERRCODE = 'insufficient_privilege'; END"
_PG_FUNCTION = f"CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $${_PG_BODY}$$"


def _pg_triggers() -> dict[str, str]:
    """name → statement."""
    call = "EXECUTE FUNCTION ledger_refuse()"
    triggers = {}
    for table in APPEND_ONLY:
        triggers[f"{table}_no_change"] = f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {call}"
        triggers[f"{table}_no_truncate"] = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}"
    triggers[f"{_SHUTTLE}_no_return"] = f"BEFORE UPDATE ON {_SHUTTLE} FOR EACH ROW WHEN (NEW.seq < OLD.seq) {call}"
    triggers[f"{_SHUTTLE}_no_delete"] = f"BEFORE DELETE ON {_SHUTTLE} FOR EACH ROW {call}"
    triggers[f"{_SHUTTLE}_no_truncate"] = f"BEFORE TRUNCATE ON {_SHUTTLE} FOR EACH STATEMENT {call}"
    return {name: f"CREATE TRIGGER {name} {text}" for name, text in triggers.items()}


def _wanted(connection: BaseDatabaseWrapper) -> dict[str, str]:
    return _sqlite_triggers() if connection.vendor == "sqlite" else _pg_triggers()


_SQLITE_PRESENT = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
_PG_PRESENT = """
SELECT tgname, prosrc FROM pg_trigger JOIN pg_proc p ON p.oid = tgfoid
WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')
"""


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that should be there and are not, or are disabled, or do something else."""
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute(_SQLITE_PRESENT if sqlite else _PG_PRESENT)
        present = dict(cursor.fetchall())
    wanted = _wanted(connection)
    return [name for name in wanted if present.get(name) != (wanted[name] if sqlite else _PG_BODY)]


def install(using: str) -> None:
    """Put the triggers in place and the first head, where they are not; called after every migration."""
    connection = connections[using]
    if "ledger_head" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        absent = missing(connection)
        if connection.vendor == "postgresql" and absent:
            cursor.execute(_PG_FUNCTION)
        for name in absent:
            cursor.execute(_drop(connection, name))
            cursor.execute(_wanted(connection)[name])
        _first_head(cursor)
    lock(connection)


def _drop(connection: BaseDatabaseWrapper, trigger: str) -> str:
    on = "" if connection.vendor == "sqlite" else f" ON {trigger.partition('_no_')[0]}"
    return f"DROP TRIGGER IF EXISTS {trigger}{on}"


def _first_head(cursor: Any) -> None:
    cursor.execute("SELECT 1 FROM ledger_head")
    if cursor.fetchone() is None:
        algorithm = settings.LEDGER_HASH
        hasher(algorithm)  # refuse one that this machine lacks, before anything is sealed
        cursor.execute(
            "INSERT INTO ledger_head (id, seq, hash, horizon, algorithm) VALUES (1, 0, %s, 0, %s)",
            [GENESIS, algorithm],
        )


_DENIED_ON_TABLE = {sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE, sqlite3.SQLITE_DROP_TABLE}
_GUARDED = frozenset(APPEND_ONLY)


def _authorize(action: int, first: str | None, second: str | None, _database: str | None, _inner: str | None) -> int:
    """SQLite asks once for each thing a statement will do, when it is prepared."""
    if action in _DENIED_ON_TABLE and first in _GUARDED:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_DELETE and first == _SHUTTLE:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_DROP_TRIGGER and (first or "").startswith("ledger_"):
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_ALTER_TABLE and second in _GUARDED:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and (first or "").lower() == "writable_schema":
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def lock(connection: Any) -> None:
    """Set the authorizer on an open SQLite connection, unless the setting LEDGER_AUTHORIZER is off."""
    if connection.vendor == "sqlite" and connection.connection is not None and settings.LEDGER_AUTHORIZER:
        connection.connection.set_authorizer(_authorize)


def unlock(using: str) -> None:
    """Take the authorizer off: migrations rebuild tables."""
    connection = connections[using]
    if connection.vendor == "sqlite" and connection.connection is not None:
        connection.connection.set_authorizer(None)


@contextmanager
def lifted(connection: Any) -> Iterator[None]:
    """Without guards for a while: for the flush between tests and `restore` into an empty place.

    Only the owner of the tables can do this.
    """
    unlock(connection.alias)
    with connection.cursor() as cursor:
        for name in _wanted(connection):
            cursor.execute(_drop(connection, name))
    try:
        yield
    finally:
        install(connection.alias)
