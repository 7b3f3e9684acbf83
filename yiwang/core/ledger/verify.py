"""Verification: seq without gap, each seal's entry, each hash, every entry sealed, the anchors met, guards in place.

Each seal is checked against the *stored* hash before it, so that every altered entry is named, not only the first.
What the chain cannot see (a tail cut off, a chain made anew) an outside anchor shows.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from yiwang.core.ledger import guards, roles
from yiwang.core.ledger.anchors import Signed, signature_holds
from yiwang.core.ledger.chain import GENESIS, linker
from yiwang.core.ledger.diagnose import Broken, Link, diagnose
from yiwang.core.ledger.report import Report

#: Sealing follows within a second; an entry that waits longer than this (seconds) is a fault.
PATIENCE = 60
#: A long act becomes visible with an old time: what seems to wait too long is looked at again after this (seconds).
GRACE = 2.0
_CHUNK = 5000

_CHAIN = """
SELECT s.hash, s.seq, s.entry_id, e.id, e.at, e.actor, e.act, e.object, e.clause, e.body
FROM ledger_seal s LEFT JOIN ledger_entry e ON e.id = s.entry_id ORDER BY s.seq
"""
_UNSEALED = {
    "sqlite": "SELECT e.id, e.at, 1 FROM ledger_entry e WHERE NOT EXISTS"
    " (SELECT 1 FROM ledger_seal s WHERE s.entry_id = e.id) ORDER BY e.id",
    "postgresql": "SELECT e.id, e.at, e.tx < h.horizon::text::xid8 FROM ledger_entry e CROSS JOIN ledger_head h"
    " WHERE NOT EXISTS (SELECT 1 FROM ledger_seal s WHERE s.entry_id = e.id) ORDER BY e.id",
}


def verify(
    *,
    now: datetime,
    anchors: Sequence[Signed] = (),
    public_key: bytes | None = None,
    using: str = "default",
    grace: float = GRACE,
) -> Report:
    """Check the whole ledger. `public_key`: 32 raw bytes that must have signed the anchors; without it only notes.

    Reads one snapshot and stops no writer. About ten microseconds of processor time an entry.
    """
    connection, begun, report = connections[using], time.process_time(), Report()
    late: list[int] = []
    with _snapshot(connection):
        if _read_head(connection, report):
            _check_chain(connection, report)
            late = _check_sealed(connection, report, now)
            _check_anchors(connection, report, anchors, public_key)
    report.cpu_seconds = time.process_time() - begun
    if late:
        _look_again(connection, report, late, grace)
    _check_guards(connection, report)
    return report


@contextmanager
def _snapshot(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """One view of all tables. On SQLite a deferred transaction: Django's own would take the writers' lock."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(using=connection.alias):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def _read_head(connection: BaseDatabaseWrapper, report: Report) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash, algorithm FROM ledger_head")
        row = cursor.fetchone()
    if row is None:
        report.add("ledger.no-head", "链首不见了:ledger_head 是空的")
        return False
    report.seq, report.hash, report.algorithm = row
    return True


