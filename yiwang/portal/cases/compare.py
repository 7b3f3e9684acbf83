"""Two versions of a process side by side: steps, ways and facts that were added, removed or changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from yiwang.core.flow.bpmn import Flow, Graph, Node, NodeType
from yiwang.core.flow.facts import Fact
from yiwang.core.flow.reading import rule_words
from yiwang.portal.cases import graphs

ADDED, REMOVED, CHANGED = "新增", "删去", "改动"
MARKS = {ADDED: "is-added", CHANGED: "is-changed"}


@dataclass(frozen=True)
class Change:
    """One difference: what it is, which, and by property the old and the new words."""

    how: str
    what: str
    key: str
    name: str
    details: tuple[tuple[str, str, str], ...] = ()


def changes(before: Graph, after: Graph) -> list[Change]:
    """Everything that differs, steps first."""
    return [
        *_of("环节", _nodes(before), _nodes(after), lambda one: _node(one[0], one[1])),
        *_of("流向", dict(before.flows), dict(after.flows), _flow_words(before, after)),
        *_of("内容", _facts(before.facts), _facts(after.facts), _fact),
    ]


def marks(found: Iterable[Change]) -> dict[str, Any]:
    """For the picture of the new version."""
    nodes = {
        one.key: {"mark": MARKS[one.how], "sign": one.how} for one in found if one.what == "环节" and one.how in MARKS
    }
    return {"nodes": nodes, "flows": []}


def _nodes(graph: Graph) -> dict[str, tuple[Node, Graph]]:
    kinds = (NodeType.TASK, NodeType.CALL)
    return {node.id: (node, graph) for node in graphs.ordered(graph) if node.type in kinds}


def _facts(facts: Iterable[Fact]) -> dict[str, Fact]:
    return {fact.key: fact for fact in facts}


def _of(what: str, before: Mapping[str, Any], after: Mapping[str, Any], words: Any) -> list[Change]:
    found = [Change(ADDED, what, key, words(one)["名称"]) for key, one in after.items() if key not in before]
    found += [Change(REMOVED, what, key, words(one)["名称"]) for key, one in before.items() if key not in after]
    for key in after:
        if key in before and (details := _details(words(before[key]), words(after[key]))):
            found.append(Change(CHANGED, what, key, words(after[key])["名称"], details))
    return found


def _details(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    return tuple((name, before[name] or "无", after[name] or "无") for name in after if before[name] != after[name])


def _node(node: Node, graph: Graph) -> dict[str, str]:
    return {
        "名称": node.name or node.id,
        "角色": graphs.role(node.role, graph),
        "规则": rule_words(node.rule),
        "时限": graphs.time_words(node),
        "可退回": graphs.back_words(node, graph),
        "超时": graphs.role(node.escalate, graph),
        "批量办理": "可以" if node.batch else "",
        "标准关口": node.gate,
        "本环节填写": "、".join(node.asks),
        "调用流程": node.called,
    }


def _flow_words(before: Graph, after: Graph) -> Any:
    def words(flow: Flow) -> dict[str, str]:
        graph = after if after.flows.get(flow.id) is flow else before
        ends = (graph.nodes[key].name or graph.nodes[key].id for key in (flow.source, flow.target))
        return {"名称": " → ".join(ends), "条件": flow.condition, "说明": flow.name}

    return words


def _fact(fact: Fact) -> dict[str, str]:
    return {
        "名称": fact.label,
        "种类": fact.kind.value,
        "单位": fact.unit,
        "必填": "是" if fact.required else "",
        "选项": "、".join(fact.choices),
    }
