"""A gateway of its own process on a database of its own, and terminals that talk to it.

`python -m yiwang.areas.vehicles.gateway.tests.drill COUNT` enters COUNT terminals into the database of YIWANG_DATABASE, if
there are none, and serves on a free port of this machine, which it prints.
"""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg

from yiwang.areas.vehicles.gateway import bodies, wire
from yiwang.areas.vehicles.gateway.location import FIXED, Fix, write

PATIENCE = 60.0
#: Terminals that hang up after the test (`conftest`).
OPEN: list[Terminal] = []


def phone_of(number: int) -> str:
    """Of the n-th terminal (from 0)."""
    return f"1390{number:07}"


def fix(at: int, **more: Any) -> Fix:
    """A good position at the capital of the demo province."""
    plain = Fix(at, 25_046_800, 102_712_300, 1890, 360, 90, 0, FIXED, 123_456, 400, b"\x30\x01\x1f")
    return plain._replace(**more)


class Terminal:
    """A terminal: sends frames, collects answers."""

    def __init__(self, port: int, phone: str, *, version: int = 0) -> None:
        self.phone, self.version, self.sequence = phone, version, 0
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        OPEN.append(self)
        self.splitter = wire.Splitter()
        self.waiting: list[tuple[wire.Header, bytes]] = []

    def frame(self, message: int, body: bytes = b"", phone: str = "") -> bytes:
        """The next frame."""
        self.sequence += 1
        return wire.pack(message, phone or self.phone, self.sequence, body, version=self.version)

    def send(self, *frames: bytes) -> None:
        """Onto the wire, in one piece."""
        self.socket.sendall(b"".join(frames))

    def answer(self) -> tuple[wire.Header, bytes]:
        """The next message of the gateway; EOFError when it closes."""
        while not self.waiting:
            data = self.socket.recv(65_536)
            if not data:
                raise EOFError
            for chunk in self.splitter.feed(data):
                if chunk:
                    raw = wire.unescape(chunk)
                    header = wire.head(raw)
                    self.waiting.append((header, raw[header.size : -1]))
        return self.waiting.pop(0)

    def replies(self, count: int) -> list[bodies.Reply]:
        """The next general replies."""
        found: list[bodies.Reply] = []
        while len(found) < count:
            header, body = self.answer()
            if header.message == bodies.REPLY:
                found.append(bodies.reply(body))
        return found

    def ask(self, message: int, body: bytes = b"", phone: str = "") -> int:
        """Send one and give the result of its reply."""
        self.send(self.frame(message, body, phone))
        (reply,) = self.replies(1)
        assert (reply.sequence, reply.message) == (self.sequence, message)
        return reply.result

    def report(self, *fixes: Fix) -> list[int]:
        """One frame a position, at once; the results."""
        self.send(*(self.frame(bodies.LOCATION, write(one)) for one in fixes))
        return [one.result for one in self.replies(len(fixes))]

    def register(self, device: str, plate: str = "") -> tuple[int, str]:
        """Result and code."""
        asked = bodies.Registration(99, 101, "YW", "M1", device, 1 if plate else 0, plate)
        self.send(self.frame(bodies.REGISTER, bodies.write_registration(asked, self.version)))
        header, body = self.answer()
        assert header.message == bodies.REGISTER_REPLY
        return bodies.register_reply(body)[1:]

    def log_in(self, code: str) -> int:
        """Result of the authentication."""
        return self.ask(bodies.AUTHENTICATE, bodies.write_credential(bodies.Credential(code), self.version))

    def close(self) -> None:
        """Hang up."""
        self.socket.close()


class Server:
    """The gateway's process."""

    def __init__(self, database: str, home: str, *, terminals: int = 20, **settings: str) -> None:
        self.database = database
        environment = {**os.environ, "YIWANG_DATABASE": database, "YIWANG_HOME": home, **settings}
        environment["DJANGO_SETTINGS_MODULE"] = "yiwang.portal.settings"
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(terminals)], env=environment, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def kill(self) -> None:
        """As the power would."""
        self.process.kill()
        self._wait()

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self._wait()

    def _wait(self) -> int:
        assert self.process.stdout is not None
        self.process.stdout.close()
        return self.process.wait(PATIENCE)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What is in the database."""
        return rows(self.database, sql)

    def until(self, sql: str, wanted: Any) -> None:
        """Wait until the first cell is that: what the gateway does now and then."""
        end = time.monotonic() + PATIENCE
        while self.rows(sql)[0][0] != wanted:
            assert time.monotonic() < end, (sql, self.rows(sql))
            time.sleep(0.05)


def rows(database: str, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a query, past Django."""
    if database.startswith("sqlite"):
        with sqlite3.connect(urlsplit(database).path, timeout=PATIENCE) as connection:
            return connection.execute(sql).fetchall()
    with psycopg.connect(database) as postgres:
        return postgres.execute(sql).fetchall()


@contextmanager
def locked(database: str) -> Iterator[None]:
    """Nobody else writes points meanwhile."""
    if database.startswith("sqlite"):
        connection = sqlite3.connect(urlsplit(database).path, isolation_level=None, timeout=PATIENCE)
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
        connection.close()
    else:
        with psycopg.connect(database) as postgres:
            postgres.execute("LOCK TABLE vehicles_point IN ACCESS EXCLUSIVE MODE")
            yield


def enter(count: int) -> None:
    """Terminals with their cars; the n-th has the code c<n>."""
    from django.db import transaction

    from yiwang.areas.vehicles.gateway.book import digest
    from yiwang.areas.vehicles.models import Terminal as Row
    from yiwang.areas.vehicles.models import Vehicle
    from yiwang.core.orgs import factories as orgs

    with transaction.atomic():
        organ = orgs.organ("青河县财政局")
        cars = [
            Vehicle(organ=organ, plate=f"示T{number:05}", sort_key=f"{number}", use="EMERGENCY", body="SEDAN")
            for number in range(count)
        ]
        for car in cars:
            car.place()
        Vehicle.objects.bulk_create(cars)
        rows = [
            Row(organ=organ, phone=phone_of(number), vehicle=car, auth_code=digest(f"c{number}"))
            for number, car in enumerate(cars)
        ]
        for row in rows:
            row.place()
        Row.objects.bulk_create(rows)


def main(arguments: Sequence[str]) -> None:
    """Enter and serve."""
    import django

    django.setup()
    import uvloop
    from django.conf import settings

    from yiwang.areas.vehicles.gateway.server import Plan, serve
    from yiwang.areas.vehicles.models import Terminal as Row

    if not Row.objects.exists():
        enter(int(arguments[0]))
    plan = Plan(
        host="127.0.0.1", port=0, after_commit=settings.GATEWAY_AFTER_COMMIT, linger=settings.GATEWAY_LINGER_MS / 1000,
        most=settings.GATEWAY_WAITING,
    )  # fmt: skip
    uvloop.run(serve(plan, lambda gateway: print(gateway.port, flush=True)))


if __name__ == "__main__":
    main(sys.argv[1:])
