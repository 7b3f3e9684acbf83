"""From a path to the frames of an answer: the checks in their order, then calamine, then JSON or Arrow."""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import re
import zipfile
from array import array
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO
from xml.etree import ElementTree

from yiwang.kit.sheets.guard.archive import opened, pieces, text_pieces
from yiwang.kit.sheets.guard.cells import Scan, column_number
from yiwang.kit.sheets.guard.limits import LIMITS, Refused

ARROW_ROWS = 50_000
ARROW_CELLS = 500_000
BLOCK = 2_000  # rows turned into columns at a time


def sheet_list(file: BinaryIO, parts: dict[str, zipfile.ZipInfo]) -> list[dict[str, Any]]:
    """Name, part and visibility of each sheet, from the workbook part and its relations."""
    targets: dict[str | None, str] = {}
    for relation in _small_tree(file, parts, "xl/_rels/workbook.xml.rels"):
        if not relation.get("Type", "").endswith("/worksheet"):
            continue  # a sheet of charts has no cells
        target = relation.get("Target", "").replace("\\", "/").lower()
        targets[relation.get("Id")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    sheets = []
    for element in _small_tree(file, parts, "xl/workbook.xml").iter():
        if element.tag.rpartition("}")[2] == "sheet":
            link = next((value for key, value in element.items() if key.endswith("}id")), None)
            hidden = element.get("state", "visible") != "visible"
            if link in targets:
                sheets.append({"name": element.get("name", ""), "part": targets[link], "hidden": hidden})
    return sheets


def _small_tree(file: BinaryIO, parts: dict[str, zipfile.ZipInfo], name: str) -> ElementTree.Element:
    if name not in parts:
        raise Refused("sheet.not-workbook")
    if parts[name].file_size > 4 * 2**20:
        raise Refused("sheet.bomb", part=name, size=parts[name].file_size)
    try:
        return ElementTree.fromstring(b"".join(text_pieces(file, name, parts[name])))  # noqa: S314 no DOCTYPE gets here
    except ElementTree.ParseError:
        raise Refused("sheet.corrupt", part=name) from None


def check_content(
    file: BinaryIO, parts: dict[str, zipfile.ZipInfo], sheets: list[dict[str, Any]], limits: dict[str, int]
) -> dict[str, Scan]:
    """Inflates every part, counting real bytes; returns the scan of each sheet's part by part name."""
    names = {sheet["part"]: sheet["name"] for sheet in sheets}
    scans: dict[str, Scan] = {}
    total = 0
    for name, info in parts.items():
        if name.startswith("xl/media/") and name not in names:
            source, scan = pieces(file, info), None
        else:
            source = (
                text_pieces(file, name, info)
                if name.endswith((".xml", ".rels")) or name in names
                else pieces(file, info)
            )
            is_sheet = name in names or name.startswith("xl/worksheets/sheet")
            scan = Scan(names.get(name, name), limits) if is_sheet else None
        for piece in source:
            total += len(piece)
            if total > limits["total"]:
                raise Refused("sheet.bomb", part=name[:80], size=total)
            if scan:
                scan.feed(piece)
        if scan:
            scan.end()
            scans[name] = scan
    return scans


def plain(value: Any) -> Any:
    """A calamine value as JSON-ready data: None for empty, numbers as a spreadsheet shows them (15 digits), dates marked."""
    kind = type(value)
    if kind is str:
        return value or None
    if kind is float:
        return number(value)
    if kind is dt.datetime:
        return {"d": value.date().isoformat()} if value.time() == dt.time() else {"t": value.isoformat()}
    if kind is dt.date:
        return {"d": value.isoformat()}
    return value if kind in (bool, int) else str(value)


def number(value: float) -> Any:
    """15 significant digits, which takes binary noise away (0.1 + 0.2 → 0.3); integral values as int; no number as text."""
    if not math.isfinite(value):
        return "#NUM!"
    if value.is_integer() and abs(value) < 1e15:
        return int(value)
    return float(f"{value:.15g}")


def tagged(value: Any) -> str | None:
    """A plain value as text with one letter for its type: s n b d t. None stays."""
    if value is None:
        return None
    if isinstance(value, str):
        return "s" + value
    if isinstance(value, bool):
        return "b1" if value else "b0"
    if isinstance(value, dict):
        ((mark, text),) = value.items()
        return f"{mark}{text}"
    return f"n{value!r}"


class Budget:
    """The memory that decoded cells may take in the parent, estimated; shared by the sheets of one file."""

    def __init__(self, limits: dict[str, int]) -> None:
        self.left = limits["memory"]
        self.limit = limits["memory"]

    def take(self, size: int, sheet: str) -> None:
        """Takes an estimated number of bytes; refuses when nothing is left."""
        self.left -= size
        if self.left < 0:
            raise Refused("sheet.too-much", sheet=sheet, limit=self.limit)


def padded(sheet: Any) -> Iterator[list[Any]]:
    """The rows of a calamine sheet from A1. Its iterator begins at row 1 but at the first used column."""
    left = [""] * (sheet.start[1] if sheet.start else 0)
    for row in sheet.iter_rows():
        yield left + row if left else row


def as_json(rows: Iterator[list[Any]], failed: dict[tuple[int, int], str], budget: Budget, sheet: str) -> bytes:
    """All rows as one JSON list. Texts are counted once per cell: these sheets are small."""
    out: list[list[Any]] = []
    for index, row in enumerate(rows):
        cells = [plain(value) for value in row]
        budget.take(
            sum(90 + 2 * len(c) if type(c) is str else 112 for c in cells if c is not None) + 8 * len(cells), sheet
        )
        out.append(cells)
        for column in range(len(cells)) if failed else ():
            cells[column] = failed.get((index, column), cells[column])
    return json.dumps(out, ensure_ascii=False, separators=(",", ":")).encode()


class Codes(dict[Any, int]):
    """The distinct values of a column, each with its number; a new one gets the next and is charged to the budget."""

    def __init__(self, budget: Budget, sheet: str) -> None:
        super().__init__()
        self.budget = budget
        self.sheet = sheet

    def __missing__(self, key: Any) -> int:
        self.budget.take(90 + 2 * len(key) if type(key) is str else 112, self.sheet)
        self[key] = len(self)
        return len(self) - 1


def as_arrow(
    rows: Iterator[list[Any]], failed: dict[tuple[int, int], str], budget: Budget, sheet: str, *, booleans: bool
) -> bytes:
    """All rows as one Arrow stream of dictionary columns of tagged text: each distinct value crosses once a column.

    `booleans` says that the sheet holds truth values, which Python takes for 0 and 1 where values are told apart.
    """
    import pyarrow as pa

    books: list[Codes] = []
    codes: list[array[int]] = []
    first = 0
    while block := list(islice(rows, BLOCK)):
        _put_failed(block, first, failed)
        if not books:
            books, codes = [Codes(budget, sheet) for _ in block[0]], [array("i") for _ in block[0]]
        budget.take(8 * len(block) * len(books), sheet)
        for book, numbers, column in zip(books, codes, zip(*block, strict=True), strict=True):
            values = [("b", value) if type(value) is bool else value for value in column] if booleans else column
            numbers.extend(map(book.__getitem__, values))
        first += len(block)
    return _stream(pa, [_column(pa, book, column) for book, column in zip(books, codes, strict=True)])


def _put_failed(block: list[list[Any]], first: int, failed: dict[tuple[int, int], str]) -> None:
    for (row, column), word in failed.items():
        if first <= row < first + len(block) and column < len(block[0]):
            block[row - first][column] = word


def _stream(pa: Any, arrays: list[Any]) -> bytes:
    batch = pa.RecordBatch.from_arrays(arrays, names=[str(number) for number in range(len(arrays))])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue())


