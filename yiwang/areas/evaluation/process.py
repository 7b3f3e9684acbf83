"""The process of an assessment: from the self-given score up to the decision."""

from __future__ import annotations

from pathlib import Path

from yiwang.areas.evaluation.actions import AREA, PROCESS, ended
from yiwang.core.flow.processes import ProcessKind, known, register
from yiwang.core.rights.models import Verb


def declare() -> None:
    """Make the process known; called when Django starts."""
    if not known(PROCESS):
        register(
            ProcessKind(
                key=PROCESS, label="创建评价", area=AREA, file=Path(__file__).parent / "processes" / f"{PROCESS}.bpmn", code="CJ",
                verb=Verb.WRITE, on_end=ended, page="evaluation:index", note="节约型机关、示范单位、节水型单位、领跑者等的申报和逐级评审。",
            )
        )  # fmt: skip
