"""verify(): eight acts of tampering are found and named; a cut tail and a rebuilt chain only with an anchor."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from yiwang.core.ledger import anchors
from yiwang.core.ledger.chain import GENESIS, linker
from yiwang.core.ledger.models import Entry, Head, Seal
from yiwang.core.ledger.post import post
from yiwang.core.ledger.tests.helpers import check, codes, seal_now, some, tamper
from yiwang.core.ledger.verify import verify

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 9)


def entry_of(seq: int) -> int:
    return Seal.objects.get(seq=seq).entry_id


def test_an_honest_ledger_has_no_fault() -> None:
    some(12)
    report = check()
    assert report.ok, report.faults
    assert (report.checked, report.seq, report.waiting) == (12, 12, 0)


def test_an_empty_ledger_has_no_fault() -> None:
    report = check()
    assert report.ok
    assert report.seq == 0


@pytest.mark.parametrize("change", ["body = '{}'", "at = '2020-01-01T00:00:00Z'", "actor = 'user:2'"])
def test_an_edited_entry_is_named(change: str) -> None:
    some(9)
    tamper(f"UPDATE ledger_entry SET {change} WHERE id = {entry_of(4)}")
    report = check()
    assert codes(report) == [("ledger.altered", 4)]
    assert report.faults[0].entry == entry_of(4)


def test_a_deleted_entry_is_named() -> None:
    some(9)
    entry = entry_of(5)
    tamper(f"DELETE FROM ledger_entry WHERE id = {entry}")
    report = check()
    assert [(f.code, f.seq, f.entry) for f in report.faults] == [("ledger.entry-missing", 5, entry)]


def test_an_entry_deleted_with_its_seal_leaves_a_gap() -> None:
    some(9)
    tamper(f"DELETE FROM ledger_entry WHERE id = {entry_of(5)}", "DELETE FROM ledger_seal WHERE seq = 5")
    assert codes(check()) == [("ledger.gap", 5)]


def test_swapped_bodies_are_named_with_their_counterparts() -> None:
    some(9)
    a, b = entry_of(3), entry_of(7)
    bodies = dict(Entry.objects.filter(id__in=[a, b]).values_list("id", "body"))
    tamper(
        f"UPDATE ledger_entry SET body = '{bodies[b]}' WHERE id = {a}",
        f"UPDATE ledger_entry SET body = '{bodies[a]}' WHERE id = {b}",
    )
    report = check()
    assert codes(report) == [("ledger.swapped", 3), ("ledger.swapped", 7)]
    assert "第 7 条" in report.faults[0].message


def test_swapped_seals_are_named_and_their_neighbours_are_not() -> None:
    some(9)
    tamper(
        "UPDATE ledger_seal SET seq = 1000 WHERE seq = 3",
        "UPDATE ledger_seal SET seq = 3 WHERE seq = 7",
        "UPDATE ledger_seal SET seq = 7 WHERE seq = 1000",
    )
    assert codes(check()) == [("ledger.swapped", 3), ("ledger.swapped", 7)]


def test_an_altered_seal_is_told_from_an_altered_entry() -> None:
    some(9)
    tamper(f"UPDATE ledger_seal SET hash = '{'ab' * 32}' WHERE seq = 4")
    assert codes(check()) == [("ledger.seal-altered", 4)]


def test_a_seal_that_is_no_hash_is_a_fault_and_no_crash() -> None:
    some(5)
    tamper("UPDATE ledger_seal SET hash = 'zz' WHERE seq = 3")
    assert codes(check()) == [("ledger.seal-altered", 3)]


def test_an_entry_that_slipped_in_is_named() -> None:
    some(3)
    old = "2020-01-01T00:00:00Z"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_entry (at, actor, act, object, clause, body) VALUES (%s, '', '', '', '', '') RETURNING id",
            [old],
        )
        number = cursor.fetchone()[0]
    assert [(f.code, f.entry) for f in check().faults] == [("ledger.unsealed", number)]


def test_a_time_ahead_of_the_clock_does_not_hide_an_unsealed_entry() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("on SQLite nothing waits")
    post(actor="system", act="t.a", obj="t:1")
    early = verify(now=datetime.now(UTC) - timedelta(hours=1), grace=0)
    assert [f.code for f in early.faults] == ["ledger.unsealed"]
    assert check().waiting == 1


def test_a_lost_trigger_is_named() -> None:
    name = "ledger_seal_no_delete" if connection.vendor == "sqlite" else "ledger_seal_no_change"
    from yiwang.core.ledger import guards

    guards.unlock("default")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}" + ("" if connection.vendor == "sqlite" else " ON ledger_seal"))
    report = check()
    assert [(f.code, name in f.message) for f in report.faults] == [("ledger.guard", True)]
    guards.install("default")
    assert check().ok


def test_a_trigger_that_does_something_else_is_named() -> None:
    from yiwang.core.ledger import guards

    guards.unlock("default")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER ledger_seal_no_delete")
            cursor.execute("CREATE TRIGGER ledger_seal_no_delete BEFORE DELETE ON ledger_seal BEGIN SELECT 1; END")
        else:
            body = "BEGIN RETURN NEW; END"
            cursor.execute(f"CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
    assert {fault.code for fault in check().faults} == {"ledger.guard"}
    guards.install("default")
    assert check().ok


def cut_tail(keep: int) -> None:
    """Entries, seals and head as if nothing had followed."""
    last = Seal.objects.get(seq=keep)
    tamper(
        f"DELETE FROM ledger_entry WHERE id > {last.entry_id}",
        f"DELETE FROM ledger_seal WHERE seq > {keep}",
        f"UPDATE ledger_head SET seq = {keep}, hash = '{last.hash}'",
    )


def rebuild(altered: int) -> None:
    """Change an entry and chain everything anew."""
    statements = [f"UPDATE ledger_entry SET body = '{{}}' WHERE id = {entry_of(altered)}"]
    link, previous = linker("sha256"), GENESIS
    for seal in Seal.objects.order_by("seq").select_related("entry"):
        e = seal.entry
        body = "{}" if seal.seq == altered else e.body
        previous = link(previous, seal.seq, (e.pk, e.at, e.actor, e.act, e.obj, e.clause, body))
        statements.append(f"UPDATE ledger_seal SET hash = '{previous}' WHERE seq = {seal.seq}")
    tamper(*statements, f"UPDATE ledger_head SET hash = '{previous}'")


def test_a_tail_cut_without_the_head_shows_by_itself() -> None:
    some(6)
    tamper("DELETE FROM ledger_seal WHERE seq = 6", f"DELETE FROM ledger_entry WHERE id = {entry_of(6)}")
    assert codes(check()) == [("ledger.tail", 6)]


def test_a_cut_tail_shows_only_with_an_anchor(tmp_path: Path) -> None:
    some(9)
    anchor = anchors.make(day=DAY, key=tmp_path / "key.pem")
    cut_tail(6)
    assert check().ok
    assert codes(check(anchors=[anchor])) == [("ledger.cut", 7)]


def test_a_rebuilt_chain_shows_only_with_an_anchor(tmp_path: Path) -> None:
    some(4)
    first = anchors.make(day=DAY, key=tmp_path / "key.pem")
    some(5)
    second = anchors.make(day=DAY + timedelta(days=1), key=tmp_path / "key.pem")
    rebuild(altered=6)
    assert check().ok
    report = check(anchors=[second, first])
    assert codes(report) == [("ledger.rebuilt", 9)]
    assert "第 5 至 9 条之间" in report.faults[0].message


def test_a_tail_cut_and_grown_again_shows_with_an_anchor(tmp_path: Path) -> None:
    some(9)
    anchor = anchors.make(day=DAY, key=tmp_path / "key.pem")
    cut_tail(6)
    some(5)
    assert check().ok
    assert codes(check(anchors=[anchor])) == [("ledger.rebuilt", 9)]


def test_sm3_chains_too() -> None:
    tamper("UPDATE ledger_head SET algorithm = 'sm3'")
    some(3)
    assert check().ok
    tamper(f"UPDATE ledger_entry SET body = '' WHERE id = {entry_of(2)}")
    assert codes(check()) == [("ledger.altered", 2)]


def test_faults_beyond_the_list_are_counted() -> None:
    some(130)
    tamper("UPDATE ledger_entry SET actor = 'user:2'")
    report = check()
    assert (report.counted, len(report.faults)) == (130, 100)


def test_the_head_may_not_go_back_or_away() -> None:
    some(3)
    from django.db import DatabaseError, transaction

    for statement in ("UPDATE ledger_head SET seq = 1", "DELETE FROM ledger_head"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Head.objects.get().seq == 3
    seal_now()
