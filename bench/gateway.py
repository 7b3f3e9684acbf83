"""The vehicle gateway: parser, server against an echo on the same loop, a fleet, storage, one car's day.

`python -m bench.gateway [parser|throughput|fleet|storage|day] …` prints JSON. What needs a server of PostgreSQL takes the one
of YIWANG_TEST_PG or the local one. The load runs on the same machine: what is compared is processor time of the server.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from bench.ledger import SERVER, _database
from yiwang.areas.vehicles.gateway import location, wire
from yiwang.areas.vehicles.gateway.tests.drill import Server, fix

FRAMES = 200_000


def parser() -> dict[str, float]:
    """Frames per CPU-s from bytes to numbers: cut, unescape, check, read; 2013 and 2019, ten and one frames a piece."""
    some = [fix(1_780_000_000 + n, latitude=25_046_800 + n * 37) for n in range(100)]
    found = {}
    for name, version, many in (("2013", 0, 10), ("2019", 1, 10), ("2013, one at a time", 0, 1)):
        frames = [
            wire.pack(0x0200, "13900000001", n, location.write(one), version=version) for n, one in enumerate(some)
        ]
        pieces = [b"".join(frames[n : n + many]) for n in range(0, len(frames), many)]
        splitter, start, count = wire.Splitter(), wire.LONG if version else wire.SHORT, 0
        began = time.process_time()
        for _ in range(FRAMES // len(frames)):
            for piece in pieces:
                for chunk in splitter.feed(piece):
                    if chunk:
                        raw = wire.unescape(chunk)
                        assert not wire.checksum(raw)
                        assert location.read(raw, start, len(raw) - 1)
                        count += 1
        found[name] = count / (time.process_time() - began)
    return found


@contextmanager
def _served(terminals: int, server: str = SERVER) -> Iterator[Server]:
    with _database(server) as database, tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "YIWANG_DATABASE": database, "YIWANG_HOME": home}
        migrate = "from yiwang.cli import main; main()"
        subprocess.run([sys.executable, "-c", migrate, "manage", "migrate", "-v", "0"], env=environment, check=True)
        one = Server(database, home, terminals=terminals)
        try:
            yield one
        finally:
            one.kill()


@contextmanager
def _echo() -> Iterator[tuple[int, int]]:
    """Process and port."""
    command = [sys.executable, "-m", "bench.gateway_steps", "echo"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.pid, int(process.stdout.readline())
        process.kill()


def _cpu(pid: int) -> float:
    """Seconds of processor time that a process has used, all its threads."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _load(pid: int, *arguments: object) -> dict[str, Any]:
    """A load from a process of its own; what it found, with the processor time that the server used meanwhile."""
    command = [sys.executable, "-m", "bench.gateway_steps", *map(str, arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        if arguments[0] == "window":
            process.stdout.readline()
        before = _cpu(pid)
        process.stdin.write("\n")
        process.stdin.close()
        answer = json.loads(process.stdout.readline())
        return {**answer, "cpu": _cpu(pid) - before}


def throughput(*, connections: int = 2000, frames: int = 60_000, rounds: int = 3) -> dict[str, float]:
    """Frames per CPU-s, one under way on each connection: gateway (committed before it answers) and echo, by turns."""
    gateway, echo = [], []
    with _served(connections) as served, _echo() as (pid, port):
        for _ in range(rounds):
            one = _load(pid, "window", port, connections, frames)
            echo.append(one["frames"] / one["cpu"])
            one = _load(served.process.pid, "window", served.port, connections, frames)
            gateway.append(one["frames"] / one["cpu"])
        stored = served.rows("SELECT count(*) FROM vehicles_point")[0][0]
    assert stored > 0
    best = {"gateway": max(gateway), "echo": max(echo)}
    return {**best, "ratio": best["gateway"] / best["echo"], "stored": stored}


def fleet(*, connections: int = 5000, rate: float = 1000, seconds: float = 30) -> dict[str, Any]:
    """So many connections, messages a second in all, one in ten broken, all of them reconnecting once at half time."""
    with _echo() as (pid, port):
        plain = _load(pid, "fleet", port, connections, rate, seconds)
    with _served(connections) as served:
        found = _load(served.process.pid, "fleet", served.port, connections, rate, seconds)
        with open(f"/proc/{served.process.pid}/status", encoding="ascii") as status:
            memory = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
        stored = dict(served.rows(
            "SELECT phone, count(*) FROM vehicles_point JOIN vehicles_terminal ON vehicle = vehicle_id GROUP BY 1"
        ))  # fmt: skip
        counts = dict(served.rows("SELECT kind, sum(count)::int FROM vehicles_gatewaycount GROUP BY 1"))
    lost = sum(max(0, sent - stored.get(f"1390{n:07}", 0)) for n, sent in enumerate(found.pop("reports")))
    plain.pop("reports")
    return {
        "lost": lost, "gateway": found, "echo": plain, "p99_ratio": found["p99"] / plain["p99"], "memory_mb": memory,
        "counts": counts,
    }  # fmt: skip


def storage(*, points: int = 1_000_000, batch: int = 20_000, cars: int = 40_000) -> dict[str, float]:
    """Points a second of a fleet that reports in turn, through the gateway's own sink, into PostgreSQL; wall clock."""
    return _step("storage", points, batch, cars)


def day(*, points: int = 10_000_000, cars: int = 4000) -> dict[str, float]:
    """One car's day out of so many points of one day's fleet, interleaved as they come in: ms, median and worst of 40."""
    return _step("day", points, cars)


def _step(*arguments: object) -> dict[str, Any]:
    with _database(SERVER) as database, tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "YIWANG_DATABASE": database, "YIWANG_HOME": home}
        environment["DJANGO_SETTINGS_MODULE"] = "yiwang.portal.settings"
        command = [sys.executable, "-m", "bench.gateway_storage", *map(str, arguments)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def available() -> bool:
    """Whether a PostgreSQL answers."""
    try:
        psycopg.connect(SERVER, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "parser": parser, "throughput": throughput, "fleet": fleet, "storage": storage, "day": day,
}  # fmt: skip

if __name__ == "__main__":
    print(json.dumps({name: PARTS[name]() for name in sys.argv[1:] or PARTS}, indent=1))
