"""The belt's SQL: both databases, and that it can be put on twice and taken off."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from yiwang.kit.slots import Slot, install_slot, remove_slot, statements

SLOT = Slot(table="slot_things", key="thing", first="first", last="last", state="state", live=("HELD", "USED"))


def test_on_sqlite_two_triggers_on_postgresql_one_constraint() -> None:
    made = statements(SLOT, "sqlite")
    assert [one.split(" ON ")[0].rsplit(" ", 2)[1:] for one in made] == [["AFTER", "insert"], ["AFTER", "update"]]
    (constraint,) = statements(SLOT, "postgresql")
    assert "EXCLUDE USING gist" in constraint
    assert "WHERE (state IN ('HELD', 'USED'))" in constraint


@pytest.mark.django_db
def test_what_is_held_is_held_once() -> None:
    kind = "timestamptz" if connection.vendor == "postgresql" else "text"
    insert = "INSERT INTO slot_things (id, thing, first, last, state) VALUES (%s, 1, %s, %s, %s)"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE slot_things (id int, thing int, first {kind}, last {kind}, state text)")
        install_slot("default", SLOT)
        install_slot("default", SLOT)
        cursor.execute(insert, [1, "2026-12-01 09:00:00", "2026-12-01 10:00:00", "HELD"])
        cursor.execute(insert, [2, "2026-12-01 10:00:00", "2026-12-01 11:00:00", "USED"])
        cursor.execute(insert, [3, "2026-12-01 09:30:00", "2026-12-01 10:30:00", "GONE"])
        with pytest.raises(DatabaseError, match="slot_things_slot"), transaction.atomic():
            cursor.execute("UPDATE slot_things SET state = 'HELD' WHERE id = 3")
        remove_slot("default", SLOT)
        cursor.execute("UPDATE slot_things SET state = 'HELD' WHERE id = 3")


@pytest.mark.django_db
def test_where_the_table_is_not_nothing_is_done() -> None:
    install_slot("default", Slot(table="no_such", key="a", first="b", last="c", state="d", live=("E",)))
