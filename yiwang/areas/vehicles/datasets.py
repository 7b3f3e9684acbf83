"""Typed views of the registers of official vehicles. No Django here. Prices in yuan, displacement in litres."""

from __future__ import annotations

import yiwang.areas.vehicles.datasets_exchange
import yiwang.areas.vehicles.stats.datasets
import yiwang.areas.vehicles.watch.datasets  # noqa: F401
from yiwang.areas.vehicles.columns import APPROVAL, ORGAN, ORGAN_KIND, ORGAN_TIER, VEHICLE, VEHICLE_USE
from yiwang.core.datasets import Column, Dataset, Kind, register
from yiwang.core.datasets.types import ON, REGION


def _cars(key: str, label: str, *synonyms: str, note: str = "", example: str = "") -> Column:
    """A column with a number of cars."""
    return Column(key=key, label=label, kind=Kind.INTEGER, unit="辆", synonyms=synonyms, note=note, example=example)


PURCHASE = register(
    Dataset(
        key="vehicles.purchase",
        label="公务用车购置",
        synonyms=("公务用车配备更新情况表", "车辆购置情况表", "公务用车购置台账"),
        columns=(
            ORGAN,
            VEHICLE_USE,
            Column(
                key="body",
                label="车型",
                vocabulary="vehicle_body",
                synonyms=("车辆类型", "车型类别"),
                note="轿车、其他小型客车、中型客车、大型客车(按 GA 802-2019 划分)",
                example="轿车",
            ),
            Column(
                key="case",
                label="配备情形",
                vocabulary="vehicle_case",
                synonyms=("情形", "配备情况"),
                note="一般、因工作需要、情况特殊",
                example="一般",
            ),
            Column(
                key="price",
                label="购置价格",
                kind=Kind.NUMBER,
                unit="元",
                synonyms=("价格", "单价", "购车价格", "购置单价", "裸车价", "购置金额"),
                note="每辆的价格,单位元",
                example="158000",
            ),
            Column(
                key="displacement",
                label="排气量",
                kind=Kind.NUMBER,
                unit="升",
                synonyms=("排量", "发动机排量"),
                note="单位升,如 1.8;纯电动车空着或填 0",
                example="1.5",
            ),
            Column(
                key="energy",
                label="能源类型",
                vocabulary="vehicle_energy",
                synonyms=("能源", "燃料种类", "燃料类型", "动力类型", "能源种类"),
                note="燃油、新能源",
                example="燃油",
            ),
            APPROVAL,
            ON,
            REGION,
            VEHICLE,
            ORGAN_TIER,
            ORGAN_KIND,
        ),
        subject=("organ", "vehicle"),
        note="一行一辆",
    )
)

PURCHASE_YEAR = register(
    Dataset(
        key="vehicles.purchase_year",
        label="年度公务用车采购和配备更新",
        synonyms=("年度公务用车配备更新计划", "年度公务用车采购情况表"),
        columns=(
            ORGAN,
            ORGAN_TIER,
            Column(key="year", label="年度", kind=Kind.INTEGER, synonyms=("年份", "统计年度"), example="2025"),
            _cars("purchased", "年度采购总量", "采购总数", "采购数", "年度采购数", example="10"),
            _cars("purchased_new_energy", "新能源采购数", "其中新能源采购数", "采购新能源", example="4"),
            _cars("provisioned", "当年配备更新总数", "配备更新数", "配备更新总数", example="10"),
            _cars("provisioned_new_energy", "新能源配备更新数", "其中新能源配备更新数", example="4"),
            _cars(
                "fixed_route",
                "固定路线城区用车采购数",
                "固定路线城区用车",
                note="路线相对固定、场景单一、主要在城区行驶的机要通信等用车",
                example="2",
            ),
            _cars("fixed_route_new_energy", "固定路线城区用车新能源采购数", "固定路线城区用车新能源", example="2"),
            Column(
                key="exempt",
                label="新能源不能满足需要",
                kind=Kind.BOOL,
                synonyms=("不适用新能源", "新能源豁免"),
                note="地理、气候特殊或没有适配车型的打勾;空着为否",
            ),
        ),
        subject=("organ", "year"),
        note="一行一个单位一年",
    )
)

FLEET = register(
    Dataset(
        key="vehicles.fleet",
        label="公务用车编制和实有数",
        synonyms=("公务用车编制情况表", "车辆编制台账"),
        columns=(
            ORGAN,
            ORGAN_TIER,
            VEHICLE_USE,
            _cars("quota", "核定编制数", "车辆编制数", "编制数", "核定编制", "编制", example="3"),
            _cars("actual", "实有车辆数", "实有数", "实有", "现有车辆数", "在用车辆数", example="3"),
        ),
        subject=("organ", "vehicle_use"),
        note="一行一个单位的一类用车",
    )
)

RENEWAL = register(
    Dataset(
        key="vehicles.renewal",
        label="公务用车更新申请",
        synonyms=("公务用车更新审批表", "车辆更新情况表", "车辆报废更新表"),
        columns=(
            ORGAN,
            ORGAN_TIER,
            VEHICLE,
            VEHICLE_USE,
            Column(
                key="years_used",
                label="已使用年限",
                kind=Kind.NUMBER,
                unit="年",
                synonyms=("使用年限", "已用年限", "使用年数"),
                note="从注册登记到申请更新",
                example="9",
            ),
            Column(
                key="mileage",
                label="行驶里程",
                kind=Kind.NUMBER,
                unit="万公里",
                synonyms=("累计里程", "里程", "行驶公里数", "里程数"),
                example="21.5",
            ),
            Column(
                key="special_use",
                label="特定用途车",
                kind=Kind.BOOL,
                synonyms=("特定用途",),
                note="更新不受里程限制的特定用途车打勾;空着为否",
            ),
            Column(key="battery_electric", label="纯电动", kind=Kind.BOOL, synonyms=("是否纯电动",), note="空着为否"),
            Column(key="beyond_warranty", label="过三包期", kind=Kind.BOOL, synonyms=("超过三包期",), note="空着为否"),
            Column(
                key="battery_decay",
                label="电池自然衰减率",
                kind=Kind.NUMBER,
                unit="%",
                synonyms=("电池衰减率",),
                note="纯电动车填",
            ),
            APPROVAL,
        ),
        subject=("organ", "vehicle"),
        note="一行一辆要更新的车;因安全等原因经批准提前更新的填批准文号",
    )
)

ALLOWANCE = register(
    Dataset(
        key="vehicles.allowance",
        label="公务交通补贴发放",
        synonyms=("公务交通补贴发放表", "车补发放表"),
        columns=(
            ORGAN,
            ORGAN_TIER,
            Column(
                key="person",
                label="姓名",
                synonyms=("领取人", "人员姓名"),
                required=True,
                personal=True,
                example="张三",
            ),
            Column(
                key="rank",
                label="职级",
                vocabulary="rank",
                synonyms=("职务级别", "行政级别", "级别", "职务层次"),
                example="正处级",
            ),
            Column(key="month", label="月份", synonyms=("发放月份", "所属月份"), example="2026-05"),
            Column(
                key="amount",
                label="补贴金额",
                kind=Kind.NUMBER,
                unit="元",
                synonyms=("发放金额", "补贴标准", "金额", "车补金额"),
                example="800",
            ),
        ),
        subject=("organ", "person", "month"),
    )
)
