"""台账: 垃圾分类, 绿色食堂, 数据中心, 光伏."""

from __future__ import annotations

from yiwang.areas.energy.small.models import DataCentre, GreenCanteen, Photovoltaic, WasteMonth
from yiwang.desk.kinds import Column, Feed, Resource, register

WASTE = register(
    Resource(
        key="energy.waste-month",
        label="垃圾分类",
        model=WasteMonth,
        columns=(
            Column(path="organ", synonyms=("单位",)),
            Column(path="month", sort="month", example="2026-03-01"),
            Column(path="recyclable", unit="公斤", example="120"),
            Column(path="food", unit="公斤", synonyms=("餐厨垃圾", "易腐垃圾"), example="860"),
            Column(path="hazardous", unit="公斤", example="2"),
            Column(path="other", unit="公斤", synonyms=("干垃圾",), example="540"),
            Column(path="collector", brief=False, synonyms=("清运单位",), example="示例环卫公司"),
        ),
        natural=("organ", "month"),
        filters=("organ", "month"),
        search=("organ__name", "collector"),
    )
)
CANTEEN = register(
    Resource(
        key="energy.green-canteen",
        label="绿色食堂",
        model=GreenCanteen,
        columns=(
            Column(path="name", synonyms=("食堂名称",), example="机关一食堂"),
            Column(path="organ", synonyms=("单位",)),
            Column(path="month", sort="month", example="2026-03-01"),
            Column(path="diners", unit="人次", synonyms=("用餐人次",), example="6200"),
            Column(path="purchased", unit="公斤", synonyms=("食材采购量",), example="3100"),
            Column(path="wasted", unit="公斤", synonyms=("厨余垃圾", "餐厨垃圾"), example="420"),
            Column(path="smart_plate", brief=False, note="小份、半份、自选称重等", example="是"),
            Column(path="no_disposables", brief=False, example="是"),
        ),
        natural=("organ", "name", "month"),
        filters=("organ", "month"),
        search=("name",),
    )
)
DATA_CENTRE = register(
    Resource(
        key="energy.data-centre",
        label="数据中心",
        model=DataCentre,
        columns=(
            Column(path="name", synonyms=("机房", "数据中心名称"), example="政务云数据中心"),
            Column(path="organ", synonyms=("单位",)),
            Column(path="year", sort="year", example="2026"),
            Column(path="total_kwh", unit="kWh", synonyms=("总耗电量",), example="1280000"),
            Column(path="machine_kwh", unit="kWh", synonyms=("IT设备用电", "IT设备耗电量"), example="1000000"),
            Column(path="renewable_kwh", unit="kWh", synonyms=("绿电",), example="420000"),
            Column(path="racks", unit="架", brief=False, example="60"),
        ),
        natural=("organ", "name", "year"),
        filters=("organ", "year"),
        search=("name",),
        feeds=(Feed(dataset="energy.data_centre", subject=("id",)),),
    )
)
SOLAR = register(
    Resource(
        key="energy.photovoltaic",
        label="光伏",
        model=Photovoltaic,
        columns=(
            Column(path="name", synonyms=("项目名称",), example="1号楼屋顶光伏"),
            Column(path="organ", synonyms=("单位",)),
            Column(path="building", brief=False, synonyms=("楼栋",)),
            Column(path="meter", brief=False, synonyms=("发电表", "表号")),
            Column(path="peak_kw", unit="kWp", synonyms=("装机",), example="120"),
            Column(path="roof_area", unit="㎡", brief=False, example="900"),
            Column(path="contracted", brief=False, synonyms=("EMC",), example="否"),
            Column(path="connected_date", sort="connected_date", example="2025-06-01"),
            Column(path="valid_to"),
        ),
        natural=("organ", "name"),
        filters=("organ", "connected_date"),
        search=("name",),
        ends="valid_to",
    )
)
