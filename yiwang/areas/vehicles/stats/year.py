"""vehicles.year: what an organ had, drove and spent in a year, by query from the registers. Constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, DateField, F, Q, QuerySet, Sum
from django.db.models.functions import Cast, Coalesce, ExtractYear

from yiwang.areas.vehicles.costs.elsewhere import ELSEWHERE, unbilled
from yiwang.areas.vehicles.costs.models import Cost, CostKind
from yiwang.areas.vehicles.life.models import Energy, FleetQuota, Use, Vehicle, VehiclePurchase, VehicleState
from yiwang.areas.vehicles.stats.datasets import COSTS, FUELS, USES, YEAR
from yiwang.areas.vehicles.stats.fuel import fuel_rows
from yiwang.areas.vehicles.tracks.models import DayTrack
from yiwang.areas.vehicles.trips.models import Assignment
from yiwang.core.orgs.models import Organ
from yiwang.core.orgs.tree import holds_on
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)

_FUELS = {"汽油": "petrol_l", "柴油": "diesel_l", "天然气": "gas", "电": "kwh"}
_USE_KEYS = {use: USES[str(label)] for use, label in Use.choices}
_COST_KEYS = {kind: COSTS[str(label)] for kind, label in CostKind.choices}
assert set(_FUELS) == set(FUELS)
_ZERO = {"km": Decimal(0), **dict.fromkeys(_FUELS.values(), Decimal(0))}
_KEYS = [one for one in YEAR.keys if one not in ("organ", "year", "on", "region")]
#: When a car came: the day it was registered, else bought; without either it was always there.
_CAME = Coalesce("registered_date", "purchased_date", output_field=DateField())


@dataclass
class _Years:
    """The figures by (organ, year) while they are put together."""

    within: Organ
    years: list[int]
    found: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)

    def add(self, organ: int, year: int, key: str, value: Any) -> None:
        """So much more of one figure."""
        row = self.found.setdefault((organ, year), dict.fromkeys(_KEYS, 0) | _ZERO)
        row[key] += value

    def mine(self, rows: QuerySet[Any, Any], prefix: str = "") -> QuerySet[Any, Any]:
        """The rows of the subtree, in no order."""
        return rows.filter(**{f"{prefix}l{self.within.depth}": self.within.pk}).order_by()

    @property
    def span(self) -> tuple[date, date]:
        """From the first day to the day after the last."""
        return date(self.years[0], 1, 1), date(self.years[-1] + 1, 1, 1)


def year_rows(*, within: Organ, since: date, until: date) -> Iterator[Mapping[str, Any]]:
    """The years that begin in [since, until), one row an organ that had a car, a place, a trip or a bill."""
    years = list(range(since.year + (since > date(since.year, 1, 1)), until.year + (until > date(until.year, 1, 1))))
    if not years:
        return
    work = _Years(within, years)
    for step in (_quotas, _held, _moved, _bought, _driven, _tracked, _spent, _burnt):
        step(work)
    organs = {
        pk: (name, region)
        for pk, name, region in Organ.objects.filter(pk__among=list({organ for organ, _ in work.found})).values_list(
            "pk", "name", "region_id"
        )
    }
    for (organ, year), row in sorted(work.found.items()):
        name, region = organs[organ]
        yield {"organ_id": organ, "organ": name, "region": region, "on": date(year, 12, 31), "year": year, **row}


def _quotas(work: _Years) -> None:
    for year in work.years:
        rows = work.mine(FleetQuota.objects.filter(holds_on(date(year, 12, 31))))
        for organ, use, number in rows.values_list("organ_id", "use").annotate(Sum("number")):
            work.add(organ, year, "quota", number)
            work.add(organ, year, f"quota_{_USE_KEYS[use]}", number)


def _held(work: _Years) -> None:
    """At the end of the year: come before it, and not gone before it."""
    for year in work.years:
        after = date(year + 1, 1, 1)
        rows = work.mine(Vehicle.objects.annotate(came=_CAME)).filter(
            Q(came=None) | Q(came__lt=after), Q(retired_date=None) | Q(retired_date__gte=after)
        )
        counted = rows.values_list("organ_id", "use", "energy", "state").annotate(Count("pk"))
        for organ, use, energy, state, number in counted:
            work.add(organ, year, "held", number)
            work.add(organ, year, f"held_{_USE_KEYS[use]}", number)
            work.add(organ, year, "held_new_energy" if energy == Energy.NEW_ENERGY else "held_fuel", number)
            if state == VehicleState.LAID_UP:
                work.add(organ, year, "laid_up", number)


def _moved(work: _Years) -> None:
    """Those that came and those that went in the year."""
    first, after = work.span
    came = work.mine(Vehicle.objects.annotate(came=_CAME)).filter(came__gte=first, came__lt=after)
    for organ, year, energy, number in (
        came.annotate(year=ExtractYear("came")).values_list("organ_id", "year", "energy").annotate(Count("pk"))
    ):
        work.add(organ, year, "added", number)
        if energy == Energy.NEW_ENERGY:
            work.add(organ, year, "added_new_energy", number)
    went = work.mine(Vehicle.objects.filter(retired_date__gte=first, retired_date__lt=after))
    for organ, year, number in (
        went.annotate(year=ExtractYear("retired_date")).values_list("organ_id", "year").annotate(Count("pk"))
    ):
        work.add(organ, year, "disposed", number)


def _bought(work: _Years) -> None:
    first, after = work.span
    rows = work.mine(VehiclePurchase.objects.filter(purchased_date__gte=first, purchased_date__lt=after))
    for organ, year, amount in (
        rows.annotate(year=ExtractYear("purchased_date")).values_list("organ_id", "year").annotate(Sum("price"))
    ):
        work.add(organ, year, "purchase", amount)


def _trips(work: _Years) -> QuerySet[Any, Any]:
    first, after = work.span
    rows = Assignment.objects.filter(vehicle__isnull=False, started_at__date__gte=first, started_at__date__lt=after)
    return work.mine(rows.annotate(year=ExtractYear("started_at")))


def _driven(work: _Years) -> None:
    far = Sum(F("odometer_end") - F("odometer_start"))
    rows = _trips(work).values_list("organ_id", "year").annotate(n=Count("pk"), far=far)
    for organ, year, number, length in rows:
        work.add(organ, year, "trips", number)
        work.add(organ, year, "km", Decimal(length or 0))


def _tracked(work: _Years) -> None:
    """Cars without a reading of an odometer in the year: by their tracks."""
    first, after = work.span
    read = _trips(work).filter(odometer_end__isnull=False).values_list("vehicle_id", "year").distinct()
    known = set(read)
    rows = work.mine(DayTrack.objects.filter(day__gte=first, day__lt=after), "vehicle__")
    rows = rows.annotate(year=ExtractYear("day"))
    for car, organ, year, metres in rows.values_list("vehicle_id", "vehicle__organ_id", "year").annotate(Sum("metres")):
        if (car, year) not in known:
            work.add(organ, year, "km", Decimal(metres) / 1000)


def _spent(work: _Years) -> None:
    first, after = work.span
    found: dict[tuple[int, int, str], int] = defaultdict(int)
    bills = work.mine(Cost.objects.filter(day__gte=first, day__lt=after)).annotate(year=ExtractYear("day"))
    for organ, year, kind, amount in bills.values_list("organ_id", "year", "kind").annotate(Sum("amount")):
        found[organ, year, kind] += amount
    for kind, (_, path) in ELSEWHERE.items():
        rows = work.mine(unbilled(kind).filter(**{f"{path}__gte": first, f"{path}__lt": after}))
        counted = rows.annotate(year=ExtractYear(Cast(path, DateField())))
        for organ, year, amount in counted.values_list("organ_id", "year").annotate(Sum("amount")):
            found[organ, year, kind] += amount
    for (organ, year, kind), amount in found.items():
        work.add(organ, year, _COST_KEYS[kind], amount)
        work.add(organ, year, "cost", amount)


def _burnt(work: _Years) -> None:
    first, after = work.span
    for row in fuel_rows(work.within, first, after):
        work.add(row.organ, row.month.year, _FUELS[row.fuel], row.quantity)
