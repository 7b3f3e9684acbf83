"""What a unit of each carrier counts as: kgce and kg of CO₂, read from the clauses of the lawbook, never from here.

PI-STAT-COEF (公共机构统计口径折标系数, 电按当量值) gives kgce by the unit that institutions report; CO2-FACTORS gives kg of CO₂ by
kg of fuel, kWh of the year, GJ of heat. One set of them is a *method*: a figure says by which it was reckoned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from yiwang.core.standards.book import load
from yiwang.insight.codes import CARRIERS

COAL_CLAUSE = "EN-PICOEF-1"
FUEL_CLAUSE, POWER_CLAUSES, HEAT_CLAUSE = (
    "EN-CO2-F",
    ("EN-CO2-E", "EN-CO2-E2"),
    "EN-CO2-H",
)
#: The kinds that the two tables call otherwise than the carriers; a kilojoule is a millionth of a GJ.
_COAL_WORDS = {
    "煤炭": "COAL",
    "电力": "ELECTRICITY",
    "天然气": "GAS",
    "汽油": "PETROL",
    "柴油": "DIESEL",
    "煤油": "KEROSENE",
}
_COAL_WORDS |= {"液化石油气": "LPG", "热力": "HEAT", "其他能源": "OTHER"}
_FUEL_WORDS = {
    "原煤": "COAL",
    "汽油": "PETROL",
    "煤油": "KEROSENE",
    "柴油": "DIESEL",
    "液化石油气": "LPG",
    "油田天然气": "GAS",
}
_PER_UNIT = {"HEAT": Decimal(1_000_000), "OTHER": Decimal("0.001")}


@dataclass(frozen=True)
class Method:
    """Coefficients in force together. `kgce`, `kgco2`: carrier's number → by its unit. `key` names it beside a figure."""

    key: str
    label: str
    kgce: Mapping[int, float]
    kgco2: Mapping[int, float]
    clauses: tuple[str, ...]
    verified: bool


def _rows(clause: str) -> list[dict[str, Any]]:
    return [row.cells for row in load().clause(clause).table]


@cache
def method(year: int) -> Method:
    """The method of the national statistics for a year: coal equivalents at calorific value, power's CO₂ by the year.

    Where no factor of power was published for the year, the one of the nearest year stands in, and it is not verified.
    """
    coal = {_COAL_WORDS[row["energy"]]: row for row in _rows(COAL_CLAUSE) if row["energy"] in _COAL_WORDS}
    kgce = {code: Decimal(str(row["value"])) * _PER_UNIT.get(code, 1) for code, row in coal.items()}
    carbon = _carbon(year, coal)
    numbers = {one.code: one.number for one in CARRIERS}
    clauses = (COAL_CLAUSE, FUEL_CLAUSE, *POWER_CLAUSES, HEAT_CLAUSE)
    return Method(
        key=f"calorific-{year}",
        label=f"当量值,{year} 年电力碳因子",
        kgce={numbers[code]: float(value) for code, value in kgce.items()},
        kgco2={numbers[code]: float(value) for code, value in carbon.items()},
        clauses=clauses,
        verified=all(load().clause(one).verified for one in clauses),
    )


def _carbon(year: int, coal: Mapping[str, Mapping[str, Any]]) -> dict[str, Decimal]:
    """Carrier → kg of CO₂ by its unit; litres through the density of the coal table."""
    found: dict[str, Decimal] = {}
    for row in _rows(FUEL_CLAUSE):
        code = _FUEL_WORDS.get(row["energy"])
        if code:
            density = coal.get(code, {}).get("density_kg_per_l") or 1
            found[code] = Decimal(str(row["value"])) * Decimal(str(density))
    power = [row for clause in POWER_CLAUSES for row in _rows(clause)]
    nearest = min(power, key=lambda row: abs(int(row["data_year"]) - year))
    found["ELECTRICITY"] = found["CHARGING"] = Decimal(str(nearest["value"]))
    found["HEAT"] = Decimal(str(_rows(HEAT_CLAUSE)[0]["value"])) * 1000
    del found["CHARGING"]  # charging is metered within the electricity of the institution
    return found
