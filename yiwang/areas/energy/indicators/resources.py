"""台账: 度日."""

from __future__ import annotations

from yiwang.areas.energy.indicators.models import WeatherMonth
from yiwang.desk.kinds import Column, Resource, register

WEATHER = register(
    Resource(
        key="energy.weather-month",
        label="度日",
        model=WeatherMonth,
        columns=(
            Column(path="organ", label="登记单位", synonyms=("单位",), note="本单位和下级都用"),
            Column(path="month", sort="month", example="2026-01-01"),
            Column(path="heating", unit="℃·d", synonyms=("HDD18",), example="310.5"),
            Column(path="cooling", unit="℃·d", synonyms=("CDD26",), example="0"),
            Column(path="station", brief=False, example="示例国家基本气象站"),
        ),
        natural=("organ", "month"),
        filters=("organ", "month"),
        search=("station",),
    )
)
