"""A year's budget under 32 clients on both databases: 320 rounds (10,240 bills), and the control without the conditional update.

`python -m bench.costs [ROUNDS]` prints all as JSON.
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
PROGRAM = "yiwang.areas.vehicles.costs.tests.race"


def _race(database: str, mode: str, rounds: int) -> dict[str, Any]:
    """What the race printed, and bills a second (start and migration included)."""
    with tempfile.TemporaryDirectory() as home:
        more = {"YIWANG_DATABASE": database, "YIWANG_HOME": home, "YIWANG_LEDGER_FAIL_AFTER": "0"}
        environment = {**os.environ, **more, "DJANGO_SETTINGS_MODULE": "yiwang.portal.settings"}
        command = [sys.executable, "-m", PROGRAM, mode, str(rounds)]
        began = time.perf_counter()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found | {"bills": rounds * CLIENTS, "bills_per_s": round(rounds * CLIENTS / seconds)}


def races(*, rounds: int = ROUNDS, server: str = SERVER) -> dict[str, dict[str, Any]]:
    """By database, with the lock and (a tenth of the rounds) without. Without PostgreSQL only SQLite."""
    found: dict[str, dict[str, Any]] = {"SQLite": {}}
    for mode, some in (("locked", rounds), ("open", max(rounds // 10, 3))):
        with _file() as database:
            found["SQLite"][mode] = _race(database, mode, some)
        try:
            with _database(server) as database:
                found.setdefault("PostgreSQL", {})[mode] = _race(database, mode, some)
        except psycopg.OperationalError:
            pass
    return found


if __name__ == "__main__":
    print(json.dumps(races(rounds=int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS), indent=1))
