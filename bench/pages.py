"""The list of 200,000 rooms: requests a second, CPU a page, p95 at 8 connections, queries and size. SQLite, 2 workers."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from bench.serving import Connection, cpu, environment, free_port, running

PAGES = ["/r/offices/room/", "/r/offices/room/?kind=OFFICE", "/r/offices/room/?state=IN_USE"]
SEARCH = "/r/offices/room/?q=0012"  # a scan of 200,000 numbers for a part of one


def _environment(home: str) -> dict[str, str]:
    return environment(home, f"sqlite:///{home}/bench.sqlite3")


def _step(home: str, *arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.pages_steps", *arguments]
    done = subprocess.run(command, env=_environment(home), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def _serve(port: int) -> list[str]:
    command = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--workers", "2"]
    return [*command, "--host", "127.0.0.1", "--port", str(port), "--no-access-log", "yiwang.portal.wsgi:application"]


def _client(port: int, session: str, until: float, times: list[float], number: int) -> None:
    connection = Connection(port, session)
    while time.monotonic() < until:
        page = PAGES[number % len(PAGES)]
        number += 1
        started = time.monotonic()
        answer = connection.get(page)
        if answer.status != 200:
            raise RuntimeError(f"{page}: {answer.status}")
        times.append(time.monotonic() - started)
    connection.close()


def pages(seconds: float = 12, clients: int = 8) -> dict[str, float]:
    """Measure the list pages under `clients` connections."""
    with tempfile.TemporaryDirectory() as home:
        session = str(_step(home, "prepare")["session"])
        shape = _step(home, "queries", PAGES[0], session)
        port = free_port()
        with running(_serve(port), port, _environment(home)) as server:
            search = _search(port, session)
            _load(port, session, 2, clients)
            before, started = cpu(server), time.monotonic()
            times = _load(port, session, seconds, clients)
            spent, elapsed = cpu(server) - before, time.monotonic() - started
    times.sort()
    rate = {
        "per_s": len(times) / elapsed,
        "cpu_ms": spent / len(times) * 1000,
        "p95_ms": times[int(len(times) * 0.95)] * 1000,
    }
    return rate | shape | {"search_ms": search}


def _search(port: int, session: str) -> float:
    """Milliseconds of a search, the median of five, one at a time."""
    times, connection = [], Connection(port, session)
    for _ in range(5):
        started = time.monotonic()
        connection.get(SEARCH)
        times.append((time.monotonic() - started) * 1000)
    connection.close()
    return sorted(times)[2]


def _load(port: int, session: str, seconds: float, clients: int) -> list[float]:
    found: list[list[float]] = [[] for _ in range(clients)]
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=_client, args=(port, session, until, found[n], n)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [each for part in found for each in part]


if __name__ == "__main__":
    print(json.dumps(pages()))
