"""What a laid-out sheet shows to the matcher: its words, its headers, and whether its values suit a column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from yiwang.core.datasets import Column, Kind
from yiwang.core.intake.context import heading_word, known
from yiwang.core.intake.headers import Header, make_headers
from yiwang.core.intake.matching import Face
from yiwang.core.standards.ladders import Ladders
from yiwang.kit.refusal import Refusal
from yiwang.kit.sheets import clean
from yiwang.kit.sheets.grid import Cell, Grid
from yiwang.kit.sheets.table import Layout

SAMPLE = 40  # values looked at in a column
ROWS = 400  # rows in which they are looked for
UNLIKELY = 0.5  # how well any words suit a column of free text


def headers_of(layout: Layout) -> list[Header]:
    """The layout's columns that have a name."""
    return make_headers([(head.index, head.path, layout.unit_of(head)) for head in layout.header if head.path])


def face_of(file: str, grid: Grid, layout: Layout, ladders: Ladders) -> Face:
    """The face of a sheet."""
    rows = layout.data()
    blocks = tuple(dict.fromkeys(row.block for row in rows if row.block))
    return Face(
        file=file,
        sheet=grid.name,
        titles=tuple(layout.titles),
        headers=tuple(headers_of(layout)),
        blocks=blocks,
        meta=layout.meta,
        fit=fitting([row.cells for row in rows[:ROWS]], ladders, serial=not grid.text_only),
    )


def fitting(rows: Sequence[Sequence[Cell]], ladders: Ladders, *, serial: bool) -> Callable[[int, Column], float | None]:
    """The share of a sheet column's first values that suit a dataset's column; None where it has no values."""

    @lru_cache(maxsize=512)
    def values(index: int) -> tuple[Cell, ...]:
        found = (row[index] for row in rows if index < len(row) and row[index] not in (None, ""))
        return tuple(cell for _, cell in zip(range(SAMPLE), found, strict=False))

    def fit(index: int, column: Column) -> float | None:
        cells = values(index)
        if not cells:
            return None
        if column.vocabulary in ladders:
            vocabulary = ladders[column.vocabulary]
            words = [part for cell in cells for part in _parts(cell)]
            return sum(bool(known(word, vocabulary) or heading_word(word, vocabulary)) for word in words) / len(words)
        if column.kind in (Kind.TEXT, Kind.CODE):
            return UNLIKELY
        return sum(_reads(cell, column.kind, serial=serial) for cell in cells) / len(cells)

    return fit


def _parts(cell: Cell) -> list[str]:
    try:
        return clean.several(cell) or [""]
    except Refusal:
        return [""]


def _reads(cell: Cell, kind: Kind, *, serial: bool) -> bool:
    try:
        if kind is Kind.DATE:
            clean.date(cell, serial=serial)
        elif kind is Kind.BOOL:
            clean.boolean(cell)
        else:
            clean.quantity(cell)
    except Refusal:
        return False
    return True
