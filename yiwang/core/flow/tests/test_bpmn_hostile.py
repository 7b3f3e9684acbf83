"""Files that must not become processes: each is refused, and the sentence names the element and the reason."""

from __future__ import annotations

import pytest

from yiwang.core.flow.bpmn import BpmnRefusal, compile_bpmn
from yiwang.core.flow.tests.files import HEAD, fact, flow, node, process, ways

START, END, A, B = (
    node("start", "s"),
    node("end", "e"),
    node("task", "a", role="MANAGER"),
    node("task", "b", role="LEADER"),
)
AMOUNT = [fact("amount", "金额", "number")]
XOR = node("xor", "x", default="x-b")


def _line(*more: str) -> bytes:
    return process("t.bad", [START, A, END, *ways("s > a > e"), *more])


def _split(first: str, second: str, *more: str) -> list[str]:
    return [START, END, node("and", "p"), node("and", "j"), A, B, *ways("s > p", first, second, "j > e"), *more]


SHAPES: dict[str, tuple[bytes, str, str]] = {
    # what: (file, code, what the sentence must name)
    "script task": (_line('<scriptTask id="evil" name="算一算"><script>import os</script></scriptTask>'), "bpmn.element", "evil"),
    "service task": (_line('<serviceTask id="call" camunda:class="x.Y"/>'), "bpmn.element", "call"),
    "Python condition": (
        process("t.bad", [START, A, B, XOR, END, *ways("s > x > b > e", "a > e"), flow("x", "a", "__import__('os').system('id')")]),
        "bpmn.condition",
        "x-a",
    ),
    "condition in another language": (
        process("t.bad", [START, A, B, XOR, END, *ways("s > x > b > e", "a > e"),
        '<sequenceFlow id="x-a" sourceRef="x" targetRef="a"><conditionExpression language="python">True</conditionExpression></sequenceFlow>']),
        "bpmn.condition",
        "python",
    ),
    "foreign expression": (
        process("t.bad", [START, A, B, XOR, END, *ways("s > x > b > e", "a > e"), flow("x", "a", "${amount > 5}")], AMOUNT),
        "bpmn.condition",
        "amount",
    ),
    "condition on an unknown fact": (
        process("t.bad", [START, A, B, XOR, END, *ways("s > x > b > e", "a > e"), flow("x", "a", "price > 5")], AMOUNT),
        "bpmn.condition",
        "price",
    ),
    "XXE": (
        _line().replace(b"<definitions", b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><definitions', 1),
        "bpmn.doctype",
        "DOCTYPE",
    ),
    "ring without a person": (
        process("t.bad", [START, A, END, node("xor", "m"), node("xor", "x", default="x-m"), *ways("s > a > m > x > m"),
        flow("x", "e", "amount > 5")], AMOUNT),
        "bpmn.ring",
        "m",
    ),
    "dead end": (process("t.bad", [START, A, B, XOR, END, *ways("s > x > b > e"), flow("x", "a", "amount > 5")], AMOUNT), "bpmn.ways", "a"),
    "ring that never leaves": (
        process("t.bad", [START, A, B, XOR, END, *ways("s > x > b > e", "a > a"), flow("x", "a", "amount > 5")], AMOUNT),
        "bpmn.dead-end",
        "a",
    ),
    "unreached": (process("t.bad", [START, A, B, END, *ways("s > a > e", "b > e")]), "bpmn.ways", "b"),
    "split without join": (process("t.bad", [START, A, B, END, node("and", "p"), *ways("s > p > a > e", "p > b > e")]), "bpmn.block", "e"),
    "join of an exclusive split": (
        process("t.bad", [START, A, B, XOR, END, node("and", "j"), *ways("s > x > b > j > e", "a > j"), flow("x", "a", "amount > 5")], AMOUNT),
        "bpmn.block",
        "j",
    ),
    "join of two blocks": (
        process("t.bad", [START, END, node("and", "p"), node("and", "q"), node("and", "j"),
        *(node("task", one, role="MANAGER") for one in "abcd"),
        *ways("s > p > a > q", "p > b > j > e", "q > c > j", "q > d > j")]),
        "bpmn.block",
        "j",
    ),
    "end inside a block": (
        process("t.bad", [*_split("p > a > x > j", "p > b > j"), node("xor", "x", default="x-j"), node("end", "e2"), flow("x", "e2", "amount > 1")], AMOUNT),
        "bpmn.block",
        "e2",
    ),
    "lane that leaves its block": (
        process("t.bad", [START, END, node("task", "z", role="MANAGER"), node("and", "p"), node("and", "j"), A, B, node("xor", "x", default="x-j"),
        *ways("s > z > p > a > x > j > e", "p > b > j"), flow("x", "z", "amount > 1")], AMOUNT),
        "bpmn.block",
        "p",
    ),
    "lanes that meet": (
        process("t.bad", [*_split("p > a > j", "p > x > b > j"), node("xor", "x", default="x-b"), flow("x", "a", "amount > 1")], AMOUNT),
        "bpmn.block",
        "",
    ),
    "empty lane": (process("t.bad", [START, END, node("and", "p"), node("and", "j"), A, *ways("s > p > a > j > e", "p > j")]), "bpmn.block", "p"),
    "gateway that joins and splits": (
        process("t.bad", [START, END, node("and", "p"), node("and", "q"), node("and", "j"), *(node("task", one, role="MANAGER") for one in "abcd"),
        *ways("s > p > a > q > c > j > e", "p > b > q > d > j")]),
        "bpmn.ways",
        "q",
    ),
    "two starts": (_line(node("start", "s2"), flow("s2", "a")), "bpmn.start", "s2"),
    "no end": (process("t.bad", [START, A, *ways("s > a > a")]), "bpmn.end", "t.bad"),
    "no default": (
        process("t.bad", [START, A, B, node("xor", "x"), END, *ways("s > x", "a > e", "b > e"), flow("x", "a", "amount > 1"), flow("x", "b", "amount < 1")], AMOUNT),
        "bpmn.default",
        "x",
    ),
    "two ways out of a task": (process("t.bad", [START, A, B, END, *ways("s > a > e", "a > b > e")]), "bpmn.ways", "a"),
    "unknown element": (_line('<subProcess id="sub" name="子流程"/>'), "bpmn.element", "sub"),
    "timer": (_line('<boundaryEvent id="timer" attachedToRef="a"/>'), "bpmn.element", "timer"),
    "zeebe": (
        _line().replace(b"<definitions", b'<definitions xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"', 1),
        "bpmn.zeebe",
        "zeebe",
    ),
    "listener": (
        process("t.bad", [START, '<userTask id="a" name="a" yw:role="MANAGER"><extensionElements><camunda:taskListener class="x"/></extensionElements></userTask>', END, *ways("s > a > e")]),
        "bpmn.element",
        "taskListener",
    ),
    "assignee by expression": (_line().replace(b'yw:role="MANAGER"', b'yw:role="MANAGER" camunda:assignee="${x}"'), "bpmn.attribute", "assignee"),
    "too many nodes": (
        process("t.bad", [START, END, *(node("task", f"n{one}", role="MANAGER") for one in range(300)),
        *ways("s > " + " > ".join(f"n{one}" for one in range(300)) + " > e")]),
        "bpmn.nodes",
        "302",
    ),
    "huge": (HEAD.encode() + b" " * (2 << 20), "bpmn.size", "2 MB"),
    "UTF-16": (_line().decode().replace("UTF-8", "UTF-16").encode("utf-16"), "bpmn.encoding", "UTF-16"),
    "other encoding": (_line().replace(b"UTF-8", b"GBK"), "bpmn.encoding", "GBK"),
    "deep": (HEAD.encode() + b"<process id='t.x'>" + b"<lane>" * 400 + b"</lane>" * 400 + b"</process></definitions>", "bpmn.xml", ""),
    "no XML": (b"PK\x03\x04 not a picture", "bpmn.xml", ""),
    "another XML": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "bpmn.root", "svg"),
    "two processes": (_line().replace(b"</definitions>", b'<process id="p2"/></definitions>'), "bpmn.process", "2"),
    "twice the same id": (_line(node("task", "a", role="LEADER")), "bpmn.id", "a"),
    "flow to nowhere": (process("t.bad", [START, A, END, *ways("s > a > e", "a > ghost")]), "bpmn.flow", "ghost"),
    "own approval": (process("t.bad", [START, node("task", "a", role="applicant"), END, *ways("s > a > e")]), "bpmn.own-approval", "t.bad"),
    "bad share": (_line().replace(b'yw:role="MANAGER"', b'yw:role="MANAGER" yw:rule="share:1.5"'), "bpmn.attribute", "a"),
    "bad days": (_line().replace(b'yw:role="MANAGER"', b'yw:role="MANAGER" yw:days="soon"'), "bpmn.attribute", "a"),
    "unknown attribute of ours": (_line().replace(b'yw:role="MANAGER"', b'yw:role="MANAGER" yw:run="rm"'), "bpmn.attribute", "run"),
    "asks what is not declared": (_line().replace(b'yw:role="MANAGER"', b'yw:role="MANAGER" yw:asks="ghost"'), "bpmn.attribute", "ghost"),
}  # fmt: skip


@pytest.mark.parametrize("what", SHAPES)
def test_f21_hostile_shape_is_refused_by_name(what: str) -> None:
    data, code, names = SHAPES[what]
    with pytest.raises(BpmnRefusal) as refused:
        compile_bpmn(data)
    assert refused.value.code == code, str(refused.value)
    assert names in str(refused.value)


def test_the_line_they_are_made_of_is_sound() -> None:
    assert compile_bpmn(_line()).points == ()


def test_file_without_roles_is_a_draft() -> None:
    compiled = compile_bpmn(_line().replace(b'yw:role="MANAGER"', b""))
    assert len(compiled.points) == 1
    assert "a" in compiled.points[0]


def test_foreign_groups_are_read_as_roles() -> None:
    data = _line().replace(b'yw:role="MANAGER"', b'camunda:candidateGroups="MANAGER"')
    compiled = compile_bpmn(data)
    assert compiled.graph.nodes["a"].role == "MANAGER"
    assert compiled.points == ()
    unknown = compile_bpmn(_line().replace(b'yw:role="MANAGER"', b'camunda:candidateGroups="management"'))
    assert "management" in unknown.points[0]
