"""Triggers and the authorizer refuse what changes an entry, by the ORM and by raw SQL, and survive a flush."""

from __future__ import annotations

import sqlite3

import pytest
from django.db import DatabaseError, connection, transaction

from yiwang.core.ledger import guards
from yiwang.core.ledger.models import Entry, Head
from yiwang.core.ledger.post import post
from yiwang.core.ledger.tests.helpers import some

INSERT = "INTO ledger_entry (id, at, actor, act, object, clause, body) VALUES ({}, '', 'x', '', '', '', '')"


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        return True
    return False


@pytest.mark.django_db
@pytest.mark.parametrize("locked", [True, False])
def test_update_and_delete_are_refused(locked: bool) -> None:
    number = some(2)[0]
    if not locked:
        guards.unlock("default")
    for table in ("ledger_entry", "ledger_seal"):
        assert refused(f"DELETE FROM {table}")
    assert refused(f"UPDATE ledger_entry SET body = 'x' WHERE id = {number}")
    assert refused("UPDATE ledger_seal SET hash = 'x'")
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.filter(pk=number).delete()
    guards.lock(connection)
    assert Entry.objects.get(pk=number).actor == "user:1"


@pytest.mark.django_db
def test_insert_or_replace_does_not_walk_past() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own trap")
    number = some(1)[0]
    assert refused("INSERT OR REPLACE " + INSERT.format(number))
    assert refused(f"INSERT OR REPLACE INTO ledger_seal (seq, entry_id, hash) VALUES (9, {number}, 'x')")
    assert refused("INSERT OR REPLACE INTO ledger_head (id, seq, hash, horizon, algorithm) VALUES (1, 0, '', 0, '')")
    assert not refused("INSERT OR REPLACE " + INSERT.format(number + 5))


@pytest.mark.django_db
def test_on_conflict_update_and_truncate_are_refused() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL's own ways")
    number = some(1)[0]
    assert refused("INSERT " + INSERT.format(number) + " ON CONFLICT (id) DO UPDATE SET actor = 'x'")
    assert refused("TRUNCATE ledger_entry")
    assert refused("TRUNCATE ledger_seal")


@pytest.mark.django_db
def test_the_authorizer_refuses_to_drop_what_guards() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    for statement in (
        "DROP TRIGGER ledger_entry_no_update",
        "DROP TABLE ledger_seal",
        "ALTER TABLE ledger_entry ADD COLUMN x",
        "PRAGMA writable_schema = 1",
    ):
        assert refused(statement), statement
    assert guards.missing(connection) == []


@pytest.mark.django_db
def test_the_authorizer_can_be_switched_off(settings: object) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    guards.unlock("default")
    settings.LEDGER_AUTHORIZER = False  # type: ignore[attr-defined]
    guards.lock(connection)
    assert not refused("DROP TRIGGER ledger_entry_no_update")
    settings.LEDGER_AUTHORIZER = True  # type: ignore[attr-defined]
    guards.install("default")
    assert guards.missing(connection) == []


@pytest.mark.django_db(transaction=True)
def test_guards_and_head_are_there_after_the_flush_of_another_test_1() -> None:
    assert guards.missing(connection) == []
    with transaction.atomic():
        post(actor="system", act="t.a", obj="t:1")


@pytest.mark.django_db(transaction=True)
def test_guards_and_head_are_there_after_the_flush_of_another_test_2() -> None:
    assert guards.missing(connection) == []
    assert Head.objects.get().seq == 0
    assert not Entry.objects.exists()
    assert refused("DELETE FROM ledger_head")


@pytest.mark.django_db(transaction=True)
def test_a_table_rebuild_loses_the_triggers_and_migrate_brings_them_back() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite rebuilds tables")
    from django.core.management import call_command
    from django.db import models

    field = models.TextField(default="", null=True)
    field.set_attributes_from_name("extra")
    field.model = Entry
    guards.unlock("default")
    with connection.schema_editor() as editor:
        remake = editor._remake_table  # type: ignore[attr-defined]
        remake(Entry, create_field=field)
        remake(Entry)
    assert guards.missing(connection) == [name for name in guards.missing(connection) if "ledger_entry" in name] != []
    call_command("migrate", verbosity=0)
    assert guards.missing(connection) == []
    assert refused("DROP TABLE ledger_entry")


def test_the_authorizer_names_what_it_denies() -> None:
    denied = [
        (sqlite3.SQLITE_UPDATE, "ledger_entry", "body"),
        (sqlite3.SQLITE_DELETE, "ledger_anchor", None),
        (sqlite3.SQLITE_DELETE, "ledger_head", None),
        (sqlite3.SQLITE_DROP_TRIGGER, "ledger_head_no_return", "ledger_head"),
    ]
    assert {guards._authorize(*one, "main", None) for one in denied} == {sqlite3.SQLITE_DENY}
    allowed = [(sqlite3.SQLITE_UPDATE, "ledger_head", "seq"), (sqlite3.SQLITE_INSERT, "ledger_entry", None)]
    assert {guards._authorize(*one, "main", None) for one in allowed} == {sqlite3.SQLITE_OK}
