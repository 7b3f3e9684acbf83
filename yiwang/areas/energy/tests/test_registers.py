"""The registers of energy: owner, colleague and stranger at every door."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from yiwang.areas.energy import factories
from yiwang.areas.energy.models import DataCentre, GreenCanteen, Photovoltaic, WasteMonth, WeatherMonth
from yiwang.core.orgs.models import Organ
from yiwang.desk.testing import KindTests


def kept(row: Any) -> models.Model:
    row.place()
    row.save()
    return row  # type: ignore[no-any-return]


def month(number: int) -> date:
    return date(2010 + number // 12, number % 12 + 1, 1)


class TestInstitution(KindTests):
    """公共机构名录库."""

    key = "energy.institution"

    def make(self, organ: Organ) -> models.Model:
        return factories.institution(organ)

    def another(self, organ: Organ, number: int) -> models.Model:
        first = date(1900 + number, 1, 1)
        return factories.institution(organ, valid_from=first, valid_to=date(1900 + number, 7, 1), reason="合并")

    def given(self, organ: Organ) -> dict[str, str]:
        return {
            "organ": organ.name, "kind": "国家机关", "climate_zone": "温和", "building_class": "A类",
            "valid_from": "2018-01-01", "valid_to": "2019-01-01", "reason": "撤销",
        }  # fmt: skip


class TestYear(KindTests):
    """用能人数与面积."""

    key = "energy.institution-year"

    def make(self, organ: Organ) -> models.Model:
        return factories.year(organ)

    def another(self, organ: Organ, number: int) -> models.Model:
        return factories.year(organ, 2030 + number)

    def given(self, organ: Organ) -> dict[str, str]:
        return {"organ": organ.name, "year": "2020", "regular": "80", "days": "365", "area": "1200"}


class TestMeter(KindTests):
    """计量器具."""

    key = "energy.meter"

    def make(self, organ: Organ) -> models.Model:
        return factories.meter(organ)

    def given(self, organ: Organ) -> dict[str, str]:
        return {
            "number": f"SB-{organ.pk}", "name": "1号楼水表", "organ": organ.name, "kind": "水", "form": "抄表(表底数)",
            "purpose": "总表", "multiplier": "1", "counts": "是", "read_day": "1", "valid_from": "2020-01-01",
        }  # fmt: skip


class TestTariff(KindTests):
    """能源单价."""

    key = "energy.tariff"

    def make(self, organ: Organ) -> models.Model:
        return factories.tariff(organ, "0.5")

    def another(self, organ: Organ, number: int) -> models.Model:
        return factories.tariff(organ, "0.5", since=month(number))

    def given(self, organ: Organ) -> dict[str, str]:
        return {"organ": organ.name, "kind": "水", "price": "3.45", "valid_from": "2026-01-01"}


class TestWaste(KindTests):
    """垃圾分类."""

    key = "energy.waste-month"

    def make(self, organ: Organ) -> models.Model:
        return kept(WasteMonth(organ=organ, month=date(2026, 3, 1), food=Decimal(20)))

    def another(self, organ: Organ, number: int) -> models.Model:
        return kept(WasteMonth(organ=organ, month=month(number), food=Decimal(20)))

    def given(self, organ: Organ) -> dict[str, str]:
        return {"organ": organ.name, "month": "2026-04-01", "food": "860", "recyclable": "120", "other": "1",
                "hazardous": "0"}  # fmt: skip


class TestCanteen(KindTests):
    """绿色食堂."""

    key = "energy.green-canteen"

    def make(self, organ: Organ) -> models.Model:
        return kept(GreenCanteen(organ=organ, name="一食堂", month=date(2026, 3, 1), diners=600))

    def another(self, organ: Organ, number: int) -> models.Model:
        return kept(GreenCanteen(organ=organ, name="一食堂", month=month(number), diners=600))

    def given(self, organ: Organ) -> dict[str, str]:
        return {"organ": organ.name, "name": "二食堂", "month": "2026-03-01", "diners": "6200", "purchased": "310",
                "wasted": "42", "smart_plate": "是", "no_disposables": "否"}  # fmt: skip


class TestDataCentre(KindTests):
    """数据中心."""

    key = "energy.data-centre"

    def make(self, organ: Organ) -> models.Model:
        row = DataCentre(organ=organ, name="政务云", year=2026, total_kwh=Decimal(1280), machine_kwh=Decimal(1000))
        return kept(row)

    def another(self, organ: Organ, number: int) -> models.Model:
        row = DataCentre(organ=organ, name=f"机房{number}", year=2026, total_kwh=Decimal(2), machine_kwh=Decimal(1))
        return kept(row)

    def given(self, organ: Organ) -> dict[str, str]:
        return {"organ": organ.name, "name": "灾备中心", "year": "2026", "total_kwh": "1280", "machine_kwh": "1000",
                "renewable_kwh": "420"}  # fmt: skip


class TestSolar(KindTests):
    """光伏."""

    key = "energy.photovoltaic"

    def make(self, organ: Organ) -> models.Model:
        number = Photovoltaic.objects.count()
        return kept(
            Photovoltaic(organ=organ, name=f"屋顶{number}", peak_kw=Decimal(120), connected_date=date(2025, 6, 1))
        )

    def given(self, organ: Organ) -> dict[str, str]:
        return {"organ": organ.name, "name": "车棚光伏", "peak_kw": "60", "contracted": "否",
                "connected_date": "2025-06-01"}  # fmt: skip


class TestWeather(KindTests):
    """度日."""

    key = "energy.weather-month"

    def make(self, organ: Organ) -> models.Model:
        return kept(WeatherMonth(organ=organ, month=date(2026, 1, 1), heating=Decimal(310), cooling=Decimal(0)))

    def another(self, organ: Organ, number: int) -> models.Model:
        return kept(WeatherMonth(organ=organ, month=month(number), heating=Decimal(310), cooling=Decimal(0)))

    def given(self, organ: Organ) -> dict[str, str]:
        return {"organ": organ.name, "month": "2026-02-01", "heating": "250", "cooling": "0"}
