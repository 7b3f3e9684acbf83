"""How targets stand: used so far, told to the year's end, and three colours while there is time to do something.

Red: the forecast is over the target (or the use already is). Yellow: the upper end of the forecast is. Green: neither.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from yiwang.areas.energy.judge.forecast import YearEnd, year_end
from yiwang.areas.energy.judge.loading import Batch, load, month_before
from yiwang.areas.energy.judge.models import Target
from yiwang.core.orgs.models import LEVELS, Organ
from yiwang.core.verdicts.sources import SourceRow, register_source
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)

DATASET = "energy.target_year"
#: Years of history behind the running one.
BEHIND = 36


@dataclass(frozen=True)
class Progress:
    """A target with the use of its organ and all below; `months` of the year are over. None: nothing was read."""

    target: Target
    months: int
    word: str = ""
    unit: str = ""
    read: float | None = None
    total: float | None = None
    high: float | None = None

    @property
    def colour(self) -> str:
        """红, 黄, 绿; "" without figures."""
        if self.total is None or self.high is None or self.read is None:
            return ""
        amount = float(self.target.amount)
        if max(self.total, self.read) > amount:
            return "红"
        return "黄" if self.high > amount else "绿"

    @property
    def chip(self) -> str:
        """The chip it is shown as; sign and word say what the colour says."""
        return {"红": "over", "黄": "warning", "绿": "within"}.get(self.colour, "undetermined")

    @property
    def used(self) -> int | None:
        """Per cent of the target used so far."""
        return (
            round(100 * self.read / float(self.target.amount)) if self.read is not None and self.target.amount else None
        )

    @property
    def left(self) -> float | None:
        """What a month may use from now on, on average, to keep the target; None when the year is over."""
        if self.read is None or self.months >= 12:
            return None
        return max(float(self.target.amount) - self.read, 0.0) / (12 - self.months)


def progress(targets: Sequence[Target], on: date) -> list[Progress]:
    """How each target of one year stands on a day. The use is read once for all of them."""
    if not targets:
        return []
    (year,) = {one.year for one in targets}
    last = month_before(on)
    through = last if last.year == year else date(year, 12, 1)
    months = through.month if on.year >= year else 0
    if last.year < year:
        return [Progress(one, 0) for one in targets]
    organs = _below({one.organ_id for one in targets})
    batch = load(through, on=on, organs=list(organs), months=BEHIND + months)
    told = year_end(batch.panel.amount, batch.panel.kind, month=months, first=batch.panel.first) if batch.series else []
    return [_one(target, months, batch, told, organs) for target in targets]


def _below(tops: Collection[int]) -> dict[int, tuple[int | None, ...]]:
    """The organs of the subtrees with their ancestors. Two queries."""
    depths = dict(Organ.objects.filter(pk__among=list(tops)).values_list("pk", "depth"))
    found: dict[int, tuple[int | None, ...]] = {}
    for depth in set(depths.values()):
        some = [pk for pk, each in depths.items() if each == depth]
        rows = Organ.objects.filter(**{f"l{depth}__among": some}).values_list("pk", *LEVELS)
        found |= {pk: tuple(levels) for pk, *levels in rows}
    return found


def _one(
    target: Target, months: int, batch: Batch, told: Sequence[YearEnd], organs: dict[int, tuple[int | None, ...]]
) -> Progress:
    rows = [
        number
        for number, one in enumerate(batch.series)
        if one.energy == target.energy and target.organ_id in organs[one.organ]
    ]
    if not rows or bool(np.isnan(batch.panel.amount[rows]).all()):
        return Progress(target, months)
    series = batch.series[rows[0]]
    read, total, high = (sum(getattr(told[row], name) for row in rows) for name in ("read", "total", "high"))
    return Progress(target, months, series.word, series.unit, read, total, high)


def rows(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """energy.target_year: the targets of the years that are over, with what was used."""
    found = Target.objects.filter(year__lt=on.year).select_related("organ").order_by("pk")
    if subjects is not None:
        found = found.filter(pk__among=[int(one) for one in subjects if one.isdigit()])
    for year in sorted(set(found.values_list("year", flat=True))):
        for one in progress(list(found.filter(year=year)), on):
            target = one.target
            yield SourceRow(
                subject=str(target.pk),
                label=str(target),
                organ_id=target.organ_id,
                region=target.organ.region_id,
                on=date(year, 12, 31),
                values={
                    "organ": target.organ.name,
                    "energy": one.word or target.energy,
                    "year": year,
                    "amount": target.amount,
                    "actual": None if one.read is None else Decimal(str(round(one.read, 2))),
                    "met": None if one.read is None else one.read <= float(target.amount),
                },
                url=f"/energy/judge/targets/?plan={target.plan_id}&year={year}",
            )


register_source(DATASET, rows)
