"""The figures of organs over some months: totals, per head, per square metre. In sets: a dozen queries, however many organs.

人均综合能耗 EN-IND-1, 单位建筑面积能耗 EN-IND-2 (official-vehicle fuel taken out), 人均用水量 EN-IND-3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Sum

from yiwang.areas.energy.book.models import Institution, InstitutionYear
from yiwang.areas.energy.book.users import users
from yiwang.areas.energy.coal.factors import Basis, factor
from yiwang.areas.energy.coal.totals import Total, total
from yiwang.areas.energy.indicators.fuel import vehicle_fuel
from yiwang.areas.energy.use.models import UseMonth
from yiwang.areas.energy.use.series import Series, monthly
from yiwang.areas.energy.words import BOUGHT_POWER
from yiwang.core.orgs.models import Organ
from yiwang.core.places.models import Building
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)


@dataclass(frozen=True)
class OrganFigures:
    """An organ over some months. `fuel`: kgce of its official vehicles within the total; `months`: with electricity.

    A ratio is None where its denominator is not known: it never stands in for 0.
    """

    organ: int
    name: str
    region: str
    kind: str
    zone: str
    users: Decimal | None
    area: Decimal | None
    total: Total
    fuel: Decimal
    fen: int
    months: int
    estimated: bool = False

    @property
    def per_head(self) -> Decimal | None:
        """kgce a person."""
        return _ratio(self.total.kgce, self.users)

    @property
    def per_area(self) -> Decimal | None:
        """kgce a square metre, without official-vehicle fuel."""
        return _ratio(self.total.kgce - self.fuel, self.area)

    @property
    def water_per_head(self) -> Decimal | None:
        """Cubic metres a person."""
        return _ratio(self.total.water, self.users)

    @property
    def power_per_area(self) -> Decimal | None:
        """Kilowatt-hours a square metre."""
        return _ratio(self.total.power, self.area)


def _ratio(above: Decimal, below: Decimal | None) -> Decimal | None:
    return above / below if below else None


def figures(
    organs: QuerySet[Organ], since: date, until: date, *, basis: Basis = Basis.CALORIFIC, within: Organ | None = None
) -> list[OrganFigures]:
    """Of the organs that are in the register in the period, and of others that used something; by name.

    `within`: an organ above them all, for what other areas know of them.
    """
    names = {pk: (name, region) for pk, name, region in organs.values_list("pk", "name", "region_id")}
    ids = sorted(names)
    booked = _booked(ids, since, until)
    facts = _facts(ids, until.year if until.month > 1 else until.year - 1)
    areas = _areas(ids)
    series = monthly(UseMonth.objects.counted().filter(organ__among=ids), since, until)
    by_organ: dict[int, dict[str, Series]] = defaultdict(dict)
    for (organ, kind), months in series.items():
        by_organ[organ][kind] = months
    fuel = vehicle_fuel(within, since, until)
    found = [
        _one(pk, *names[pk], booked.get(pk), facts.get(pk), areas.get(pk), by_organ.get(pk, {}), fuel, basis)
        for pk in ids
        if pk in booked or pk in by_organ
    ]
    return sorted(found, key=lambda one: (one.name, one.organ))


def _booked(ids: Collection[int], since: date, until: date) -> dict[int, Institution]:
    """Those in the register on some day of the period."""
    rows = Institution.objects.filter(organ__among=list(ids), valid_from__lt=until).exclude(valid_to__lte=since)
    return {row.organ_id: row for row in rows.order_by("valid_from")}


def _facts(ids: Collection[int], year: int) -> dict[int, InstitutionYear]:
    """The latest facts up to the year."""
    rows = InstitutionYear.objects.filter(organ__among=list(ids), year__lte=year)
    return {row.organ_id: row for row in rows.order_by("year")}


def _areas(ids: Collection[int]) -> dict[int, Decimal]:
    """The gross area of each organ's own buildings."""
    rows = Building.objects.filter(organ__among=list(ids)).order_by().values_list("organ_id")
    return dict(rows.annotate(area=Sum("gross_floor_area")))


