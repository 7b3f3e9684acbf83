"""Code lists of the lake: whole numbers, which group quicker than words and never lose a leading zero, for there is none.

Carriers are those of the dataset `energy.consumption_month`; kinds of institution those of the statistics of public
institutions (PI-STAT-2009, 公共机构分类代码), where 021 is 21. Regions are the six digits of GB/T 2260 as a number; the
nation is 0 (`CN` everywhere else).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Carrier:
    """A kind of energy, or water. `fuel`: what official vehicles burn, taken out of energy per m²."""

    number: int
    code: str
    label: str
    unit: str
    fuel: bool = False


CARRIERS = (
    Carrier(1, "ELECTRICITY", "电力", "kWh"),
    Carrier(2, "GAS", "天然气", "m3"),
    Carrier(3, "HEAT", "热力", "GJ"),
    Carrier(4, "WATER", "水", "m3"),
    Carrier(5, "COAL", "煤炭", "kg"),
    Carrier(6, "PETROL", "汽油", "L", fuel=True),
    Carrier(7, "DIESEL", "柴油", "L"),
    Carrier(8, "KEROSENE", "煤油", "L"),
    Carrier(9, "LPG", "液化石油气", "kg"),
    Carrier(10, "SOLAR", "光伏发电", "kWh"),
    Carrier(11, "CHARGING", "充电", "kWh"),
    Carrier(12, "OTHER", "其他能源", "kgce"),
)
CARRIER = {one.code: one for one in CARRIERS}

#: Kind of institution → label; 0 is all of them.
KINDS = {
    0: "全部公共机构",
    1: "国家机关",
    21: "教育事业",
    22: "科技事业",
    23: "文化事业",
    24: "卫生事业",
    25: "体育事业",
    26: "其他事业",
    3: "团体组织",
}
ALL_KINDS = 0
NATION = 0

#: Levels of the region tree.
LEVELS = {0: "全国", 1: "省", 2: "市", 3: "县"}


def region_code(number: int) -> str:
    """The code as text, the nation as `CN`."""
    return f"{number:06}" if number else "CN"


def region_number(code: str) -> int:
    """The code as a number, `CN` as 0; ValueError for anything else."""
    return NATION if code == "CN" else int(code)


def kind_number(code: str) -> int:
    """`021` → 21; 26 (其他事业) where the code is not known."""
    return int(code) if code.isdigit() and int(code) in KINDS and int(code) else 26
