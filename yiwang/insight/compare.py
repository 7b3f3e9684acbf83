"""Two years of a scope beside each other: what `yiwang indicators compare` prints and the page shows.

Published levels and the platform's own go through the same expression (`indicators.compared`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from yiwang.core.standards.book import load
from yiwang.insight import indicators
from yiwang.insight.engines import Duck, Engine
from yiwang.insight.indicators import BY_KEY, Indicator
from yiwang.insight.published import Level, as_levels, level
from yiwang.insight.rollup import table
from yiwang.kit.refusal import Refusal

#: The word for the nation on the command line.
NATIONAL = "national"


@dataclass(frozen=True)
class Compared:
    """One indicator in two years. `fall` in percent of the base, above 0 where the figure went down."""

    indicator: Indicator
    scope: str
    base_year: int
    year: int
    base: float
    value: float
    fall: float
    sources: tuple[Level, ...]

    @property
    def verified(self) -> bool:
        """Whether every published figure in it was read in a published text."""
        return all(one.verified for one in self.sources)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, with definition, formula and clause beside the figure."""
        clause = load().clause(self.indicator.clause)
        return {
            "indicator": self.indicator.key,
            "label": self.indicator.label,
            "unit": self.indicator.unit,
            "scope": self.scope,
            "base_year": self.base_year,
            "base": self.base,
            "year": self.year,
            "value": self.value,
            "change_percent": round(-self.fall, 4),
            "fall_percent": round(self.fall, 4),
            "verified": self.verified,
            "definition": self.indicator.definition,
            "formula": self.indicator.formula,
            "clause": self.indicator.clause,
            "document": load().document_of(self.indicator.clause).title,
            "clause_verified": clause.verified,
            "sources": [
                {"year": one.year, "source": one.source, "clause": one.clause, "verified": one.verified}
                for one in self.sources
            ],
        }


def scope_code(word: str) -> str:
    """`national` or CN, or six digits. Refusal `insight.scope`."""
    if word in (NATIONAL, "CN"):
        return "CN"
    if len(word) == 6 and word.isdigit():
        return word
    raise Refusal("insight.scope", f"“{word[:40]}”不是范围:写 national,或六位行政区划代码,如 530000。")


def compare(
    scope: str, *, base: int, year: int, levels: pa.Table | None = None, engine: Engine | None = None
) -> list[Compared]:
    """The published indicators of a scope. `levels`: the platform's own, which stand in for published ones of their year.

    Refusal `insight.no-level` where nothing is known for one of the years.
    """
    code = scope_code(scope)
    engine = engine or Duck()
    given, own = _merged(levels)
    engine.arrow("levels", given)
    found = engine.run(indicators.compared(table("levels", indicators.LEVELS), base=base, year=year)).to_pylist()
    kept = [row for row in found if row["scope"] == code]
    if not kept:
        raise Refusal("insight.no-level", f"{code} 没有同时有 {base} 年和 {year} 年的数,换一年,或先汇总出这一年的数。")
    order = list(BY_KEY)
    kept.sort(key=lambda row: order.index(row["indicator"]))
    return [
        Compared(
            indicator=BY_KEY[row["indicator"]],
            scope=code,
            base_year=base,
            year=year,
            base=row["base"],
            value=row["value"],
            fall=row["fall"],
            sources=tuple(_sources(code, row["indicator"], (base, year), own)),
        )
        for row in kept
    ]


def _merged(levels: pa.Table | None) -> tuple[pa.Table, set[tuple[str, str, int]]]:
    """Own levels before published ones of the same scope, indicator and year; and the keys of the own."""
    published = as_levels()
    if levels is None:
        return published, set()
    own = {(row["scope"], row["indicator"], row["year"]) for row in levels.to_pylist()}
    kept = [row for row in published.to_pylist() if (row["scope"], row["indicator"], row["year"]) not in own]
    return pa.concat_tables([levels.cast(published.schema), pa.Table.from_pylist(kept, schema=published.schema)]), own


def _sources(scope: str, indicator: str, years: tuple[int, int], own: set[tuple[str, str, int]]) -> list[Level]:
    known = (level(scope, BY_KEY[indicator].published, year) for year in years if (scope, indicator, year) not in own)
    return [one for one in known if one is not None]


def own_levels(folder: Path, engine: Engine | None = None) -> pa.Table:
    """Levels out of a cube that lies as Parquet. Refusal `insight.no-cube`."""
    file = folder / "cube.parquet"
    if not file.exists():
        raise Refusal("insight.no-cube", f"{folder.name} 里没有汇总(cube.parquet),请先运行 yiwang lake rollup。")
    engine = engine or Duck()
    import pyarrow.parquet as pq

    cube = pq.read_table(file)
    engine.arrow("cube", cube)
    return engine.run(indicators.levels(table("cube", _schema(cube))))


def _schema(cube: pa.Table) -> Any:
    import ibis

    return ibis.Schema.from_pyarrow(cube.schema)
