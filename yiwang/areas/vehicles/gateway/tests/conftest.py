"""Databases for gateways of their own process."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from django.db import connection

from tests.programs import postgresql_database
from yiwang.areas.vehicles.gateway.tests.drill import OPEN, Server

_numbers = count(1)


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Makes empty databases: addresses. They are copies of the tests' template, which take no migration.

    Tests that use it are marked `django_db`.
    """
    if connection.vendor == "postgresql":
        template: str = request.getfixturevalue("postgresql_template")
        with ExitStack() as made:
            yield lambda: made.enter_context(postgresql_database(template))
        return
    first: Path = request.getfixturevalue("sqlite_template")
    folder = tmp_path_factory.mktemp("gateway")

    def copy() -> str:
        path = folder / f"{next(_numbers)}.sqlite3"
        shutil.copyfile(first, path)
        return f"sqlite:///{path}"

    yield copy


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
