"""The indicators of one organ in a year as they stand on its page: figure, formula, clause, the figure that the weather of a
normal year would have given, and the quota beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Sum

from yiwang.areas.energy.book.models import Institution
from yiwang.areas.energy.coal.factors import factor
from yiwang.areas.energy.indicators.figures import OrganFigures
from yiwang.areas.energy.indicators.models import WeatherMonth
from yiwang.areas.energy.indicators.quotas import Quota, above, quotas
from yiwang.areas.energy.indicators.weather import Month, fit, normalised
from yiwang.areas.energy.small.models import DataCentre
from yiwang.areas.energy.use.models import UseMonth
from yiwang.areas.energy.use.series import Series, monthly
from yiwang.areas.energy.use.spread import following
from yiwang.areas.energy.words import ENERGIES
from yiwang.core.orgs.models import LEVELS, Organ

#: What weather does not move.
_FUEL = ("PETROL", "DIESEL")
#: Years of months that the weather's slopes are found from.
YEARS = 3


@dataclass(frozen=True)
class Line:
    """One indicator. `normal`: with the weather of a normal year; `yearly`: brought to twelve months, what a quota bounds."""

    label: str
    value: Decimal | None
    unit: str
    formula: str
    clause: str = ""
    normal: Decimal | None = None
    yearly: Decimal | None = None
    grades: tuple[Quota, ...] = ()

    @property
    def above(self) -> Quota | None:
        """The highest grade that the year exceeds."""
        return above(self.yearly, self.grades)


def lines(organ: Organ, now: OrganFigures, since: date, until: date) -> list[Line]:
    """Of [since, until); half a dozen queries."""
    booked = Institution.objects.filter(organ=organ, valid_from__lt=until).exclude(valid_to__lte=since).last()
    more = weathered(organ, since, until)
    power = now.power_per_area
    grades = (
        quotas("power_per_area", booked.building_class, booked.climate_zone, organ.region_id, until) if booked else ()
    )
    return [
        Line("综合能耗", now.total.tce, "吨标准煤", "Σ 用量 × 折标系数", normal=_moved(now.total.tce, more, Decimal(1000))),
        Line(
            "人均综合能耗", now.per_head, "kgce/人", "综合能耗 ÷ 用能人数", "EN-IND-1",
            normal=_moved(now.per_head, more, now.users),
        ),
        Line(
            "单位建筑面积能耗", now.per_area, "kgce/㎡", "(综合能耗 − 公务用车用油)÷ 建筑面积", "EN-IND-2",
            normal=_moved(now.per_area, more, now.area),
        ),
        Line(
            "单位建筑面积电耗", power, "kWh/㎡", "外购电量 ÷ 建筑面积", grades=grades,
            yearly=power * 12 / now.months if power is not None and now.months else None,
        ),
        Line("人均用水量", now.water_per_head, "m³/人", "用水量 ÷ 用能人数", "EN-IND-3"),
        Line("碳排放", now.total.tco2, "tCO₂", "Σ 用量 × 排放因子"),
        Line("可再生能源占比", now.total.renewable_share, "%", "自用光伏折标 ÷(综合能耗 + 自用光伏折标)"),
        Line("数据中心 PUE", pue(Organ.objects.filter(pk=organ.pk), since.year), "", "数据中心总用电 ÷ 信息设备用电", "EN-PUE-1"),
    ]  # fmt: skip


def _moved(value: Decimal | None, more: Decimal | None, by: Decimal | None) -> Decimal | None:
    return None if value is None or more is None or not by else value + more / by


def pue(organs: QuerySet[Organ], year: int) -> Decimal | None:
    """All that the data centres of some organs used in a year, by what their machines used; None without any."""
    rows = DataCentre.objects.filter(organ__in=organs, year=year).aggregate(
        all=Sum("total_kwh"), own=Sum("machine_kwh")
    )
    return rows["all"] / rows["own"] if rows["own"] else None


def weathered(organ: Organ, since: date, until: date) -> Decimal | None:
    """kgce that a normal year's weather would have added to [since, until); None where it cannot be said.

    Normal is the mean of the registered degree days of a calendar month; every month asked for must have its own.
    """
    found = _weather(organ)
    normal = _means(found)
    begin = date(since.year - YEARS + 1, 1, 1)
    used = _kgce(monthly(UseMonth.objects.counted().filter(organ=organ), begin, until), organ.region_id)
    known = {
        month: Month(float(use), (following(month) - month).days, *found[month])
        for month, use in used.items()
        if month in found
    }
    slopes = fit(list(known.values()))
    asked = [month for month in used if month >= since]
    if slopes is None or not asked or not set(asked) <= known.keys():
        return None
    more = sum(normalised(known[month], slopes, *normal[month.month]) - known[month].use for month in asked)
    return Decimal(str(round(more, 3)))


def _weather(organ: Organ) -> dict[date, tuple[float, float]]:
    """Month → its degree days, by the nearest organ that registers any."""
    above = [key for level in LEVELS if (key := getattr(organ, level)) is not None]
    rows = (
        WeatherMonth.objects.filter(organ__in=above).order_by("organ__depth").values_list("month", "heating", "cooling")
    )
    return {month: (float(heating), float(cooling)) for month, heating, cooling in rows}


def _means(found: Mapping[date, tuple[float, float]]) -> dict[int, tuple[float, float]]:
    by_month: dict[int, list[tuple[float, float]]] = {}
    for month, days in found.items():
        by_month.setdefault(month.month, []).append(days)
    return {
        number: (sum(one for one, _ in some) / len(some), sum(one for _, one in some) / len(some))
        for number, some in by_month.items()
    }


def _kgce(series: Mapping[tuple[int, str], Series], region: str) -> dict[date, Decimal]:
    """Month → what was used of the kinds that weather may move, in kgce."""
    found: dict[date, Decimal] = {}
    for (_, kind), months in series.items():
        if kind in _FUEL or not ENERGIES[kind].word:
            continue
        for month, one in months.items():
            found[month] = found.get(month, Decimal(0)) + one.quantity * (factor(kind, month, region).kgce or 0)
    return found
