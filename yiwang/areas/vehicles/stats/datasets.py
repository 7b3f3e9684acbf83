"""The yearly return of the cars and their fuel by month: computed rows, read by other areas by name. No Django here.

Money is whole fen, so that rows add up; litres, kilowatt-hours and kilometres are Decimal.
"""

from __future__ import annotations

from yiwang.areas.vehicles.columns import ORGAN
from yiwang.core.datasets import Column, Dataset, Kind, register

#: The word of a use → the end of its columns' keys.
USES = {
    "机要通信用车": "confidential",
    "应急保障用车": "emergency",
    "执法执勤用车": "enforcement",
    "特种专业技术用车": "specialist",
    "业务用车": "business",
    "实物保障用车": "in_kind",
    "离退休干部服务用车": "retiree",
    "其他按规定配备的公务用车": "other",
}
#: The word of a kind of cost → its column.
COSTS = {
    "加油": "cost_fuel",
    "充电": "cost_charge",
    "过路过桥": "cost_toll",
    "停车": "cost_parking",
    "维修保养": "cost_repair",
    "保险": "cost_insurance",
    "罚款": "cost_fine",
    "洗车": "cost_wash",
    "租赁": "cost_rental",
    "其他": "cost_other",
}
#: The word of a fuel → its unit.
FUELS = {"汽油": "升", "柴油": "升", "天然气": "立方米", "电": "千瓦时"}


def _cars(key: str, label: str, note: str = "") -> Column:
    return Column(key=key, label=label, kind=Kind.INTEGER, unit="辆", note=note)


def _fen(key: str, label: str, note: str = "") -> Column:
    return Column(key=key, label=label, kind=Kind.INTEGER, unit="分", note=note)


def _amount(key: str, label: str, unit: str, note: str = "") -> Column:
    return Column(key=key, label=label, kind=Kind.NUMBER, unit=unit, note=note)


YEAR = register(
    Dataset(
        key="vehicles.year",
        label="公务用车年度情况",
        synonyms=("公务用车年报", "公务用车配备使用情况年度统计表"),
        columns=(
            ORGAN,
            Column(key="year", label="年度", kind=Kind.INTEGER, unit="年"),
            _cars("quota", "编制数", "年末"),
            _cars("held", "实有数", "年末"),
            *(_cars(f"quota_{end}", f"{word}编制") for word, end in USES.items()),
            *(_cars(f"held_{end}", f"{word}实有") for word, end in USES.items()),
            _cars("held_fuel", "燃油车实有"),
            _cars("held_new_energy", "新能源汽车实有"),
            _cars("laid_up", "其中封存停驶", "按查询时的状态"),
            _cars("added", "本年新增"),
            _cars("added_new_energy", "本年新增新能源汽车"),
            _cars("disposed", "本年处置"),
            _fen("purchase", "本年购置支出"),
            Column(key="trips", label="出车次数", kind=Kind.INTEGER, unit="次"),
            _amount("km", "行驶里程", "公里", "按派车的里程表读数;没有派车记录的车按轨迹"),
            _amount("petrol_l", "汽油消耗", "升"),
            _amount("diesel_l", "柴油消耗", "升"),
            _amount("gas", "天然气消耗", "立方米"),
            _amount("kwh", "充电量", "千瓦时", "付费充电的票据;单位自有插座的用电在单位电表上"),
            *(_fen(key, f"{word}支出") for word, key in COSTS.items()),
            _fen("cost", "运行费用合计", "不含购置"),
        ),
        subject=("organ", "year"),
        note="一行一个单位一年,由台账算出;只有与车辆有关的单位才有行",
    )
)
FUEL_MONTH = register(
    Dataset(
        key="vehicles.fuel_month",
        label="公务用车分月能源消耗",
        synonyms=("公务用车油耗电耗月报",),
        columns=(
            ORGAN,
            Column(key="month", label="月份", kind=Kind.DATE, note="写成当月第一天"),
            Column(key="fuel", label="能源种类", choices=tuple(FUELS)),
            _amount("quantity", "消耗量", "", "单位见“计量单位”"),
            Column(key="unit", label="计量单位", choices=("升", "立方米", "千瓦时")),
            _fen("amount", "金额"),
            Column(key="bills", label="票据数", kind=Kind.INTEGER, unit="张"),
            Column(
                key="unquantified",
                label="没有数量的票据",
                kind=Kind.INTEGER,
                unit="张",
                note="大于 0 时消耗量不全,不能当作完整的数",
            ),
        ),
        subject=("organ", "month", "fuel"),
        note="一行一个单位一个月一种能源,由费用票据算出",
    )
)
