"""What the made-up nation is made of: shares, profiles and regions. The figures are invented; only the totals are published.

Provinces and cities are those of GB/T 2260; the counties below them are numbered and belong to nobody.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from yiwang.core.standards.book import SHIPPED
from yiwang.insight.codes import CARRIER

#: The carriers of the demo, in the order of the arrays.
CARRIERS = ("ELECTRICITY", "GAS", "HEAT", "WATER", "COAL", "PETROL", "DIESEL", "LPG")
NUMBERS = np.array([CARRIER[code].number for code in CARRIERS], dtype=np.int8)
MONTHS = 12
#: Outside the statistics of public institutions, and the made-up province.
_LEFT_OUT = ("71", "81", "82", "99")

#: Shares of the energy by carrier (water apart), where heating is from a network or from coal, and where there is none.
_NORTH: np.ndarray = np.array([0.36, 0.12, 0.22, 0.0, 0.24, 0.045, 0.01, 0.005])
_SOUTH: np.ndarray = np.array([0.66, 0.15, 0.0, 0.0, 0.10, 0.055, 0.015, 0.02])
NORTHERN = frozenset((11, 12, 13, 14, 15, 21, 22, 23, 37, 41, 61, 62, 63, 64, 65))
#: Kind of institution: share of the number, users each (median), m² a user, energy and water against the mean.
KINDS: tuple[tuple[int, float, float, float, float, float], ...] = (
    (1, 0.30, 60, 22, 1.25, 1.0),
    (21, 0.28, 420, 13, 0.75, 1.0),
    (22, 0.03, 70, 24, 1.3, 0.9),
    (23, 0.05, 35, 25, 1.2, 0.8),
    (24, 0.10, 260, 16, 1.7, 1.6),
    (25, 0.01, 45, 30, 1.3, 1.4),
    (26, 0.20, 45, 21, 1.1, 0.9),
    (3, 0.03, 25, 20, 1.0, 0.8),
)


def shares(northern: bool) -> np.ndarray:
    """Shares of a province's energy by carrier; they add up to 1."""
    return _NORTH if northern else _SOUTH


def profile(northern: bool) -> np.ndarray:
    """carrier × month, each row adding up to 1: heating in winter, cooling in summer, schools away in between."""
    month = np.arange(1, MONTHS + 1)
    winter = np.clip(np.cos((month - 1) / 12 * 2 * np.pi), 0, None) ** 1.5
    summer = np.clip(np.cos((month - 7.5) / 12 * 2 * np.pi), 0, None) ** 1.5
    flat = np.ones(MONTHS)
    rows = {
        "ELECTRICITY": flat + 0.9 * summer + (0.2 if northern else 0.6) * winter,
        "GAS": flat + (2.5 if northern else 0.5) * winter,
        "HEAT": 0.001 + winter,
        "WATER": flat + 0.35 * summer,
        "COAL": 0.15 + winter,
        "PETROL": flat,
        "DIESEL": flat + 0.3 * winter,
        "LPG": flat + 0.2 * winter,
    }
    table: np.ndarray = np.stack([rows[code] for code in CARRIERS])
    table /= table.sum(axis=1, keepdims=True)
    return table


@dataclass(frozen=True)
class Place:
    """A county, or what stands directly under a city or a province (市本级、省本级)."""

    province: int
    region: int
    name: str


def places() -> Iterator[Place]:
    """Every place with institutions, in the order of the codes. Thirty-one provinces; counties are numbered."""
    cities: dict[int, list[tuple[int, str]]] = {}
    names: dict[int, str] = {}
    with (SHIPPED / "regions.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        code = row["code"]
        if row["level"] == "1" and code[:2] not in _LEFT_OUT:
            names[int(code)] = row["name"]
        elif row["level"] == "2":
            cities.setdefault(int(code[:2]) * 10_000, []).append((int(code), row["name"]))
    for province, name in sorted(names.items()):
        yield Place(province, province, f"{name}本级")
        below = sorted(cities.get(province, [])) or [(province + 100, f"{name}市辖区")]
        for city, city_name in below:
            yield Place(province, city, f"{city_name}本级")
            for number in range(1, _counties(city, len(below)) + 1):
                yield Place(province, city + number, f"{city_name}示例{number:02}县")


def _counties(city: int, cities: int) -> int:
    """How many counties a city has in the made-up nation: more where a province is a city."""
    return 24 if cities == 1 else 5 + city // 100 % 7
