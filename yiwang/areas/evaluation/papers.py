"""The certificate as a paper with number, QR code and a public check; for an assessment that was recognised."""

from __future__ import annotations

from typing import Any

from yiwang.areas.evaluation.models import Assessment, State
from yiwang.core.orgs.models import Organ
from yiwang.core.papers.kinds import PaperKind, register
from yiwang.core.rights.access import Access

CERTIFICATE = "evaluation.certificate"
LABELS = {
    "organ": "单位", "programme": "创建项目", "year": "评价年度", "table": "评分表", "score": "审定得分", "decided": "评定日期",
    "digest": "评分表摘要",
}  # fmt: skip


def declare() -> None:
    """Register the kind; called when Django starts."""
    register(
        PaperKind(
            key=CERTIFICATE, title="创建评价证书", word="创建", facts=facts, labels=LABELS, organ=_organ, guard=_guard
        )
    )


def facts(pk: int) -> dict[str, Any]:
    """What the certificate prints."""
    one = Assessment.objects.select_related("organ").get(pk=pk)
    table = one.table
    return {
        "organ": one.organ.name,
        "programme": one.declared.label,
        "year": str(one.year),
        "table": f"{table.title}({table.generation})",
        "score": f"{one.score} 分" if table.full else "符合",
        "decided": str(one.decided_on),
        "digest": one.digest[:16],
    }


def _organ(pk: int) -> Organ:
    return Assessment.objects.select_related("organ").get(pk=pk).organ


def _guard(access: Access, pk: int) -> bool:
    return access.scope(Assessment.objects.filter(pk=pk, state=State.REACHED)).exists()
