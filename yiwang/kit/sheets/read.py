"""One way in for every file of a table: by what it contains, never by its suffix."""

from __future__ import annotations

from pathlib import Path

from yiwang.kit.refusal import Where
from yiwang.kit.sheets.csvfile import read_csv
from yiwang.kit.sheets.grid import Grid
from yiwang.kit.sheets.messages import refusal
from yiwang.kit.sheets.reader import read_workbook

OLE = b"\xd0\xcf\x11\xe0"
BINARY = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BM", b"MZ", b"\x7fELF")


def read(path: Path | str) -> list[Grid]:
    """The sheets of a workbook, or the one grid of a text table. Raises Refusal `sheet.…` or `csv.…`.

    A web page or an XML spreadsheet saved as .xls, which some systems export, is refused with what to do.
    """
    file = Path(path)
    if not file.is_file():
        raise refusal("sheet.no-file", where=Where(file=file.name))
    with file.open("rb") as stream:
        head = stream.read(512)
    if head.startswith((b"PK", OLE)):
        return read_workbook(file)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith(BINARY):
        raise refusal("sheet.not-workbook", where=Where(file=file.name))
    if start.startswith((b"<html", b"<!doctype", b"<?xml", b"<table", b"<meta")):
        raise refusal("sheet.web-page", where=Where(file=file.name))
    return [read_csv(file)]
