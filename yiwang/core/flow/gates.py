"""Standards at the gates (标准关口): the facts of a case judged where a node says so; a hard "over" stops the approval."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from yiwang.core.datasets import get as dataset_of
from yiwang.core.flow import facts as contents
from yiwang.core.flow import processes
from yiwang.core.flow.bpmn import Graph, Node
from yiwang.core.flow.models import Case
from yiwang.core.flow.processes import Gate
from yiwang.core.orgs.models import Organ, Tier
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.core.standards.verdict import Verdict, VerdictKind
from yiwang.core.verdicts.judging import preview
from yiwang.kit.refusal import Refusal

#: The worse, the later: what a condition reads as `verdict`.
SEVERITY = ("within", "unverified", "undetermined", "warning", "over")


def judge(node: Node, graph: Graph, case: Case, on: date) -> list[dict[str, Any]]:
    """Every verdict at a node's gate on the facts as they are now, JSON-ready; [] without a gate."""
    return [
        said(verdict)
        for name in node.gates
        for verdict in _verdicts(_gate(case.process, name), graph, case, case.organ, on)
    ]


def _gate(process: str, name: str) -> Gate:
    gates = processes.get(process).gates if processes.known(process) else {}
    return gates.get(name) or Gate(name)


def _verdicts(gate: Gate, graph: Graph, case: Case, organ: Organ, on: date) -> list[Verdict]:
    facts = contents.typed(graph.facts, case.facts)
    rows = gate.rows(case, facts, on) if gate.rows else [facts]
    keys = set(dataset_of(gate.dataset).keys)
    found: list[Verdict] = []
    for row in rows:
        known = {key: _exact(value) for key, value in row.items() if key in keys}
        if "organ" in keys:
            known.setdefault("organ", organ.name)
        if "organ_tier" in keys:
            known.setdefault("organ_tier", str(Tier(organ.tier).label))
        found += preview(gate.dataset, known, on, organ.region_id)
    return found


def _exact(value: Any) -> Any:
    """Standards compare decimals."""
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def said(verdict: Verdict) -> dict[str, Any]:
    """A verdict as a step keeps it: kind, figures and article, with the hash of the clause's version."""
    data = verdict.as_dict()
    return {key: value for key, value in data.items() if key not in ("cell", "row", "odd", "gap")}


def worst(verdicts: list[dict[str, Any]]) -> str:
    """The most severe kind among kept verdicts; "undetermined" where nothing was judged."""
    return max((one["kind"] for one in verdicts), key=SEVERITY.index, default=VerdictKind.UNDETERMINED.value)


def stop_when_over(
    case: Case, verdicts: list[dict[str, Any]], *, approval: str, attachments: list[int], access: Access
) -> list[dict[str, Any]]:
    """Refuse an approval in the face of a hard "over", unless a document approved it; the new approvals to keep.

    The document (its number in `approval`, its file in `attachments`, or one of both) is attached by somebody who may
    approve in the area. What was approved before for as much or more passes. Refusals `verdict.over`,
    `verdict.approval-right`, with the clause.
    """
    over = [one for one in verdicts if one["kind"] == VerdictKind.OVER.value and not _approved(case, one)]
    for one in over:
        message = str(one["message"]).rstrip("。;")
        if not approval.strip():
            raise Refusal(
                "verdict.over", f"{message}。确有批准的,请填写批准文号并附文件后再同意。", clause=one["clause"]
            )
        if not access.may(Verb.APPROVE, case.area):
            raise Refusal("verdict.approval-right", f"{message}。批准文件须由有审批权的人附上。", clause=one["clause"])
    return [
        {
            "clause": one["clause"],
            "subject": one["subject"],
            "excess": one["excess"],
            "number": approval.strip(),
            "attachments": attachments,
            "by": access.actor,
        }
        for one in over
    ]


def _approved(case: Case, verdict: Mapping[str, Any]) -> bool:
    return any(
        one["clause"] == verdict["clause"]
        and one["subject"] == verdict["subject"]
        and Decimal(str(one["excess"] or 0)) >= Decimal(str(verdict["excess"] or 0))
        for one in case.approvals
    )
