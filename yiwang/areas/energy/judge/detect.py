"""The rules of early warning over a panel, all series at once. Pure numpy.

Each rule gives hits: which series, from which column to which, what was measured, against which figure. A reading that
one rule has explained (a wrong unit) is put right before the next one looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from yiwang.areas.energy.judge.profile import Fitted, Panel, fit, logs
from yiwang.areas.energy.judge.robust import Bools, Floats, Ints, median
from yiwang.areas.energy.judge.rules import DEVIATIONS, RULES

#: (rule, figure) → its value for each series, or one for all.
Figures = Mapping[tuple[str, str], Floats | float]
#: What a doubled reading adds to the logarithm.
LOG2 = float(np.log(2))


@dataclass(frozen=True)
class Hits:
    """What a rule found: arrays of equal length. `stop` is the column after the last; `expected` the profile's use."""

    rule: str
    series: Ints
    start: Ints
    stop: Ints
    measure: Floats
    threshold: Floats
    expected: Floats

    def __len__(self) -> int:
        return len(self.series)


def judge(panel: Panel, figures: Figures) -> tuple[dict[str, Hits], Fitted]:
    """All rules over all series; the profile they were held against is given too."""
    look = _Look(panel, fit(panel), figures)
    found = {"UNIT": look.unit(), "MISSING": look.missing()}
    look = look.mended(found["UNIT"])
    found["DOUBLE"] = look.double()
    found["LEAK"] = look.leak(found["DOUBLE"])
    if panel.night is not None:
        found["NIGHT"] = look.night(panel.night)
    if panel.cost is not None:
        found["TARIFF"] = look.tariff(_price(panel))
    return found, look.fitted


