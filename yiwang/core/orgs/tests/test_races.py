"""Two acts at once. SQLite has one writer; on PostgreSQL the locks must hold."""

from __future__ import annotations

from datetime import date
from threading import Event

import pytest
from django.db import connection, transaction

from yiwang.core.orgs import actions, factories
from yiwang.core.orgs.ancestors import misplaced
from yiwang.core.orgs.models import Organ, Person
from yiwang.core.orgs.tree import ancestors_as_of
from yiwang.kit.refusal import Refusal
from yiwang.kit.tests.clients import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ON, TODAY = date(2020, 1, 1), date(2026, 1, 1)


@pytest.fixture(autouse=True)
def postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")


def test_two_transfers_cannot_close_a_ring() -> None:
    """甲 below 乙 and 乙 below 甲: one of them comes too late, whichever."""
    for number in range(5):
        root = factories.organ(f"根{number}")
        a, b = factories.organ("甲", root), factories.organ("乙", root)
        refused: list[str] = []

        def move(organ: Organ, superior: Organ, refused: list[str] = refused) -> None:
            try:
                actions.transfer(actor="", organ=organ, superior=superior, on=ON, today=TODAY)
            except Refusal as refusal:
                refused.append(refusal.code)

        together([lambda a=a, b=b: move(a, b), lambda a=a, b=b: move(b, a)])  # type: ignore[misc]
        assert refused == ["organ.ring"]
        assert {len(ancestors_as_of(organ.pk, TODAY)) for organ in (a, b)} == {2, 3}


def test_a_transfer_waits_for_rows_on_their_way() -> None:
    """A row that is inserted while the organ moves gets the new columns: the move waits for it."""
    root = factories.organ("根")
    a, b = factories.organ("甲", root), factories.organ("乙", root)
    inserted, moving = Event(), Event()

    def write() -> None:
        with transaction.atomic():
            factories.person(Organ.objects.get(pk=a.pk))
            inserted.set()
            moving.wait(timeout=10)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.3)")

    def move() -> None:
        inserted.wait(timeout=10)
        moving.set()
        actions.transfer(actor="", organ=a, superior=b, on=ON, today=TODAY)

    together([write, move])
    assert Person.objects.get().l2 == b.pk
    assert misplaced() == {}
