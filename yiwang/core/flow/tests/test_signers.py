"""会签、加签、转办: who must answer, who stands behind whom, what a step waits for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from yiwang.core.flow import actions, reading
from yiwang.core.flow.models import Case, CaseState, Task
from yiwang.core.flow.tests.files import node, process, ways
from yiwang.core.flow.tests.worlds import DAY, Office, office, registered
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
SIGN = process(
    "t.test",
    [
        node("start", "s"),
        node("task", "apply", role="applicant"),
        node("task", "sign", role="MANAGER,LEADER,FINANCE", rule="all"),
        node("task", "last", role="KEEPER"),
        node("end", "e"),
        *ways("s > apply > sign > last > e"),
    ],
)


@pytest.fixture
def world() -> Iterator[Office]:
    with registered(SIGN):
        yield office()


def _add(world: Office, case: Case, name: str, who: str, place: str) -> None:
    actions.add_signer(
        task=world.task(case, name).pk,
        who=world.users[who],
        place=place,  # type: ignore[arg-type]
        access=world.access(name),
        on=DAY,
        now=world.at,
    )


def _open(case: Case) -> set[str]:
    return set(Task.objects.filter(case=case, state="OPEN").values_list("who__display_name", flat=True))


def test_all_must_approve(world: Office) -> None:
    case = world.open("t.test")
    world.act(case, "主管")
    world.act(case, "财务")
    assert _open(case) == {"领导"}
    world.act(case, "领导")
    assert _open(case) == {"保管"}


def test_one_refusal_ends_it_and_the_others_need_not_answer(world: Office) -> None:
    case = world.open("t.test")
    world.act(case, "主管")
    assert world.act(case, "财务", "reject").state == CaseState.REFUSED
    assert _open(case) == set()
    states = dict(Task.objects.filter(case=case, step__node="sign").values_list("who__display_name", "state"))
    assert states == {"主管": "DONE", "财务": "DONE", "领导": "VOID"}


def test_refusing_needs_a_reason(world: Office) -> None:
    case = world.open("t.test")
    with pytest.raises(Refusal) as refused:
        world.act(case, "主管", "reject", opinion=" ")
    assert refused.value.code == "flow.text"


def test_signer_before_holds_the_own_task_back(world: Office) -> None:
    case = world.open("t.test")
    _add(world, case, "主管", "保管", "before")
    assert _open(case) == {"领导", "财务", "保管"}
    world.act(case, "保管", "reject")  # advice, not a vote
    assert _open(case) == {"领导", "财务", "主管"}


def test_signer_after_is_waited_for(world: Office) -> None:
    case = world.open("t.test")
    _add(world, case, "主管", "外人", "after")
    assert "外人" not in _open(case)
    for name in ("主管", "领导", "财务"):
        world.act(case, name)
    assert _open(case) == {"外人"}
    world.act(case, "外人")
    assert _open(case) == {"保管"}


def test_a_signer_after_may_refuse(world: Office) -> None:
    case = world.open("t.test")
    _add(world, case, "主管", "外人", "after")
    world.act(case, "主管")
    assert world.act(case, "外人", "reject").state == CaseState.REFUSED


def test_one_more_of_the_signers(world: Office) -> None:
    case = world.open("t.test")
    _add(world, case, "主管", "外人", "into")
    for name in ("主管", "领导", "财务"):
        world.act(case, name)
    assert _open(case) == {"外人"}


def test_added_signers_add_nobody_and_give_nothing_back(world: Office) -> None:
    case = world.open("t.test")
    _add(world, case, "主管", "保管", "before")
    with pytest.raises(Refusal) as refused:
        _add(world, case, "保管", "外人", "before")
    assert refused.value.code == "flow.added"
    task = world.task(case, "保管")
    with pytest.raises(Refusal) as refused:
        actions.send_back(task=task.pk, node="apply", opinion="退", access=world.access("保管"), on=DAY, now=world.at)
    assert refused.value.code == "flow.back"
    assert "send_back" not in reading.may(case, task, world.access("保管"))


@pytest.mark.parametrize("name", ["申请人", "领导"])
def test_who_cannot_be_added(world: Office, name: str) -> None:
    """The applicant may not sign his own case; who has the task already gets no second one."""
    case = world.open("t.test")
    with pytest.raises(Refusal) as refused:
        _add(world, case, "主管", name, "into")
    assert refused.value.code == "flow.person"


def test_transfer_keeps_from_whom(world: Office) -> None:
    case = world.open("t.test")
    task = world.task(case, "财务")
    given: dict[str, Any] = {"access": world.access("财务"), "on": DAY, "now": world.at}
    actions.transfer(task=task.pk, to=world.users["保管"], **given)
    task.refresh_from_db()
    assert (task.who, task.taken_from) == (world.users["保管"], world.users["财务"])
    with pytest.raises(Refusal) as refused:
        actions.transfer(task=task.pk, to=world.users["外人"], **given)
    assert refused.value.code == "flow.task"


def test_nobody_found_goes_to_an_administrator(world: Office) -> None:
    world.users["保管"].grants.all().delete()
    case = world.open("t.test")
    for name in ("主管", "领导", "财务"):
        world.act(case, name)
    task = Task.objects.unassigned(world.access("主管")).get()
    assert (task.who, task.case) == (None, case)
    assert not Task.objects.unassigned(world.access("领导")).exists()
    actions.transfer(task=task.pk, to=world.users["财务"], access=world.access("主管"), on=DAY, now=world.at)
    assert world.act(case, "财务").state == CaseState.DONE


def test_the_applicant_never_approves_his_own(world: Office) -> None:
    case = world.open("t.test", "主管")
    assert _open(case) == {"领导", "财务"}
