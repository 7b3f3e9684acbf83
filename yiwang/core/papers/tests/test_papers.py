"""Issuing, checking, voiding, printing."""

from __future__ import annotations

import json
import sys
import threading
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from yiwang.core.ledger.models import Entry
from yiwang.core.papers import actions, kinds, printing
from yiwang.core.papers.checking import Standing, check
from yiwang.core.papers.models import Series
from yiwang.core.papers.tests.conftest import NOW, ON, Office
from yiwang.core.rights.access import nobody
from yiwang.core.rights.models import Role
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db


def test_a_paper_is_issued_with_its_entry(office: Office) -> None:
    office.facts |= {"amount": Decimal("120.50"), "note": date(2026, 11, 1)}
    paper = office.issue()
    assert paper.full_number == "维修〔2026〕0001号"
    assert (paper.organ, paper.user, paper.issued_date) == (office.world.ours, office.world.user(), ON)
    assert json.loads(paper.facts)["amount"] == "120.50"
    entry = Entry.objects.get(act="papers.paper.issue")
    assert json.loads(entry.body)["digest"] == paper.digest
    assert actions.of("tests.order", office.world.ours.pk) == [paper]


def test_numbers_go_by_kind_and_year_without_gap(office: Office) -> None:
    assert [office.issue().number for _ in range(3)] == [1, 2, 3]
    with transaction.atomic():
        office.issue()
        transaction.set_rollback(True)
    assert office.issue().number == 4
    assert office.issue(on=date(2027, 1, 4)).full_number == "维修〔2027〕0001号"
    assert Series.objects.count() == 2


def test_codes_cannot_be_guessed() -> None:
    codes = {actions.new_code() for _ in range(200)}
    assert len(codes) == 200
    assert {len(code) for code in codes} == {26}
    assert set("".join(codes)) <= set(actions.ALPHABET)
    assert len(actions.ALPHABET) ** actions.LENGTH >= 2**128


def test_who_may_issue_and_see(office: Office) -> None:
    we = office.world
    for access in (we.access(Role.MANAGER, we.theirs), we.access(Role.MANAGER, we.province), nobody()):
        with pytest.raises(Refusal) as caught:
            office.issue(access)
        assert caught.value.code == "paper.denied"
    paper = office.issue(we.access(Role.STAFF))
    assert actions.readable(we.access(), paper.pk) == paper
    assert actions.readable(we.access(Role.MANAGER, we.theirs), paper.pk) is None
    with pytest.raises(Refusal) as caught:
        actions.issue(kind="tests.none", pk=1, access=we.access(), on=ON, now=NOW)
    assert caught.value.code == "paper.kind"
    office.facts.clear()
    with pytest.raises(Refusal) as caught:
        office.issue()
    assert caught.value.code == "paper.denied"


def test_voiding(office: Office) -> None:
    we, paper = office.world, office.issue()
    for access, reason, code in (
        (we.access(Role.CLERK, name="colleague"), "写错了", "rights.denied"),
        (we.access(Role.MANAGER, we.theirs), "写错了", "paper.denied"),
        (we.access(), " ", "paper.reason"),
    ):
        with pytest.raises(Refusal) as caught:
            actions.void(paper=paper.pk, reason=reason, access=access, now=NOW)
        assert caught.value.code == code
    actions.void(paper=paper.pk, reason="写错了", access=we.access(Role.MANAGER), now=NOW)
    assert Entry.objects.filter(act="papers.paper.void").count() == 1
    with pytest.raises(Refusal) as caught:
        actions.void(paper=paper.pk, reason="写错了", access=we.access(), now=NOW)
    assert caught.value.code == "paper.state"
    assert office.issue().number == 2  # a void number is not given out again


