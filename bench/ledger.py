"""The ledger: transactions with and without an entry, the sealing delay, the speed of verification.

`python -m bench.ledger` prints all as JSON. The functions return numbers and clean up after themselves; those that need
PostgreSQL take the address of a server (default YIWANG_TEST_PG or the local one) and return {} where none answers.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

SERVER = os.environ.get("YIWANG_TEST_PG") or "postgres://postgres@127.0.0.1:5432/postgres"


@contextmanager
def _database(server: str) -> Iterator[str]:
    """An empty PostgreSQL database, dropped afterwards."""
    name = f"yiwang_bench_{os.getpid()}"
    with psycopg.connect(server, autocommit=True, connect_timeout=3) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _run(database: str, *arguments: str) -> Any:
    """A step in a process of its own: it sets Django up on that database, and may fork."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "YIWANG_DATABASE": database, "YIWANG_HOME": home}
        environment["DJANGO_SETTINGS_MODULE"] = "yiwang.portal.settings"
        command = [sys.executable, "-m", "bench.ledger_steps", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def throughput(*, seconds: float = 4, rounds: int = 3, writers: int = 8, server: str = SERVER) -> dict[str, float]:
    """Transactions/s of the same work with and without an entry (sealer running), by turns; and the sealing delay.

    The work, through the ORM: read a row, change it, insert a row of its history; commit is synchronous. (With
    bare SQL instead of the ORM, the least that work can be, the ratio was 0.62 to 0.64.)
    Keys: with_entry, without_entry (medians, transactions/s), ratio, delay_p50, delay_p99 (seconds from posting,
    commit included, to the commit of the seal), unsealed (must be 0).
    """
    try:
        with _database(server) as database:
            _run(database, "prepare")
            kinds = ("without", "with") * rounds
            turns = [(kind, _run(database, kind, str(seconds), str(writers))) for kind in kinds]
    except psycopg.OperationalError:
        return {}
    rate = {kind: statistics.median(turn["rate"] for one, turn in turns if one == kind) for kind in ("without", "with")}
    delays = sorted(delay for _, turn in turns for delay in turn["delays"])
    return {
        "with_entry": rate["with"],
        "without_entry": rate["without"],
        "ratio": rate["with"] / rate["without"],
        "delay_p50": delays[len(delays) // 2],
        "delay_p99": delays[int(len(delays) * 0.99)],
        "unsealed": sum(turn["unsealed"] for _, turn in turns),
    }


def verification(*, entries: int = 200_000, algorithm: str = "sha256", server: str = SERVER) -> dict[str, float]:
    """Entries verified per CPU-second: keys sqlite, postgresql (left out where no server answers)."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.sqlite3"
        found["sqlite"] = _run(f"sqlite:///{path}", "verify", str(entries), algorithm)["rate"]
    try:
        with _database(server) as database:
            found["postgresql"] = _run(database, "verify", str(entries), algorithm)["rate"]
    except psycopg.OperationalError:
        pass
    return found


def figures() -> dict[str, dict[str, float]]:
    """Everything, for the table of figures."""
    return {
        "throughput": throughput(),
        "verify_sha256": verification(),
        "verify_sm3": verification(algorithm="sm3"),
    }


if __name__ == "__main__":
    print(json.dumps(figures(), indent=1))
