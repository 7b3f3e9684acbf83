"""PostgreSQL: every table by COPY in one repeatable-read transaction, and back in one transaction. No other program.

The transaction numbers of the ledger (`tx`, `horizon`) belong to the cluster and stay behind: a restored entry gets
the number of the restoring transaction, and the sealer begins at 0.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from yiwang.kit.refusal import Refusal
from yiwang.portal.backup.archive import Content, Manifest, Reader, Writer

_COLUMNS = """
SELECT c.relname, array_agg(a.attname ORDER BY a.attnum) FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' GROUP BY 1 ORDER BY 1
"""
_KEY = """
SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
WHERE i.indrelid = %s::regclass AND i.indisprimary ORDER BY array_position(i.indkey::smallint[], a.attnum)
"""
_SETTINGS = "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL extra_float_digits = 1"
#: Columns that belong to the cluster: left out, or written as a constant where a value must be.
_LEFT_OUT = {("ledger_entry", "tx")}
_CONSTANT = {("ledger_head", "horizon"): "0"}


def dump(writer: Writer, manifest: Manifest) -> None:
    """Add every table as it is at one moment."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(_SETTINGS)
        for table, columns in _tables(cursor).items():
            counted = _Counted(_copy_out(cursor, table, columns))
            member = f"tables/{table}.copy"
            manifest.members[member] = content = writer.add(member, counted)
            manifest.tables[table] = Content(counted.rows, content.digest, columns)
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY 1, 2")
        manifest.migrations = [list(row) for row in cursor.fetchall()]
        manifest.head = head()
        # Read last: sequences are of no transaction, and may run ahead of the tables but never behind.
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1")
        manifest.sequences = {name: value for name, value in cursor.fetchall() if value is not None}


def _tables(cursor: Any) -> dict[str, list[str]]:
    """Table → the columns that go into a backup."""
    cursor.execute(_COLUMNS)
    return {
        table: [column for column in columns if (table, column) not in _LEFT_OUT]
        for table, columns in cursor.fetchall()
    }


class _Counted:
    """Passes pieces on, counting lines: in COPY's text format a row is a line."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.rows = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            self.rows += piece.count(b"\n")
            yield piece


def _copy_out(cursor: Any, table: str, columns: list[str]) -> Iterator[bytes]:
    cursor.execute(_KEY, [f'"{table}"'])
    order = ", ".join(f'"{row[0]}"' for row in cursor.fetchall()) or "1"
    chosen = ", ".join(_CONSTANT.get((table, column), f'"{column}"') for column in columns)
    with cursor.copy(f'COPY (SELECT {chosen} FROM "{table}" ORDER BY {order}) TO STDOUT') as copy:
        for piece in copy:
            yield bytes(piece)


def head() -> list[Any]:
    """The end of the chain."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash, algorithm FROM ledger_head")
        return list(cursor.fetchone())


def refuse_unless_empty() -> None:
    """Refuse a database that has tables."""
    if connection.introspection.table_names():
        raise Refusal("restore.not-empty", f"数据库 {connection.settings_dict['NAME']} 里已有数据表,只能恢复到空库")


@contextmanager
def loaded(reader: Reader) -> Iterator[dict[str, Content]]:
    """Make the tables as they were when the backup was made and fill them; all away again if the block fails."""
    try:
        _build(reader)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_SETTINGS)
            _load(cursor, reader)
            yield _digests(cursor, reader.manifest)
        # Brings an older backup up to date, and puts guards and whatever else follows a migration in place.
        call_command("migrate", verbosity=0)
    except BaseException:
        _clear()
        raise


def _build(reader: Reader) -> None:
    executor = MigrationExecutor(connection)
    applied = [(app, name) for app, name in reader.manifest.migrations]
    if unknown := [one for one in applied if one not in executor.loader.disk_migrations]:
        message = f"备份由更新的版本作出(迁移 {'.'.join(unknown[0])} 不在本版本内),请先升级程序"
        raise Refusal("restore.newer", message, where=reader.where)
    leaves = {leaf for leaf in executor.loader.graph.leaf_nodes() if leaf in applied}
    if leaves == set(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0)
    else:
        executor.migrate(applied)
    with connection.cursor() as cursor:
        missing = set(reader.manifest.tables) - set(_tables(cursor))
    if missing:
        raise Refusal("restore.version", f"本版本没有数据表 {sorted(missing)[0]},请用作出备份的版本恢复后再升级")


def _load(cursor: Any, reader: Reader) -> None:
    tables = reader.manifest.tables
    every = ", ".join(f'"{table}"' for table in _tables(cursor))
    for table in tables:
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
    cursor.execute(f"TRUNCATE {every}")
    for table, content in tables.items():
        columns = ", ".join(f'"{column}"' for column in content.columns)
        with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
            for piece in reader.pieces(f"tables/{table}.copy"):
                copy.write(piece)
    # Foreign keys are checked now, since a table with checks waiting cannot be altered.
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in tables:
        cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
    for sequence, value in reader.manifest.sequences.items():
        cursor.execute(
            "SELECT setval(%s::regclass, %s) WHERE to_regclass(%s) IS NOT NULL",
            [f'"{sequence}"', value, f'"{sequence}"'],
        )


def _digests(cursor: Any, manifest: Manifest) -> dict[str, Content]:
    found = {}
    for table, content in manifest.tables.items():
        digest, counted = hashlib.sha256(), _Counted(_copy_out(cursor, table, content.columns))
        for piece in counted:
            digest.update(piece)
        found[table] = Content(counted.rows, digest.hexdigest(), content.columns)
    return found


def _clear() -> None:
    """The place was empty: empty it again."""
    if tables := connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE {} CASCADE".format(", ".join(f'"{table}"' for table in tables)))
