"""Where the processor time of the mixed load goes: the same mix in one process, without a server, by address.

`python -m bench.where [requests]` on a database that `bench.mixed_steps prepare` has made; the environment names it, and
`PEOPLE` is the file with what that command printed. `PROFILE=path` writes a profile as well.
"""

from __future__ import annotations

import cProfile
import io
import json
import os
import random
import re
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from bench.mixed import SHARES, _pick, _read
from bench.mixed_writes import write
from bench.serving import Answer, Connection


class Direct(Connection):
    """Asks the WSGI application itself."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.times: dict[str, list[float]] = defaultdict(list)
        self.profile: cProfile.Profile | None = None
        self.only = ""

    def _ask(self, request: bytes) -> Answer:
        head, _, body = request.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        method, target, _ = first.split(" ")
        path, _, query = target.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path.encode().decode("latin1"), "QUERY_STRING": query.encode().decode("latin1"),
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr,
            "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
        }  # fmt: skip
        for line in lines:
            name, _, value = line.partition(": ")
            key = name.upper().replace("-", "_")
            environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
        told: list[Any] = []
        name = ("" if method == "GET" else "POST ") + re.sub(r"/\d+/", "/#/", target)
        watch = self.profile if self.profile is not None and self.only in name else None
        started = time.process_time()
        if watch:
            watch.enable()
        answer = self.application(environ, lambda status, headers, *_: told.append((status, headers)))
        content = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        if watch:
            watch.disable()
        self.times[name].append(time.process_time() - started)
        status, headers = told[0]
        found = {name.lower(): value for name, value in headers}
        return Answer(int(status[:3]), found.get("location", ""), content)


def play(connection: Direct, people: list[dict[str, Any]], requests: int, seed: int = 1) -> list[str]:
    """So many requests of the mix; what went wrong."""
    rng, wrong = random.Random(seed), []
    while sum(map(len, connection.times.values())) < requests:
        person, kind = rng.choice(people), rng.choices(list(SHARES), list(SHARES.values()))[0]
        connection.person(person["session"])
        asked = _pick(rng, person, kind)
        said = write(connection, rng, asked) if kind == "write" else _read(connection, rng, asked)
        if said:
            wrong.append(f"{person['name']}: {said}")
    return wrong


def main() -> None:
    """Warm up, play, print."""
    from yiwang.portal.wsgi import application

    people = json.loads(Path(os.environ["PEOPLE"]).read_text().splitlines()[-1])
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    connection = Direct(application)
    play(connection, people, requests // 3, seed=0)
    connection.times.clear()
    if path := os.environ.get("PROFILE"):
        connection.profile, connection.only = cProfile.Profile(), os.environ.get("ONLY", "")
    wrong = play(connection, people, requests)
    total = sum(map(sum, connection.times.values()))
    count = sum(map(len, connection.times.values()))
    print(f"{count} requests, {total / count * 1000:.1f} ms each; wrong: {len(wrong)} {wrong[:3]}")
    for name, some in sorted(connection.times.items(), key=lambda one: -sum(one[1]))[:45]:
        print(
            f"{sum(some) / total:6.1%} {len(some):5} × {sum(some) / len(some) * 1000:7.1f} ms  max {max(some) * 1000:6.0f}  {name}"
        )
    if connection.profile:
        connection.profile.dump_stats(str(path))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    main()
