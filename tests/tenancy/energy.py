"""One of everything of energy for a side: its book, meters with readings and bills, signs and targets; its figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from yiwang.areas.energy import factories
from yiwang.areas.energy.indicators.models import WeatherMonth
from yiwang.areas.energy.judge import targets
from yiwang.areas.energy.judge.models import Sign, Threshold
from yiwang.areas.energy.meters import actions as meters
from yiwang.areas.energy.meters.models import Form, Meter, UtilityForm, UtilityStatement
from yiwang.areas.energy.small.models import DataCentre, GreenCanteen, Photovoltaic, WasteMonth
from yiwang.areas.energy.use.spread import first_of, following
from yiwang.core.orgs.models import Organ, Scoped
from yiwang.core.rights.access import access_for
from yiwang.core.rights.models import User
from yiwang.insight.models import Cell, Edition, OrganFigures, Origin

Named = Callable[[str], str]


def _saved(row: Scoped) -> int:
    row.place()
    row.save()
    return int(row.pk)


def fill(organ: Organ, named: Named, manager: User) -> dict[str, Any]:
    """Ids by name."""
    today = timezone.localdate()
    _figures(organ, named, today.year)
    return _book(organ, named, today) | _meters(organ, named, manager, today) | _judged(organ, named, manager, today)


def _book(organ: Organ, named: Named, today: date) -> dict[str, Any]:
    """The registers that are no meters."""
    mine: dict[str, Any] = {"organ": organ, "month": first_of(today)}
    of_year: dict[str, Any] = {"organ": organ, "year": today.year}
    return {
        "energy.institution": factories.institution(organ, contact=named("统计员")).pk,
        "energy.institution-year": factories.year(organ, today.year).pk,
        "energy.waste-month": _saved(WasteMonth(**mine, collector=named("清运公司"))),
        "energy.green-canteen": _saved(GreenCanteen(**mine, name=named("绿色食堂"), diners=1)),
        "energy.weather-month": _saved(WeatherMonth(**mine, heating=1, cooling=1, station=named("气象站"))),
        "energy.data-centre": _saved(DataCentre(**of_year, name=named("机房"), total_kwh=2, machine_kwh=1)),
        "energy.photovoltaic": _saved(
            Photovoltaic(organ=organ, name=named("光伏"), peak_kw=1, connected_date=date(2026, 1, 1))
        ),
    }


def _meters(organ: Organ, named: Named, manager: User, today: date) -> dict[str, Any]:
    """A meter with readings of this year, a bill and a share; one that is worked out of it; a statement."""
    access, since = access_for(manager), date(today.year, 1, 1)
    meter = factories.meter(organ, number=named("DB-1"), name=named("配电室表"), position=named("地下室"))
    factories.readings(meter, (since, 0), (following(since), 900), user=manager, note=named("抄表备注"))
    meters.share(meter=meter.pk, since=since, bases={organ: Decimal(1)}, ground=named("分摊依据"), access=access)
    virtual: Meter = factories.meter(organ, number=named("XN-1"), name=named("公摊"), form=Form.VIRTUAL, counts=False)
    meters.compose(meter=virtual.pk, terms={meter.number: Decimal(1)}, access=access)
    billed = factories.meter(organ, "WATER", number=named("SB-1"), name=named("水表"), form=Form.BILLED)
    given = meters.Bill(named("账单"), since, following(since), Decimal(9), 90, named("供水公司"))
    meters.bill(given, meter=billed.pk, access=access, today=today)
    now = timezone.now()
    _saved(UtilityForm(organ=organ, supplier=named("供水公司"), columns={}, used_at=now))
    _saved(
        UtilityStatement(
            organ=organ, supplier=named("供水公司"), file_name=named("对账单"), digest="0", rows=1, kept=1, amount=90,
            user=manager, taken_at=now,
        )
    )  # fmt: skip
    tariff = factories.tariff(organ, "0.6")
    tariff.supplier = named("供电公司")
    tariff.save()
    return {"energy.meter": meter.pk, "energy.tariff": tariff.pk, "meter-virtual": virtual.pk}


def _judged(organ: Organ, named: Named, manager: User, today: date) -> dict[str, Any]:
    """A sign with its picture, a figure of a rule, a plan with its whole."""
    month, now = first_of(today), timezone.now()
    shown = {"months": [named("图")], "read": [9], "usual": [1], "start": 0, "stop": 1, "unit": "m3"}
    sign = Sign(
        organ=organ, subject=f"{organ.pk}:LEAK", rule="LEAK", energy="WATER", word=named("自来水"), month=month,
        until=following(month), measure=90, threshold=20, note=named("夜间漏损"), evidence=shown, found_at=now,
    )  # fmt: skip
    threshold = Threshold(
        organ=organ, rule="LEAK", name="上限", value=20, valid_from=date(2026, 1, 1), ground=named("阈值文件")
    )
    access = access_for(manager)
    years = (today.year - 1, today.year, today.year + 1)
    plan = targets.plan(name=named("规划"), kind="FREE", years=years, ground=named("规划文件"), access=access)
    targets.set_whole(plan=plan.pk, energy="WATER", year=today.year, amount=Decimal(100), access=access)
    return {"energy-sign": _saved(sign), "energy.threshold": _saved(threshold), "energy-plan": plan.pk}


def _figures(organ: Organ, named: Named, year: int) -> None:
    """What 一张图 shows of the county: its node and its organ, in the edition that all share."""
    edition, _ = Edition.objects.get_or_create(
        year=year,
        origin=Origin.LAKE,
        method="x",
        method_label="口径",
        verified=True,
        known_on=date(year, 1, 1),
        digest="0",
    )
    used: dict[str, Any] = {"edition": edition, "kind": 0, "energy_kgce": 1, "carbon_kg": 1, "water_m3": 1}
    used |= {"electricity_kwh": 1, "energy_per_head": 1}
    code = organ.region_id
    place = {"parent": "990100", "province": "990000", "city": "990100"}
    Cell.objects.create(**used, **place, level=3, region=code, name=named("一张图"), month=0, institutions=1)
    _saved(OrganFigures(**used, organ=organ, region=code, url=f"/energy/organs/{organ.pk}/"))
