"""A hit on its way into the register: subject, words, and what the picture shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from yiwang.areas.energy.judge.detect import Hits
from yiwang.areas.energy.judge.loading import Batch, shifted
from yiwang.areas.energy.judge.profile import Fitted

CENT = Decimal("0.01")
#: Months that the picture shows.
SHOWN = 24


@dataclass(frozen=True)
class Found:
    """One sign as found now."""

    subject: str
    rule: str
    organ: int
    energy: str
    word: str
    month: date
    until: date
    measure: Decimal
    threshold: Decimal
    note: str
    evidence: dict[str, Any] = field(default_factory=dict)


def found(batch: Batch, hits: Mapping[str, Hits], fitted: Fitted, *, since: int = 0) -> Iterator[Found]:
    """The hits that reach column `since` or later, in words."""
    for rule, some in hits.items():
        for number in np.flatnonzero(some.stop > since):
            yield _one(batch, rule, some, int(number), fitted)


def _one(batch: Batch, rule: str, some: Hits, number: int, fitted: Fitted) -> Found:
    row, start, stop = int(some.series[number]), int(some.start[number]), int(some.stop[number])
    series = batch.series[row]
    month = batch.months[start]
    return Found(
        subject=f"{rule}:{series.organ}:{series.energy}:{month:%Y%m}",
        rule=rule,
        organ=series.organ,
        energy=series.energy,
        word=series.word,
        month=month,
        until=shifted(month, stop - start),
        measure=_decimal(some.measure[number]),
        threshold=_decimal(some.threshold[number]),
        note=_note(batch, rule, some, number),
        evidence=_evidence(batch, rule, row, (start, stop), fitted),
    )


def _decimal(value: float) -> Decimal:
    return Decimal(str(round(min(float(value), 1e11), 4))).quantize(CENT)


def _note(batch: Batch, rule: str, some: Hits, number: int) -> str:
    """One sentence of what was read and what was to be expected."""
    row, start, stop = int(some.series[number]), int(some.start[number]), int(some.stop[number])
    unit = batch.series[row].unit
    read, measure = batch.panel.amount[row, start], float(some.measure[number])
    usual = f"往年同期水平约 {_grouped(some.expected[number])} {unit}"
    last = f"{batch.months[stop - 1]:%Y-%m}"
    span = f"{batch.months[start]:%Y-%m}" + (f" 至 {last}" if stop - start > 1 else "")
    return {
        "UNIT": f"{span} 记 {_grouped(read)} {unit},{usual},相差约 {_grouped(measure)} 倍。",
        "MISSING": f"{span} 没有读数,{usual}。",
        "DOUBLE": f"{span} 记 {_grouped(read)} {unit},{usual}。",
        "LEAK": f"{span} 连续高于{usual[0:4]},平均高 {measure:.0f}%。",
        "NIGHT": f"{span} 夜间用能占比比常态高 {measure:.0f} 个百分点。",
        "TARIFF": f"{span} 起折算单价变动 {measure:.0f}%。",
    }[rule]


def _grouped(value: float) -> str:
    value = float(value)
    if not np.isfinite(value):
        return "—"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.4g}"


def _evidence(batch: Batch, rule: str, row: int, span: tuple[int, int], fitted: Fitted) -> dict[str, Any]:
    """Two lines over the last months: what was read and what was to be expected, and where the sign lies."""
    low = max(min(span[0] - 3, len(batch.months) - SHOWN), 0)
    panel, unit = batch.panel, batch.series[row].unit
    read, usual = panel.amount[row], np.exp(fitted.expected[row])
    if rule == "NIGHT" and panel.night is not None:
        read, usual, unit = panel.night[row] * 100, np.full(len(read), np.nanmedian(panel.night[row]) * 100), "%"
    if rule == "TARIFF" and panel.cost is not None:
        with np.errstate(invalid="ignore", divide="ignore"):
            read, unit = np.where(read > 0, panel.cost[row] / read, np.nan), f"元/{unit}"
        usual = np.full(len(read), np.nan)
    return {
        "months": [f"{month:%Y-%m}" for month in batch.months[low:]],
        "read": _plain(read[low:]),
        "usual": _plain(usual[low:]),
        "unit": unit,
        "start": span[0] - low,
        "stop": span[1] - low,
    }


def _plain(values: Any) -> list[float | None]:
    """Four significant digits; None for a gap."""
    return [float(f"{value:.4g}") if np.isfinite(value) else None for value in values]
