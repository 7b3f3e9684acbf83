"""SQLite: the online backup API gives one moment of the database while others write; restoring is placing the file."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from yiwang.kit.refusal import Refusal
from yiwang.portal.backup.archive import Content, Manifest, Reader, Writer, copy_pieces

MEMBER = "database.sqlite3"


def dump(writer: Writer, manifest: Manifest, folder: Path) -> None:
    """Add the database as it is at one moment. `folder` is where the copy is made."""
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        copy = Path(scratch) / MEMBER
        connection.ensure_connection()
        with closing(sqlite3.connect(copy)) as target:
            # All pages in one step: one read transaction, which writers do not disturb (WAL).
            connection.connection.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")  # the copy is one file, without a log beside it
            describe(target, manifest)
        with copy.open("rb") as file:
            manifest.members[MEMBER] = writer.add(MEMBER, copy_pieces(file))


def describe(database: sqlite3.Connection, manifest: Manifest) -> None:
    """Fill in the tables' digests, the migrations and the head."""
    manifest.tables = digests(database)
    manifest.migrations = [
        list(row) for row in database.execute("SELECT app, name FROM django_migrations ORDER BY 1, 2")
    ]
    manifest.head = list(database.execute("SELECT seq, hash, algorithm FROM ledger_head").fetchone())


def digests(database: sqlite3.Connection) -> dict[str, Content]:
    """Every ordinary table: number of rows, and a digest of their values in the order of the key."""
    names = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite@_%' ESCAPE '@'"
        " AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    ).fetchall()
    return {name: _digest(database, name) for (name,) in names}


def _digest(database: sqlite3.Connection, table: str) -> Content:
    columns = database.execute(f'PRAGMA table_info("{table}")').fetchall()
    # quote() writes a value as SQL does: text, number, blob and NULL cannot be taken for one another.
    row = " || ',' || ".join(f'quote("{column[1]}")' for column in columns)
    order = ", ".join(f'"{c[1]}"' for c in sorted(columns, key=lambda c: c[5]) if c[5]) or "rowid"
    digest, count = hashlib.sha256(), 0
    for (text,) in database.execute(f'SELECT {row} FROM "{table}" ORDER BY {order}'):
        digest.update(text.encode() + b"\n")
        count += 1
    return Content(count, digest.hexdigest(), [column[1] for column in columns])


def target_path() -> Path:
    """Where the database is to be."""
    return Path(str(connection.settings_dict["NAME"]))


def refuse_unless_empty() -> None:
    """Refuse a place where there is a database with tables."""
    path = target_path()
    if not path.exists():
        return
    with closing(sqlite3.connect(path)) as database:
        if database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise Refusal("restore.not-empty", f"{path} 里已有数据,只能恢复到空的位置")


@contextmanager
def loaded(reader: Reader) -> Iterator[dict[str, Content]]:
    """Put the database beside its place and check it; it is moved into place when the block ends well."""
    path = target_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".restore-")
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in reader.pieces(MEMBER):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        with closing(sqlite3.connect(name)) as database:
            if (found := database.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
                raise Refusal("backup.broken", f"数据库文件已损坏:{found}", where=reader.where)
            tables = digests(database)
        yield tables
        connection.close()
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
