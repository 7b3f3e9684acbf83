"""No double booking: 10,000 rounds of 32 clients on both databases, and the control without lock and belt.

`python -m bench.venues [ROUNDS]` prints all as JSON; the full number takes an hour or two.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bench.ledger import SERVER, _database

CLIENTS, ROUNDS, CONTROL = 32, 10_000, 60


@contextmanager
def _file() -> Iterator[str]:
    """An empty SQLite database, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'race.sqlite3'}"


def _race(database: str, rounds: int) -> dict[str, Any]:
    """By mode: rounds with one winner, with nobody, with several; seconds."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "YIWANG_DATABASE": database, "YIWANG_HOME": home}
        environment["DJANGO_SETTINGS_MODULE"] = "yiwang.portal.settings"
        command = [sys.executable, "-m", "yiwang.areas.services.venues.tests.race", str(CLIENTS)]
        command += [f"real:{rounds}", f"none:{CONTROL}"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return {one["mode"]: one for one in map(json.loads, done.stdout.splitlines())}


def races(*, rounds: int = ROUNDS, server: str = SERVER) -> dict[str, dict[str, Any]]:
    """By database: what `_race` found. Without PostgreSQL only SQLite."""
    found = {}
    with _file() as database:
        found["SQLite"] = _race(database, rounds)
    try:
        with _database(server) as database:
            found["PostgreSQL"] = _race(database, rounds)
    except psycopg.OperationalError:
        pass
    return found


if __name__ == "__main__":
    print(json.dumps(races(rounds=int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS), indent=1))
