"""What the pages ask of a process: its graph, its usual way, who is meant by a role, what its gates say to facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from yiwang.core.flow import gates as gate
from yiwang.core.flow import processes
from yiwang.core.flow.bpmn import Graph, Node, NodeType
from yiwang.core.flow.definitions import compile_for, graph_of
from yiwang.core.flow.models import Case, Definition, DefinitionState
from yiwang.core.flow.people import APPLICANT, SAME
from yiwang.core.flow.processes import ProcessKind
from yiwang.core.flow.reading import role_words, rule_words
from yiwang.core.orgs.models import Organ
from yiwang.core.standards.regions import chain
from yiwang.portal.menu import menu


@lru_cache(maxsize=64)
def shipped(key: str) -> Graph:
    """The graph of the file that ships with a process, for a database in which it has no version yet."""
    kind = processes.get(key)
    return compile_for(kind.file.read_bytes(), kind).graph


def offered(region: str, on: date) -> list[tuple[ProcessKind, Graph]]:
    """The processes that may be begun at a place on a day, by name, each with its graph. Two queries; writes nothing."""
    present = {row.key: row for row in in_force(region, on)}
    known = set(Definition.objects.values_list("key", flat=True).distinct())
    found = []
    for kind in processes.all_kinds():
        if kind.key in present:
            found.append((kind, graph_of(present[kind.key])))
        elif kind.key not in known:
            found.append((kind, shipped(kind.key)))
    return sorted(found, key=lambda one: one[1].name)


def in_force(region: str, on: date) -> list[Definition]:
    """The definition in force of every process at a place on a day. One query."""
    places = chain(region)
    rows = Definition.objects.filter(region__in=places, state=DefinitionState.IN_FORCE, valid_from__lte=on)
    found: dict[str, Definition] = {}
    nearness = {place: at for at, place in enumerate(places)}
    for row in sorted(rows.defer("xml", "graph"), key=lambda one: (nearness[one.region], -one.version)):
        if row.valid_to is None or row.valid_to > on:
            found.setdefault(row.key, row)
    return list(found.values())


#: Areas that have processes or datasets and no register of their own yet.
AREAS = {"engagements": "公务活动", "services": "后勤服务", "evaluation": "考核评价"}


def areas() -> dict[str, str]:
    """The areas with their labels."""
    return AREAS | {item.area: item.label for item in menu()}


@dataclass(frozen=True)
class Stage:
    """One person's step as it is told to people."""

    node: str
    name: str
    role: str
    rule: str
    days: str
    gate: str
    back: str
    batch: bool
    escalate: str
    area: str = ""


@dataclass(frozen=True)
class Summary:
    """A process on the page of what one may ask for."""

    key: str
    name: str
    steps: int
    days: int


def summary(graph: Graph) -> Summary:
    """How many steps and working days it takes at most."""
    nodes = [node for node in graph.people() if node.role != APPLICANT]
    return Summary(graph.key, graph.name, len(nodes), sum(node.days or 0 for node in nodes))


def ordered(graph: Graph) -> list[Node]:
    """The nodes in the order of the way: each after all that lead to it, rings apart."""
    seen: set[str] = set()
    found: list[Node] = []
    front: list[tuple[str, bool]] = [(graph.start.id, False)]
    while front:
        key, left = front.pop()
        if left:
            found.append(graph.nodes[key])
        elif key not in seen:
            seen.add(key)
            front.append((key, True))
            front += [(flow.target, False) for flow in graph.ways_out(key)]
    return found[::-1]


def stages(graph: Graph) -> list[Stage]:
    """The steps at which a person or another process acts, in order."""
    return [stage(node, graph) for node in ordered(graph) if node.type in (NodeType.TASK, NodeType.CALL)]


def stage(node: Node, graph: Graph) -> Stage:
    """One step in words."""
    called = f"转入流程 {node.called}" if node.type is NodeType.CALL else role(node.role, graph)
    return Stage(
        node=node.id,
        name=node.name or node.id,
        role=called,
        rule=rule_words(node.rule),
        days=time_words(node),
        gate=node.gate,
        back=back_words(node, graph),
        batch=node.batch,
        escalate=role(node.escalate, graph) if node.escalate else "",
    )


def role(text: str, graph: Graph) -> str:
    """Who a role means, areas and steps by their names."""
    if text.startswith(SAME):
        key = text.removeprefix(SAME)
        return f"办理“{graph.nodes[key].name}”的人" if key in graph.nodes else role_words(text)
    words = role_words(text)
    for key, label in areas().items():
        words = words.replace(f"({key})", f"({label})")
    return words


def time_words(node: Node) -> str:
    """3 个工作日, 4 个工作小时, or "" where there is no clock."""
    if node.days:
        return f"{node.days} 个工作日"
    return f"{node.hours} 个工作小时" if node.hours else ""


def back_words(node: Node, graph: Graph) -> str:
    """To which steps it may be sent back."""
    if node.role == APPLICANT or node.back == "none" or node.type is not NodeType.TASK:
        return "不可退回"
    if node.back == "any":
        return "任一已办环节"
    names = (graph.nodes[key].name for key in node.back.split(",") if key in graph.nodes)
    return "、".join(names)


def has_gates(graph: Graph) -> bool:
    """Whether standards are judged anywhere on the way."""
    return any(node.gate for node in graph.nodes.values())


def judged(graph: Graph, facts: Mapping[str, Any], organ: Organ, on: date) -> list[Any]:
    """What the gates say to facts that are not written yet; each verdict once."""
    case = Case(process=graph.key, organ=organ, facts=dict(facts))
    found: dict[tuple[str, str], Any] = {}
    for node in graph.nodes.values():
        for one in gate.judge(node, graph, case, on):
            found.setdefault((one["clause"], one["subject"]), verdict(one))
    return list(found.values())


def verdict(kept: Mapping[str, Any]) -> Any:
    """A kept verdict as templates read it."""
    day = kept.get("on")
    return SimpleNamespace(**{**kept, "on": date.fromisoformat(day) if isinstance(day, str) else day})
