"""A sheet as offices keep it, understood: title, line of blanks, header paths, body rows by kind, blocks, notes.

`understand` reads the first table of a grid, `tables` all that stand one below the other. Nothing is thrown away: each
row under the header is in `body` with its kind, and every guess is said in `doubts`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from yiwang.kit.refusal import Refusal, Where
from yiwang.kit.sheets.body import read_body
from yiwang.kit.sheets.cells import DATE, TITLE, filled, is_meta, is_note, pairs_of
from yiwang.kit.sheets.grid import Cell, Grid
from yiwang.kit.sheets.headers import ColumnHead, Header, find_header
from yiwang.kit.sheets.table import BodyRow, Layout, RowKind
from yiwang.kit.sheets.words import compact, half_width, tidy, units_in


@dataclass
class Preamble:
    """What stands above a header."""

    titles: list[str] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The title: the first line that is more than "附件1" or "表1-3"."""
        named = [line for line in self.titles if not TITLE.fullmatch(half_width(line))]
        return (named or self.titles or [""])[0]

    def take(self, cells: list[tuple[int, Cell]]) -> None:
        """Takes in one line: a title, blanks with what fills them, a unit, a note."""
        words = [tidy(str(cell)) for _, cell in cells]
        self.units += [unit for word in words for unit in units_in(word)]
        if is_meta(cells):
            self._take_pairs([str(cell).strip() for _, cell in cells])
        elif is_note(words[0]):
            self.notes.append(" ".join(words))
        else:
            self._take_titles(words)

    def _take_titles(self, words: list[str]) -> None:
        for word in dict.fromkeys(words):
            if DATE.fullmatch(compact(word)):
                self.meta.setdefault("日期", word)
            else:
                self.titles.append(word)

    def _take_pairs(self, words: list[str]) -> None:
        empty = ""
        for word in words:
            pairs = pairs_of(word)
            if not pairs and empty:
                self.meta[empty] = word
            for key, value in pairs.items():
                if value:
                    self.meta.setdefault(key, value)
            last = list(pairs.items())[-1:] if pairs else []
            empty = last[0][0] if last and not last[0][1] else ""


def preamble(grid: Grid, first: int, top: int) -> Preamble:
    """The lines from a row to the header's top, both 0-based."""
    found = Preamble()
    for row in grid.rows[first:top]:
        if cells := filled(row):
            found.take(cells)
    return found


def understand(grid: Grid, *, first: int = 0) -> Layout:
    """The first table at or below a 0-based row. Refuses a sheet without one: `layout.empty`, `layout.no-header`."""
    if not any(cell is not None for row in grid.rows[first:] for cell in row):
        raise Refusal("layout.empty", "工作表是空的", where=Where(sheet=grid.name))
    header = find_header(grid, first)
    if header is None:
        raise Refusal("layout.no-header", "没有找到表头;请在数据上方写明各列的名称", where=Where(sheet=grid.name))
    above = preamble(grid, first, header.top)
    body = read_body(grid, header)
    layout = Layout(
        title=above.title,
        meta=above.meta | {key: value for key, value in body.meta.items() if key not in above.meta},
        header=_kept(header, body.rows),
        body=body.rows,
        notes=above.notes + body.notes,
        units=list(dict.fromkeys(above.units + [unit for note in body.notes for unit in units_in(note)])),
        doubts=body.doubts,
        titles=above.titles,
        top=header.top + 1,
        bottom=header.bottom + 1,
        sheet=grid.name,
        following=body.following,
    )
    _doubt_headers(layout)
    return layout


def _kept(header: Header, rows: list[BodyRow]) -> list[ColumnHead]:
    """The columns that have a name or hold data; a merged header's second column without data is none."""
    holding = {at for row in rows if row.kind is RowKind.DATA for at, _ in filled(row.cells)}
    firsts: set[tuple[str, ...]] = set()
    kept = []
    for head in header.columns:
        if head.index in holding or (head.path and (head.path not in firsts or head.follows)):
            kept.append(head)
        firsts.add(head.path)
    return kept


def _doubt_headers(layout: Layout) -> None:
    for head in layout.header:
        if not head.path:
            layout.doubts.append(f"第 {head.index + 1} 列有内容但没有表头")
    if layout.following:
        layout.doubts.append(f"第 {layout.following} 行起像是另一张表,请分开放在不同的工作表里")


def tables(grid: Grid) -> list[Layout]:
    """All tables of a grid, one below the other; at most 50. Refuses as `understand` if there is none."""
    found = [understand(grid)]
    while (row := found[-1].following) and len(found) < 50:
        found.append(understand(grid, first=row - 1))
    return found


__all__ = ["BodyRow", "ColumnHead", "Layout", "RowKind", "tables", "understand"]
