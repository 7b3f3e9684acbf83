"""Clocks of steps: due instants, pause and resume, overdue once, escalation, a changed calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import TestCase

from yiwang.core.flow import actions, reading, signals
from yiwang.core.flow.models import Case, Step, Task
from yiwang.core.flow.signals import News
from yiwang.core.flow.tests.files import node, process, ways
from yiwang.core.flow.tests.worlds import DAY, Office, office, registered
from yiwang.core.ledger.models import Entry
from yiwang.core.workdays.actions import set_day
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
BEIJING = ZoneInfo("Asia/Shanghai")
CLOCKS = process(
    "t.test",
    [
        node("start", "s"),
        node("task", "apply", role="applicant"),
        node("task", "m", role="MANAGER", days="2", escalate="LEADER", rule="all"),
        node("task", "hurry", role="KEEPER", hours="2"),
        node("end", "e"),
        *ways("s > apply > m > hurry > e"),
    ],
)


@pytest.fixture
def world() -> Iterator[Office]:
    with registered(CLOCKS):
        yield office()


@pytest.fixture
def heard() -> Iterator[list[News]]:
    """What was told after the commits."""
    found: list[News] = []
    signals.subscribe(found.append)
    yield found
    signals.unsubscribe(found.append)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=BEIJING)


def _step(case: Case) -> Step:
    return Step.objects.get(case=case, state="OPEN")


def _given(world: Office, name: str) -> dict[str, Any]:
    return {"access": world.access(name), "on": DAY, "now": world.at}


def test_days_and_hours(world: Office) -> None:
    case = world.open("t.test")
    assert _step(case).due_at == at(4, 17, 30)
    world.act(case, "主管")
    assert _step(case).due_at == at(2, 12)  # from 10:00 two hours of office time


def test_nothing_is_escalated_before_it_is_due(world: Office) -> None:
    world.open("t.test")
    assert not actions.overdue(now=at(4, 17, 29))
    assert actions.tick(now=at(4, 17, 29), on=DAY) == 0


def test_overdue_goes_to_the_superior_once(world: Office, heard: list[News]) -> None:
    case = world.open("t.test")
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert actions.tick(now=at(5, 9), on=DAY) == 1
        assert actions.tick(now=at(6, 9), on=DAY) == 0
    tasks = dict(Task.objects.filter(case=case, state="OPEN").values_list("who__display_name", "kind"))
    assert tasks == {"主管": "MAIN", "领导": "ESCALATED"}
    assert {one.kind for one in heard} == {"task", "overdue"}
    assert Entry.objects.filter(obj=f"flow.case:{case.pk}", act="flow.case.overdue", actor="system").count() == 1
    world.act(case, "领导")  # decides alone, though all had to approve
    assert Task.objects.get(case=case, state="OPEN").who == world.users["保管"]
    assert reading.times(case, at(6, 9))[1].late is False


def test_pause_stops_the_clock_and_resume_gives_what_was_left(world: Office) -> None:
    case = world.open("t.test")
    actions.pause(case=case.pk, reason="补材料", **_given(world, "主管"))
    assert _step(case).due_at is None
    assert actions.tick(now=at(20, 9), on=DAY) == 0
    world.at = at(10, 9)
    with pytest.raises(Refusal) as refused:
        actions.pause(case=case.pk, reason="再", **_given(world, "主管"))
    assert refused.value.code == "flow.paused"
    actions.resume(case=case.pk, **_given(world, "主管"))
    assert _step(case).due_at == at(12, 17, 30)


def test_a_step_entered_in_a_pause_starts_with_the_resuming(world: Office) -> None:
    case = world.open("t.test")
    actions.pause(case=case.pk, reason="补材料", **_given(world, "主管"))
    world.act(case, "主管")
    assert _step(case).due_at is None
    world.at = at(3, 9)
    actions.resume(case=case.pk, **_given(world, "主管"))
    assert _step(case).due_at == at(3, 11)


@pytest.mark.parametrize("name", ["申请人", "财务"])
def test_who_may_not_stop_the_clock(world: Office, name: str) -> None:
    case = world.open("t.test")
    with pytest.raises(Refusal) as refused:
        actions.pause(case=case.pk, reason="拖", **_given(world, name))
    assert refused.value.code in ("rights.denied", "flow.unknown")


def test_g04_a_changed_calendar_changes_what_is_due(world: Office) -> None:
    case = world.open("t.test")
    set_day(day=date(2026, 3, 4), works=False, name="停电", allowed=True, actor="user:1")
    assert _step(case).due_at == at(5, 17, 30)
    set_day(day=date(2026, 3, 3), works=False, name="停电", allowed=True, actor="user:1")
    assert _step(case).due_at == at(6, 17, 30)
