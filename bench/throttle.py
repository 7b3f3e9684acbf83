"""One person asks for 200 exports a minute: he is refused beyond 30, and what the others wait for their pages stays (A07).

The same two persons look at pages with and without him beside them, in turns, so that a busy machine weighs on both alike.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median
from typing import Any

from bench.mixed import _p95, prepared
from bench.serving import Connection, environment, free_port, running

EXPORT, EVERY = "/r/vehicles/vehicle.csv", 60 / 200
PAGES = ("/desk/", "/r/offices/room/", "/findings/")


def _looking(port: int, session: str, until: float, times: list[float]) -> None:
    connection, number = Connection(port, session), 0
    while time.monotonic() < until:
        started = time.monotonic()
        connection.get(PAGES[number % len(PAGES)])
        times.append(time.monotonic() - started)
        number += 1
        time.sleep(0.02)
    connection.close()


def _asking(port: int, session: str, until: float, said: list[int]) -> None:
    connection = Connection(port, session)
    while (now := time.monotonic()) < until:
        said.append(connection.get(EXPORT).status)
        time.sleep(max(0.0, EVERY - (time.monotonic() - now)))
    connection.close()


def _turn(port: int, others: list[str], greedy: str, seconds: float, said: list[int]) -> float:
    """p95 in ms of the others over some seconds; `greedy`: the session of who exports meanwhile, "" for nobody."""
    until, times = time.monotonic() + seconds, list[float]()
    threads = [threading.Thread(target=_looking, args=(port, one, until, times)) for one in others]
    if greedy:
        threads.append(threading.Thread(target=_asking, args=(port, greedy, until, said)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return _p95(sorted(times))


def throttle(turns: int = 4, seconds: float = 20) -> dict[str, Any]:
    """Exports answered and refused, p95 of the others alone and beside him, and the median ratio of the turns."""
    said: list[int] = []
    with tempfile.TemporaryDirectory() as home:
        env = environment(home, f"sqlite:///{home}/bench.sqlite3")
        people = {one["name"]: one["session"] for one in prepared(env)}
        others = [people["county-clerk"], people["county-manager"]]
        port = free_port()
        command = [str(Path(sys.executable).with_name("yiwang")), "serve", "--port", str(port)]
        with running(command, port, env):
            _turn(port, others, "", 5, [])
            _turn(port, [], people["province-clerk"], 15, said)  # he spends what he may have in the minute
            pairs = []
            for _ in range(turns):
                alone = _turn(port, others, "", seconds, [])
                pairs.append((alone, _turn(port, others, people["province-clerk"], seconds, said)))
    return {
        "exports": said.count(200),
        "refused": said.count(429),
        "alone_ms": median(one for one, _ in pairs),
        "beside_ms": median(one for _, one in pairs),
        "ratio": median(beside / alone for alone, beside in pairs),
    }


if __name__ == "__main__":
    print(json.dumps(throttle(), indent=1))
