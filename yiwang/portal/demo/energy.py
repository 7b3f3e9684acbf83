"""Meters in the demo province: three years of readings for the organs of a county. Made up.

Some lack their last month, one is shared by two organs; one leaks, one was read twice, one bill is in the wrong unit, one
organ leaves its machines on at night (`SIGNS`): what early warning is to find.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from math import cos, pi
from random import Random

from django.utils import timezone

from yiwang.areas.energy.judge.night import HOURS
from yiwang.areas.energy.models import (
    DataCentre,
    EnergyBill,
    Form,
    HourValue,
    Institution,
    InstitutionYear,
    Meter,
    MeterShare,
    Reading,
    Tariff,
    WeatherMonth,
)
from yiwang.areas.energy.mqtt import nights
from yiwang.areas.energy.mqtt.settling import midnight
from yiwang.areas.energy.mqtt.store import HOUR
from yiwang.areas.energy.use.computing import recompute
from yiwang.areas.energy.use.spread import following
from yiwang.core.ledger.post import post
from yiwang.core.orgs.ancestors import columns_of
from yiwang.core.orgs.models import Organ
from yiwang.kit.pinyin import sort_key

SEED, COUNTY, ORGANS, YEARS = 20260804, "990101", 30, 3
#: Kind, name, a month's use for a person, share of it that follows the winter (+) or the summer (−), price.
KINDS = (
    ("ELECTRICITY", "总电表", 150, -0.25, "0.62"),
    ("WATER", "总水表", 3, -0.1, "3.6"),
    ("GAS", "食堂燃气表", 4, 0.3, "3.1"),
)
#: What is wrong: the organ by its place, its kind of energy, times how much in which months before the last one.
LEAK, DOUBLE, UNIT, NIGHT = (2, "WATER"), (3, "ELECTRICITY"), (4, "GAS"), (5, "ELECTRICITY")
SIGNS = {LEAK: (Decimal("1.45"), range(5)), DOUBLE: (Decimal(2), (4,)), UNIT: (Decimal(1000), (2,))}
#: The gas meter of every so many organs lacks its last reading.
MISSING = 3
#: Months that are read by the hour, the last of which have more use at night.
HOURLY, DARK = 6, 2


def load_energy(*, now: datetime) -> dict[str, int]:
    """Institutions, meters and readings; how many. Nothing where the county has no organ."""
    today, rng = timezone.localtime(now).date(), Random(SEED)  # noqa: S311 (made-up data)
    organs = list(Organ.objects.open().filter(region=COUNTY).order_by("depth", "pk")[:ORGANS])
    if not organs:
        return {}
    root = Organ.objects.get(pk=organs[0].l1 or 0)
    Tariff.objects.bulk_create(
        Tariff(organ=root, kind=kind, price=Decimal(price), valid_from=date(2020, 1, 1), **columns_of(root))
        for kind, _, _, _, price in KINDS
    )
    WeatherMonth.objects.bulk_create(_weather(root, today, rng))
    DataCentre.objects.create(
        organ=organs[0], name="政务云机房", year=today.year - 1, total_kwh=Decimal(250_000), machine_kwh=Decimal(200_000),
        renewable_kwh=Decimal(150_000), racks=24, **columns_of(organs[0]),
    )  # fmt: skip
    persons = {one.pk: rng.randint(20, 120) for one in organs}
    Institution.objects.bulk_create(_institution(one) for one in organs)
    years = range(today.year - YEARS, today.year + 1)
    InstitutionYear.objects.bulk_create(_year(one, year, persons[one.pk]) for one in organs for year in years)
    plans = [(place, one, *kind[:2]) for place, one in enumerate(organs) for kind in KINDS]
    meters = Meter.objects.bulk_create(_meter(one, kind, name, (place, kind)) for place, one, kind, name in plans)
    uses = {
        one.pk: _uses(one, persons[one.organ_id], today, rng, (place, kind))
        for one, (place, _, kind, _) in zip(meters, plans, strict=True)
    }
    rows = [
        row
        for one, (place, _, kind, _) in zip(meters, plans, strict=True)
        if one.form == Form.INDEX
        for row in _readings(one, uses[one.pk], rng, missing=kind == "GAS" and place % MISSING == 0)
    ]
    Reading.objects.bulk_create(rows, batch_size=2000)
    EnergyBill.objects.bulk_create(
        row for one in meters if one.form == Form.BILLED for row in _bills(one, uses[one.pk])
    )
    if len(organs) > 1:
        _share(meters[0], organs[:2])
    recompute([one.pk for one in meters])
    made = {"meters": len(meters), "readings": len(rows), "hours": _night(meters, plans)}
    post(actor="system", act="demo.energy", obj="demo.energy:1", body=made)
    return made


def _weather(root: Organ, today: date, rng: Random) -> list[WeatherMonth]:
    """Degree days of the years that are read, some winters colder than others."""
    found = []
    for year in range(today.year - YEARS, today.year + 1):
        cold, hot = rng.uniform(0.85, 1.15), rng.uniform(0.85, 1.15)
        for month in range(1, 13 if year < today.year else today.month):
            winter = Decimal(cos(2 * pi * (month - 1) / 12))
            days = {
                "heating": round(max(winter, Decimal(0)) * 310 * Decimal(cold), 1),
                "cooling": round(max(-winter, Decimal(0)) * 120 * Decimal(hot), 1),
            }
            found.append(
                WeatherMonth(organ=root, month=date(year, month, 1), station="示例站", **days, **columns_of(root))
            )
    return found


def _institution(one: Organ) -> Institution:
    facts = {"kind": "01", "climate_zone": "MILD", "building_class": "A", "valid_from": date(2020, 1, 1)}
    return Institution(organ=one, contact="示例统计员", **facts, **columns_of(one))


def _year(one: Organ, year: int, persons: int) -> InstitutionYear:
    return InstitutionYear(
        organ=one, year=year, regular=persons, support=persons // 10, area=Decimal(persons * 24), **columns_of(one)
    )


def _meter(one: Organ, kind: str, name: str, place: tuple[int, str]) -> Meter:
    """Gas of one organ comes by the bill."""
    return Meter(
        organ=one, kind=kind, number=f"{kind[0]}{one.pk:06}", name=name, sort_key=sort_key(name, limit=160),
        digits=7, position="地下一层配电室" if kind == "ELECTRICITY" else "一层设备间", valid_from=date(2020, 1, 1),
        form=Form.BILLED if place == UNIT else Form.INDEX, **columns_of(one),
    )  # fmt: skip


def _uses(one: Meter, persons: int, today: date, rng: Random, place: tuple[int, str]) -> list[tuple[date, Decimal]]:
    """Month → use, up to the last month that is over, with what is planted at this place."""
    each, season = next((use, follow) for kind, _, use, follow, _ in KINDS if kind == one.kind)
    last = today.year * 12 + today.month - 2
    factor, months = SIGNS.get(place, (Decimal(1), ()))
    found = []
    for number in range(last - 12 * YEARS + 1, last + 1):
        month = date(number // 12, number % 12 + 1, 1)
        winter = cos(2 * pi * (month.month - 1) / 12)
        use = round(Decimal(persons * each * (1 + season * winter) * rng.uniform(0.95, 1.05)), 1)
        found.append((month, use * factor if last - number in months else use))
    return found


def _readings(one: Meter, uses: list[tuple[date, Decimal]], rng: Random, *, missing: bool) -> list[Reading]:
    """On the first of each month; some lack their last one."""
    value, columns = Decimal(rng.randint(1000, 90000)), columns_of(one.organ)
    found = [Reading(meter=one, organ=one.organ, day=uses[0][0], value=value, **columns)]
    for month, use in uses:
        value += use
        found.append(Reading(meter=one, organ=one.organ, day=following(month), value=value, **columns))
    return found[:-1] if missing else found


def _bills(one: Meter, uses: list[tuple[date, Decimal]]) -> list[EnergyBill]:
    """A bill a month at the price; the one with the wrong unit costs what the right one would."""
    price = Decimal(next(price for kind, *_, price in KINDS if kind == one.kind))
    usual = sorted(use for _, use in uses)[len(uses) // 2]
    return [
        EnergyBill(
            meter=one, organ=one.organ, number=f"RQ{month:%Y%m}", supplier="示例燃气公司", quantity=int(use * 1000),
            amount=int((use if use < 100 * usual else use / 1000) * price * 100), valid_from=month,
            valid_to=following(month), **columns_of(one.organ),
        )
        for month, use in uses
    ]  # fmt: skip


def _night(meters: list[Meter], plans: list[tuple[int, Organ, str, str]]) -> int:
    """The hours of the meter that reports by itself, and what they say of the nights; how many."""
    found = [one for one, (place, _, kind, _) in zip(meters, plans, strict=True) if (place, kind) == NIGHT]
    if not found:
        return 0
    (one,) = found
    marks = list(Reading.objects.filter(meter=one).order_by("day").values_list("day", "value"))[-HOURLY - 1 :]
    rows: list[HourValue] = []
    for number, ((day, value), (until, more)) in enumerate(pairwise(marks)):
        share = 0.34 if number >= HOURLY - DARK else 0.20 + 0.01 * (number % 3)
        rows += _hours(one, midnight(day), midnight(until), (value, more), share)
    HourValue.objects.bulk_create(rows, batch_size=2000)
    for day, _ in marks[:-1]:
        nights.count(day, [one.pk])
    return len(rows)


def _hours(one: Meter, first: int, last: int, dial: tuple[Decimal, Decimal], share: float) -> list[HourValue]:
    """The dial at the end of each hour of a month, of whose days each has so much of its use at night."""
    start, use = int(dial[0] * 1000), float(dial[1] - dial[0]) * 1000 / ((last - first) / 24)
    dark, light = share / len(HOURS), (1 - share) / (24 - len(HOURS))
    found, at = [], 0.0
    for hour in range(first, last):
        at += use * (dark if (hour - first) % 24 in HOURS else light)
        found.append(HourValue(meter=one, hour=hour, at=(hour + 1) * HOUR - 1, value=start + round(at)))
    return found


def _share(one: Meter, organs: list[Organ]) -> None:
    """Two organs in one house, by area."""
    since = date(2020, 1, 1)
    MeterShare.objects.bulk_create(
        MeterShare(
            meter=one, organ=organ, part=part, ground="合署办公按面积(演示)", valid_from=since, **columns_of(organ)
        )
        for organ, part in zip(organs, (6000, 4000), strict=True)
    )
