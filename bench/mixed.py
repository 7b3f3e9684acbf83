"""A working day's mix on the demo province: 70 % pages, 20 % lists and exports, 10 % writes, on both databases.

The portal runs as a user starts it (`yiwang serve`: two web workers, the tasks worker, the sealer on PostgreSQL). The
persons have the roles of the demo and a session each; eight clients take turns among them. A write is what the form
would send, the form fetched first; every request counts for itself. Nothing but a 2xx or 3xx answer counts as an
answer. Memory is what the processes hold alone, after the warm-up and at the end.

A browser opens a new connection now and then, and so do the clients: whichever worker is ready first takes all that are
opened at once, and kept connections stay with it. Then the other one loaded its pages (50 MB) only when the measure had
begun, and looked like a leak. The warm-up is over when every worker has worked.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from bench.importing import POSTGRES
from bench.mixed_writes import write
from bench.serving import Answer, Connection, cpu, environment, free_port, memory, running, workers

CLIENTS, WARM = 8, 90.0  # seconds: every thread of every worker has had every page
#: Steps of a person's work on one connection.
KEPT = 40
#: Processor seconds that a worker has spent when it has had every page.
WARMED = 5.0
#: Exports of one person in a minute; beyond 30 the portal refuses, and rightly so.
EXPORTS = 20
SHARES = {"page": 0.7, "list": 0.2, "write": 0.1}


@dataclass
class Tally:
    """What one client saw: seconds by address, every request for itself, how many writes, and what went wrong."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    writes: int = 0
    errors: list[str] = field(default_factory=list)


class _Watched(Connection):
    """A connection that tells how long each answer took."""

    def __init__(self, port: int, tally: Tally) -> None:
        super().__init__(port, "")
        self.tally = tally

    def _ask(self, request: bytes) -> Answer:
        started = time.monotonic()
        answer = super()._ask(request)
        method, path = request[:200].decode().split(" ")[:2]
        name = re.sub(r"/\d+/", "/#/", path) if method == "GET" else f"POST {re.sub(r'/[0-9]+/', '/#/', path)}"
        self.tally.times[name].append(time.monotonic() - started)
        return answer


def _step(env: dict[str, str], name: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "bench.mixed_steps", name], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return json.loads(done.stdout.splitlines()[-1])


def prepared(env: dict[str, str]) -> list[dict[str, Any]]:
    """The demo province in the database of `env`, and its people."""
    found: list[dict[str, Any]] = _step(env, "prepare")
    return found


def _client(port: int, people: list[dict[str, Any]], until: float, tally: Tally, seed: int) -> None:
    """Some persons who take turns: a browser each, on one kept connection."""
    rng, connection, steps = random.Random(seed), _Watched(port, tally), 0
    try:
        while time.monotonic() < until:
            steps += 1
            if steps % KEPT == 0:
                connection.close()
                connection = _Watched(port, tally)
            person, kind = rng.choice(people), rng.choices(list(SHARES), list(SHARES.values()))[0]
            connection.person(person["session"])
            asked = _pick(rng, person, kind)
            wrong = write(connection, rng, asked) if kind == "write" else _read(connection, rng, asked)
            tally.writes += kind == "write"
            if wrong:
                tally.errors.append(f"{person['name']}: {wrong}")
    finally:
        connection.close()


def _pick(rng: random.Random, person: dict[str, Any], kind: str) -> Any:
    """What the person does next; who has exported much lately looks at lists."""
    asked = rng.choice(person[kind])
    if kind != "list" or "." not in str(asked):
        return asked
    now, lately = time.monotonic(), person.setdefault("exported", deque(maxlen=EXPORTS))
    if len(lately) == EXPORTS and now - lately[0] < 60:
        return rng.choice([one for one in person[kind] if "." not in str(one)])
    lately.append(now)
    return asked


def _read(connection: Connection, rng: random.Random, page: str | dict[str, Any]) -> str:
    path = page if isinstance(page, str) else str(page["path"]).format(pk=rng.choice(page["pks"]))
    answer = connection.get(path)
    return "" if answer.status in (200, 302) else f"{path}: {answer.status}"


def _load(port: int, people: list[dict[str, Any]], seconds: float) -> list[Tally]:
    until = time.monotonic() + seconds
    tallies = [Tally() for _ in range(CLIENTS)]
    threads = [
        threading.Thread(target=_client, args=(port, people[number::CLIENTS], until, tallies[number], number))
        for number in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tallies


def _warmed(server: psutil.Process, port: int, people: list[dict[str, Any]], seconds: float) -> None:
    """Load until every web worker has worked, three times as long at the most. RuntimeError if one does not."""
    idle = [0.0]
    begun = {one.pid: _spent(one) for one in workers(server)}
    for _ in range(3):
        _load(port, people, seconds)
        idle = [_spent(one) - begun.get(one.pid, 0.0) for one in workers(server)]
        if idle and min(idle) >= min(WARMED, seconds / 10):
            return
    raise RuntimeError(f"a web worker has had no work: {idle} s of the processor")


def _spent(one: psutil.Process) -> float:
    times = one.cpu_times()
    return float(times.user + times.system)


def run(database: str, home: str, seconds: float) -> dict[str, Any]:
    """The mix on one database: requests a second, p95 in ms, errors, growth of memory as a share."""
    env = environment(home, database)
    people = prepared(env)
    port = free_port()
    command = [str(Path(sys.executable).with_name("yiwang")), "serve", "--port", str(port)]
    with running(command, port, env) as server:
        _warmed(server, port, people, min(WARM, seconds))
        before, spent, started = memory(server), cpu(server), time.monotonic()
        tallies = _load(port, people, seconds)
        elapsed, after, spent = time.monotonic() - started, memory(server), cpu(server) - spent
    by_name: dict[str, list[float]] = defaultdict(list)
    for tally in tallies:
        for name, some in tally.times.items():
            by_name[name] += some
    times = sorted(one for some in by_name.values() for one in some)
    errors = [error for tally in tallies for error in tally.errors]
    return {
        "per_s": len(times) / elapsed,
        "p95_ms": _p95(times),
        "cpu_ms": spent / len(times) * 1000,
        "errors": len(errors),
        "first": errors[:5],
        "writes": sum(tally.writes for tally in tallies),
        "memory_mb": after,
        "was_mb": before,
        "growth": after / before - 1,
        "slowest": dict(
            sorted(((name, round(_p95(sorted(some)))) for name, some in by_name.items()), key=lambda one: -one[1])[:8]
        ),
    }


def _p95(times: list[float]) -> float:
    """Milliseconds; `times` are sorted seconds."""
    return times[int(len(times) * 0.95)] * 1000


def figures(seconds: float = 300) -> dict[str, dict[str, Any]]:
    """Both databases; PostgreSQL is left out where no server answers."""
    import psycopg

    with tempfile.TemporaryDirectory() as home:
        found = {"sqlite": run(f"sqlite:///{home}/bench.sqlite3", home, seconds)}
    name = "yiwang_bench_mixed"
    try:
        with psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3) as server:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {name}")
    except psycopg.OperationalError:
        return found
    try:
        with tempfile.TemporaryDirectory() as home:
            found["postgresql"] = run(f"{POSTGRES.rpartition('/')[0]}/{name}", home, seconds)
    finally:
        with psycopg.connect(POSTGRES, autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    return found


if __name__ == "__main__":
    print(json.dumps(figures(float(sys.argv[1]) if len(sys.argv) > 1 else 300), indent=1, ensure_ascii=False))
