"""The registers of energy as datasets, and the way in for readings of other systems."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q

import yiwang.areas.energy.water  # noqa: F401 (registers its query)
from yiwang.areas.energy.book.models import Institution, InstitutionYear
from yiwang.areas.energy.book.users import users
from yiwang.areas.energy.coal.factors import factor
from yiwang.areas.energy.indicators.figures import OrganFigures, figures
from yiwang.areas.energy.meters.statements import figure as read_figure
from yiwang.areas.energy.mqtt import nights
from yiwang.areas.energy.small.models import DataCentre
from yiwang.areas.energy.use.actions import Given, deliver
from yiwang.areas.energy.use.models import Reading, Source, UseMonth
from yiwang.areas.energy.use.series import monthly
from yiwang.areas.energy.use.spread import first_of
from yiwang.areas.energy.words import ENERGIES
from yiwang.core.orgs.models import Organ
from yiwang.core.registers.computed import register_computed
from yiwang.core.registers.exchange import Done, accept_verb
from yiwang.core.registers.trial import Trial
from yiwang.core.rights.access import Access
from yiwang.core.verdicts.sources import SourceRow, register_source
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)
from yiwang.kit.sheets import clean

#: Months that a source shows as they stand on a day; a query by period shows any.
BACK = 36
_GRAM = Decimal("0.001")


def _organs(subjects: Collection[str] | None) -> list[int] | None:
    """The organs that subjects ("12:…") name."""
    return None if subjects is None else sorted({int(one.partition(":")[0]) for one in subjects})


def month_rows(rows: Any, since: date, until: date) -> Iterator[tuple[int, str, str, date, dict[str, Any]]]:
    """(organ, its region, kind, month, values) of the dataset `energy.consumption_month`; two queries."""
    series = monthly(rows, since, until)
    known = Organ.objects.filter(pk__among=sorted({organ for organ, _ in series}))
    names = {pk: (name, region) for pk, name, region in known.values_list("pk", "name", "region_id")}
    for (organ, kind), months in series.items():
        name, region = names[organ]
        for month, one in months.items():
            coal = factor(kind, month, region)
            values = {
                "organ": name, "month": f"{month:%Y-%m}", "energy_kind": kind, "energy": ENERGIES[kind].label,
                "quantity": one.quantity, "unit": ENERGIES[kind].unit, "fen": one.fen,
                "kgce": None if coal.kgce is None else (one.quantity * coal.kgce).quantize(_GRAM),
                "kgco2": None if coal.kgco2 is None else (one.quantity * coal.kgco2).quantize(_GRAM),
                "unverified": not coal.verified, "estimated": one.estimated,
            }  # fmt: skip
            yield organ, region, kind, month, values


def _month_source(*, on: date, subjects: Collection[str] | None = None) -> Iterable[SourceRow]:
    """The last BACK months. Subject: organ:month:kind."""
    organs = _organs(subjects)
    rows = UseMonth.objects.counted()
    rows = rows if organs is None else rows.filter(organ__among=organs)
    since = first_of(first_of(on) - timedelta(days=BACK * 30))
    for organ, region, kind, month, values in month_rows(rows, since, on):
        yield SourceRow(
            subject=f"{organ}:{month:%Y-%m}:{kind}",
            label=f"{values['organ']} · {month:%Y-%m} · {values['energy']}",
            organ_id=organ,
            region=region,
            on=month,
            values=values,
            url=f"/energy/organs/{organ}/?year={month.year}",
        )


def _months(*, within: Organ, since: date, until: date) -> Iterator[dict[str, Any]]:
    for organ, region, _, month, values in month_rows(UseMonth.objects.counted().within(within), since, until):
        url = f"/energy/organs/{organ}/?year={month.year}"
        yield {**values, "organ_id": organ, "region": region, "url": url}


def year_values(one: OrganFigures, year: int) -> dict[str, Any]:
    """The columns of `energy.organ_year`."""
    return {
        "organ": one.name, "year": year, "institution_kind": one.kind or None, "energy_user_count": one.users,
        "building_area": one.area, "electricity_kwh": one.total.power, "total_energy_tce": one.total.tce,
        "water_m3": one.total.water, "renewable_share": one.total.renewable_share, "kgco2": one.total.kgco2,
        "vehicle_fuel_kgce": one.fuel, "energy_per_capita_kgce": one.per_head, "energy_per_area_kgce": one.per_area,
        "water_per_capita": one.water_per_head, "months": one.months,
    }  # fmt: skip


def _years(*, within: Organ, since: date, until: date) -> Iterator[dict[str, Any]]:
    """The calendar years that begin in the period."""
    first = since.year + (since > date(since.year, 1, 1))
    for year in range(first, until.year + (until > date(until.year, 1, 1))):
        organs = Organ.objects.within(within)
        for one in figures(organs, date(year, 1, 1), date(year + 1, 1, 1), within=within):
            yield {**year_values(one, year), "organ_id": one.organ, "region": one.region}


def _year_source(*, on: date, subjects: Collection[str] | None = None) -> Iterable[SourceRow]:
    """The year of the day and the one before it. Subject: organ:year."""
    ids = _organs(subjects)
    organs = Organ.objects.all() if ids is None else Organ.objects.filter(pk__among=ids)
    for year in (on.year - 1, on.year):
        for one in figures(organs, date(year, 1, 1), date(year + 1, 1, 1)):
            yield SourceRow(
                subject=f"{one.organ}:{year}",
                label=f"{one.name} · {year} 年",
                organ_id=one.organ,
                region=one.region,
                on=min(on, date(year, 12, 31)),
                values=year_values(one, year),
                url=f"/energy/organs/{one.organ}/?year={year}",
            )


def _users_source(*, on: date, subjects: Collection[str] | None = None) -> Iterable[SourceRow]:
    """The counts of organs and groups (附录A.1); schools and hospitals count otherwise and are left out."""
    ids = _organs(subjects)
    mine = Q() if ids is None else Q(organ__among=ids)
    kinds = dict(Institution.objects.filter(mine).values_list("organ_id", "kind"))
    for row in InstitutionYear.objects.filter(mine, year__lte=on.year).select_related("organ").order_by("pk"):
        kind = kinds.get(row.organ_id, "")
        if kind in ("021", "024"):
            continue
        yield SourceRow(
            subject=f"{row.organ_id}:{row.year}",
            label=f"{row.organ.name} · {row.year} 年",
            organ_id=row.organ_id,
            region=row.organ.region_id,
            on=date(row.year, 12, 31),
            values={
                "organ": row.organ.name, "year": row.year, "energy_user_count": users(kind, row),
                "regular_staff": row.regular, "long_term_staff": row.long_term, "support_staff": row.support,
                "visitor_person_days": row.visitor_days, "days_in_year": row.days,
            },
            url=f"/r/energy/institution-year/{row.pk}/",
        )  # fmt: skip


def _centre_source(*, on: date, subjects: Collection[str] | None = None) -> Iterable[SourceRow]:
    """Data centres by year; the year is judged by its last day, the running one by today."""
    mine = Q() if subjects is None else Q(pk__among=[int(one) for one in subjects if one.isdigit()])
    for row in DataCentre.objects.filter(mine, year__lte=on.year).select_related("organ").order_by("pk"):
        yield SourceRow(
            subject=str(row.pk),
            label=f"{row.organ.name} · {row.name} · {row.year} 年",
            organ_id=row.organ_id,
            region=row.organ.region_id,
            on=min(on, date(row.year, 12, 31)),
            values={
                "organ": row.organ.name,
                "data_centre": row.name,
                "pue": (row.total_kwh / row.machine_kwh).quantize(Decimal("0.01")),
                "renewable_share": (100 * row.renewable_kwh / row.total_kwh).quantize(Decimal("0.1")),
            },
            url=f"/r/energy/data-centre/{row.pk}/",
        )


def _reading_source(*, on: date, subjects: Collection[str] | None = None) -> Iterable[SourceRow]:
    """Readings of the last BACK months. Subject: the id of the reading."""
    mine = Q() if subjects is None else Q(pk__among=[int(one) for one in subjects if one.isdigit()])
    rows = Reading.objects.filter(mine, day__lte=on, day__gte=on - timedelta(days=BACK * 30))
    for row in rows.select_related("organ", "meter").order_by("pk").iterator(chunk_size=2000):
        yield SourceRow(
            subject=str(row.pk),
            label=f"{row.meter.number} · {row.day}",
            organ_id=row.organ_id,
            region=row.organ.region_id,
            on=row.day,
            values={
                "meter": row.meter.number, "day": row.day, "value": row.value, "start": row.start,
                "rolled": row.rolled, "estimated": row.estimated, "note": row.note or None,
            },
            url=f"/energy/meters/{row.meter_id}/",
        )  # fmt: skip


def _night_source(*, on: date, subjects: Collection[str] | None = None) -> Iterable[SourceRow]:
    """The last BACK months of what is read by the hour. Subject: organ:month:kind."""
    since = first_of(first_of(on) - timedelta(days=BACK * 30))
    for organ, name, region, kind, month, share in nights.by_organ(since, on, _organs(subjects)):
        values = {
            "organ": name,
            "energy_kind": kind,
            "month": f"{month:%Y-%m}",
            "night_share": round(Decimal(share), 2),
        }
        yield SourceRow(
            subject=f"{organ}:{month:%Y-%m}:{kind}",
            label=f"{name} · {month:%Y-%m} · {ENERGIES[kind].label}",
            organ_id=organ,
            region=region,
            on=month,
            values=values,
            url=f"/energy/organs/{organ}/?year={month.year}",
        )


def _write(rows: list[Mapping[str, Any]], access: Access, on: date, about: str) -> Done:
    """Readings of another system: all of them, or none and every reason. The same ones again change nothing."""
    given = [_given(place, row) for place, row in enumerate(rows, start=1)]
    fresh = _fresh(given, access)
    kept = deliver(fresh, access=access, today=on, source=Source.OTHER, about=about) if fresh else []
    errors = [why for one in fresh for why in one.wrong]
    return Done(Trial(total=len(rows), created=len(kept), unchanged=len(rows) - len(fresh), errors=errors))


def _given(place: int, row: Mapping[str, Any]) -> Given:
    try:
        day = clean.date(str(row.get("day") or ""))
    except Exception:
        day = None
    return Given(
        row=place,
        number=str(row.get("meter") or "").strip(),
        day=day,
        value=read_figure(row.get("value")),
        start=read_figure(row.get("start")),
        rolled=bool(row.get("rolled")),
        estimated=bool(row.get("estimated")),
        note=str(row.get("note") or "")[:120],
    )


def _fresh(given: list[Given], access: Access) -> list[Given]:
    """Those that are not kept already with the same figure."""
    numbers = sorted({one.number for one in given if one.number})
    rows = access.scope(Reading.objects.filter(meter__number__among=numbers))
    held = {(number, day): value for number, day, value in rows.values_list("meter__number", "day", "value")}
    return [one for one in given if one.day is None or held.get((one.number, one.day)) != one.value]


register_source("energy.consumption_month", _month_source)
register_source("energy.organ_year", _year_source)
register_source("energy.users", _users_source)
register_source("energy.data_centre", _centre_source)
register_source("energy.night_month", _night_source)
register_source("energy.reading", _reading_source)
register_computed("energy.consumption_month", _months)
register_computed("energy.organ_year", _years)
accept_verb("energy.reading", _write, area="energy")