# ── does it still agree? ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "standing", "fields"),
    [
        ({}, Standing.AGREES, ()),
        ({"amount": "999.00"}, Standing.CHANGED, ("金额(元)",)),
        ({"amount": "1", "item": "x"}, Standing.CHANGED, ("事项", "金额(元)")),
        ({"note": "补充"}, Standing.CHANGED, ("备注",)),
        ({"hidden": 2}, Standing.CHANGED, ("其他",)),
        ({"opinions": []}, Standing.CHANGED, ("办理意见",)),
        ({"fresh": "x"}, Standing.CHANGED, ("其他",)),
    ],
)
def test_a_paper_says_whether_it_agrees(
    office: Office, change: dict[str, Any], standing: Standing, fields: tuple[str, ...]
) -> None:
    paper = office.issue()
    office.facts |= change
    found = check(paper)
    assert (found.standing, found.fields) == (standing, fields)


def test_gone_void_broken(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = office.issue()
    monkeypatch.delitem(kinds._KINDS, "tests.order")
    assert check(paper).standing == Standing.GONE
    monkeypatch.undo()
    paper.facts = paper.facts.replace("120.00", "12.00")
    assert check(paper).standing == Standing.BROKEN


def test_a_record_that_is_gone(office: Office) -> None:
    paper = office.issue()
    office.facts.clear()
    assert check(paper).standing == Standing.GONE
    void = actions.void(paper=paper.pk, reason="写错了", access=office.world.access(), now=NOW)
    assert check(void).standing == Standing.VOID


# ── printing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_form_shows_the_facts_as_issued(office: Office) -> None:
    paper = office.issue()
    office.facts |= {"item": "更换水管"}
    text = printing.html(paper, "https://yw.example.cn/")
    assert "更换灯管" in text
    assert "更换水管" not in text
    assert "备注" not in text  # nothing to print
    assert f"https://yw.example.cn/p/{paper.code}" in text
    assert "同意" in text
    assert "作 废" not in text
    void = actions.void(paper=paper.pk, reason="写错了", access=office.world.access(), now=NOW)
    assert "作 废" in printing.html(void, "https://yw.example.cn/")


def test_what_a_user_wrote_stays_text(office: Office) -> None:
    office.facts |= {"item": "<script>alert(1)</script>", "note": "<img src='file:///etc/passwd'>"}
    text = printing.html(office.issue(), "https://x")
    assert "<script>alert" not in text
    assert "<img src='file" not in text


def test_short_facts_share_a_line() -> None:
    short, wide = printing.Field("a", "短"), printing.Field("b", "长" * 20)
    assert printing.lines([short, short, short, wide, short]) == [[short, short], [short], [wide], [short]]
    assert printing.words([True, "x", 3]) == "是、x、3"


@pytest.mark.slow
def test_the_pdf(office: Office) -> None:
    office.facts |= {"note": "<img src='file:///etc/passwd'><img src='http://127.0.0.1/'>"}
    try:
        content = printing.pdf(office.issue(), "https://yw.example.cn")
    except Refusal as refusal:
        assert refusal.code == "paper.no-printer"
        pytest.skip("no Pango on this machine")
    assert content.startswith(b"%PDF-")
    assert len(content) < 800_000  # the glyphs of two Chinese fonts


def a_press(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Another program in place of the typesetter."""
    monkeypatch.setattr(printing, "TYPESETTER", (sys.executable, "-I", "-c", script))


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("import sys; sys.exit(3)", "paper.no-printer"),
        ("import sys; sys.exit(1)", "paper.failed"),
        ("import os; os.kill(os.getpid(), 9)", "paper.failed"),
        ("print('no pdf')", "paper.failed"),
        ("import time; time.sleep(9)", "paper.failed"),
    ],
)
def test_a_press_that_fails_is_a_sentence(
    office: Office, monkeypatch: pytest.MonkeyPatch, script: str, code: str
) -> None:
    a_press(monkeypatch, script)
    monkeypatch.setattr(printing, "LONGEST", 0.3 if "sleep" in script else 60)
    paper = office.issue()
    for _ in range(printing.PRESSES + 1):  # each gives its turn back
        with pytest.raises(Refusal) as caught:
            printing.pdf(paper, "https://x")
        assert caught.value.code == code


def test_many_at_once_wait_or_are_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "PATIENCE", 0.01)
    monkeypatch.setattr(printing, "_presses", threading.BoundedSemaphore(1))
    printing._presses.acquire()
    with pytest.raises(Refusal) as caught:
        printing.pdf(office.issue(), "https://x")
    assert caught.value.code == "paper.busy"
