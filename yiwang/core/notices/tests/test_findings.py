"""What is said when a finding moves, and to whom."""

from __future__ import annotations

from datetime import date

import pytest

from yiwang.core.notices.models import Notice
from yiwang.core.rights.models import Role, User
from yiwang.core.verdicts import actions, sources
from yiwang.core.verdicts.models import Finding
from yiwang.core.verdicts.sync import sync
from yiwang.core.verdicts.tests.helpers import DATASET, ON, Register, World

pytestmark = pytest.mark.django_db
DUE = date(2026, 6, 1)


@pytest.fixture
def finding(we: World, monkeypatch: pytest.MonkeyPatch) -> Finding:
    """One person in too large a room."""
    register = Register()
    register.hold("p1", we.ours, 30)
    monkeypatch.setitem(sources._sources, DATASET, register)
    sync(dataset=DATASET, on=ON, actor="system")
    return Finding.objects.get()


def told() -> list[tuple[User, str]]:
    """Who was told what, since the last call."""
    found = [(row.user, row.template) for row in Notice.objects.order_by("pk")]
    Notice.objects.all().delete()
    return found


def test_the_course_of_a_finding(we: World, finding: Finding) -> None:
    clerk, manager = we.access(), we.access(Role.MANAGER)
    actions.assign(finding=finding.pk, handler=we.user(), due=DUE, note="请尽快", access=manager, on=ON)
    row = Notice.objects.get()
    assert row.text.endswith("期限 2026-06-01。请尽快")
    assert (row.url, row.about, row.sender) == (
        f"/findings/{finding.pk}/",
        f"verdicts.finding:{finding.pk}",
        manager.user,
    )
    assert told() == [(we.user(), "finding.assigned")]
    actions.start(finding=finding.pk, access=clerk)
    assert told() == []
    actions.rectify(finding=finding.pk, note="已调整", access=clerk)
    assert told() == [(manager.user, "finding.submitted")]
    actions.review(finding=finding.pk, accept=False, note="不实", access=manager, on=ON)
    assert told() == [(we.user(), "finding.sent-back")]
    actions.appeal(finding=finding.pk, note="不对", access=clerk)
    assert told() == [(manager.user, "finding.appealed")]
    actions.review(finding=finding.pk, accept=True, note="成立", access=manager, on=ON)
    assert told() == [(we.user(), "finding.closed")]


@pytest.fixture
def register(we: World, monkeypatch: pytest.MonkeyPatch) -> Register:
    """Three persons in too large rooms, all given to one clerk."""
    held = Register()
    for person in ("p1", "p2", "p3"):
        held.hold(person, we.ours, 30)
    monkeypatch.setitem(sources._sources, DATASET, held)
    sync(dataset=DATASET, on=ON, actor="system")
    for row in Finding.objects.all():
        actions.assign(finding=row.pk, handler=we.user(), due=DUE, access=we.access(Role.MANAGER), on=ON)
    told()
    return held


def test_what_the_registers_close_is_told(we: World, register: Register) -> None:
    """One alone by its name, many in one message; who corrected the register himself is not told."""
    register.rows = [row for row in register.rows if row.subject != "p1"]
    sync(dataset=DATASET, on=ON, actor="system")
    row = Notice.objects.get()
    assert (row.user, row.template) == (we.user(), "finding.closed")
    assert row.text.endswith("不用再整改。")
    Notice.objects.all().delete()
    register.rows = []
    sync(dataset=DATASET, on=ON, actor="system")
    row = Notice.objects.get()
    assert (row.template, row.title) == ("finding.closed-many", "2 个问题已销号")


def test_who_corrects_the_register_knows(we: World, register: Register) -> None:
    register.rows = []
    sync(dataset=DATASET, on=ON, actor=f"user:{we.user().pk}")
    assert told() == []


def test_nobody_is_told_of_his_own_doing(we: World, finding: Finding) -> None:
    manager = we.access(Role.MANAGER)
    actions.assign(finding=finding.pk, handler=we.user(Role.MANAGER), due=DUE, access=manager, on=ON)
    assert told() == []
