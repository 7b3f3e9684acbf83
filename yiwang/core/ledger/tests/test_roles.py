"""The three roles of PostgreSQL: what the web process cannot do, and that it can still work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from yiwang.core.ledger import roles
from yiwang.core.ledger.models import Entry
from yiwang.core.ledger.post import post
from yiwang.core.ledger.tests.helpers import check, seal_now, some

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def applied() -> None:
    """Roles of this test only: making a role is part of the transaction that the test rolls back."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no roles")
    with connection.cursor() as cursor:
        cursor.execute(roles.statements(connection, prefix="ywtest"))


@contextmanager
def acting(role: str) -> Iterator[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE ywtest_{role}")
        try:
            yield cursor
        finally:
            cursor.execute("RESET ROLE")


def refused(cursor: Any, statement: str) -> bool:
    try:
        with transaction.atomic():
            cursor.execute(statement)
    except DatabaseError:
        return True
    return False


def test_the_app_posts_and_reads() -> None:
    with acting("app"):
        number = post(actor="user:1", act="t.a", obj="t:1", body={"n": 1})
        assert Entry.objects.get(pk=number).body == '{"n":1}'
        assert Entry.objects.create(at="x", actor="x", act="x", obj="x").pk > number


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET body = ''",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry",
        "SELECT * FROM ledger_entry FOR UPDATE",
        "INSERT INTO ledger_entry (at, actor, act, object, clause, body, tx) VALUES ('', '', '', '', '', '', '3')",
        "INSERT INTO ledger_entry (at) VALUES ('') ON CONFLICT (id) DO UPDATE SET actor = 'x'",
        "INSERT INTO ledger_seal (seq, entry_id, hash) VALUES (99, 99, '')",
        "UPDATE ledger_head SET seq = 99",
        "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER ledger_entry_no_change ON ledger_entry",
        "SET session_replication_role = replica",
    ],
)
def test_the_app_cannot(statement: str) -> None:
    some(1)
    with acting("app") as cursor:
        assert refused(cursor, statement)


def test_the_sealer_seals_and_does_no_more() -> None:
    post(actor="system", act="t.a", obj="t:1")
    with acting("sealer") as cursor:
        seal_now()
        assert refused(cursor, "UPDATE ledger_entry SET body = ''")
        assert refused(cursor, "DELETE FROM ledger_seal")
        assert refused(cursor, "UPDATE ledger_head SET algorithm = 'sm3'")
        assert refused(cursor, "INSERT INTO ledger_entry (at, actor, act, object) VALUES ('', '', '', '')")
    assert check().checked == 1


def test_even_the_owner_is_stopped_by_the_triggers() -> None:
    some(1)
    with acting("owner") as cursor:
        assert refused(cursor, "UPDATE ledger_entry SET body = ''")
        assert refused(cursor, "TRUNCATE ledger_seal")


def test_verify_names_a_right_too_many_and_an_owner_at_work() -> None:
    some(1)
    with acting("app"):
        report = check()
        assert (report.ok, report.notes) == (True, [])
    with acting("owner"):
        assert any("所有者" in note for note in check().notes)
    with connection.cursor() as cursor:
        cursor.execute("GRANT UPDATE ON ledger_entry TO ywtest_app")
    report = check()
    assert [fault.message for fault in report.faults] == ["角色 ywtest_app 对 ledger_entry 有 UPDATE 权限"]


def test_verify_names_a_right_on_one_column_too() -> None:
    with connection.cursor() as cursor:
        cursor.execute("GRANT UPDATE (body), INSERT (tx) ON ledger_entry TO ywtest_app")
    assert [fault.message for fault in check().faults] == [
        "角色 ywtest_app 对 ledger_entry.body 有 UPDATE 权限",
        "角色 ywtest_app 对 ledger_entry.tx 有 INSERT 权限",
    ]


def test_the_statements_may_be_run_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute(roles.statements(connection, prefix="ywtest"))
    with acting("app"):
        post(actor="system", act="t.a", obj="t:1")
