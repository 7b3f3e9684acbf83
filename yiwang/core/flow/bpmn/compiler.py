"""File → graph: read, whitelist, wire, compile the conditions, check for soundness. In this order, refused at the first stage that fails."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from yiwang.core.flow.bpmn import soundness
from yiwang.core.flow.bpmn.elements import collect
from yiwang.core.flow.bpmn.graph import Graph, Node, NodeType
from yiwang.core.flow.bpmn.problems import BpmnRefusal, Problem, named, refuse
from yiwang.core.flow.bpmn.reading import read
from yiwang.core.flow.facts import Fact, columns_of
from yiwang.kit.expr import ExpressionError, Type, compile_expression

APPLICANT, SAME = "applicant", "same:"
_ROLE = re.compile(r"[A-Z_]+(:[a-z_]+)?(@(applicant|superior|top))?")


@dataclass(frozen=True)
class Compiled:
    """A sound graph; `points` are what it still lacks before it can be put in force (a draft)."""

    graph: Graph
    points: tuple[str, ...]
    sha: str


def compile_bpmn(
    data: bytes,
    *,
    facts: Sequence[Fact] = (),
    gates: Collection[str] | None = None,
    known_role: Callable[[str], bool] | None = None,
) -> Compiled:
    """Compile a file. BpmnRefusal with every problem of the first stage that fails.

    `facts`: those of the process's registration (the file may declare more; the same key in both must agree).
    `gates`: the names that `yw:gate` may have (None: not checked). `known_role`: whether a word is a role here.
    """
    found = collect(read(data))
    refuse(found.problems)
    graph = Graph(found.key, found.name or found.key, found.nodes, found.flows, {}, _merge(facts, found.facts))
    for stage in soundness.STAGES[:2]:
        refuse(stage(graph))
    graph = replace(graph, nodes=_joins(graph))
    refuse(_conditions(graph))
    for stage in soundness.STAGES[2:]:
        refuse(stage(graph))
    blocks, problems = soundness.Blocks(graph).all()
    refuse(problems)
    graph = replace(graph, blocks=dict(blocks))
    refuse(_attributes(graph, gates))
    points = (*found.points, *_points(graph, known_role or (lambda word: bool(_ROLE.fullmatch(word)))))
    return Compiled(graph, points, hashlib.sha256(data).hexdigest())


def _merge(registered: Sequence[Fact], declared: Sequence[Fact]) -> tuple[Fact, ...]:
    facts = {fact.key: fact for fact in registered}
    for fact in declared:
        known = facts.setdefault(fact.key, fact)
        if known.kind is not fact.kind:
            reason = f"类型 {fact.kind} 与登记的 {known.kind} 不同"
            raise BpmnRefusal([Problem("bpmn.fact", named("内容项", fact.key, fact.label), reason)])
    return tuple(facts.values())


def _joins(graph: Graph) -> Mapping[str, Node]:
    """Parallel gateways with several ways in are joins."""
    return {
        key: replace(node, type=NodeType.JOIN) if node.type is NodeType.FORK and len(graph.ways_in(key)) > 1 else node
        for key, node in graph.nodes.items()
    }


def _conditions(graph: Graph) -> Iterator[Problem]:
    """Conditions stand on the ways out of an exclusive split, compile, and leave one default."""
    columns = columns_of(graph.facts)
    for flow in graph.flows.values():
        here = named("流向", flow.id, flow.name)
        source = graph.nodes[flow.source]
        splits = source.type is NodeType.XOR and len(graph.ways_out(source.id)) > 1
        if flow.condition and not splits:
            yield Problem("bpmn.condition", here, "条件只能写在排他网关的分支上")
        elif flow.condition and flow.id == source.default:
            yield Problem("bpmn.default", here, "默认分支不能再写条件")
        elif splits and not flow.condition and flow.id != source.default:
            yield Problem("bpmn.condition", here, "排他网关的分支没有条件,也不是默认分支")
        elif flow.condition and (reason := _wrong(flow.condition, columns)):
            yield Problem("bpmn.condition", here, reason)
    for node in graph.nodes.values():
        outs = [flow.id for flow in graph.ways_out(node.id)]
        if node.type is NodeType.XOR and len(outs) > 1 and node.default not in outs:
            yield Problem("bpmn.default", soundness.here(graph, node.id), "没有默认分支:各条件都不成立时无路可走")


def _wrong(text: str, columns: Mapping[str, Type]) -> str:
    hint = "(不要写 ${ },直接写 amount > 5000)" if text.startswith(("${", "#{", "=")) else ""
    try:
        expression = compile_expression(text, columns)
    except ExpressionError as error:
        return f"条件“{text[:80]}”不能用:{str(error)[:200]}{hint}"
    return "" if expression.type is Type.BOOL else f"条件“{text[:80]}”不是判断"


def _attributes(graph: Graph, gates: Collection[str] | None) -> Iterator[Problem]:
    """What our attributes name is there."""
    facts = {fact.key for fact in graph.facts}
    tasks = {node.id for node in graph.people()}
    for node in graph.nodes.values():
        here = soundness.here(graph, node.id)
        for key in (*node.asks, *node.returns):
            if key not in facts:
                yield Problem("bpmn.attribute", here, f"要填写的内容项 {key[:40]} 没有声明")
        for one in _nodes(node):
            if one not in tasks:
                yield Problem("bpmn.attribute", here, f"yw:back 或 yw:role 指向的 {one[:60]} 不是环节")
        for gate in node.gates:
            if gates is not None and gate not in gates:
                yield Problem("bpmn.attribute", here, f"标准关口 {gate[:60]} 没有登记")
    if not any(node.role != APPLICANT for node in graph.people()):
        yield Problem(
            "bpmn.own-approval", named("流程", graph.key, graph.name), "只有申请人自己的环节:不能由申请人审批自己的事项"
        )


def _nodes(node: Node) -> list[str]:
    """The nodes that a node's attributes name."""
    back = [] if node.back in ("any", "none") else [word.strip() for word in node.back.split(",")]
    return [*back, node.role.removeprefix(SAME)] if node.role.startswith(SAME) else back


def _points(graph: Graph, known_role: Callable[[str], bool]) -> Iterator[str]:
    """What a draft still lacks."""
    for node in graph.people():
        here = soundness.here(graph, node.id)
        if not node.role:
            yield f"{here}没有角色(yw:role)"
        elif not _known(node.role, known_role):
            yield f"{here}的角色“{node.role[:60]}”平台不认识,请换成平台的角色"
        if node.escalate and not _known(node.escalate, known_role):
            yield f"{here}的升级角色“{node.escalate[:60]}”平台不认识"


def _known(text: str, known_role: Callable[[str], bool]) -> bool:
    if text == APPLICANT or text.startswith(SAME):
        return True
    return all(known_role(part.strip()) for part in text.split(","))
