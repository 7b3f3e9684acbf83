"""The portal's import path: a CSV file read, linked, checked, written, judged, posted and sealed; rows a second.

Each database in a process of its own. `figures()` gives, by database, the rate of the slowest register and of each:
rooms (feed nobody yet), occupancies (each judged with the person's other rooms, some beyond the limit), purchases
(each judged by several clauses). Execution alone is timed: what runs after the user has confirmed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import Any

ROWS = 20_000
POSTGRES = os.environ.get("YIWANG_TEST_PG", "postgres://postgres@127.0.0.1:5432/postgres")
Figures = dict[str, dict[str, float]]


def _run(database: str, home: str, rows: int) -> dict[str, float]:
    environment = os.environ | {
        "YIWANG_HOME": home,
        "YIWANG_DATABASE": database,
        "DJANGO_SETTINGS_MODULE": "yiwang.portal.settings",
    }
    command = [sys.executable, "-m", "bench.importing_steps", str(rows)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found | {"rows_per_s": min(found.values())}


def _on_postgres(home: str, rows: int) -> dict[str, float]:
    """In a database made for it and dropped afterwards; nothing where no server answers."""
    import psycopg

    try:
        with psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3) as server:
            server.execute("DROP DATABASE IF EXISTS yiwang_bench_import WITH (FORCE)")
            server.execute("CREATE DATABASE yiwang_bench_import")
    except psycopg.OperationalError:
        return {}
    try:
        return _run(POSTGRES.rpartition("/")[0] + "/yiwang_bench_import", home, rows)
    finally:
        with psycopg.connect(POSTGRES, autocommit=True) as server:
            server.execute("DROP DATABASE IF EXISTS yiwang_bench_import WITH (FORCE)")


def figures(rows: int = ROWS) -> Figures:
    """Rows a second on both databases; PostgreSQL is empty where no server answers."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        return {
            "sqlite": _run(f"sqlite:///{one}/bench.sqlite3", one, rows),
            "postgresql": _on_postgres(two, rows),
        }


def main(arguments: list[str]) -> Any:
    """By hand: python -m bench.importing [rows]."""
    print(json.dumps(figures(int(arguments[0]) if arguments else ROWS), indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
