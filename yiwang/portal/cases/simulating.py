"""试走一遍: a definition walked through with made-up facts and decisions; nothing is written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.core.flow import facts as contents
from yiwang.core.flow import gates
from yiwang.core.flow.bpmn import Flow, Graph, Node, NodeType
from yiwang.core.flow.definitions import graph_of
from yiwang.core.flow.models import Case
from yiwang.core.flow.people import APPLICANT
from yiwang.core.orgs.models import Organ, Tier
from yiwang.core.rights.middleware import AccessRequest
from yiwang.kit.expr import compile_expression
from yiwang.kit.refusal import Refusal
from yiwang.portal.cases import definitions, fields, graphs

#: A walk of more decisions is one that goes in circles.
LONGEST = 60
APPROVE, REJECT, BACK = "approve", "reject", "back"

Decision = tuple[str, str, str]  # node, what, to which node


@dataclass
class Walk:
    """Where the tokens are, how they came there, and what the gates said."""

    graph: Graph
    organ: Organ
    on: date
    facts: dict[str, Any]
    open: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)
    arrived: dict[str, set[str]] = field(default_factory=dict)
    course: list[str] = field(default_factory=list)
    verdicts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    judged: list[dict[str, Any]] = field(default_factory=list)
    end: str = ""

    def start(self) -> None:
        """From the start on; the applicant's own first step is the application."""
        self.done.append(self.graph.start.id)
        self._leave(self.graph.start.id)
        first = self.graph.nodes[self.open[0]] if len(self.open) == 1 else None
        if first is not None and first.role == APPLICANT:
            self.decide((first.id, APPROVE, ""))
            self.course[-1] = f"{first.name}:提交申请"

    def decide(self, decision: Decision) -> None:
        """One person's decision. Refusal `flow.walk` where that step is not open."""
        node, what, to = decision
        if self.end or node not in self.open:
            raise Refusal("flow.walk", "这一步现在不在办,请从头再走。")
        name = self.graph.nodes[node].name
        if what == REJECT:
            self.course.append(f"{name}:驳回")
            self.open, self.end = [], "驳回"
        elif what == BACK:
            self._back(node, to)
        else:
            self.course.append(f"{name}:同意")
            self.open.remove(node)
            self.done.append(node)
            self._leave(node)

    def backs(self, node: str) -> list[Node]:
        """The steps to which this one may be sent back."""
        here = self.graph.nodes[node]
        if here.back == "none" or here.type is not NodeType.TASK:
            return []
        allowed = None if here.back == "any" else {key.strip() for key in here.back.split(",")}
        before = [key for key in dict.fromkeys(self.done) if node in self.graph.reaches(key)]
        steps = [self.graph.nodes[key] for key in before if self.graph.nodes[key].type is NodeType.TASK]
        lanes = self.graph.places[node]
        return [
            one
            for one in steps
            if (allowed is None or one.id in allowed)
            and lanes[: len(self.graph.places[one.id])] == self.graph.places[one.id]
        ]

    def _back(self, node: str, to: str) -> None:
        if to not in {one.id for one in self.backs(node)}:
            raise Refusal("flow.walk", "不能退回到这一步,请从头再走。")
        self.course.append(f"{self.graph.nodes[node].name}:退回到“{self.graph.nodes[to].name}”")
        after = self.graph.reaches(to)
        self.open = [key for key in self.open if key not in after] + [to]
        self.done = [key for key in self.done if key not in after and key != to]
        self.arrived = {join: via for join, via in self.arrived.items() if join not in after}

    def _leave(self, node: str) -> None:
        self._enter(self.graph.ways_out(node)[0])

    def _enter(self, flow: Flow) -> None:
        node = self.graph.nodes[flow.target]
        self.flows.append(flow.id)
        if node.type in (NodeType.TASK, NodeType.CALL):
            self._judge(node)
            self.open.append(node.id)
            return
        if node.type is NodeType.JOIN and not self._all_arrived(node, flow):
            return
        self.done.append(node.id)
        if node.type is NodeType.END:
            self.open, self.end = [], "办结"
        elif node.type is NodeType.XOR:
            self._enter(self._chosen(node))
        else:
            for way in self.graph.ways_out(node.id):
                self._enter(way)

    def _all_arrived(self, node: Node, flow: Flow) -> bool:
        self.arrived.setdefault(node.id, set()).add(flow.id)
        if len(self.arrived[node.id]) < len(self.graph.ways_in(node.id)):
            return False
        del self.arrived[node.id]
        return True

    def _judge(self, node: Node) -> None:
        case = Case(process=self.graph.key, organ=self.organ, facts=self.facts)
        if found := gates.judge(node, self.graph, case, self.on):
            self.verdicts[node.id] = self.judged = found

    def _chosen(self, node: Node) -> Flow:
        """The way out of an exclusive split, as the engine takes it."""
        ways = self.graph.ways_out(node.id)
        known = contents.typed(self.graph.facts, self.facts)
        known |= {"organ_tier": str(Tier(self.organ.tier).label), "verdict": gates.worst(self.judged)}
        columns = contents.columns_of(self.graph.facts)
        for way in ways:
            if way.condition:
                expression = compile_expression(way.condition, columns)
                truth = expression.run(known)
                if truth is None:
                    raise Refusal(
                        "flow.undetermined", f"还不能判断往哪一步走:{_lacking(self.graph, expression.names, known)}"
                    )
                if truth:
                    self.course.append(f"按“{way.name or way.condition}”分支")
                    return way
        return self.graph.flows[node.default] if node.default else ways[0]


