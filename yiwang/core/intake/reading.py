"""Rows of a dataset from a sheet: cells cleaned by column and unit, headings and blanks told apart, shared rooms divided.

Nothing is dropped in silence: a row that is no record is in `skipped`, a cell that cannot be read in `problems`, and the
record is judged with that fact unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from yiwang.core.datasets import Column, Dataset, Kind
from yiwang.core.intake.cells import Read, changes, reader, settle_unit
from yiwang.core.intake.claims import Claim, ClaimKind
from yiwang.core.intake.context import heading_word
from yiwang.core.intake.matching import SheetMatch
from yiwang.core.intake.result import Problem, SheetRow, Skipped, Table
from yiwang.core.intake.sharing import PERSON, SEVERAL, SHARED, SHARERS, settle, spread
from yiwang.core.intake.template import EXAMPLE, REMARK, example
from yiwang.core.standards.ladders import RANK, Ladders
from yiwang.kit.refusal import Refusal
from yiwang.kit.sheets import clean
from yiwang.kit.sheets.grid import Cell, Grid
from yiwang.kit.sheets.table import BodyRow, Layout, RowKind

WHAT = {
    RowKind.HEADING: "分段标题",
    RowKind.SUBTOTAL: "小计",
    RowKind.TOTAL: "合计",
    RowKind.NOTE: "说明",
    RowKind.BLANK: "空行",
    RowKind.ELLIPSIS: "省略号",
    RowKind.REPEAT: "重复的表头",
}
REMARKS = ("备注", "说明", "备注说明", "情况说明")
TICKS = frozenset("√✓✔☑")
RELEASED = BodyRow(0, [], RowKind.BLANK)
MEMORY = 20_000  # different cells of a column that are remembered
UNSEEN = object()


@dataclass
class _Field:
    """One column to read, with the answers for cells already seen: registers repeat themselves."""

    column: Column
    index: int
    header: str
    read: Read
    seen: dict[tuple[type, Cell], Any] = field(default_factory=dict)

    def value(self, cell: Cell, row: int, problems: list[Problem]) -> Any:
        """The clean value; a refused cell is noted and unknown."""
        key = (type(cell), cell)  # the type too, since True == 1
        found = self.seen.get(key, UNSEEN)
        if found is UNSEEN:
            try:
                found = self.read(cell)
            except Refusal as refusal:
                found = refusal
            if len(self.seen) < MEMORY:
                self.seen[key] = found
        if isinstance(found, Refusal):
            problems.append(Problem(row, self.header, found.code, found.message))
            return None
        return found


class _Reading:
    """One sheet being read."""

    def __init__(self, match: SheetMatch, dataset: Dataset, layout: Layout, grid: Grid, ladders: Ladders) -> None:
        self.match, self.dataset, self.layout, self.grid, self.ladders = match, dataset, layout, grid, ladders
        self.table = Table(match)
        every = self._fields()
        self.fields = [one for word, one in every if not word]
        self.spread = [(word, one) for word, one in every if word]
        self.claims = [(claim, self._claim_reader(claim)) for claim in match.claims]
        self.ticked = self._ticked()
        remarks = (header.index for header in match.face.headers if header.leaf in REMARKS)
        self.remark = next(remarks, None)
        self.required = [column.key for column in dataset.columns if column.required]
        self.shareable = PERSON in dataset.keys and SHARERS in dataset.keys
        self.person = next((one.index for one in self.fields if one.column.key == PERSON), None)
        self.mark = next((header.index for header in match.face.headers if header.path[-1] == REMARK), None)
        self.merged: dict[tuple[str, int], list[SheetRow]] = defaultdict(list)  # figures merged over several rows
        self.constants = self._constants()
        self.blocks: dict[str, dict[str, Any] | None] = {}
        self.example = {column.key: reader(column)(example(column)) for column in dataset.columns}

    def _fields(self) -> list[tuple[str, _Field]]:
        """The columns to read, in a wide table with the word that each stands for."""
        units = self.match.layout.units if self.match.layout else {}
        fields = []
        for one in self.match.columns.matches:
            if one.column is None:
                continue
            column = self.dataset.column(one.column)
            unit = units.get(column.key) or settle_unit(one.header, column, self.match.face.where)
            read = reader(column, unit, serial=not self.grid.text_only)
            fields.append((one.word, _Field(column, one.header.index, one.header.name, read)))
            if changes(unit, column.unit):
                self.table.notes.append(f"“{one.header.name}”的单位是{unit},已换算成{column.unit}")
        return fields

    def _claim_reader(self, claim: Claim) -> _Field:
        column = self.dataset.column(claim.column)
        unit = settle_unit(claim.header, column, self.match.face.where)

        def read(cell: Cell) -> Decimal | bool | None:
            if claim.kind is ClaimKind.OVER:
                return clean.boolean(cell)
            return clean.number(cell, unit=column.unit, assumed=unit)

        return _Field(column, claim.header.index, claim.header.name, read)

    def _ticked(self) -> frozenset[str]:
        """Claims in whose column only ticks stand: there an empty cell means no."""
        found = []
        for claim, one in self.claims:
            cells = {str(cell).strip() for row in self.layout.data() if (cell := row.cells[one.index]) is not None}
            if claim.kind is ClaimKind.OVER and cells and cells <= TICKS:
                found.append(claim.header.name)
        return frozenset(found)

    def _constants(self) -> dict[str, Any]:
        """What holds for every row, said in the title, in the line of blanks, or in the mapping file."""
        values: dict[str, Any] = {}
        for key, word in self.match.constants.items():
            if not word:
                continue  # answered: not known
            column = self.dataset.column(key)
            values[key] = reader(column, serial=False)(word)
            self.table.notes.append(f"全表“{column.label}”按“{word}”")
        return values

    # --- rows ---------------------------------------------------------------------------------------------------------

    def run(self, *, release: bool) -> Table:
        """Read every row; with `release`, let go of the cells that were read."""
        rows: list[SheetRow] = []
        for at, body in enumerate(self.layout.body):
            if body.kind is RowKind.DATA:
                rows += self._row(body)
            else:
                self._skip(body.number, WHAT[body.kind], body)
            if release:
                self.grid.rows[body.number - 1] = []
                self.layout.body[at] = RELEASED
        self._divide_merged()
        if self.shareable:
            settle(rows)
            self._report_open_shares(rows)
        self.table.rows = rows
        self.table.notes += self.layout.doubts
        if self.grid.uncomputed:
            cells = "、".join(self.grid.uncomputed[:5])
            self.table.notes.append(f"有公式没有算出的值(如 {cells}),按空白处理;请用表格软件打开保存一次再判定")
        return self.table

    def _skip(self, number: int, what: str, body: BodyRow) -> None:
        words = next((str(cell) for cell in body.cells if cell is not None), "")
        self.table.skipped.append(Skipped(number, what, words[:60]))

    def _row(self, body: BodyRow) -> list[SheetRow]:
        values = dict(self.constants)
        before = len(self.table.problems)
        for one in self.fields:
            cell = body.cells[one.index]
            if cell is not None and (value := one.value(cell, body.number, self.table.problems)) is not None:
                values[one.column.key] = value
        if len(self.table.problems) > before:
            self._unplaced(values, body.number)
        if self.mark is not None and body.cells[self.mark] == EXAMPLE:
            if all(values.get(key) == value for key, value in self.example.items() if value is not None):
                self._skip(body.number, "模板示例行", body)
                return []
            self.table.notes.append(f"第 {body.number} 行标着示例,但内容改过,已作为记录读入")
        if not self._take_block(values, body):
            return []
        row = SheetRow(body.number, values)
        self._take_claims(body)
        if self.match.columns.wide:
            return self._long(row, body)
        rows = self._users(row, body) if self.shareable else [row]
        for one in self.fields:
            if one.column.key in self.dataset.sums and one.index in body.spans:
                self.merged[one.column.key, body.spans[one.index][0]] += rows
        return rows

    def _long(self, row: SheetRow, body: BodyRow) -> list[SheetRow]:
        """One row for each word of a wide table under which a figure stands."""
        by_word: dict[str, dict[str, Any]] = {}
        for word, one in self.spread:
            cell = body.cells[one.index]
            if cell is not None and (value := one.value(cell, body.number, self.table.problems)) is not None:
                by_word.setdefault(word, {})[one.column.key] = value
        coded = self.match.columns.wide
        return [SheetRow(row.number, row.values | {coded: word} | figures) for word, figures in by_word.items()]

    def _unplaced(self, values: dict[str, Any], number: int) -> None:
        """A row whose own day or place cannot be read is not judged by another one: its figures become unknown."""
        headers = {one.header for one in self.fields if one.column.key in ("on", "region")}
        if any(bad.row == number and bad.header in headers for bad in self.table.problems[-len(self.fields) :]):
            for column in self.dataset.columns:
                if column.kind in (Kind.NUMBER, Kind.INTEGER):
                    values.pop(column.key, None)

    def _take_block(self, values: dict[str, Any], body: BodyRow) -> bool:
        """Put the heading's word into its column; False if the block holds no records of this dataset."""
        key = self.match.block
        if not key or not body.block or values.get(key) is not None:
            return True
        if body.block not in self.blocks:
            self.blocks[body.block] = self._read_block(key, body.block)
        found = self.blocks[body.block]
        if found is None:
            if self._nobody(values):
                self._skip(body.number, f"“{body.block}”一段没有使用人", body)
                return False
            return True
        values.update(found)
        return True

    def _read_block(self, key: str, block: str) -> dict[str, Any] | None:
        column, answers = self.dataset.column(key), self.match.layout.blocks if self.match.layout else {}
        word = answers[block] if block in answers else heading_word(block, self.ladders[column.vocabulary])
        if not word:
            return None
        self.table.notes.append(f"分段“{block}”的“{column.label}”按“{word}”")
        return {key: word}

    def _nobody(self, values: dict[str, Any]) -> bool:
        """Whether the row names none of those that the dataset must name: a meeting room among the rooms of persons."""
        return bool(self.required) and all(values.get(key) is None for key in self.required)

    def _take_claims(self, body: BodyRow) -> None:
        """Keep what the clerk worked out in this row."""
        for claim, one in self.claims:
            name, cell = claim.header.name, body.cells[one.index]
            value = None if cell is None else one.value(cell, body.number, self.table.problems)
            if value is None and name in self.ticked:
                value = False
            if value is not None:
                self.table.claims.setdefault(name, {})[body.number] = value

    # --- shared rooms ---------------------------------------------------------------------------------------------------

    def _users(self, row: SheetRow, body: BodyRow) -> list[SheetRow]:
        """One row for each user of the room; none where nobody uses it."""
        if self._nobody(row.values) and row.values.get(RANK) is None:
            self._skip(body.number, "没有使用人的房间", body)
            return []
        raw = body.cells[self.person] if self.person is not None else None
        remark = body.cells[self.remark] if self.remark is not None else None
        if remark is None and not (isinstance(raw, str) and SEVERAL.search(raw)):
            return [row]
        if isinstance(raw, str):
            row.values[PERSON] = raw  # with its line breaks
        coded = (one for one in self.fields if one.column.vocabulary)
        parallel = {one.column.key: cell for one in coded if isinstance(cell := body.cells[one.index], str)}
        rows, problems = spread(row, parallel, str(remark or ""))
        for one in rows:
            one.values[PERSON] = clean.text(one.values.get(PERSON))
        person = next((one.header for one in self.fields if one.column.key == PERSON), PERSON)
        self.table.problems += [replace(problem, header=person) for problem in problems]
        return rows

    def _divide_merged(self) -> None:
        """A figure merged over several rows is one figure: shared by their persons, or counted once for the same person."""
        for (key, first), rows in self.merged.items():
            persons = {row.values.get(PERSON) for row in rows}
            if len(rows) < 2 or not self.shareable:
                continue
            if len(persons) == 1:
                for row in rows[1:]:
                    row.values[key] = Decimal(0)
                self.table.notes.append(f"第 {first} 行起合并的面积只计一次")
                continue
            for row in rows:
                if row.values.get(SHARERS) is None:
                    row.values[SHARERS] = Decimal(len(persons)) if len(persons) == len(rows) else None
                    row.values[SHARED] = row.values[SHARERS] is None
            self.table.notes.append(f"第 {first} 行起合并的面积由 {len(persons)} 人共用")

    def _report_open_shares(self, rows: Sequence[SheetRow]) -> None:
        header = next((h.name for h in self.match.face.headers if h.index == self.remark), "备注")
        for row in rows:
            if row.values.get(SHARED) and row.values.get(SHARERS) is None:
                text = "写着共用,没有说几个人,这间的面积不能分摊"
                self.table.problems.append(Problem(row.number, header, "share.unknown", text))


def read_table(
    match: SheetMatch, layout: Layout | None, grid: Grid, ladders: Ladders, *, release: bool = False
) -> Table:
    """The rows of a matched sheet; an empty table for one that is left out. Refuses a unit that cannot be (`sheet.unit`).

    With `release` the sheet is used up: its cells are let go while they are read.
    """
    if match.dataset is None or layout is None:
        return Table(match)
    return _Reading(match, match.dataset, layout, grid, ladders).run(release=release)
