"""A table understood: its header paths, its rows by kind, what stands around it. Made by `layout.understand`."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from enum import StrEnum

from yiwang.kit.sheets.grid import Cell
from yiwang.kit.sheets.headers import ColumnHead
from yiwang.kit.sheets.units import unit_of

MONEY = re.compile("金额|价|费|款|经费|预算|原值|净值|租金|元")
AREA = re.compile("面积|建面")


class RowKind(StrEnum):
    """What a row under the header is."""

    DATA = "data"
    HEADING = "heading"  # names the block of the rows below it
    SUBTOTAL = "subtotal"
    TOTAL = "total"
    NOTE = "note"
    BLANK = "blank"  # nothing, or only a serial number
    ELLIPSIS = "ellipsis"  # says that rows were left out
    REPEAT = "repeat"  # the header again, as on a printed page


@dataclass(slots=True)
class BodyRow:
    """One row: `number` as the user sees it, cells by grid column (merged cells filled down).

    `spans` tells of each cell that belongs to a vertical merge the first row's number and how many rows share it: a
    figure merged over three persons is one figure. `guessed` are columns filled from the row above without a merge.
    """

    number: int
    cells: list[Cell]
    kind: RowKind
    block: str | None = None
    spans: dict[int, tuple[int, int]] = field(default_factory=dict)
    guessed: tuple[int, ...] = ()


@dataclass
class Layout:
    """A table understood. `units` are those said for the whole table; `doubts` are sentences for the user."""

    title: str
    meta: dict[str, str]
    header: list[ColumnHead]
    body: list[BodyRow]
    notes: list[str]
    units: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    top: int = 1  # rows of the header as the user sees them
    bottom: int = 1
    sheet: str = ""
    following: int | None = None  # the row number at which another table begins below this one

    def data(self) -> list[BodyRow]:
        """The rows that are records."""
        return [row for row in self.body if row.kind is RowKind.DATA]

    def unit_of(self, head: ColumnHead) -> str:
        """The unit of a column: its header's own, else the one said for the table if it measures such a thing; "" if none."""
        if head.unit:
            return head.unit
        wanted = "㎡" if AREA.search(head.label) else "元" if MONEY.search(head.label) else ""
        units = [unit for unit in map(unit_of, self.units) if unit]
        return next((unit.name for unit in units if unit.base == wanted), "")

    @property
    def signature(self) -> str:
        """A stable mark of this layout's header, by which an answer about it is found again."""
        words = "\n".join("/".join(head.path) for head in self.header)
        return hashlib.sha256(words.encode()).hexdigest()[:16]
