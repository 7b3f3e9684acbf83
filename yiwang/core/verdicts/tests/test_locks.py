"""PostgreSQL: two who save the same subject at once make one finding; other subjects do not wait."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, connections, transaction

from yiwang.core.verdicts import sync as module
from yiwang.core.verdicts.models import Finding
from yiwang.core.verdicts.sync import sync
from yiwang.core.verdicts.tests.helpers import DATASET, ON, Register, World

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer")


def beside(work: Any) -> threading.Thread:
    """Run in another connection."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def run(*subjects: str) -> Any:
    return sync(dataset=DATASET, subjects=list(subjects) or None, on=ON, actor="system")


@pytest.mark.parametrize("other", [["1:1"], []], ids=["the same subject", "everything"])
def test_the_second_waits_and_finds_it_done(other: list[str], register: Register, world: World) -> None:
    register.hold("1:1", world.ours, 30)
    done: list[Any] = []
    with transaction.atomic():
        assert run("1:1").opened == 1
        thread = beside(lambda: done.append(run(*other)))
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(10)
    assert done[0].opened == 0
    assert Finding.objects.count() == 1


def test_other_subjects_do_not_wait(register: Register, world: World) -> None:
    register.hold("1:1", world.ours, 30)
    register.hold("2:1", world.ours, 30)
    with transaction.atomic():
        run("1:1")
        thread = beside(lambda: run("2:1"))
        thread.join(10)
        assert not thread.is_alive()
    assert Finding.objects.count() == 2


def test_many_subjects_take_one_lock(register: Register, world: World) -> None:
    subjects = [f"{number}:1" for number in range(module._FINE + 1)]
    with transaction.atomic(), connection.cursor() as cursor:
        run(*subjects)
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert cursor.fetchone()[0] == 1
