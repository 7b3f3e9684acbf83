"""Numbers under 32 clients: none twice, none left out; without the lock the race shows."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection

from tests.programs import Programs
from yiwang.core.papers import actions
from yiwang.core.papers.models import Paper
from yiwang.core.papers.tests.conftest import Office
from yiwang.core.papers.tests.race import CLIENTS, EACH

pytestmark = pytest.mark.slow
ALL = list(range(1, CLIENTS * EACH + 1))


def test_f17_numbers_without_twin_or_gap_on_sqlite(on_sqlite: Programs) -> None:
    assert on_sqlite("yiwang.core.papers.tests.race") == ALL


def _race(office: Office) -> int:
    """Every client issues some papers at once; how many were refused by the database."""
    barrier, broken, access = Barrier(CLIENTS), [0], office.world.access()

    def client() -> None:
        try:
            barrier.wait(30)
            for _ in range(EACH):
                try:
                    office.issue(access)
                except IntegrityError:
                    broken[0] += 1
        finally:
            connection.close()

    threads = [Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return broken[0]


@pytest.fixture
def postgresql() -> None:
    """Threads with connections of their own."""
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_f17_numbers_without_twin_or_gap_on_postgresql(postgresql: None, office: Office) -> None:
    assert _race(office) == 0
    assert sorted(Paper.objects.values_list("number", flat=True)) == ALL


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_control_without_the_lock_collides(
    postgresql: None, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Count, add one, write: the constraint catches what the lock would have prevented."""

    def careless(kind: str, year: int) -> int:
        return Paper.objects.filter(kind=kind, year=year).count() + 1

    monkeypatch.setattr(actions, "_next", careless)
    assert _race(office) > 0
