"""Codes of the area and their words. No Django here: the datasets read them too."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Energy:
    """A kind of energy or water. `word`: its row in the coefficients; `per`: how many of the row's units one of ours is."""

    code: str
    label: str
    unit: str
    word: str = ""
    per: Decimal = Decimal(1)
    carbon: str = ""  # its row in the factors of carbon dioxide, per kilogram or cubic metre


#: Units as offices keep them: heat in GJ (the clause counts in kJ), other energy in kgce (the clause in tce).
ENERGIES = {
    one.code: one
    for one in (
        Energy("ELECTRICITY", "电力", "kWh", "电力", carbon="电力"),
        Energy("GAS", "天然气", "m3", "天然气", carbon="油田天然气"),
        Energy("HEAT", "热力", "GJ", "热力", Decimal(1_000_000), carbon="热力"),
        Energy("WATER", "水", "m3"),
        Energy("COAL", "煤炭", "kg", "煤炭", carbon="原煤"),
        Energy("PETROL", "汽油", "L", "汽油", carbon="汽油"),
        Energy("DIESEL", "柴油", "L", "柴油", carbon="柴油"),
        Energy("KEROSENE", "煤油", "L", "煤油", carbon="煤油"),
        Energy("LPG", "液化石油气", "kg", "液化石油气", carbon="液化石油气"),
        Energy("SOLAR", "光伏发电", "kWh"),
        Energy("CHARGING", "充电", "kWh", "电力", carbon="电力"),
        Energy("OTHER", "其他能源", "kgce", "其他能源", Decimal("0.001")),
    )
}
#: What is counted in kilowatt-hours and bought.
BOUGHT_POWER = ("ELECTRICITY", "CHARGING")

#: 公共机构分类代码 (公共机构能源资源消费统计调查制度 2009, 1表说明).
INSTITUTIONS = {
    "01": "国家机关",
    "021": "教育",
    "022": "科技",
    "023": "文化",
    "024": "卫生",
    "025": "体育",
    "026": "其他事业",
    "03": "社会团体",
}
#: 气候区, as the lawbook's ladder has them.
ZONES = {
    "COLD": "严寒和寒冷",
    "HOT_SUMMER_COLD_WINTER": "夏热冬冷",
    "HOT_SUMMER_WARM_WINTER": "夏热冬暖",
    "MILD": "温和",
}
CLASSES = {"A": "A类", "B": "B类"}
#: The words of a tick on a form and in a workbook.
YES_NO = ((True, "是"), (False, "否"))