def _rows(connection: BaseDatabaseWrapper, statement: str) -> Iterator[Any]:
    """Rows in pieces, by a cursor on the server where there is one."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        while chunk := cursor.fetchmany(_CHUNK):
            yield from chunk


def _check_chain(connection: BaseDatabaseWrapper, report: Report) -> None:
    """Tests 1 to 3: no gap, each seal has its entry, each hash."""
    link = linker(report.algorithm)
    broken: list[Broken] = []
    last, previous = 0, GENESIS
    for row in _rows(connection, _CHAIN):
        stored, seq = row[0], row[1]
        if seq != last + 1:
            _gap(report, last, seq, row[2])
            previous = ""
        if row[3] is None:
            message = f"第 {seq} 条封存的条目 {row[2]} 不见了"
            report.add("ledger.entry-missing", message, seq=seq, entry=row[2])
        elif previous and not _holds(link, previous, seq, row):
            broken.append(Broken(seq, previous, stored, row[3:]))
        last, previous = seq, stored
        report.checked += 1
    diagnose(broken, link, report)
    if (last, previous) != (report.seq, report.hash):
        message = f"链首记到第 {report.seq} 条,封存却止于第 {last} 条或链值不同:尾部被删或链首被改"
        report.add("ledger.tail", message, seq=last + 1)


def _holds(link: Link, previous: str, seq: int, row: Any) -> bool:
    try:
        return bool(link(previous, seq, row[3:]) == row[0])
    except (TypeError, ValueError):  # a hash that is no hash, a field that is no text
        return False


def _gap(report: Report, last: int, seq: int, entry: int) -> None:
    missing = f"第 {last + 1} 条" if seq == last + 2 else f"第 {last + 1} 至 {seq - 1} 条"
    message = f"{missing}封存不见了(在条目 {entry} 之前)"
    report.add("ledger.gap", message, seq=last + 1)


def _check_sealed(connection: BaseDatabaseWrapper, report: Report, now: datetime) -> list[int]:
    """Test 4. Returns the entries that seem to wait too long; those that can never be sealed are faults at once."""
    late = []
    for number, at, never in _rows(connection, _UNSEALED[connection.vendor]):
        if never:
            report.add("ledger.unsealed", f"条目 {number} 没有封存,也不会再被封存:写入绕过了程序", entry=number)
        elif _waits_long(at, now):
            late.append(number)
        else:
            report.waiting += 1
    return late


def _waits_long(at: str, now: datetime) -> bool:
    """A time ahead of the clock counts as long too: it would hide an entry for ever."""
    try:
        age = (now - datetime.fromisoformat(at).astimezone(UTC)).total_seconds()
    except ValueError:
        return True
    return abs(age) > PATIENCE


def _look_again(connection: BaseDatabaseWrapper, report: Report, late: list[int], grace: float) -> None:
    time.sleep(grace)
    with connection.cursor() as cursor:
        cursor.execute("SELECT entry_id FROM ledger_seal WHERE entry_id = ANY(%s)", [late])
        sealed = {row[0] for row in cursor.fetchall()}
    for number in late:
        if number not in sealed:
            report.add("ledger.unsealed", f"条目 {number} 超过一分钟没有封存:封存程序停了,或时间被改", entry=number)


def _check_anchors(
    connection: BaseDatabaseWrapper, report: Report, given: Sequence[Signed], public_key: bytes | None
) -> None:
    """Test 5: the anchors that were brought from outside, and those that the database itself remembers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash, day FROM ledger_anchor ORDER BY seq")
        own = [(seq, value, f"库内 {day} 的锚") for seq, value, day in cursor.fetchall()]
        met = 0
        outside = [(one.seq, one.hash, f"{one.statement.get('day')} 的锚") for one in given]
        for seq, value, name in sorted(outside) + own:
            cursor.execute("SELECT hash FROM ledger_seal WHERE seq = %s", [seq])
            met = _meet(report, cursor.fetchone(), seq, value, name, met)
            report.anchors += 1
    for one in given:
        _check_signature(report, one, public_key)


def _meet(report: Report, row: Any, seq: int, value: str, name: str, met: int) -> int:
    """Compare one anchor with the chain; returns the highest seq that is known good."""
    if row is None:
        message = f"{name}记到第 {seq} 条,链里已没有:尾部被截去(第 {report.seq} 条之后)"
        report.add("ledger.cut", message, seq=report.seq + 1)
    elif row[0] != value:
        message = f"{name}第 {seq} 条链值不同:第 {met + 1} 至 {seq} 条之间被重做"
        report.add("ledger.rebuilt", message, seq=seq)
    else:
        return seq
    return met


def _check_signature(report: Report, anchor: Signed, public_key: bytes | None) -> None:
    name = f"{anchor.statement.get('day')} 的锚"
    if public_key is None:
        report.notes.append(f"{name}:没有公钥,未验签名")
    elif not signature_holds(anchor, public_key):
        report.add("ledger.signature", f"{name}签名不符:锚文件被改,或公钥不是这一把", seq=anchor.seq)


def _check_guards(connection: BaseDatabaseWrapper, report: Report) -> None:
    """Test 6: triggers and grants."""
    for name in guards.missing(connection):
        report.add("ledger.guard", f"触发器 {name} 不见了或被停用")
    if connection.vendor == "postgresql":
        for role, right, table in roles.excess(connection):
            report.add("ledger.grant", f"角色 {role} 对 {table} 有 {right} 权限")
        if roles.is_owner(connection):
            report.notes.append("当前连接是存证表的所有者:网站进程应改用 yiwang_app 角色(yiwang ledger roles)")
