"""The last places of a quota under 32 clients on both databases: 320 rounds (10,240 asks), and the control without the lock.

`python -m bench.quota [ROUNDS]` prints all as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from typing import Any

import psycopg

from bench.ledger import SERVER, _database
from bench.venues import _file

CLIENTS, ROUNDS = 32, 320


def _race(database: str, rounds: int) -> dict[str, Any]:
    """What the race printed, and asks a second (start and migration included)."""
    with tempfile.TemporaryDirectory() as home:
        more = {"YIWANG_DATABASE": database, "YIWANG_HOME": home, "YIWANG_LEDGER_FAIL_AFTER": "0"}
        environment = {**os.environ, **more, "DJANGO_SETTINGS_MODULE": "yiwang.portal.settings"}
        command = [sys.executable, "-m", "yiwang.areas.vehicles.life.tests.race", str(rounds)]
        began = time.perf_counter()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found | {"asks": rounds * CLIENTS, "asks_per_s": round(rounds * CLIENTS / seconds)}


def races(*, rounds: int = ROUNDS, server: str = SERVER) -> dict[str, dict[str, Any]]:
    """By database. Without PostgreSQL only SQLite."""
    with _file() as database:
        found = {"SQLite": _race(database, rounds)}
    try:
        with _database(server) as database:
            found["PostgreSQL"] = _race(database, rounds)
    except psycopg.OperationalError:
        pass
    return found


if __name__ == "__main__":
    print(json.dumps(races(rounds=int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS), indent=1))
