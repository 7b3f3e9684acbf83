"""The two charts of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yiwang.core.intake.result import ORDER, SIGNS, WORDS
from yiwang.core.standards.verdict import VerdictKind
from yiwang.kit import svg

FILL = {
    VerdictKind.OVER: "#ad1519",
    VerdictKind.WARNING: "#c27a12",
    VerdictKind.UNDETERMINED: "#7a5db0",
    VerdictKind.UNVERIFIED: "#8792a2",
    VerdictKind.WITHIN: "#2f8a57",
}


def kinds_chart(counts: Mapping[str, int]) -> str:
    """One bar for each kind of verdict."""
    rows = [svg.Bar(f"{SIGNS[kind]} {WORDS[kind]}", [(counts.get(kind, 0), FILL[kind])]) for kind in ORDER]
    return svg.bars(rows, title="判定结果", unit=" 项", label_width=110)


def clauses_chart(rows: Sequence[tuple[str, Mapping[str, int]]]) -> str:
    """One bar for each clause, in parts by kind; what is within is left out. Rows are (short name, counts)."""
    shown = [kind for kind in ORDER if kind is not VerdictKind.WITHIN]
    bars = []
    for name, counts in rows:
        parts = [(counts.get(kind, 0), FILL[kind]) for kind in shown if counts.get(kind)]
        note = " ".join(f"{SIGNS[kind]}{counts[kind]:,}" for kind in shown if counts.get(kind))
        bars.append(svg.Bar(name, parts, note))
    return svg.bars(bars, title="各条款的问题", label_width=210)
