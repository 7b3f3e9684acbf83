"""What the registers prove of an organ for a year: each fact with its figure, in words, and from where.

Read from datasets by name; where nobody keeps a dataset, or it has no row of the organ, there is no fact and the item is
shown by attached evidence. Averages are those of the same kind of institution in the same province, of the year before
(评价标准: 与本省同类型机构上一年平均值之比).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from yiwang.areas.evaluation.models import Assessment, Publication, State
from yiwang.core.orgs.models import Organ
from yiwang.core.registers.computed import figures, is_computed
from yiwang.core.verdicts.sources import SourceRow, source_of

#: Organs of the same kind that make an average.
PEERS = 3
#: Months of a year, and the per cent of water to be metered below the mains.
MONTHS, METERED = 12, 95


@dataclass(frozen=True)
class Fact:
    """One fact. `value`: a measure (ratio, per cent, number); `met`: yes or no where it is one."""

    key: str
    words: str
    dataset: str
    value: Decimal | None = None
    met: bool | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the mark that it proved."""
        value = None if self.value is None else str(self.value)
        return {"key": self.key, "words": self.words, "dataset": self.dataset, "value": value, "met": self.met}


def _rows(dataset: str, on: date) -> Iterable[SourceRow]:
    try:
        return source_of(dataset)(on=on)
    except KeyError:
        return ()


def gather(organ: Organ, year: int, on: date) -> dict[str, Fact]:
    """The facts of an organ for a year, as the registers stand on a day."""
    found: dict[str, Fact] = {}
    for reader in (_ratios, _returns, _publications, _certificates, _targets, _canteens, _water):
        found |= {fact.key: fact for fact in reader(organ, year, on)}
    return found


_RATIOS = {
    "area_ratio": ("energy_per_area_kgce", "单位建筑面积能耗"),
    "capita_ratio": ("energy_per_capita_kgce", "人均能耗"),
    "water_ratio": ("water_per_capita", "人均水耗"),
}


def _ratios(organ: Organ, year: int, on: date) -> Iterable[Fact]:
    """Own figures of the year against the average of the peers in the year before."""
    rows = list(_rows("energy.organ_year", min(on, date(year, 12, 31))))  # its year and the one before
    mine = [row for row in rows if row.organ_id == organ.pk and _year(row) == year]
    if not mine:
        return
    kind, province = mine[0].values.get("institution_kind"), organ.region_id[:2]
    peers = [
        row
        for row in rows
        if _year(row) == year - 1 and row.region[:2] == province and row.values.get("institution_kind") == kind
    ]
    for key, (column, label) in _RATIOS.items():
        own = _number(mine[0], column)
        others = [value for row in peers if (value := _number(row, column)) is not None and value > 0]
        if own is None or len(others) < PEERS:
            continue
        average = sum(others, Decimal(0)) / len(others)
        ratio = round(own / average, 4)
        words = f"{year} 年{label} {own:.2f},本省同类 {len(others)} 家 {year - 1} 年平均 {average:.2f},比值 {ratio:.3f}"
        yield Fact(key, words, "energy.organ_year", value=ratio)


def _returns(organ: Organ, year: int, on: date) -> Iterable[Fact]:
    """Every return of the year that was due by then was handed in, and none after its deadline."""
    if not is_computed("reporting.filing"):
        return
    first, until = date(year, 1, 1), min(on + timedelta(days=1), date(year + 1, 1, 1))
    rows = figures("reporting.filing", within=organ, since=first, until=until) if first < until else []
    due = [row for row in rows if row["organ_id"] == organ.pk]
    if not due:
        return
    late = sum(1 for one in due if not one.get("submitted") or one.get("late"))
    yield Fact("on_time", f"{year} 年应报 {len(due)} 期,未报或迟报 {late} 期", "reporting.filing", met=late == 0)


def _publications(organ: Organ, year: int, on: date) -> Iterable[Fact]:
    """公示 each quarter that is over."""
    quarters = 4 if on.year > year else (on.month - 1) // 3 if on.year == year else 0
    if not quarters:
        return
    rows = Publication.objects.filter(organ=organ, year=year, published_at__date__lte=on)
    done = len(set(rows.values_list("quarter", flat=True)) & set(range(1, quarters + 1)))
    yield Fact(
        "publications",
        f"{year} 年应公示 {quarters} 季,已公示 {done} 季",
        "evaluation.publication",
        met=done >= quarters,
    )


def _certificates(organ: Organ, year: int, on: date) -> Iterable[Fact]:
    """What was reached before."""
    rows = Assessment.objects.filter(organ=organ, state=State.REACHED, decided_on__lte=on)
    for key, programme, label in (
        ("water_unit", "WATER", "节水型单位"),
        ("demonstration", "DEMONSTRATION", "示范单位"),
    ):
        if (one := rows.filter(programme=programme).order_by("-decided_on").first()) is not None:
            yield Fact(key, f"{one.decided_on} 已建成{label}", "evaluation.assessment", met=True)


def _targets(organ: Organ, year: int, on: date) -> Iterable[Fact]:
    """The targets of the year that were given to the organ."""
    mine = [
        row.values
        for row in _rows("energy.target_year", on)
        if row.organ_id == organ.pk and str(row.values.get("year", "")) == str(year)
    ]
    if mine:
        met = [bool(one.get("met")) for one in mine]
        yield Fact(
            "targets_met", f"{year} 年下达目标 {len(met)} 项,完成 {sum(met)} 项", "energy.target_year", met=all(met)
        )


def _canteens(organ: Organ, year: int, on: date) -> Iterable[Fact]:
    """Four inner assessments a year in each canteen (FOOD-2024 二)."""
    mine = [
        row.values
        for row in _rows("evaluation.canteen", on)
        if row.organ_id == organ.pk and str(row.values.get("year", "")) == str(year)
    ]
    if mine:
        least = min(int(one.get("internal_assessments") or 0) for one in mine)
        yield Fact(
            "canteen_assessments", f"{len(mine)} 个食堂,年内评估最少 {least} 次", "evaluation.canteen", met=least >= 4
        )


def _water(organ: Organ, year: int, on: date) -> Iterable[Fact]:
    """The unit's water is metered whole and 95 % of it below (EV-W-1); said of a whole year only."""
    if not is_computed("energy.water_balance") or on <= date(year, 12, 31):
        return
    for row in figures("energy.water_balance", within=organ, since=date(year, 1, 1), until=date(year + 1, 1, 1)):
        if row["organ_id"] == organ.pk and row["months"] == MONTHS:
            rate = Decimal(row["sub_rate"])
            words = f"{year} 年总表 {row['main_m3']:,.0f} m³,分表 {row['sub_m3']:,.0f} m³,次级计量率 {rate:.1f}%"
            yield Fact("water_metered", words, "energy.water_balance", met=rate >= METERED)


def _year(row: SourceRow) -> int:
    return int(str(row.values.get("year") or 0))


def _number(row: SourceRow, column: str) -> Decimal | None:
    value = row.values.get(column)
    return None if value in (None, "") else Decimal(str(value))
