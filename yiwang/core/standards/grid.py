"""A flat stream numbered: every cell of the effective table gets one whole number, so that a record meets it by equality."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yiwang.core.standards.cells import Box, FlatCell, flatten
from yiwang.core.standards.effective import Candidate, Stream

NOWHERE = -(10**12)  # the number of a word that no cell has: the sum is then no cell's key
LAST_DAY = 1232


@dataclass
class Grid:
    """The numbering of one stream and its cells as columns."""

    places: dict[str, int]
    words: list[dict[str, int]]  # per dimension
    cuts: list[date]  # where a stretch of days begins
    turns: list[int]  # where a stretch of the year begins, as month * 100 + day
    strides: list[int]  # of place, each dimension, days, year
    cell_keys: list[int]
    cell_orders: list[int]
    cell_candidates: list[int]
    frames: list[FlatCell]
    frame_candidates: list[int]
    candidates: list[Candidate]
    several: bool

    def place_number(self, place: str) -> int:
        """The part of the key for a region class."""
        return self.places[place] * self.strides[0] if place in self.places else NOWHERE

    def word_number(self, position: int, word: str) -> int:
        """The part of the key for a word of one dimension."""
        numbers = self.words[position]
        return numbers[word] * self.strides[1 + position] if word in numbers else NOWHERE

    def day_sql(self, column: str) -> str:
        """The part of the key for a day."""
        text = _stretch(column, [f"DATE '{cut}'" for cut in self.cuts], self.strides[-2])
        if self.turns:
            year = _stretch(
                f"month({column}) * 100 + day({column})", [str(turn) for turn in self.turns], self.strides[-1]
            )
            text = f"{text} + {year}"
        return text


def _stretch(value: str, starts: Sequence[str], stride: int) -> str:
    if not starts:
        return "0"
    parts = " ".join(f"WHEN {value} < {start} THEN {number * stride}" for number, start in enumerate(starts))
    return f"(CASE {parts} ELSE {len(starts) * stride} END)"


def lay(stream: Stream) -> Grid:
    """Number a stream's cells."""
    flat = flatten(stream)
    boxes = [cell.box for cell in flat.cells]
    cuts = sorted({day for box in boxes for day in box[:2]} - {date.min, date.max})
    turns = sorted({day for box in boxes for day in (box[2], box[3] + 1)} - {101, LAST_DAY})
    places = {place: number for number, place in enumerate(sorted({cell.place for cell in flat.cells}))}
    words = [
        {word: number for number, word in enumerate(sorted({cell.key[dim] for cell in flat.cells}))}
        for dim in range(len(stream.dims))
    ]
    sizes = [len(places), *(len(each) for each in words), len(cuts) + 1, len(turns) + 1]
    numbers: dict[int, int] = {}
    candidates: list[Candidate] = []
    for cell in (*flat.cells, *flat.frames):
        if numbers.setdefault(id(cell.candidate), len(candidates)) == len(candidates):
            candidates.append(cell.candidate)
    grid = Grid(
        places, words, cuts, turns, _strides(sizes), [], [], [], flat.frames,
        [numbers[id(cell.candidate)] for cell in flat.frames], candidates, flat.several,
    )  # fmt: skip
    for cell in flat.cells:
        keys = _keys(grid, cell)
        grid.cell_keys += keys
        grid.cell_orders += [cell.order] * len(keys)
        grid.cell_candidates += [numbers[id(cell.candidate)]] * len(keys)
    return grid


def _strides(sizes: Sequence[int]) -> list[int]:
    strides = [1] * len(sizes)
    for position in range(len(sizes) - 2, -1, -1):
        strides[position] = strides[position + 1] * max(sizes[position + 1], 1)
    return strides


def _keys(grid: Grid, cell: FlatCell) -> list[int]:
    """The keys of a cell: one for each stretch of days and of the year that its box covers."""
    start = grid.place_number(cell.place) + sum(grid.word_number(n, word) for n, word in enumerate(cell.key))
    days, year = _stretches(grid, cell.box)
    return [start + day * grid.strides[-2] + part * grid.strides[-1] for day in days for part in year]


def _stretches(grid: Grid, box: Box) -> tuple[range, range]:
    first = bisect_right(grid.cuts, box[0])
    last = bisect_right(grid.cuts, box[1]) if box[1] != date.max else len(grid.cuts) + 1
    low = bisect_right(grid.turns, box[2])
    high = bisect_right(grid.turns, box[3] + 1) if box[3] + 1 != LAST_DAY else len(grid.turns) + 1
    return range(first, last), range(low, high)
