"""Scoring tables: the programmes of `programmes.yaml` with the rows of the lawbook's clauses. Pure; no database.

An evaluation is judged by the table in force on its day for organs of its tier. What the clause's text did not say, or what
nobody verified, is 待核: it is shown and counted apart, and never refuses anybody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from yiwang.core.standards.book import load
from yiwang.core.standards.schema import Clause
from yiwang.kit.digest import canonical, digest
from yiwang.kit.expr import Expression, Type, compile_expression
from yiwang.kit.refusal import Refusal

_FILE = Path(__file__).parent / "programmes.yaml"
_BAND = re.compile(r"\(([\d.]+),([\d.]+)\]|(<=|<|>=|>)([\d.]+)")


@dataclass(frozen=True)
class Band:
    """A ratio above `low` and up to `high` gives `points`."""

    low: Decimal | None
    high: Decimal | None
    points: Decimal

    def holds(self, value: Decimal) -> bool:
        """Whether the value lies in the band: open below, closed above."""
        return (self.low is None or value > self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True)
class Item:
    """One line of a table. `full` None: the text does not say what it gives. `measure`: the fact that scores it;
    `proof`: the fact that shows it is met; `whole`: a fact that gives it all. `veto`: not met, nothing else counts."""

    key: str
    title: str
    criterion: str
    group: str
    clause: str
    full: Decimal | None
    verified: bool
    veto: bool = False
    optional: bool = False
    measure: str = ""
    proof: str = ""
    whole: str = ""
    bands: tuple[Band, ...] = ()
    expression: str = ""

    def points(self, value: Decimal) -> Decimal | None:
        """What a measure gives; None where nothing says it."""
        if self.bands:
            return next((band.points for band in self.bands if band.holds(value)), None)
        if self.expression:
            found = _compiled(self.expression).run({"rate_pct": value})
            return None if found is None else round(Decimal(str(found)), 2)
        return None


@dataclass(frozen=True)
class Table:
    """A scoring table as it stands: items, pass mark, period [starts, ends), for organs of which tiers (none: all)."""

    programme: str
    document: str
    title: str
    generation: str
    starts: date
    ends: date | None
    tiers: tuple[str, ...]
    items: tuple[Item, ...]
    pass_mark: Decimal | None = None
    pass_clause: str = ""
    pass_verified: bool = False

    @property
    def full(self) -> Decimal:
        """The sum of what its items give, as far as it is known."""
        return sum((one.full for one in self.items if one.full is not None), Decimal(0))

    @property
    def digest(self) -> str:
        """SHA-256 over all that decides a score: an old evaluation can be shown to rest on exactly this table."""
        rows = [[i.key, i.title, i.criterion, i.clause, i.full, i.verified, i.veto, i.expression] for i in self.items]
        bands = [[str(band) for band in one.bands] for one in self.items]
        return digest(canonical([self.document, self.pass_mark, rows, bands]).encode()).hex()

    def item(self, key: str) -> Item:
        """The item with this key. KeyError."""
        return {one.key: one for one in self.items}[key]


@dataclass(frozen=True)
class Programme:
    """A programme with its tables, the latest last. `needs`: the programme that must have been reached before."""

    key: str
    label: str
    certificate: str
    tables: tuple[Table, ...]
    needs: str = ""
    scheme: str = ""


@lru_cache(maxsize=1)
def programmes() -> Mapping[str, Programme]:
    """All programmes by key."""
    data = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["programmes"]
    found = {}
    for one in data:
        tables = tuple(_table(one["key"], spec) for spec in one["tables"])
        more = {name: one.get(name, "") for name in ("needs", "scheme")}
        found[one["key"]] = Programme(one["key"], one["label"], one["certificate"], tables, **more)
    return found


def programme(key: str) -> Programme:
    """The programme. Refusal `evaluation.programme`."""
    try:
        return programmes()[key]
    except KeyError:
        raise Refusal("evaluation.programme", "没有这个创建项目,请从列表中选择。") from None


def in_force(key: str, on: date, tier: str) -> Table:
    """The table in force on a day for an organ of the tier: the latest, one for its tier before one for all.

    Refusal `evaluation.no-table`.
    """
    one = programme(key)
    fits = [
        table
        for table in one.tables
        if table.starts <= on and (table.ends is None or on < table.ends) and (not table.tiers or tier in table.tiers)
    ]
    if not fits:
        raise Refusal("evaluation.no-table", f"“{one.label}”在 {on} 没有有效的评分表,不能申报。")
    return max(fits, key=lambda table: (bool(table.tiers), table.starts))


def by_digest(key: str, document: str) -> Table | None:
    """The table of a document as it stands now."""
    return next((table for table in programme(key).tables if table.document == document), None)


def _table(key: str, spec: Mapping[str, Any]) -> Table:
    book = load()
    document = book.documents[spec["document"]]
    mark = spec.get("pass") or {}
    clause = book.clause(mark["clause"]) if mark else None
    items = [item for number, one in enumerate(spec["items"]) for item in _items(one, number)]
    return Table(
        programme=key,
        document=spec["document"],
        title=document.title,
        generation=spec["generation"],
        starts=spec["starts"],
        ends=spec.get("ends"),
        tiers=tuple(spec.get("tiers", ())),
        items=tuple(items),
        pass_mark=Decimal(mark["value"]) if mark else None,
        pass_clause=clause.id if clause else "",
        pass_verified=bool(clause and clause.verified),
    )


def _items(spec: Mapping[str, Any], number: int) -> list[Item]:
    """The items of one line of the file."""
    clause = load().clause(spec["clause"])
    if "rows" in spec:
        return _rows(spec, clause)
    title = spec.get("once") or clause.subject
    full: Any = spec.get("full")
    measure = spec.get("bands") or spec.get("measure") or ""
    bands = _bands(clause) if "bands" in spec else ()
    if bands:
        full = max(band.points for band in bands)
    said = full is not None and clause.kind in ("score", "limit") and bool(bands or clause.table or clause.formula)
    return [
        Item(
            key=f"{clause.id}#{number}",
            title=title,
            criterion=clause.paraphrase,
            group=spec.get("group", ""),
            clause=clause.id,
            full=None if full is None else Decimal(full),
            verified=clause.verified and said,
            veto=title in spec.get("veto", ()),
            optional=bool(spec.get("optional")),
            measure=measure,
            proof=spec.get("proofs", {}).get(title, ""),
            whole=spec.get("whole", ""),
            bands=bands,
            expression=spec.get("expression", ""),
        )
    ]


def _rows(spec: Mapping[str, Any], clause: Clause) -> list[Item]:
    """Each row of the clause an item, but those left out."""
    found = []
    for number, row in enumerate(clause.table):
        title = str(row.cells[spec.get("name", "item")])
        if title in spec.get("without", ()):
            continue
        found.append(
            Item(
                key=f"{clause.id}#{number}",
                title=title,
                criterion=str(row.cells.get("criterion") or clause.paraphrase),
                group=str(row.cells.get("group") or spec.get("group", "")),
                clause=clause.id,
                full=Decimal(str(row.cells[spec["rows"]])),
                verified=clause.verified if row.verified is None else row.verified,
                veto=title in spec.get("veto", ()) or row.cells.get("mandatory") is True,
                proof=spec.get("proofs", {}).get(title, ""),
            )
        )
    return found


def _bands(clause: Clause) -> tuple[Band, ...]:
    """The rows whose `ratio_to_average` is a band: `<=0.9`, `(0.9,1.0]`, `>1.2`; words are left out."""
    found = []
    for row in clause.table:
        match = _BAND.fullmatch(str(row.cells["ratio_to_average"]))
        if match is None:
            continue
        low, high, sign, edge = match.groups()
        points = Decimal(str(row.cells["value"]))
        if sign:
            found.append(
                Band(None, Decimal(edge), points) if sign.startswith("<") else Band(Decimal(edge), None, points)
            )
        else:
            found.append(Band(Decimal(low), Decimal(high), points))
    return tuple(found)


@lru_cache(maxsize=64)
def _compiled(text: str) -> Expression:
    return compile_expression(text, {"rate_pct": Type.NUMBER})
