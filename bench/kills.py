"""Kill −9 of the server in the middle of an approval over HTTP, fifty times on both databases: all or none, every time.

`python -m bench.kills [KILLS]` prints what was found as JSON; `tests/served.py` says what is done.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import psycopg

from bench.ledger import SERVER, _database
from bench.venues import _file

KILLS, SEED = 50, 7


def _killed(database: str, kills: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "YIWANG_DATABASE": database, "YIWANG_HOME": home, "YIWANG_LEDGER_FAIL_AFTER": "0"}
        environment["DJANGO_SETTINGS_MODULE"] = "yiwang.portal.settings"
        command = [sys.executable, "-m", "tests.served", str(kills), str(SEED)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def kills(*, number: int = KILLS, server: str = SERVER) -> dict[str, dict[str, Any]]:
    """By database: what `tests.served` found. Without PostgreSQL only SQLite."""
    places: dict[str, Callable[[], AbstractContextManager[str]]] = {
        "SQLite": _file,
        "PostgreSQL": lambda: _database(server),
    }
    found = {}
    for name, place in places.items():
        try:
            with place() as database:
                found[name] = _killed(database, number)
        except psycopg.OperationalError:
            continue
    return found


if __name__ == "__main__":
    print(json.dumps(kills(number=int(sys.argv[1]) if len(sys.argv) > 1 else KILLS), indent=1, ensure_ascii=False))