def _one(
    pk: int,
    name: str,
    region: str,
    booked: Institution | None,
    facts: InstitutionYear | None,
    area: Decimal | None,
    uses: Mapping[str, Series],
    fuel: Mapping[tuple[int, str], Decimal],
    basis: Basis,
) -> OrganFigures:
    kind = booked.kind if booked else ""
    found = total(
        ((code, month, region, figure.quantity) for code, months in uses.items() for month, figure in months.items()),
        basis,
    )
    power: set[date] = set().union(*(uses.get(code, {}) for code in BOUGHT_POWER))
    every = [figure for months in uses.values() for figure in months.values()]
    return OrganFigures(
        organ=pk,
        name=name,
        region=region,
        kind=kind,
        zone=booked.climate_zone if booked else "",
        users=users(kind, facts) or None if facts else None,
        area=(facts.area if facts else None) or area,
        total=found,
        fuel=_fuel(pk, region, uses, fuel),
        fen=sum(one.fen for one in every),
        months=len(power),
        estimated=any(one.estimated for one in every),
    )


def _fuel(pk: int, region: str, uses: Mapping[str, Series], fuel: Mapping[tuple[int, str], Decimal]) -> Decimal:
    """kgce of vehicle fuel, never more than the fuel that the total contains."""
    found = Decimal(0)
    for kind in ("PETROL", "DIESEL", "GAS"):
        bought = sum((one.quantity for one in uses.get(kind, {}).values()), Decimal(0))
        month = max(uses.get(kind, {}), default=None)
        if bought and month:
            found += min(bought, fuel.get((pk, kind), Decimal(0))) * (factor(kind, month, region).kgce or 0)
    return found


@dataclass(frozen=True)
class GroupFigures:
    """Organs taken together: a ratio is over those whose both figures are known; `without`: how many are not."""

    key: str
    label: str
    members: tuple[OrganFigures, ...]

    @property
    def kgce(self) -> Decimal:
        """Of all members."""
        return sum((one.total.kgce for one in self.members), Decimal(0))

    @property
    def kgco2(self) -> Decimal:
        """Of all members."""
        return sum((one.total.kgco2 for one in self.members), Decimal(0))

    @property
    def water(self) -> Decimal:
        """Of all members."""
        return sum((one.total.water for one in self.members), Decimal(0))

    @property
    def per_head(self) -> Decimal | None:
        """kgce a person."""
        known = [one for one in self.members if one.users and one.months]
        return _ratio(_sum(one.total.kgce for one in known), _sum(one.users for one in known))

    @property
    def per_area(self) -> Decimal | None:
        """kgce a square metre."""
        known = [one for one in self.members if one.area and one.months]
        return _ratio(_sum(one.total.kgce - one.fuel for one in known), _sum(one.area for one in known))

    @property
    def water_per_head(self) -> Decimal | None:
        """Cubic metres a person."""
        known = [one for one in self.members if one.users and "WATER" in one.total.quantities]
        return _ratio(_sum(one.total.water for one in known), _sum(one.users for one in known))

    @property
    def renewable_share(self) -> Decimal | None:
        """Per cent."""
        own = _sum(one.total.kgce * one.total.renewable_share / (100 - one.total.renewable_share)
                   for one in self.members if one.total.renewable_share and one.total.renewable_share < 100)  # fmt: skip
        return _ratio(100 * own, self.kgce + own)

    @property
    def without(self) -> int:
        """Members without users, area or a single month."""
        return sum(not (one.users and one.area and one.months) for one in self.members)


def _sum(values: Iterable[Decimal | None]) -> Decimal:
    return sum((value for value in values if value is not None), Decimal(0))


def grouped(rows: Iterable[OrganFigures], key: Mapping[int, tuple[str, str]]) -> list[GroupFigures]:
    """By organ → (key, label) of its group; organs without one are left out. The most energy first."""
    found: dict[tuple[str, str], list[OrganFigures]] = defaultdict(list)
    for one in rows:
        if one.organ in key:
            found[key[one.organ]].append(one)
    groups = [GroupFigures(code, label, tuple(members)) for (code, label), members in found.items()]
    return sorted(groups, key=lambda group: (-group.kgce, group.label))
