"""Frames from the reading process to grids: JSON for small sheets, Arrow for large ones. Nothing is unpickled."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from yiwang.kit.sheets.grid import Cell, Grid, Merge, squared


def grid_from_frames(about: bytes, cells: bytes) -> Grid:
    """One sheet from its two frames."""
    facts = json.loads(about)
    rows = squared(rows_from_arrow(cells) if facts["arrow"] else rows_from_json(cells))
    return Grid(
        name=facts["name"],
        rows=rows,
        merges=clipped([tuple(merge) for merge in facts["merges"]], rows),
        formulas=facts["formulas"],
        uncomputed=tuple(facts["uncomputed"]),
        hidden=facts["hidden"],
    )


def clipped(merges: list[Any], rows: list[list[Cell]]) -> list[Merge]:
    """The merges cut to the grid: a merge over a whole column is legal and must not cost a million steps."""
    height, width = len(rows), len(rows[0]) if rows else 0
    cut = [(r1, c1, min(r2, height - 1), min(c2, width - 1)) for r1, c1, r2, c2 in merges]
    return [merge for merge in cut if merge[0] <= merge[2] and merge[1] <= merge[3]]


def integer(text: str) -> Decimal:
    """A JSON integer as Decimal."""
    return Decimal(text)


def marked(pair: dict[str, str]) -> Cell:
    """A JSON object {d: date} or {t: date and time} as what it means."""
    if "d" in pair:
        return dt.date.fromisoformat(pair["d"])
    return dt.datetime.fromisoformat(pair["t"])


def rows_from_json(cells: bytes) -> list[list[Cell]]:
    """The rows of a JSON frame. Numbers never pass through float."""
    rows: list[list[Cell]] = json.loads(cells, parse_float=Decimal, parse_int=integer, object_hook=marked)
    return rows


_MAKE: dict[str, Callable[[str], Cell]] = {
    "s": str,
    "n": Decimal,
    "b": lambda text: text == "1",
    "d": dt.date.fromisoformat,
    "t": dt.datetime.fromisoformat,
}


def from_tagged(word: str) -> Cell:
    """A cell from text whose first letter is its type; "" is the empty cell."""
    value: Cell = _MAKE[word[0]](word[1:]) if word else None
    return value


def rows_from_arrow(cells: bytes) -> list[list[Cell]]:
    """The rows of an Arrow frame: equal cells of a column are one object, which keeps large sheets small."""
    import pyarrow as pa

    columns = []
    with pa.ipc.open_stream(cells) as stream:
        for batch in stream:
            columns = [_column(array) for array in batch.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _column(array: Any) -> list[Cell]:
    values = [from_tagged(word) for word in array.dictionary.to_pylist()]
    codes = memoryview(array.indices.buffers()[1]).cast("i")[array.offset : array.offset + len(array)]
    return [values[code] for code in codes]
