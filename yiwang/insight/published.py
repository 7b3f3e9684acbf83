"""The published series: levels of the nation and of provinces as they were made known, each with its source.

They are entered as figures, like a return from outside (`data/published.csv`): scope, year, indicator, value, unit, whether
it was read in a published text, the clause of the lawbook that says it, and the source in words. A figure that was not read
is 待核: it is drawn dashed and never compared without that word. Years in which the statistics system changed are breaks.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import pyarrow as pa

from yiwang.core.standards.book import load
from yiwang.insight.indicators import PUBLISHED

TABLE = Path(__file__).parent / "data" / "published.csv"
#: The statistics system of public institutions in its revisions: documents of the lawbook.
SYSTEM = "PI-STAT-"


@dataclass(frozen=True)
class Level:
    """One published figure."""

    scope: str
    year: int
    indicator: str
    value: Decimal
    unit: str
    verified: bool
    clause: str
    source: str


@cache
def breaks() -> dict[int, str]:
    """First year of a revision of the statistics system → its title: figures before and after are reckoned differently."""
    found = {}
    for code, document in load().documents.items():
        year = code.removeprefix(SYSTEM)
        if code.startswith(SYSTEM) and year.isdigit():
            found[int(year)] = document.title
    return dict(sorted(found.items()))


@cache
def published(path: Path = TABLE) -> tuple[Level, ...]:
    """Every figure, in file order. A second figure for one scope, year and indicator is a fault of the file: ValueError."""
    with path.open(encoding="utf-8", newline="") as lines:
        found = tuple(_level(row) for row in csv.DictReader(lines))
    if len({(one.scope, one.year, one.indicator) for one in found}) != len(found):
        raise ValueError(f"{path.name}: a figure stands twice")
    return found


def _level(row: dict[str, str]) -> Level:
    return Level(
        scope=row["scope"],
        year=int(row["year"]),
        indicator=row["indicator"],
        value=Decimal(row["value"]),
        unit=row["unit"],
        verified=row["verified"] == "true",
        clause=row["clause"],
        source=row["source"],
    )


def series(scope: str, indicator: str) -> list[Level]:
    """The figures of a scope under a published name, by year."""
    return sorted(
        (one for one in published() if (one.scope, one.indicator) == (scope, indicator)), key=lambda one: one.year
    )


def level(scope: str, indicator: str, year: int) -> Level | None:
    """One figure; None where none was published."""
    return next((one for one in series(scope, indicator) if one.year == year), None)


def as_levels(rows: Iterable[Level] | None = None) -> pa.Table:
    """The published indicators as the table that `indicators.compared` takes."""
    keys = {one.published: one.key for one in PUBLISHED}
    kept = [one for one in (published() if rows is None else rows) if one.indicator in keys]
    return pa.table(
        {
            "scope": pa.array([one.scope for one in kept], pa.string()),
            "indicator": pa.array([keys[one.indicator] for one in kept], pa.string()),
            "year": pa.array([one.year for one in kept], pa.int32()),
            "value": pa.array([float(one.value) for one in kept], pa.float64()),
        }
    )
