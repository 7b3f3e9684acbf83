"""The process engine: one step of a case, my desk over 10,000 open cases and 50 users, 10,000 random walks. Both databases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg

SERVER = os.environ.get("YIWANG_TEST_PG") or "postgres://postgres@127.0.0.1:5432/postgres"
WALKS = 10_000
#: Random walks go to as many processes as there are cores to spare.
HANDS = 2


def _step(database: str, home: str, *arguments: str) -> dict[str, Any]:
    environment = os.environ | {"YIWANG_DATABASE": database, "YIWANG_HOME": home}
    environment["DJANGO_SETTINGS_MODULE"] = "yiwang.portal.settings"
    command = [sys.executable, "-m", "bench.flow_steps", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@contextmanager
def _postgresql() -> Iterator[str | None]:
    """An empty database that is gone afterwards; None where no server answers."""
    name = f"yiwang_bench_flow_{os.getpid()}"
    try:
        server = psycopg.connect(SERVER, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        yield None
        return
    with server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(SERVER)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def desk(cases: int = 10_000, users: int = 50) -> dict[str, dict[str, float]]:
    """By database: CPU of a step, p95 of my desk's questions, and their number."""
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as home, _postgresql() as address:
        for vendor, database in (("sqlite", f"sqlite:///{home}/flow.sqlite3"), ("postgresql", address)):
            if database is not None:
                found[vendor] = _step(database, home, "desk", str(cases), str(users))
    return found


def walks(number: int = WALKS) -> dict[str, Any]:
    """Random walks of all verbs on SQLite; a broken rule ends the run with the seed."""
    with tempfile.TemporaryDirectory() as home:
        return _step(f"sqlite:///{home}/walks.sqlite3", home, "walks", str(number))
