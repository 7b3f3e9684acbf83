"""My desk with 10,000 open cases: 50 users who each open it every two seconds; p95, CPU a page, queries. SQLite, 2 workers."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from bench.serving import Connection, cpu, environment, free_port, running

#: Seconds between two looks of one user.
PACE = 2.0
PAGES = ("/desk/", "/desk/?box=mine", "/desk/?box=done", "/desk/")


def _environment(home: str) -> dict[str, str]:
    return environment(home, f"sqlite:///{home}/bench.sqlite3") | {"YIWANG_SECOND_FACTOR": "0"}  # nobody types codes


def _step(home: str, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.desk_steps", *arguments]
    done = subprocess.run(command, env=_environment(home), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _serve(port: int) -> list[str]:
    command = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--workers", "2"]
    return [*command, "--host", "127.0.0.1", "--port", str(port), "--no-access-log", "yiwang.portal.wsgi:application"]


def _user(port: int, session: str, number: int, users: int, until: float, times: list[float]) -> None:
    """One user: looks at his desk, reads, looks again; they do not start together."""
    connection = Connection(port, session)
    at, turn = time.monotonic() + PACE * number / users, number
    while (now := time.monotonic()) < until:
        if at > now:
            time.sleep(at - now)
        page = PAGES[turn % len(PAGES)]
        turn, at, started = turn + 1, at + PACE, time.monotonic()
        answer = connection.get(page)
        if answer.status != 200:
            raise RuntimeError(f"{page}: {answer.status}")
        times.append(time.monotonic() - started)
    connection.close()


def _load(port: int, sessions: list[str], seconds: float) -> list[float]:
    found: list[list[float]] = [[] for _ in sessions]
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_user, args=(port, session, number, len(sessions), until, found[number]))
        for number, session in enumerate(sessions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [each for part in found for each in part]


def desk(seconds: float = 12) -> dict[str, float]:
    """Measure the desk."""
    with tempfile.TemporaryDirectory() as home:
        sessions = list(_step(home, "prepare")["sessions"])
        shape = _step(home, "queries", PAGES[0], sessions[0])
        port = free_port()
        with running(_serve(port), port, _environment(home)) as server:
            _load(port, sessions, 3)
            before, started = cpu(server), time.monotonic()
            times = sorted(_load(port, sessions, seconds))
            spent, elapsed = cpu(server) - before, time.monotonic() - started
    return {
        "per_s": len(times) / elapsed,
        "cpu_ms": spent / len(times) * 1000,
        "p50_ms": times[len(times) // 2] * 1000,
        "p95_ms": times[int(len(times) * 0.95)] * 1000,
        **{key: float(value) for key, value in shape.items()},
    }


if __name__ == "__main__":
    print(json.dumps(desk()))
