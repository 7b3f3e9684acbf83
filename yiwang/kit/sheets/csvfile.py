"""Text tables: encoding detected and decoded strictly, quotes checked, sizes bounded; every cell stays text.

RFC 4180 with the delimiters that are met (, ; tab). The encodings are those that office software here writes: UTF-8 with
or without a mark, GB18030 (which contains GBK and GB 2312), UTF-16 with a mark or plainly recognisable.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from yiwang.kit.refusal import Refusal, Where
from yiwang.kit.sheets.grid import Cell, Grid, squared
from yiwang.kit.sheets.messages import refusal

FILE_BYTES = 200 * 2**20
ROWS = 1_000_000
COLUMNS = 300
CELL = 32_767  # characters; the most that a spreadsheet holds
MEMORY = 256 * 2**20  # of the decoded cells, estimated
SAMPLE = 64 * 1024
PIECE = 2**20
KNOWN = 200_000  # distinct words kept as one object each
DELIMITERS = (",", ";", "\t")
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def detect(head: bytes) -> tuple[str, int]:
    """The encoding of a text file by its first bytes, and the length of its mark. Raises Refusal `csv.encoding`."""
    for mark, name in MARKS:
        if head.startswith(mark):
            return name, len(mark)
    if wide := _wide(head):
        return wide, 0
    for name in ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(name)().decode(head)
        except UnicodeDecodeError:
            continue
        return name, 0
    raise refusal("csv.encoding")


PLAUSIBLE = re.compile("[\\t\\r\\n -~\\u00a0-\\u00ff\\u2010-\\u2060\\u3000-\\u30ff\\u4e00-\\u9fff\\uff00-\\uffef]")


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: one of the two byte orders must give nearly only letters that are met here."""
    if b"\0" not in head:
        return ""
    for name in ("utf-16-le", "utf-16-be"):
        text = head[: len(head) // 2 * 2].decode(name, "replace")
        if "\0" not in text and len(PLAUSIBLE.findall(text)) * 20 >= len(text) * 19:
            return name
    return ""


def encoding_of(file: BinaryIO) -> tuple[str, int]:
    """The encoding of a whole file and the length of its mark, every byte of it tried.

    Raises Refusal `csv.encoding`, `csv.bad-bytes` or `csv.nul` with the line.
    """
    head = file.read(SAMPLE)
    encoding, skip = detect(head)
    try:
        _try(file, encoding, skip)
    except Refusal as refused:
        if refused.code != "csv.bad-bytes" or encoding != "utf-8" or not head.isascii():
            raise
        encoding = "gb18030"  # plain ASCII at first, Chinese only further down
        _try(file, encoding, skip)
    return encoding, skip


def _try(file: BinaryIO, encoding: str, skip: int) -> None:
    file.seek(skip)
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    while True:
        piece = file.read(PIECE)
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            line += error.object[: error.start].count(b"\n")
            raise refusal("csv.bad-bytes", {"row": line, "encoding": encoding.upper()}, where=Where(row=line)) from None
        if (at := text.find("\0")) >= 0:
            line += text.count("\n", 0, at)
            raise refusal("csv.nul", {"row": line}, where=Where(row=line))
        line += text.count("\n")
        if not piece:
            return


def delimiter_of(sample: str) -> str:
    """The delimiter that divides the first lines most evenly, of those that are in nearly every line; else a comma."""
    plain = re.sub(r'"(?:[^"]|"")*"', "", sample.replace("\r\n", "\n").replace("\r", "\n"))
    lines = [line for line in plain.split("\n")[:50] if line.strip()]
    counts = {mark: [line.count(mark) for line in lines if mark in line] for mark in DELIMITERS}
    widest = max(len(each) for each in counts.values())
    best, best_score = ",", 0
    for mark, each in counts.items():
        if len(each) < widest * 0.9:  # tabs within some cells of a table whose head has none
            continue
        common = max(each, key=each.count, default=0)
        score = each.count(common) * min(common, 20)
        if score > best_score:
            best, best_score = mark, score
    return best


_COMPLAINTS = {"field larger": "csv.long-cell", "NUL": "csv.nul"}


def _records(path: Path, encoding: str, skip: int) -> Iterator[tuple[int, list[str]]]:
    """The records with their numbers. Strict: a quote that never closes or closes in the middle is refused."""
    csv.field_size_limit(CELL)
    number = 0
    with path.open(encoding=encoding, newline="") as file:
        sample = file.read(SAMPLE).removeprefix("\ufeff")
        file.seek(skip)
        reader = csv.reader(file, delimiter=delimiter_of(sample), strict=True)
        try:
            for number, row in enumerate(reader, 1):
                yield number, row
        except csv.Error as error:
            code = next((code for word, code in _COMPLAINTS.items() if word in str(error)), "csv.quotes")
            raise refusal(code, {"row": number + 1, "limit": CELL}, where=Where(row=number + 1)) from None


def _rows(records: Iterator[tuple[int, list[str]]]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    known: dict[str, str] = {}
    room = MEMORY
    for number, row in records:
        _check_row(number, row)
        cells: list[Cell] = []
        for word in row:
            if word and word not in known:
                room -= 60 + 2 * len(word)
                known[word] = word
            cells.append(known[word] if word else None)
        rows.append(cells)
        room -= 60 + 8 * len(cells)
        if room < 0:
            raise refusal("sheet.too-much", where=Where(row=number))
        if len(known) > KNOWN:
            known.clear()
    return squared(rows)


def _check_row(number: int, row: list[str]) -> None:
    if number > ROWS:
        raise refusal("csv.too-many-rows", {"limit": ROWS}, where=Where(row=number))
    if len(row) > COLUMNS:
        facts = {"row": number, "columns": len(row), "limit": COLUMNS}
        raise refusal("csv.too-many-columns", facts, where=Where(row=number))


def read_csv(path: Path | str) -> Grid:
    """A text table as a grid of text cells, named after the file. Raises Refusal `csv.…` or `sheet.…` with the row.

    Row numbers count records, as a spreadsheet shows them; only a fault of the encoding names the line of the file.
    """
    file = Path(path)
    if not file.is_file():
        raise refusal("sheet.no-file", where=Where(file=file.name))
    try:
        with file.open("rb") as stream:
            _check_size(file.stat().st_size)
            encoding, skip = encoding_of(stream)
        rows = _rows(_records(file, encoding, skip))
    except Refusal as refused:
        place = Where(file=file.name, row=refused.where.row)
        raise Refusal(refused.code, refused.message, where=place) from None
    return Grid(name=file.stem, rows=rows, text_only=True)


def _check_size(size: int) -> None:
    if size == 0:
        raise refusal("sheet.empty-file")
    if size > FILE_BYTES:
        raise refusal("csv.too-large", {"size": size, "limit": FILE_BYTES})