def _lacking(graph: Graph, names: frozenset[str], known: Mapping[str, Any]) -> str:
    labels = [fact.label for fact in graph.facts if fact.key in names and known.get(fact.key) is None]
    return f"请先填写{'、'.join(labels)}。" if labels else "缺少标准判定。"


def walked(graph: Graph, facts: dict[str, Any], decisions: Sequence[Decision], organ: Organ, on: date) -> Walk:
    """The whole walk, from the beginning."""
    walk = Walk(graph, organ, on, facts)
    walk.start()
    for decision in decisions[:LONGEST]:
        walk.decide(decision)
    return walk


@require_http_methods(["GET", "POST"])
def page(request: AccessRequest, pk: int) -> HttpResponse:
    """The facts, where the walk stands, and the next decision. POST only carries the walk on: nothing is written."""
    row = get_object_or_404(definitions.mine(request.access), pk=pk)
    graph, values = graph_of(row), request.POST
    organ = request.access.organ
    assert organ is not None
    typed = fields.read(graph.facts, values.dict()) if request.method == "POST" else fields.Typed({}, {})
    walk, refusal, decisions = None, None, _decisions(values)
    if request.method == "POST" and not typed.errors:
        try:
            walk = walked(graph, typed.facts, decisions, organ, timezone.localdate())
        except Refusal as found:
            refusal = found
    shown = fields.fields(graph.facts, values.dict(), typed.errors)
    context: dict[str, Any] = {
        "row": row,
        "fields": shown,
        "wrong": [one for one in shown if one.error],
        "walk": walk,
        "refusal": refusal,
        "decisions": json.dumps(decisions, ensure_ascii=False),
        "stands": _stands(walk) if walk else [],
        "marks": _marks(walk) if walk else {"nodes": {}, "flows": []},
    }
    status = 422 if refusal or typed.errors else 200
    return render(request, "cases/simulate.html", context, status=status)


def _decisions(values: Mapping[str, str]) -> list[Decision]:
    """Those taken so far, and the one that the button adds. Refusal `flow.walk` for what no form of ours holds."""
    try:
        kept = json.loads(values.get("decisions") or "[]")
        found = [(str(node), str(what), str(to)) for node, what, to in kept]
    except (ValueError, TypeError):
        raise Refusal("flow.walk", "这次试走的记录看不懂,请从头再走。") from None
    if values.get("do") == "again":
        return []
    if decided := values.get("decide"):
        node, _, what = decided.rpartition("|")
        found.append((node, what, values.get(f"to-{node}", "")))
    return found


def _stands(walk: Walk) -> list[dict[str, Any]]:
    """The open steps with what may be decided there and what the gate says."""
    return [
        {
            "node": key,
            "stage": graphs.stage(walk.graph.nodes[key], walk.graph),
            "call": walk.graph.nodes[key].type is NodeType.CALL,
            "backs": walk.backs(key),
            "verdicts": [graphs.verdict(one) for one in walk.verdicts.get(key, [])],
        }
        for key in walk.open
    ]


def _marks(walk: Walk) -> dict[str, Any]:
    nodes = {key: {"mark": "is-done", "sign": "✓"} for key in walk.done}
    nodes |= {key: {"mark": "is-open", "sign": "走到这里"} for key in walk.open}
    return {"nodes": nodes, "flows": walk.flows}
