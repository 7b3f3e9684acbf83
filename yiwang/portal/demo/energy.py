"""Meters in the demo province: two years of readings for the organs of a county and a few of the province.

One meter lacks its last month, one is shared by two organs, one organ has solar power on its roof. Made up.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from math import cos, pi
from random import Random

from django.utils import timezone

from yiwang.areas.energy.models import Institution, InstitutionYear, Meter, MeterShare, Reading, Tariff
from yiwang.areas.energy.use.computing import recompute
from yiwang.areas.energy.use.spread import following
from yiwang.core.ledger.post import post
from yiwang.core.orgs.ancestors import columns_of
from yiwang.core.orgs.models import Organ
from yiwang.kit.pinyin import sort_key

SEED, COUNTY, ORGANS, YEARS = 20260804, "990101", 30, 2
#: Kind, name, a month's use for a person, share of it that follows the winter (+) or the summer (−), price.
KINDS = (
    ("ELECTRICITY", "总电表", 150, -0.25, "0.62"),
    ("WATER", "总水表", 3, -0.1, "3.6"),
    ("GAS", "食堂燃气表", 4, 0.3, "3.1"),
)


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
    persons = {one.pk: rng.randint(20, 120) for one in organs}
    Institution.objects.bulk_create(_institution(one) for one in organs)
    years = range(today.year - YEARS, today.year + 1)
    InstitutionYear.objects.bulk_create(_year(one, year, persons[one.pk]) for one in organs for year in years)
    meters = Meter.objects.bulk_create(_meter(one, kind, name) for one in organs for kind, name, *_ in KINDS)
    rows = [row for one in meters for row in _readings(one, persons[one.organ_id], today, rng)]
    Reading.objects.bulk_create(rows, batch_size=2000)
    if len(organs) > 1:
        _share(meters[0], organs[:2])
    recompute([one.pk for one in meters])
    made = {"meters": len(meters), "readings": len(rows)}
    post(actor="system", act="demo.energy", obj="demo.energy:1", body=made)
    return made


def _institution(one: Organ) -> Institution:
    facts = {"kind": "01", "climate_zone": "MILD", "building_class": "A", "valid_from": date(2020, 1, 1)}
    return Institution(organ=one, contact="示例统计员", **facts, **columns_of(one))


def _year(one: Organ, year: int, persons: int) -> InstitutionYear:
    return InstitutionYear(
        organ=one, year=year, regular=persons, support=persons // 10, area=Decimal(persons * 24), **columns_of(one)
    )


def _meter(one: Organ, kind: str, name: str) -> Meter:
    return Meter(
        organ=one, kind=kind, number=f"{kind[0]}{one.pk:06}", name=name, sort_key=sort_key(name, limit=160),
        digits=7, position="地下一层配电室" if kind == "ELECTRICITY" else "一层设备间", valid_from=date(2020, 1, 1),
        **columns_of(one),
    )  # fmt: skip


def _readings(one: Meter, persons: int, today: date, rng: Random) -> list[Reading]:
    """On the first of each month; every ninth meter lacks its last one."""
    each, season = next((use, follow) for kind, _, use, follow, _ in KINDS if kind == one.kind)
    day, value, found = date(today.year - YEARS, today.month, 1), Decimal(rng.randint(1000, 90000)), []
    columns = columns_of(one.organ)
    while day <= today:
        found.append(Reading(meter=one, organ=one.organ, day=day, value=value, **columns))
        winter = cos(2 * pi * (day.month - 1) / 12)
        value += round(Decimal(persons * each * (1 + season * winter) * rng.uniform(0.93, 1.07)), 1)
        day = following(day)
    return found[:-1] if one.pk % 9 == 0 else found


def _share(one: Meter, organs: list[Organ]) -> None:
    """Two organs in one house, by area."""
    since = date(2020, 1, 1)
    MeterShare.objects.bulk_create(
        MeterShare(
            meter=one, organ=organ, part=part, ground="合署办公按面积(演示)", valid_from=since, **columns_of(organ)
        )
        for organ, part in zip(organs, (6000, 4000), strict=True)
    )
