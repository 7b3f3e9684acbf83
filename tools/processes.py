"""Write 业务流程标准, the guide's page of the processes that ship: `python tools/processes.py`. A test compares the two."""

from __future__ import annotations

import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings_test")
django.setup()

from yiwang.core.datasets import get as dataset_of  # noqa: E402
from yiwang.core.flow import processes  # noqa: E402
from yiwang.core.flow.bpmn import Graph, NodeType  # noqa: E402
from yiwang.core.flow.processes import ProcessKind  # noqa: E402
from yiwang.portal.cases import graphs  # noqa: E402

PAGE = Path(__file__).resolve().parents[1] / "docs/guide/processes.md"
HEAD = """# 业务流程标准

平台自带的标准流程:谁办、几个工作日、可以退回到哪里、在哪个环节按哪类标准判定。每个流程是一个 BPMN 2.0 文件,在“办事 → 流程管理”里
下载、修改、试走、启用;启用新版以后,在办的事项仍按发起时的版本走完。怎样办见[办事](desk.md)。

时限从前一环节办完的次日起按[工作日历](desk.md#工作日历)计算。角色按申请人所在单位找,本单位没有的找最近的上级。申请人不能审批自己的事项。

本页由 `python tools/processes.py` 按流程文件写出,请勿手改。
"""


def section(kind: ProcessKind, areas: dict[str, str]) -> str:
    """One process: what it is for, its steps, its branches, what the applicant fills in."""
    graph = graphs.shipped(kind.key)
    parts = [f"## {graph.name} `{kind.key}`", ""]
    days = graphs.summary(graph).days
    about = f"业务:{areas.get(kind.area, kind.area)}。编号以 {kind.prefix} 开头。{kind.note}"
    parts += [about + (f"各环节时限合计 {days} 个工作日。" if days else ""), ""]
    parts += ["| 环节 | 谁办 | 怎样算通过 | 时限 | 可退回到 | 标准判定 | 逾期交给 |", "|---|---|---|---|---|---|---|"]
    parts += [_line(stage, kind) for stage in graphs.stages(graph)]
    if branches := list(_branches(graph)):
        parts += ["", "分支:", "", *branches]
    facts = "、".join(
        f"{one.label}{f'({one.unit})' if one.unit else ''}{'*' if one.required else ''}" for one in graph.facts
    )
    if facts:
        parts += ["", f"内容(* 必填):{facts}。"]
    return "\n".join(parts) + "\n"


def _line(stage: graphs.Stage, kind: ProcessKind) -> str:
    gates = [one.strip() for one in stage.gate.split(",") if one.strip()]
    judged = "、".join(dataset_of(kind.gates[one].dataset if one in kind.gates else one).label for one in gates) or "—"
    batch = ",可批量" if stage.batch else ""
    cells = (
        stage.name,
        stage.role,
        stage.rule + batch,
        stage.days or "不限",
        stage.back,
        judged,
        stage.escalate or "—",
    )
    return f"| {' | '.join(cells)} |"


def _branches(graph: Graph) -> list[str]:
    """The ways out of each exclusive split, with what decides."""
    found = []
    for node in graphs.ordered(graph):
        ways = graph.ways_out(node.id)
        if node.type is NodeType.XOR and len(ways) > 1:
            words = ";".join(f"{way.name or _condition(way.condition)} → {_target(graph, way.target)}" for way in ways)
            found.append(f"- {node.name or '分支'}:{words}")
    return found


def _condition(text: str) -> str:
    return f"`{text}`" if text else "其他"


def _target(graph: Graph, key: str) -> str:
    """Where a way leads to: the first node that has a name."""
    node, words = graph.nodes[key], {NodeType.END: "结束", NodeType.FORK: "并行办理"}
    while not node.name and node.type not in words:
        node = graph.nodes[graph.ways_out(node.id)[0].target]
    return node.name or words[node.type]


def text() -> str:
    """The whole page."""
    areas = graphs.areas()
    return "\n".join([HEAD, *(section(kind, areas) for kind in processes.all_kinds())])


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
