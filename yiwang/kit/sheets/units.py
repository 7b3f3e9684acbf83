"""The units that clerks write, their spellings, and what they measure. Factors are exact; nothing is guessed.

Each unit has a base of its dimension: ㎡, 元, 升, 千瓦时 … A count (辆, 间, 人 …) is its own base: 3 辆 is never 3 间.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Unit:
    """A unit by its usual name: `factor` of it make one base unit's worth (1 万元 = 10000 元)."""

    name: str
    base: str
    factor: Decimal = Decimal(1)


_SPELLINGS: dict[str, tuple[str, str, str]] = {
    # spellings (space-separated): (name, base, factor)
    "㎡ m2 m² m^2 平方米 平米 平方 平方公尺 sqm": ("㎡", "㎡", "1"),
    "万㎡ 万平方米 万平米 万m2 万m²": ("万㎡", "㎡", "10000"),
    "公顷 hm2 hm²": ("公顷", "㎡", "10000"),
    "元 圆 人民币元 rmb cny ¥ ￥": ("元", "元", "1"),
    "角": ("角", "元", "0.1"),
    "分": ("分", "元", "0.01"),
    "千元": ("千元", "元", "1000"),
    "万元 万圆 人民币万元": ("万元", "元", "10000"),
    "百万元": ("百万元", "元", "1000000"),
    "亿元 亿圆": ("亿元", "元", "100000000"),
    "升 l 公升 ℓ": ("升", "升", "1"),
    "毫升 ml cc": ("毫升", "升", "0.001"),
    "立方米 m3 m³ ㎥ 立方 方": ("立方米", "立方米", "1"),
    "万立方米 万m3 万m³": ("万立方米", "立方米", "10000"),
    "千瓦时 kwh kw·h 度 千瓦小时": ("千瓦时", "千瓦时", "1"),
    "万千瓦时 万度 万kwh": ("万千瓦时", "千瓦时", "10000"),
    "千克标准煤 kgce 公斤标准煤": ("千克标准煤", "千克标准煤", "1"),
    "吨标准煤 tce 吨标煤": ("吨标准煤", "千克标准煤", "1000"),
    "千克 kg 公斤": ("千克", "千克", "1"),
    "吨 t": ("吨", "千克", "1000"),
    "公里 千米 km": ("公里", "公里", "1"),
    "万公里": ("万公里", "公里", "10000"),
    "米 m": ("米", "米", "1"),
    "% 百分比 百分点": ("%", "%", "1"),
    "年 周年": ("年", "年", "1"),
    "个月 月": ("个月", "个月", "1"),
    "天 日": ("天", "天", "1"),
    "小时 h": ("小时", "小时", "1"),
    "学时 课时": ("学时", "学时", "1"),
    "人 名 位": ("人", "人", "1"),
    "人次": ("人次", "人次", "1"),
    "辆 部": ("辆", "辆", "1"),
    "千人": ("千人", "人", "1000"),
}
_COUNTS = "间 台 个 件 套 张 把 次 户 份 座 幢 栋 层 处 组 只 块 场 期 项 家 盏 门 桌"

UNITS: dict[str, Unit] = {word: Unit(word, word) for word in _COUNTS.split()}
for _words, (_name, _base, _factor) in _SPELLINGS.items():
    UNITS |= dict.fromkeys(_words.split(), Unit(_name, _base, Decimal(_factor)))

_LONGEST = sorted(UNITS, key=len, reverse=True)
UNIT_PATTERN = "|".join(re.escape(word) for word in _LONGEST)


def unit_of(text: str) -> Unit | None:
    """The unit of this spelling, or None. Case, spaces and a leading 每 or trailing "/人" are not forgiven."""
    return UNITS.get(text.strip().lower())


def converted(value: Decimal, unit: Unit, wanted: Unit) -> Decimal | None:
    """The value in another unit of the same base; None where the two do not measure the same."""
    if unit.base != wanted.base:
        return None
    return value if unit.factor == wanted.factor else value * unit.factor / wanted.factor
