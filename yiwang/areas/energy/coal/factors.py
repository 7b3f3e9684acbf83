"""Coefficients of standard coal and carbon dioxide as the lawbook has them on a day and at a place.

Everything comes from clauses: EN-PICOEF-1 (what institutions report in), EN-GB2589-08-EQ (等价值), EN-CO2-F/-E/-E2/-R/-H.
A coefficient whose clause or document is not verified is used and says so: the figure stands beside 待核.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from yiwang.areas.energy.words import BOUGHT_POWER, ENERGIES
from yiwang.core.standards.book import load
from yiwang.core.standards.rules import period

#: Provinces of the regional grids that the factors name; the southern ones have no row of their own (2023).
GRIDS = {
    "华北": ("11", "12", "13", "14", "37"),
    "东北": ("21", "22", "23", "15"),
    "华东": ("31", "32", "33", "34", "35"),
    "华中": ("36", "41", "42", "43", "50", "51"),
    "西北": ("61", "62", "63", "64", "65"),
}
#: Clauses in the order in which they are asked for the electricity of the nation.
_NATION = ("EN-CO2-E", "EN-CO2-E2")


class Basis(StrEnum):
    """当量值 or 等价值 of electricity: figures of one basis are never compared with those of the other."""

    CALORIFIC = "当量值"
    EQUIVALENT = "等价值"


@dataclass(frozen=True, slots=True)
class Factor:
    """For one unit of a kind: kilograms of standard coal and of carbon dioxide (None: no coefficient is in force).

    `clauses`: where they come from; `verified`: whether all of them are; `note`: what a reader must know.
    """

    kgce: Decimal | None
    kgco2: Decimal | None
    clauses: tuple[str, ...] = ()
    verified: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    cells: dict[str, Any]
    clause: str
    verified: bool

    @property
    def value(self) -> Decimal:
        return Decimal(str(self.cells["value"]))


@lru_cache(maxsize=4096)
def factor(kind: str, month: date, region: str = "CN", basis: Basis = Basis.CALORIFIC) -> Factor:
    """The coefficients of a kind for the month (by its first day). Water has none; the sun's own power counts 0."""
    energy = ENERGIES[kind]
    if kind == "SOLAR":
        return Factor(Decimal(0), Decimal(0), note="自发自用的光伏电不计入能耗和碳排放")
    if not energy.word:
        return Factor(None, None)
    coal = _coal(kind, month, region, basis)
    carbon, note = _carbon(kind, month, region)
    used = [row for row in (coal, carbon) if row is not None]
    density = _density(kind, month)
    return Factor(
        kgce=None if coal is None else coal.value * energy.per,
        kgco2=None if carbon is None else carbon.value * (density or 1) * _per_unit(kind),
        clauses=tuple(row.clause for row in used),
        verified=all(row.verified for row in used),
        note=note,
    )


def _coal(kind: str, month: date, region: str, basis: Basis) -> _Row | None:
    if basis is Basis.EQUIVALENT and kind in BOUGHT_POWER:
        rows = [row for row in _rows("EN-GB2589-08-EQ", month) if row.cells.get("basis") == basis]
        local = [row for row in rows if ("江苏" in str(row.cells.get("context"))) is region.startswith("32")]
        return next(iter(local or rows), None)
    return next((row for row in _rows("EN-PICOEF-1", month) if row.cells["energy"] == ENERGIES[kind].word), None)


def _carbon(kind: str, month: date, region: str) -> tuple[_Row | None, str]:
    if kind in BOUGHT_POWER:
        return _grid(month, region)
    word = ENERGIES[kind].carbon
    clause = "EN-CO2-H" if kind == "HEAT" else "EN-CO2-F"
    return next((row for row in _rows(clause, month) if row.cells["energy"] == word), None), ""


def _grid(month: date, region: str) -> tuple[_Row | None, str]:
    """The grid's factor of the year, else the nation's, else the nation's of the nearest year before (or the first)."""
    grid = next((name for name, codes in GRIDS.items() if region[:2] in codes), "")
    regional = [row for row in _rows("EN-CO2-R", month) if row.cells.get("grid") == grid]
    nation = [row for clause in _NATION for row in _rows(clause, month)]
    for rows in (regional, nation):
        if (found := _of_year(rows, month.year)) is not None:
            return found, ""
    years = sorted({int(row.cells["data_year"]) for row in nation})
    if not years:
        return None, ""
    nearest = max((year for year in years if year < month.year), default=years[0])
    row = _of_year(nation, nearest)
    assert row is not None
    return _Row(row.cells, row.clause, verified=False), f"{month.year} 年电力因子未公布,按 {nearest} 年计"


def _of_year(rows: list[_Row], year: int) -> _Row | None:
    """Of several published for one year the last."""
    found = [row for row in rows if int(row.cells["data_year"]) == year]
    return max(found, key=lambda row: (row.verified, str(row.cells.get("published", ""))), default=None)


def _density(kind: str, month: date) -> Decimal | None:
    """Kilograms a litre, where the kind is counted in litres: carbon is counted by weight."""
    word = ENERGIES[kind].word
    for row in _rows("EN-PICOEF-1", month):
        if row.cells["energy"] == word and row.cells.get("density_kg_per_l"):
            return Decimal(str(row.cells["density_kg_per_l"]))
    return None


def _per_unit(kind: str) -> Decimal:
    """Kilograms of carbon dioxide where the clause counts tonnes."""
    return Decimal(1000) if kind == "HEAT" else Decimal(1)


def litre(density: Decimal, kgce_per_kg: Decimal) -> Decimal:
    """kgce of a litre (EN-PICOEF-1, formula)."""
    return density * kgce_per_kg


@lru_cache(maxsize=256)
def _rows(clause: str, on: date) -> tuple[_Row, ...]:
    return tuple(_held(clause, on))


def _held(key: str, on: date) -> Iterator[_Row]:
    """The rows of a clause in force on the day."""
    book = load()
    document, clause = book.document_of(key), book.clause(key)
    for row in clause.table:
        start, stop = period(document, clause, row)
        if start <= on < stop and row.cells.get("value") is not None:
            sure = clause.verified if row.verified is None else row.verified
            yield _Row(dict(row.cells), key, sure and document.dates_verified)


__all__ = ["Basis", "Factor", "factor", "litre"]
