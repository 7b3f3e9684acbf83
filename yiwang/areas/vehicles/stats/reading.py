"""用车统计 as it is read: what was chosen, the rows behind it, sums and shares by group and by month. Few queries of a small table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Sum

from yiwang.areas.vehicles.life.models import Body, Energy, Use, Vehicle
from yiwang.areas.vehicles.stats.cube import following
from yiwang.areas.vehicles.stats.models import FleetMonth
from yiwang.core.orgs.models import TREE_DEPTH, Organ
from yiwang.core.rights.access import Access
from yiwang.kit.refusal import Refusal

#: How figures are put together: key → word.
BY = {"organ": "单位", "use": "用途", "body": "车型", "energy": "能源"}
WORDS: dict[str, dict[str, str]] = {
    "use": {key: str(label) for key, label in Use.choices},
    "body": {key: str(label) for key, label in Body.choices},
    "energy": {key: str(label) for key, label in Energy.choices},
}
SUMS = ("cars", "able", "used", "trips", "on_time", "rides", "pooled", "metres", "empty", "cost", "energy_cost")
MONTHS = 12
GROUPS = 200


@dataclass(frozen=True)
class Chosen:
    """A subtree, a month (its first day) and words of use, body and energy ("": all)."""

    organ: Organ
    month: date
    by: str = "organ"
    use: str = ""
    body: str = ""
    energy: str = ""

    @property
    def words(self) -> dict[str, str]:
        """The words that narrow the choice."""
        return {key: value for key in WORDS if (value := str(getattr(self, key)))}

    @property
    def first(self) -> date:
        """Where the months of the trend begin."""
        number = self.month.year * 12 + self.month.month - MONTHS
        return date(number // 12, number % 12 + 1, 1)

    def query(self, **more: Any) -> dict[str, str]:
        """The parameters of an address with this choice, some of them changed."""
        given = {"month": f"{self.month:%Y-%m}", "by": self.by, "organ": self.organ.pk, **self.words, **more}
        return {key: str(value) for key, value in given.items() if value}


def chosen(access: Access, given: Mapping[str, str], today: date) -> Chosen:
    """What the address says. Refusals `stats.month`, `stats.organ`; words that are none are left out."""
    organ = access.organ
    if (key := given.get("organ", "")).isdigit() and len(key) < 18:
        organ = access.organs().filter(pk=int(key)).first()
    if organ is None:
        raise Refusal("stats.organ", "没有这个单位,或不在您的范围内。")
    words = {key: given.get(key, "") for key in WORDS if given.get(key, "") in WORDS[key]}
    by = given.get("by", "organ")
    return Chosen(organ, month_of(given.get("month", ""), today), by if by in BY else "organ", **words)


def month_of(text: str, today: date) -> date:
    """The first day of the month written 2026-11; today's without. Refusal `stats.month`."""
    try:
        return date.fromisoformat(f"{text}-01") if text else today.replace(day=1)
    except ValueError:
        raise Refusal("stats.month", f"“{text[:20]}”不是月份,应写成 2026-11。") from None


@dataclass(frozen=True)
class Figures:
    """Sums of one group and what follows from them; shares are percent, None where there is nothing to share."""

    key: str
    label: str
    cars: int = 0
    able: int = 0
    used: int = 0
    trips: int = 0
    on_time: int = 0
    rides: int = 0
    pooled: int = 0
    metres: int = 0
    empty: int = 0
    cost: int = 0
    energy_cost: int = 0

    @property
    def km(self) -> Decimal:
        """Kilometres driven."""
        return Decimal(self.metres) / 1000

    @property
    def use_rate(self) -> Decimal | None:
        """使用率: working days on which a car went out, of those on which it could."""
        return _share(self.used, self.able)

    @property
    def empty_share(self) -> Decimal | None:
        """空驶率: what was driven beside the way along the stops."""
        return _share(self.empty, self.metres)

    @property
    def pooling_share(self) -> Decimal | None:
        """拼车率: journeys that shared a car."""
        return _share(self.pooled, self.rides)

    @property
    def on_time_share(self) -> Decimal | None:
        """准点率: cars that left within ten minutes of the time asked for."""
        return _share(self.on_time, self.trips)

    @property
    def per_km(self) -> int | None:
        """Fen a kilometre."""
        return round(Decimal(self.cost) * 1000 / self.metres) if self.metres >= 1000 else None

    @property
    def per_car(self) -> int | None:
        """Fen a car."""
        return round(Decimal(self.cost) / self.cars) if self.cars else None


def _share(part: int, whole: int) -> Decimal | None:
    return (Decimal(100) * part / whole).quantize(Decimal("0.1")) if whole else None


def rows(access: Access, choice: Chosen) -> QuerySet[FleetMonth]:
    """The rows of the choice over the months of the trend: pages and files read these."""
    found = access.scope(FleetMonth.objects.filter(month__gte=choice.first, month__lt=following(choice.month)))
    return found.filter(**{f"l{choice.organ.depth}": choice.organ.pk}, **choice.words).order_by()


def groups(access: Access, choice: Chosen) -> list[Figures]:
    """The month by group, the dearest first. Two queries."""
    found: QuerySet[Any] = rows(access, choice).filter(month=choice.month)
    path = choice.by
    if path == "organ":
        below = choice.organ.depth + 1
        path = f"l{below}" if below <= TREE_DEPTH else "organ_id"
    summed = found.annotate(group=F(path)).values("group").annotate(**{f"s_{one}": Sum(one) for one in SUMS})
    sums = {one["group"]: {name: one[f"s_{name}"] or 0 for name in SUMS} for one in summed}
    labels = _labels(choice, [key for key in sums if key])
    made = [Figures(str(key or ""), labels.get(key, choice.organ.name), **one) for key, one in sums.items()]
    return sorted(made, key=lambda one: (-one.cost, -one.trips, one.label))


def _labels(choice: Chosen, keys: list[Any]) -> dict[Any, str]:
    if choice.by != "organ":
        return {key: WORDS[choice.by][key] for key in keys}
    return dict(Organ.objects.filter(pk__in=keys).values_list("pk", "name"))


def months(access: Access, choice: Chosen) -> list[Figures]:
    """The twelve months up to the chosen one, those without figures with none. One query."""
    summed: QuerySet[Any, Any] = rows(access, choice).values("month").annotate(**{f"s_{one}": Sum(one) for one in SUMS})
    by_month = {one["month"]: {name: one[f"s_{name}"] or 0 for name in SUMS} for one in summed}
    found, month = [], choice.first
    while month <= choice.month:
        found.append(Figures(f"{month:%Y-%m}", f"{month:%Y-%m}", **by_month.get(month, {})))
        month = following(month)
    return found


def total(parts: list[Figures]) -> Figures:
    """All of them together."""
    return Figures("", "合计", **{name: sum(getattr(one, name) for one in parts) for name in SUMS})


def cars(access: Access, choice: Chosen, *, own: bool = False) -> QuerySet[Vehicle]:
    """The cars behind the figures; `own`: without those of the organs below."""
    found = access.scope(Vehicle.objects.filter(organ=choice.organ) if own else Vehicle.objects.all())
    return found.filter(**{f"l{choice.organ.depth}": choice.organ.pk}, **choice.words)
