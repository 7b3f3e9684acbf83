"""The checklist is whole, and the page says no more than the last run did."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from tests.rows import worse, write
from yiwang.core.orgs.factories import organ as new_organ
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.models import Alarm, Role
from yiwang.portal.security import rows
from yiwang.portal.tests.people import client


def _run(head: str, *pairs: tuple[int, int]) -> set[str]:
    return {f"{head}{number:02d}" for first, last in pairs for number in range(first, last + 1)}


#: What the platform must prove at this stage.
ASKED = _run("D", (1, 18), (21, 23), (25, 29), (32, 35)) | _run("A", (1, 33))


def test_every_row_has_a_test_or_a_reason() -> None:
    known = {row.id: row for row in rows.rows()}
    assert ASKED - known.keys() == set()
    tests = rows.tests()
    assert [key for key, row in known.items() if not tests.get(key) and not row.reason] == []
    assert [key for key in tests if key[0] in "DA" and key not in known] == [], "a test of a row that is not there"


def test_every_proof_exists() -> None:
    lacking = []
    for row in rows.rows():
        for proof in row.proofs:
            path, _, name = proof.partition("::")
            file = rows.ROOT / path
            if not file.exists() or (name and f"def {name}(" not in file.read_text(encoding="utf-8")):
                lacking.append(proof)
    assert lacking == []


def test_rows_are_in_order_and_once() -> None:
    ids = [row.id for row in rows.rows()]
    assert len(set(ids)) == len(ids)
    assert ids == sorted(ids, key=lambda one: (one[0] != "D", one))
    assert all(row.requirement and row.source for row in rows.rows())


def test_names_tell_their_rows() -> None:
    assert rows.rows_of("test_d05_d32_after") == ["D05", "D32"]
    assert rows.rows_of("test_a12_next[//x]") == ["A12"]
    assert rows.rows_of("test_add_d05_x") == []


# ── what a run writes ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "results.json"
    monkeypatch.setattr(rows, "RESULTS", path)
    return path


def _line(key: str) -> rows.Line:
    return next(line for line in rows.lines() if line.row.id == key)


def test_without_a_run_nothing_is_claimed(file: Path) -> None:
    assert {(line.result, line.day) for line in rows.lines()} == {("", "")}
    file.write_text("{broken", encoding="utf-8")
    assert {line.result for line in rows.lines()} == {""}
    file.write_text("[]", encoding="utf-8")
    assert {line.result for line in rows.lines()} == {""}


def test_a_row_passes_when_each_of_its_tests_did(file: Path) -> None:
    names = rows.tests()["D05"]
    write(file, dict.fromkeys(names, "passed"), date(2026, 11, 29))
    assert (_line("D05").result, _line("D05").day) == ("passed", "2026-11-29")
    write(file, {names[0]: "failed"}, date(2026, 11, 29))
    assert (_line("D05").result, list(_line("D05").detail)) == ("failed", [names[0]])
    write(file, {names[0]: "passed"}, date(2026, 11, 29))
    assert _line("D05").result == "failed", "a later run of the day does not wash it off"
    write(file, {names[0]: "passed"}, date(2026, 11, 30))
    assert _line("D05").result == ("passed" if len(names) == 1 else "incomplete")


def test_skipped_is_not_passed_but_another_run_may_do_it(file: Path) -> None:
    names = rows.tests()["D05"]
    write(file, dict.fromkeys(names, "skipped"), date(2026, 11, 29))
    assert _line("D05").result == "incomplete"
    write(file, dict.fromkeys(names, "passed"), date(2026, 11, 29))
    assert _line("D05").result == "passed"
    assert worse("passed", "skipped") == "passed"


def test_other_tests_are_not_kept(file: Path) -> None:
    write(file, {"yiwang/x.py::test_other": "passed"}, date(2026, 11, 29))
    assert json.loads(file.read_text(encoding="utf-8"))["tests"] == {}


# ── the page ───────────────────────────────────────────────────────────────────────────────────────────────────────

READERS = {Role.AUDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}


@pytest.fixture
def organ(db: None) -> Organ:
    return new_organ()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OWN])
def test_administrators_and_auditors_read_it_nobody_else(role: Role, organ: Organ, file: Path) -> None:
    browser = client(organ, role)
    assert browser.get("/security/").status_code == (200 if role in READERS else 403)
    assert ("安全自查" in browser.get("/").content.decode()) is (role in READERS)
    locks = browser.get("/security/locks")
    assert locks.status_code == 302, "first the password again"


def test_it_shows_requirement_test_result_and_alarms(organ: Organ, file: Path) -> None:
    browser = client(organ, Role.AUDITOR)
    page = browser.get("/security/").content.decode()
    assert "本机没有测试结果" in page
    assert "没有告警" in page
    write(file, dict.fromkeys(rows.tests()["D05"], "passed"), date(2026, 11, 29))
    Alarm.objects.create(
        kind="denied",
        subject="user:7",
        hour="2026-11-29T01:00Z",
        raised_at="2026-11-29T01:10Z",
        count=120,
        text="疑似越权探测",
    )
    page = browser.get("/security/").content.decode()
    assert "测试结果:2026-11-29" in page
    assert "疑似越权探测" in page
    assert "test_d05_an_idle_session_ends" in page
    assert "test_d05_an_idle_session_ends" not in browser.get("/security/?only=open").content.decode()


def test_a_stranger_is_sent_away(client: Client, db: None) -> None:
    assert client.get("/security/").status_code == 302
