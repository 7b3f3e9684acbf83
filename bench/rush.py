"""The month's end: workbooks of fifty rows handed in over HTTP at the pace of 10,000 in ten minutes, and other people's pages meanwhile.

`python -m bench.rush [workbooks [sqlite|postgresql]]`. Each workbook is another school's, sent by its own clerk, and comes at its own time whether the
server has answered those before or not: its seconds count from when it should have been sent. It is answered where the page of
its receipt has come. Fewer workbooks than 10,000 hold the same pace for a shorter time; the figures are then of that time.
"""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.importing import POSTGRES
from bench.serving import Connection, cpu, environment, free_port, running

WORKBOOKS, SECONDS, CLIENTS = 10_000, 600, 12
PACE = WORKBOOKS / SECONDS
#: How many are sent, one after the other, before the clock starts: each worker has read a workbook then.
WARM = 12
PAGES = ("/", "/reporting/", "/reporting/periods/{period}/", "/notices/", "/orgs/")


@dataclass
class Tally:
    """What was seen: seconds of each workbook and each page, the numbers of the receipts, what went wrong."""

    books: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    receipts: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)


def _step(env: dict[str, str], *words: str) -> Any:
    command = [sys.executable, "-m", "bench.rush_steps", *words]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return json.loads(done.stdout.splitlines()[-1])


def _form(path: str) -> tuple[bytes, str]:
    """A posted form with the file and the wish to hand it in."""
    mark = "rush-part"
    head = f'--{mark}\r\nContent-Disposition: form-data; name="submit"\r\n\r\n1\r\n--{mark}\r\n'
    head += 'Content-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\n'
    return head.encode() + Path(
        path
    ).read_bytes() + f"\r\n--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


def _send(connection: Connection, book: dict[str, Any], tally: Tally) -> None:
    """One workbook, and the page of its receipt."""
    connection.person(book["session"])
    answer = connection.post(f"/reporting/returns/{book['pk']}/upload/", *_form(book["file"]))
    page = connection.get(answer.location) if answer.status == 302 and answer.location else answer
    found = re.search(r"HZ\d{8}-\d{8}", page.body.decode())
    if page.status == 200 and found and "已报送" in page.body.decode():
        tally.receipts.add(found[0])
    else:
        tally.errors.append(f"{book['pk']}: {answer.status} {page.status}")


def _client(port: int, books: list[dict[str, Any]], start: float, first: int, tally: Tally) -> None:
    connection = Connection(port, "")
    for place in range(first, len(books), CLIENTS):
        at = start + place / PACE
        time.sleep(max(0, at - time.monotonic()))
        _send(connection, books[place], tally)
        tally.books.append(time.monotonic() - at)
    connection.close()


def _others(port: int, made: dict[str, Any], stop: threading.Event, tally: Tally) -> None:
    """Somebody who opens pages all the while, five a second."""
    connection, number = Connection(port, made["boss"]), 0
    while not stop.is_set():
        path, started = PAGES[number % len(PAGES)].format(period=made["period"]), time.monotonic()
        if (answer := connection.get(path)).status != 200:
            tally.errors.append(f"{path}: {answer.status}")
        tally.pages.append(time.monotonic() - started)
        number += 1
        stop.wait(0.2)
    connection.close()


def _load(port: int, made: dict[str, Any]) -> tuple[Tally, float]:
    tally, stop, start = Tally(), threading.Event(), time.monotonic()
    other = threading.Thread(target=_others, args=(port, made, stop, tally))
    clients = [
        threading.Thread(target=_client, args=(port, made["books"][WARM:], start, first, tally))
        for first in range(CLIENTS)
    ]
    for thread in (other, *clients):
        thread.start()
    for thread in clients:
        thread.join()
    elapsed = time.monotonic() - start
    stop.set()
    other.join()
    return tally, elapsed


def run(database: str, home: str, number: int) -> dict[str, Any]:
    """The rush on one database: seconds, p95 of the answers and of other pages, CPU of a workbook, what was lost."""
    env = environment(home, database)
    made = _step(env, "prepare", str(number + WARM), f"{home}/books")
    port, first = free_port(), Tally()
    command = [str(Path(sys.executable).with_name("yiwang")), "serve", "--port", str(port)]
    with running(command, port, env, patience=300) as server:
        connection = Connection(port, "")
        for book in made["books"][:WARM]:
            _send(connection, book, first)
        spent = cpu(server)
        tally, elapsed = _load(port, made)
        spent = cpu(server) - spent
    arrived = _step(env, "count")
    sent = number + WARM
    return {
        "workbooks": number,
        "seconds": elapsed,
        "minutes_scaled": elapsed / number * WORKBOOKS / 60,
        "answer_p95_ms": _p95(tally.books),
        "page_p95_ms": _p95(tally.pages),
        "cpu_ms": spent / number * 1000,
        "receipts": len(tally.receipts),
        "lost": sum(sent - arrived[key] for key in ("handed", "versions", "entries", "receipts")),
        "errors": len(tally.errors) + len(first.errors),
        "first": (first.errors + tally.errors)[:5],
    }


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)] * 1000


def _on_postgres(number: int) -> dict[str, Any]:
    """In a database made for it and dropped afterwards."""
    import psycopg

    name = "yiwang_bench_rush"
    with psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name}")
    try:
        with tempfile.TemporaryDirectory() as home:
            return run(f"{POSTGRES.rpartition('/')[0]}/{name}", home, number)
    finally:
        with psycopg.connect(POSTGRES, autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def rush(number: int = WORKBOOKS, databases: Sequence[str] = ("sqlite", "postgresql")) -> dict[str, dict[str, Any]]:
    """Both databases; PostgreSQL is left out where no server answers."""
    import psycopg

    found = {}
    if "sqlite" in databases:
        with tempfile.TemporaryDirectory() as home:
            found["sqlite"] = run(f"sqlite:///{home}/bench.sqlite3", home, number)
    if "postgresql" in databases:
        with contextlib.suppress(psycopg.OperationalError):
            found["postgresql"] = _on_postgres(number)
    return found


if __name__ == "__main__":
    size, which = int((sys.argv[1:] or [str(WORKBOOKS)])[0]), sys.argv[2:] or ["sqlite", "postgresql"]
    print(json.dumps(rush(size, which), indent=1, ensure_ascii=False))
