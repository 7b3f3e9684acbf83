"""Parallel blocks, 退回 out of and into them, rings, called processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from yiwang.core.flow import actions, reading
from yiwang.core.flow.models import Case, CaseState, Step, Task
from yiwang.core.flow.tests.files import fact, flow, node, process, ways
from yiwang.core.flow.tests.worlds import DAY, Office, office, registered
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
FACTS = [fact("amount", "金额", "number"), fact("again", "返工", "bool"), fact("found", "查明", "text")]
#: apply > split( a1 > a2 | inner split( b1 | b2 ) > b3 ) > last > end
BLOCKS = process(
    "t.test",
    [
        node("start", "s"),
        node("task", "apply", role="applicant"),
        node("task", "head", role="MANAGER"),
        node("and", "p"),
        node("and", "j"),
        node("and", "q"),
        node("and", "k"),
        node("task", "a1", role="MANAGER"),
        node("task", "a2", role="MANAGER"),
        node("task", "b1", role="FINANCE"),
        node("task", "b2", role="KEEPER"),
        node("task", "b3", role="FINANCE"),
        node("task", "last", role="LEADER"),
        node("end", "e"),
        *ways("s > apply > head > p > a1 > a2 > j > last > e", "p > q > b1 > k > b3 > j", "q > b2 > k"),
    ],
    FACTS,
)


@pytest.fixture
def world() -> Iterator[Office]:
    with registered(BLOCKS):
        yield office()


def _open(case: Case) -> set[str]:
    return set(Task.objects.filter(case=case, state="OPEN").values_list("step__node", flat=True))


def _back(world: Office, case: Case, name: str, node: str, to: str) -> None:
    task = world.task(case, name, node)
    actions.send_back(task=task.pk, node=to, opinion="退", access=world.access(name), on=DAY, now=world.at)


def _until_last(world: Office) -> Case:
    case = world.open("t.test")
    for name, at in (("主管", "head"), ("主管", "a1"), ("主管", "a2"), ("财务", "b1"), ("保管", "b2"), ("财务", "b3")):
        world.act(case, name, node=at)
    return case


def test_blocks_in_blocks(world: Office) -> None:
    case = world.open("t.test")
    world.act(case, "主管", node="head")
    assert _open(case) == {"a1", "b1", "b2"}
    world.act(case, "保管")
    assert _open(case) == {"a1", "b1"}
    world.act(case, "财务", node="b1")
    assert _open(case) == {"a1", "b3"}
    case = _until_last(world)
    assert _open(case) == {"last"}
    assert world.act(case, "领导").state == CaseState.DONE


def test_back_from_behind_into_a_lane_leaves_the_other_lanes_arrived(world: Office) -> None:
    case = _until_last(world)
    _back(world, case, "领导", "last", "b1")
    assert _open(case) == {"b1"}
    world.act(case, "财务", node="b1")
    assert _open(case) == {"b3"}, "the inner sibling b2 has not to answer again"
    world.act(case, "财务", node="b3")
    assert _open(case) == {"last"}, "nor the outer lane a"


def test_back_to_a_step_that_began_after_the_other_lane_had_arrived(world: Office) -> None:
    case = world.open("t.test")
    for name, at in (("主管", "head"), ("财务", "b1"), ("保管", "b2"), ("财务", "b3"), ("主管", "a1"), ("主管", "a2")):
        world.act(case, name, node=at)
    _back(world, case, "领导", "last", "a2")
    assert _open(case) == {"a2"}
    world.act(case, "主管", node="a2")
    assert _open(case) == {"last"}, "lane b had arrived before a2 began, and is still there"
    assert world.act(case, "领导").state == CaseState.DONE


def test_back_out_of_a_block_ends_the_other_lanes(world: Office) -> None:
    case = world.open("t.test")
    world.act(case, "主管", node="head")
    world.act(case, "主管", node="a1")
    world.act(case, "保管")
    _back(world, case, "财务", "b1", "head")
    assert _open(case) == {"head"}
    world.act(case, "主管", node="head")
    assert _open(case) == {"a1", "b1", "b2"}, "the arrivals of the first round do not count"
    world.act(case, "财务", node="b1")
    assert _open(case) == {"a1", "b2"}
    said = set(case.events.exclude(text="").values_list("verb", flat=True))
    assert said == {"APPROVE", "SEND_BACK"}
    assert case.events.count() == 7


def test_back_within_a_lane_leaves_the_others_alone(world: Office) -> None:
    case = world.open("t.test")
    world.act(case, "主管", node="head")
    world.act(case, "主管", node="a1")
    _back(world, case, "主管", "a2", "a1")
    assert _open(case) == {"a1", "b1", "b2"}


def test_a_sibling_lane_is_not_before(world: Office) -> None:
    case = world.open("t.test")
    world.act(case, "主管", node="head")
    world.act(case, "主管", node="a1")
    with pytest.raises(Refusal) as refused:
        _back(world, case, "财务", "b1", "a1")
    assert refused.value.code == "flow.back"
    task = world.task(case, "财务", "b1")
    assert [one for one, _ in reading.back_targets(task)] == ["head", "apply"]
    assert reading.current(Case.objects.get(pk=case.pk)).open == ("a2", "b1", "b2")


def test_refusing_in_a_lane_ends_the_case(world: Office) -> None:
    case = world.open("t.test")
    world.act(case, "主管", node="head")
    world.act(case, "保管", "reject")
    assert not Step.objects.filter(case=case, state__in=("OPEN", "ARRIVED")).exists()


def test_withdraw_after_it_was_sent_back_to_the_applicant(world: Office) -> None:
    case = world.open("t.test")
    given = {"case": case.pk, "access": world.access("申请人"), "on": DAY, "now": world.at}
    world.act(case, "主管", node="head")
    with pytest.raises(Refusal) as refused:
        actions.withdraw(**given)  # type: ignore[arg-type]
    assert refused.value.code == "flow.withdraw"
    _back(world, case, "主管", "a1", "apply")
    assert actions.withdraw(**given).state == CaseState.WITHDRAWN  # type: ignore[arg-type]


# ---------------------------------------------------------------- rings, choices, called processes

RING = process(
    "t.ring",
    [
        node("start", "s"),
        node("task", "apply", role="applicant"),
        node("xor", "m"),
        node("task", "work", role="MANAGER", asks="again,amount"),
        node("xor", "x", default="x-call"),
        node("call", "call", "核查", calledElement="t.child", returns="found"),
        node("task", "last", role="LEADER"),
        node("end", "e"),
        *ways("s > apply > m > work > x", "call > last > e"),
        flow("x", "m", "again"),
        flow("x", "call"),
    ],
    FACTS,
)
CHILD = process(
    "t.child",
    [node("start", "s"), node("task", "look", role="FINANCE", asks="found"), node("end", "e"), *ways("s > look > e")],
    [fact("found", "查明", "text", required="true"), fact("amount", "金额", "number")],
)


@pytest.fixture
def ring() -> Iterator[Office]:
    with ExitStack() as stack:
        for data, key in ((RING, "t.ring"), (CHILD, "t.child")):
            stack.enter_context(registered(data, key))
        yield office()


def test_a_missing_fact_never_chooses_a_way(ring: Office) -> None:
    case = ring.open("t.ring")
    with pytest.raises(Refusal) as refused:
        ring.act(case, "主管")
    assert refused.value.code == "flow.undetermined"
    assert "返工" in refused.value.message
    assert _open(case) == {"work"}, "nothing happened"


def test_round_and_round_then_the_child_gives_its_facts_back(ring: Office) -> None:
    case = ring.open("t.ring")
    for again in (True, True, False):
        ring.act(case, "主管", facts={"again": again, "amount": 7})
    assert case.steps.filter(node="work", state="DONE").count() == 3
    child = Case.objects.get(root=case)
    assert (child.number, child.facts, child.applicant) == (f"{case.number}-1", {"amount": "7"}, case.applicant)
    with pytest.raises(Refusal) as refused:
        ring.act(child, "财务")
    assert refused.value.code == "fact.required"
    ring.act(child, "财务", facts={"found": "属实"})
    case.refresh_from_db()
    assert case.facts["found"] == "属实"
    assert _open(case) == {"last"}
    assert ring.act(case, "领导").state == CaseState.DONE


def test_a_refused_child_refuses_its_parent(ring: Office) -> None:
    case = ring.open("t.ring")
    ring.act(case, "主管", facts={"again": False})
    ring.act(Case.objects.get(root=case), "财务", "reject")
    case.refresh_from_db()
    assert case.state == CaseState.REFUSED


def test_voiding_the_parent_voids_the_child_and_not_the_other_way(ring: Office) -> None:
    case = ring.open("t.ring")
    ring.act(case, "主管", facts={"again": False})
    child = Case.objects.get(root=case)
    given = {"reason": "重复", "on": DAY, "now": ring.at}
    with pytest.raises(Refusal) as refused:
        actions.void(case=child.pk, access=ring.access("主管"), **given)  # type: ignore[arg-type]
    assert refused.value.code == "flow.child"
    with pytest.raises(Refusal) as refused:
        actions.void(case=case.pk, access=ring.access("领导"), **given)  # type: ignore[arg-type]
    assert refused.value.code == "rights.denied"
    actions.void(case=case.pk, access=ring.access("主管"), **given)  # type: ignore[arg-type]
    child.refresh_from_db()
    assert child.state == CaseState.VOID


def test_a_process_that_calls_itself_is_stopped() -> None:
    parts = [node("start", "s"), node("call", "c", "再来", calledElement="t.self"), node("task", "m", role="MANAGER")]
    with registered(process("t.self", [*parts, node("end", "e"), *ways("s > c > m > e")]), "t.self"):
        with pytest.raises(Refusal) as refused:
            office().open("t.self")
        assert refused.value.code == "flow.deep"
        assert not Case.objects.exists()
