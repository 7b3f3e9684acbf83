"""The effective table of a stream laid flat for a join: per region class and key, disjoint boxes of days with who decides.

A box is (first day, day after the last, first month-day, last month-day). Where the best candidate has no condition, the
ones behind it cannot decide and are cut away, so that most streams give at most one row for a record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from yiwang.core.standards.effective import Candidate, Key, Stream
from yiwang.core.standards.regions import chain

Box = tuple[date, date, int, int]


@dataclass(frozen=True)
class FlatCell:
    """One row of the flat table: `order` 0 is tried first."""

    place: str  # region class: the nearest region with rows of its own
    key: Key
    box: Box
    order: int
    candidate: Candidate


@dataclass
class FlatStream:
    """A stream as tables. `several` if one record may meet more than one row, and the first whose condition holds wins."""

    stream: Stream
    cells: list[FlatCell]
    frames: list[FlatCell]
    several: bool


def flatten(stream: Stream) -> FlatStream:
    """Lay the stream flat for every region class it has."""
    cells: list[FlatCell] = []
    frames: list[FlatCell] = []
    several = False
    keys_at: dict[str, set[Key]] = {}
    for region, key in stream.cells:
        keys_at.setdefault(region, set()).add(key)
    for place in sorted(stream.regions):
        links = [link for link in chain(place) if link in stream.regions]
        for key in sorted(set().union(*(keys_at.get(link, set()) for link in links))):
            ordered = [candidate for link in links for candidate in stream.cells.get((link, key), ())]
            flat = list(_lay(place, key, ordered))
            several = several or any(cell.order for cell in flat)
            cells += flat
        frames += _lay(place, (), [frame for link in links for frame in stream.frames[link]])
    return FlatStream(stream, cells, frames, several)


def _lay(place: str, key: Key, ordered: list[Candidate]) -> Iterator[FlatCell]:
    blocked: list[Box] = []
    open_boxes: list[Box] = []  # boxes of earlier candidates whose condition may fail
    for order, candidate in enumerate(ordered):
        own = [(candidate.start, candidate.stop, low, high) for low, high in candidate.days]
        for box in subtract(own, blocked):
            shared = any(_meet(box, other) for other in open_boxes)
            yield FlatCell(place, key, box, order if shared else 0, candidate)
            if candidate.rule.applies is not None:
                open_boxes.append(box)
        if candidate.rule.applies is None:
            blocked += own


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[1] and b[0] < a[1] and a[2] <= b[3] and b[2] <= a[3]


def subtract(boxes: Iterable[Box], holes: Iterable[Box]) -> list[Box]:
    """What is left of the boxes when the holes are taken out; the pieces are disjoint if the boxes were."""
    left = list(boxes)
    for hole in holes:
        left = [piece for box in left for piece in _cut(box, hole)]
    return left


def _cut(box: Box, hole: Box) -> list[Box]:
    if not _meet(box, hole):
        return [box]
    start, stop, low, high = box
    pieces: list[Box] = []
    if start < hole[0]:
        pieces.append((start, hole[0], low, high))
        start = hole[0]
    if hole[1] < stop:
        pieces.append((hole[1], stop, low, high))
        stop = hole[1]
    if low < hole[2]:
        pieces.append((start, stop, low, hole[2] - 1))
    if hole[3] < high:
        pieces.append((start, stop, hole[3] + 1, high))
    return pieces