def _column(pa: Any, book: Codes, codes: array[int]) -> Any:
    words = [tagged(plain(key[1] if type(key) is tuple else key)) or "" for key in book]
    numbers = pa.Array.from_buffers(pa.int32(), len(codes), [None, pa.py_buffer(codes)])
    return pa.DictionaryArray.from_arrays(numbers, pa.array(words, pa.string()))


def place(reference: str) -> tuple[int, int]:
    """The 0-based row and column of an address such as B1; (-1, -1) if there is none."""
    match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", reference)
    return (int(match[2]) - 1, column_number(match[1].encode()) - 1) if match else (-1, -1)


def sheet_frames(book: Any, entry: dict[str, Any], scan: Scan, budget: Budget) -> list[bytes]:
    """The frames of one sheet: what it is, then its cells."""
    sheet = book.get_sheet_by_name(entry["name"])
    failed = {place(reference): word for reference, word in scan.errors}
    large = sheet.height > ARROW_ROWS or sheet.height * sheet.width > ARROW_CELLS
    if large:
        cells = as_arrow(padded(sheet), failed, budget, entry["name"], booleans=scan.booleans)
    else:
        cells = as_json(padded(sheet), failed, budget, entry["name"])
    if scan.values > len(scan.uncomputed) and sheet.start is None and not failed:
        raise Refused("sheet.read-empty", sheet=entry["name"])
    about = {
        "name": entry["name"],
        "hidden": entry["hidden"],
        "merges": [[r1, c1, r2, c2] for (r1, c1), (r2, c2) in sheet.merged_cell_ranges or []],
        "formulas": scan.formulas,
        "uncomputed": scan.uncomputed[:20],
        "arrow": large,
    }
    return [json.dumps(about, ensure_ascii=False).encode(), cells]


def read(request: dict[str, Any]) -> list[bytes]:
    """The frames that answer one request: {path, sheet or null, names: true for the list of sheets only, limits}."""
    limits = LIMITS | request.get("limits", {})
    path = request["path"]
    with open(path, "rb") as file:
        parts = opened(file, os.fstat(file.fileno()).st_size, limits)
        sheets = sheet_list(file, parts)
        if request.get("names"):
            return [json.dumps([[sheet["name"], sheet["hidden"]] for sheet in sheets], ensure_ascii=False).encode()]
        wanted = [sheet for sheet in sheets if request.get("sheet") in (None, sheet["name"])]
        if not wanted:
            raise Refused("sheet.no-such-sheet", sheet=request.get("sheet"), names=[sheet["name"] for sheet in sheets])
        if lost := [sheet["part"] for sheet in sheets if sheet["part"] not in parts]:
            raise Refused("sheet.corrupt", part=lost[0][:80])
        scans = check_content(file, parts, sheets, limits)
    return parse(path, wanted, scans, limits)


def parse(path: str, sheets: list[dict[str, Any]], scans: dict[str, Scan], limits: dict[str, int]) -> list[bytes]:
    """The frames of all wanted sheets. What calamine cannot read becomes a refusal with its own words."""
    from python_calamine import CalamineError, CalamineWorkbook

    budget = Budget(limits)
    try:
        with CalamineWorkbook.from_path(path) as book:
            return [frame for sheet in sheets for frame in sheet_frames(book, sheet, scans[sheet["part"]], budget)]
    except CalamineError as error:
        raise Refused("sheet.unreadable", detail=str(error)[:200]) from None
