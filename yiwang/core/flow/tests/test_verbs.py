"""The verbs on a simple process: apply → manager → leader."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from yiwang.core.flow import actions
from yiwang.core.flow.models import Case, CaseState, Task, TaskState
from yiwang.core.flow.tests.files import fact, node, process, ways
from yiwang.core.flow.tests.worlds import DAY, Office, office, registered
from yiwang.core.ledger.models import Entry
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
LINE = process(
    "t.test",
    [
        node("start", "s"),
        node("task", "apply", "申请", role="applicant"),
        node("task", "manager", "部门审核", role="MANAGER", days="2", escalate="LEADER"),
        node("task", "leader", "领导审批", role="LEADER", batch="true"),
        node("end", "e"),
        *ways("s > apply > manager > leader > e"),
    ],
    [fact("amount", "金额", "number")],
)


@pytest.fixture
def world() -> Iterator[Office]:
    with registered(LINE):
        yield office()


def _entries(case: Case) -> int:
    return Entry.objects.filter(obj=f"flow.case:{case.pk}").count()


def test_from_application_to_end(world: Office) -> None:
    case = world.open("t.test", facts={"amount": "1,200.50"})
    assert (case.number, case.facts) == ("T202600001", {"amount": "1200.5"})
    world.act(case, "主管")
    done = world.act(case, "领导")
    assert done.state == CaseState.DONE
    assert _entries(case) == 3
    assert [event.verb for event in case.events.order_by("pk")] == ["APPLY", "APPROVE", "APPROVE"]
    assert not Task.objects.filter(state=TaskState.OPEN).exists()


def test_only_who_has_the_task_acts(world: Office) -> None:
    case = world.open("t.test")
    task = world.task(case, "主管")
    for name in ("外人", "领导", "申请人"):
        with pytest.raises(Refusal) as refused:
            actions.act(task=task.pk, verdict="approve", access=world.access(name), on=DAY, now=world.at)
        assert refused.value.code == "flow.task"
    assert _entries(case) == 1


def test_send_back_and_again(world: Office) -> None:
    case = world.open("t.test")
    world.act(case, "主管")
    task = world.task(case, "领导")
    actions.send_back(task=task.pk, node="apply", opinion="补材料", access=world.access("领导"), on=DAY, now=world.at)
    world.act(case, "申请人", facts={"amount": 5})
    world.act(case, "主管")
    assert world.act(case, "领导").state == CaseState.DONE
    assert Case.objects.get(pk=case.pk).facts == {"amount": "5"}


def test_withdraw_before_anybody_acted(world: Office) -> None:
    case = world.open("t.test")
    with pytest.raises(Refusal):
        actions.withdraw(case=case.pk, access=world.access("主管"), on=DAY, now=world.at)
    assert actions.withdraw(case=case.pk, access=world.access("申请人"), on=DAY, now=world.at).state == "WITHDRAWN"