class _Look:
    """A panel, its profile and the figures."""

    def __init__(self, panel: Panel, fitted: Fitted, figures: Figures) -> None:
        self.panel, self.fitted, self.figures = panel, fitted, figures
        self.expected: Floats = np.exp(fitted.expected)

    def mended(self, wrong: Hits) -> _Look:
        """With the wrong readings as the profile has them; only their series are fitted anew."""
        if not len(wrong):
            return self
        amount = self.panel.amount.copy()
        amount[wrong.series, wrong.start] = wrong.expected
        rows = np.unique(wrong.series)
        part = fit(Panel(amount[rows], self.panel.kind[rows], self.panel.first), self.fitted.common)
        fitted = replace(self.fitted, expected=self.fitted.expected.copy(), residual=self.fitted.residual.copy())
        deviation = self.fitted.deviation.copy()
        fitted.expected[rows], fitted.residual[rows], deviation[rows] = part.expected, part.residual, part.deviation
        return _Look(replace(self.panel, amount=amount), replace(fitted, deviation=deviation), self.figures)

    def figure(self, rule: str, name: str) -> Floats:
        """A figure as a column of the series."""
        value = np.asarray(self.figures[rule, name], dtype=float)
        return np.broadcast_to(value, (len(self.panel.amount),))[:, None]

    def hits(self, rule: str, mask: Bools, measure: Floats, *, stop: Ints | None = None) -> Hits:
        """A hit for each cell of the mask."""
        rows, start = np.nonzero(mask)
        limit = self.figure(rule, RULES[rule].figures[0][0])[:, 0]
        end = start + 1 if stop is None else stop[rows, start]
        return Hits(rule, rows, start, end, measure[rows, start], limit[rows], self.expected[rows, start])

    def unit(self) -> Hits:
        """So many times more, or less, than the profile."""
        limit = np.log(self.figure("UNIT", "上限"))
        away = self.fitted.residual
        with np.errstate(over="ignore"):
            return self.hits("UNIT", np.abs(away) > limit, np.exp(np.abs(away)))

    def missing(self) -> Hits:
        """Due and not read; or a zero in a series that is otherwise never idle in this month nor at all."""
        amount = self.panel.amount
        idle = np.nan_to_num(amount, nan=1.0) <= 0
        rare = np.count_nonzero(idle, axis=1) <= np.maximum(1, amount.shape[1] // 24)
        absent = (np.isnan(amount) & self.panel.due()) | (idle & rare[:, None])
        start, length = runs(absent)
        over = start & (length > self.figure("MISSING", "上限"))
        return self.hits("MISSING", over, length.astype(float), stop=np.arange(amount.shape[1]) + length)

    def double(self) -> Hits:
        """About twice the profile and ordinary before and after; or hardly anything, and the next month makes up for it."""
        away, sigma = self.fitted.residual, self.fitted.deviation[:, None]
        limit, factor = np.log(self.figure("DOUBLE", "上限")), self.figure("DOUBLE", DEVIATIONS)
        ordinary = np.abs(np.nan_to_num(away)) < np.maximum(2.5 * sigma, 0.25)
        before, after = _shift(ordinary, 1), _shift(ordinary, -1)
        about = np.abs(away - LOG2) <= np.maximum(2 * sigma, 0.15)
        twice = (away >= limit) & (away >= factor * sigma) & about & before & after
        carried = self._carried(limit, factor * sigma)
        stop = np.arange(away.shape[1]) + np.where(carried, 2, 1)
        return self.hits("DOUBLE", twice | carried, np.exp(np.abs(away)), stop=stop)

    def _carried(self, limit: Floats, need: Floats) -> Bools:
        """Two months that together are as expected, the first far too little and the second far too much."""
        away, amount = self.fitted.residual, self.panel.amount
        later, more = _shift(away, -1), _shift(amount, -1)
        with np.errstate(invalid="ignore", divide="ignore"):
            whole = np.abs(np.log((amount + more) / (self.expected + _shift(self.expected, -1))))
        found = (away < -2 * limit) & (away < -need) & (later > limit * 0.6) & (later > need * 0.6)
        found &= whole < np.maximum(1.5 * self.fitted.deviation[:, None], 0.15)
        return found

    def leak(self, double: Hits) -> Hits:
        """Above the profile for months on end, as a sum far beyond the noise of the series."""
        away, sigma = self.fitted.residual.copy(), self.fitted.deviation[:, None]
        away[double.series, double.start] = 0
        limit = np.log1p(self.figure("LEAK", "上限") / 100)
        least, factor = self.figure("LEAK", "持续"), self.figure("LEAK", DEVIATIONS)
        high = away > np.maximum(limit / 2, 0.8 * sigma)
        start, length = runs(high)
        total = np.where(high, np.nan_to_num(away), 0).cumsum(axis=1)
        last = np.minimum(np.arange(away.shape[1]) + length - 1, away.shape[1] - 1).astype(int)
        ended = np.take_along_axis(total, np.maximum(last, 0), 1)
        mean = (ended - total + np.nan_to_num(away)) / np.maximum(length, 1)
        over = start & (length >= least) & (mean >= limit) & (mean * np.sqrt(np.maximum(length, 1)) >= factor * sigma)
        return self.hits("LEAK", over, np.expm1(mean) * 100, stop=last + 1)

    def night(self, share: Floats) -> Hits:
        """The share of the night above its own habit, in points of per cent."""
        usual = median(share)[:, None]
        above = (share - usual) * 100
        sigma = np.fmax(median(np.abs(above))[:, None] * 1.4826, 0.3)
        high = (above >= self.figure("NIGHT", "上限")) & (above >= self.figure("NIGHT", DEVIATIONS) * sigma)
        start, length = runs(high)
        stop = np.arange(share.shape[1]) + length
        return self.hits("NIGHT", start, above, stop=stop)

    def tariff(self, price: Floats) -> Hits:
        """Another price from this month on than in the months before it, upwards or downwards."""
        x = logs(price)
        months = x.shape[1]
        change = np.full_like(x, np.nan)
        for month in range(3, months):
            change[:, month] = median(x[:, month : month + 3]) - median(x[:, max(month - 4, 0) : month])
        change = np.nan_to_num(change)
        limit = np.log1p(self.figure("TARIFF", "上限") / 100)
        # a fall by as many per cent is a greater step in logs: -limit is log(1 - share)
        down = -np.log1p(-self.figure("TARIFF", "上限") / 100)
        near = np.abs(np.nan_to_num(x - _shift(x, 1)))
        over = ((change > limit) | (change < -down)) & (near >= limit)
        return self.hits("TARIFF", over, np.abs(np.expm1(change)) * 100)


def _price(panel: Panel) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(panel.amount > 0, panel.cost / panel.amount, np.nan)


def _shift(values: Any, by: int) -> Any:
    """The value so many columns before (by > 0) or after (by < 0); the outermost is repeated."""
    months = values.shape[1]
    return values[:, np.clip(np.arange(months) - by, 0, months - 1)]


def runs(mask: Bools) -> tuple[Bools, Ints]:
    """Where a run of true cells begins in its row, and how long the run is from each cell on (0 where false)."""
    length = np.zeros(mask.shape, dtype=np.int32)
    ahead: Ints = np.zeros(len(mask), dtype=np.int32)
    for month in range(mask.shape[1] - 1, -1, -1):
        ahead = np.where(mask[:, month], ahead + 1, 0)
        length[:, month] = ahead
    before = np.zeros_like(mask)
    before[:, 1:] = mask[:, :-1]
    begins = mask & ~before
    return begins, length


__all__ = ["Figures", "Hits", "judge", "runs"]
