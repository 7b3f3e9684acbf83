"""A plug-in: programs in processes of their own (races, kills), each on a database of its own that is migrated already.

`on_sqlite` and `on_postgresql` run one: `on_sqlite("yiwang.desk.tests.kills", 50, 7, "whole")` is
`python -m yiwang.desk.tests.kills 50 7 whole`, and what it printed last is read as JSON. `on_each` is either, the second
with the mark `postgres`. The databases are copies of the one that the test run has made for itself.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from django.db.backends.base.creation import TEST_DATABASE_PREFIX

from tests import warm

SERVER = os.environ.get("YIWANG_TEST_PG") or "postgres://postgres@127.0.0.1:5432/postgres"


@dataclass(frozen=True)
class Programs:
    """Runs programs on one database, with one home."""

    address: str
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a program finds. Nobody seals on PostgreSQL here, and nobody stops for it."""
        return {
            **os.environ,
            "YIWANG_DATABASE": self.address,
            "YIWANG_HOME": str(self.home),
            "YIWANG_LEDGER_FAIL_AFTER": "0",
            "DJANGO_SETTINGS_MODULE": "yiwang.portal.settings",
        }

    def lines(self, module: str, *words: object) -> list[Any]:
        """All that it printed, each line as JSON."""
        done = warm.run(["-m", module, *map(str, words)], self.environment, seconds=1800)
        assert done.returncode == 0, done.stderr[-3000:]
        return [json.loads(line) for line in done.stdout.splitlines()]

    def __call__(self, module: str, *words: object) -> Any:
        """What it printed last."""
        return self.lines(module, *words)[-1]


def _vendor() -> str:
    from django.db import connection

    return connection.vendor


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path | None:
    """A file with all tables and no rows of anybody; None in a run on PostgreSQL.

    Without tables where no test asks for a database: then the programs make them.
    """
    if _vendor() != "sqlite":
        return None
    request.getfixturevalue("django_db_setup")
    path = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    with request.getfixturevalue("django_db_blocker").unblock():
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(path)])
    with sqlite3.connect(path) as raw:  # numbers begin anew, whatever tests were run before
        if raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'").fetchone():
            raw.execute("DELETE FROM sqlite_sequence")
    raw.close()
    return path


@pytest.fixture
def sqlite_address(tmp_path: Path, sqlite_template: Path | None) -> str:
    """The address of a SQLite file of this test."""
    path = tmp_path / "own.sqlite3"
    if sqlite_template:
        shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@contextmanager
def postgresql_database(template: str = "template0") -> Iterator[str]:
    """The address of a new database on the server of the tests, gone afterwards."""
    name = f"yiwang_own_{uuid4().hex[:12]}"
    try:
        server = psycopg.connect(SERVER, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        pytest.skip(f"no PostgreSQL answers at {SERVER}")
    with server:
        # A connection that a test has left open would keep the database from being copied.
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [template])
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield urlsplit(SERVER)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgresql_template(request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of a database with all tables and no rows of anybody.

    One without tables in a run on SQLite, or where no test asks for a database: then the programs make them.
    """
    from django.db import connection

    request.getfixturevalue("django_db_setup")
    name = str(connection.settings_dict["NAME"])
    if _vendor() != "postgresql" or not name.startswith(TEST_DATABASE_PREFIX):
        yield "template0"
        return
    with request.getfixturevalue("django_db_blocker").unblock():
        connection.close()  # what somebody is connected to cannot be copied
        with postgresql_database(name) as address:
            yield urlsplit(address).path[1:]


@pytest.fixture
def postgresql_address(postgresql_template: str) -> Iterator[str]:
    """The address of a PostgreSQL database of this test."""
    with postgresql_database(postgresql_template) as address:
        yield address


@pytest.fixture
def on_sqlite(tmp_path: Path, sqlite_address: str) -> Programs:
    """Run programs on the embedded database."""
    return Programs(sqlite_address, tmp_path)


@pytest.fixture
def on_postgresql(tmp_path: Path, postgresql_address: str) -> Programs:
    """Run programs on PostgreSQL."""
    return Programs(postgresql_address, tmp_path)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def on_each(request: pytest.FixtureRequest) -> Programs:
    """Run programs on either."""
    found: Programs = request.getfixturevalue(f"on_{request.param}")
    return found
