"""Databases for gateways of their own process."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection

from yiwang.areas.vehicles.gateway.tests.drill import OPEN, Server

_numbers = count(1)


@pytest.fixture(scope="session")
def empty(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Callable[[], str]]:
    """Makes empty databases: addresses. They are copies of a copy of the test database, which takes no migration.

    The first copy is made before any test has begun its transaction. Tests that use it are marked `django_db`.
    """
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock():
            connection.close()
        yield from _postgres(str(connection.settings_dict["NAME"]))
        return
    folder = tmp_path_factory.mktemp("gateway")
    first = folder / "0.sqlite3"
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(first)])

    def copy() -> str:
        path = folder / f"{next(_numbers)}.sqlite3"
        shutil.copyfile(first, path)
        return f"sqlite:///{path}"

    yield copy  # noqa: PT022 (the other way has something to tear down)


def _postgres(origin: str) -> Iterator[Callable[[], str]]:
    with psycopg.connect(_address("postgres"), autocommit=True) as server:
        made: list[str] = []

        def copy(source: str) -> str:
            name = f"{origin}_gateway_{next(_numbers)}"
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
            made.append(name)
            return name

        first = copy(origin)
        yield lambda: _address(copy(first))
        for name in made:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _address(name: str) -> str:
    found = connection.settings_dict
    password = f":{quote(found['PASSWORD'])}" if found["PASSWORD"] else ""
    return f"postgresql://{found['USER']}{password}@{found['HOST']}:{found['PORT'] or 5432}/{name}"


@pytest.fixture(scope="module")
def server(empty: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One gateway for a module; it ends in order."""
    home: Path = tmp_path_factory.mktemp("home")
    one = Server(empty(), str(home))
    yield one
    assert one.stop() == 0


@pytest.fixture
def start(empty: Callable[[], str], tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts gateways, each on an empty database; none outlives the test."""
    started: list[Server] = []

    def begin(terminals: int, **settings: str) -> Server:
        started.append(Server(empty(), str(tmp_path), terminals=terminals, **settings))
        return started[-1]

    yield begin
    for one in started:
        one.kill()


@pytest.fixture(autouse=True)
def _hang_up() -> Iterator[None]:
    """No terminal stays on the line after its test."""
    yield
    while OPEN:
        OPEN.pop().close()
