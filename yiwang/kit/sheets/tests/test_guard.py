"""The checks before any parser, and the answers, in this process: what they count, find and keep."""

from __future__ import annotations

import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from yiwang.kit.sheets.decode import from_tagged, grid_from_frames
from yiwang.kit.sheets.grid import Grid
from yiwang.kit.sheets.guard import answer, archive, child
from yiwang.kit.sheets.guard.cells import Scan, column_number
from yiwang.kit.sheets.guard.limits import LIMITS, Refused
from yiwang.kit.sheets.tests import hostile

IN_PROCESS = sorted(
    kind for kind, (_, code) in hostile.CORPUS.items() if code.startswith("sheet.") and code != "sheet.web-page"
)


@pytest.mark.parametrize("kind", IN_PROCESS)
def test_corpus_is_refused_before_or_by_the_parser(kind: str, tmp_path: Path) -> None:
    make, code = hostile.CORPUS[kind]
    with pytest.raises(Refused) as caught:
        answer.read({"path": str(make(tmp_path / "x.xlsx"))})
    assert caught.value.code == code


def scanned(xml: str, piece: int = 10_000) -> Scan:
    scan = Scan("表一", LIMITS)
    data = xml.encode()
    for at in range(0, len(data), piece):
        scan.feed(data[at : at + piece])
    scan.end()
    return scan


def grid_of(path: Path, **request: Any) -> Grid:
    frames = answer.read({"path": str(path), **request})
    return grid_from_frames(frames[0], frames[1])


ROWS = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c s="3" r="C1"><v>2</v></c></row>'
    '<row r="7"><c r="B7" s="1"/><c r="AB7"><f>A1+1</f><v>3</v></c></row>'
)


@pytest.mark.parametrize("piece", [7, 40, 100, 10_000])
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_scan_counts_the_same_however_it_is_cut(piece: int, prefix: str) -> None:
    xml = ROWS.replace("</", f"</{prefix}").replace("<", f"<{prefix}").replace(f"<{prefix}/", "</")
    scan = scanned(xml, piece)
    assert (scan.rows, scan.columns, scan.formulas, scan.uncomputed) == (7, 28, 1, [])
    assert scan.values > 0


def test_scan_counts_cells_without_addresses() -> None:
    scan = scanned("<row><c><v>1</v></c><c/><c><v>2</v></c></row>" * 5)
    assert (scan.rows, scan.columns) == (5, 3)


def test_scan_finds_formulas_without_value_and_failed_cells() -> None:
    rows = (
        '<c r="A1"><f>1+1</f></c><c r="B1"><f>1+1</f><v></v></c><c r="C1"><f>1+1</f><v/></c>'
        '<c r="D1" t="str"><f>""</f><v></v></c><c r="E1"><f>1</f><v>1</v></c>'
        '<c r="F1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c t="e" r="G1"><v>#REF!</v></c>'
    )
    scan = scanned(f"<row>{rows}</row>")
    assert scan.uncomputed == ["A1", "B1", "C1"]
    assert scan.errors == [("F1", "#DIV/0!"), ("G1", "#REF!")]
    assert scan.formulas == 6


def test_scan_refuses_a_megabyte_without_a_tag() -> None:
    scan = Scan("x", LIMITS)
    for _ in range(4):
        scan.feed(b"x" * 262_144)
    with pytest.raises(Refused, match="corrupt"):
        scan.feed(b"x" * 262_144)


@pytest.mark.parametrize(("letters", "number"), [(b"A", 1), (b"Z", 26), (b"AA", 27), (b"xfd", 16_384)])
def test_column_number(letters: bytes, number: int) -> None:
    assert column_number(letters) == number


def test_pieces_are_the_content(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("stored", b"a" * 300_000, zipfile.ZIP_STORED)
        book.writestr("packed", b"b" * 700_000, zipfile.ZIP_DEFLATED)
        book.writestr("nothing", b"")
    with path.open("rb") as file, zipfile.ZipFile(path) as book:
        for name, content in (("stored", b"a" * 300_000), ("packed", b"b" * 700_000), ("nothing", b"")):
            assert b"".join(archive.pieces(file, book.getinfo(name))) == content


@pytest.mark.parametrize(
    "head", [b"<?xml version='1.0' encoding='gbk'?>", b"\xfe\xff\0<", b"<\0?\0x\0", b"\xff\xfe<\0"]
)
def test_encodings_other_than_utf8_are_refused(head: bytes) -> None:
    with pytest.raises(Refused, match="encoding"):
        archive.check_encoding("x", head)


@pytest.mark.parametrize("head", [b"\xef\xbb\xbf<a/>", b'<?xml version="1.0" encoding="utf-8"?>', b"<a/>", b""])
def test_utf8_is_accepted(head: bytes) -> None:
    archive.check_encoding("x", head)


def test_numbers_are_those_a_spreadsheet_shows() -> None:
    shown = [answer.number(value) for value in (5.0, 0.1 + 0.2, 9.699999999999999, -0.0, 1.5e300, float("nan"))]
    assert shown == [5, 0.3, 9.7, 0, 1.5e300, "#NUM!"]
    assert [type(value) for value in shown[:2]] == [int, float]


@pytest.mark.parametrize("value", ["文字", 5.0, 18.25, True, False, "", 123456789012345678.0])
def test_tagged_text_comes_back_as_the_same_cell(value: Any) -> None:
    plain = answer.plain(value)
    (direct,) = json.loads(json.dumps([plain]), parse_float=Decimal, parse_int=Decimal)
    assert from_tagged(answer.tagged(plain) or "") == direct


def test_large_sheets_cross_as_arrow_and_read_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(
        f'<row><c t="b"><v>{n % 2}</v></c><c><v>{n % 2}</v></c><c><v>{n}.5</v></c><c t="str"><v>字{n % 3}</v></c></row>'
        for n in range(40)
    )
    failed = '<row><c t="e" r="A41"><v>#N/A</v></c><c r="D41"><v>7</v></c></row>'
    path = hostile.book(tmp_path / "a.xlsx", hostile.sheet_xml(rows + failed))
    small = grid_of(path)
    monkeypatch.setattr(answer, "ARROW_ROWS", 10)
    monkeypatch.setattr(answer, "BLOCK", 7)
    large = grid_of(path)
    assert large == small
    assert [type(cell) for cell in large.rows[1]] == [bool, Decimal, Decimal, str]
    assert large.rows[40] == ["#N/A", None, None, Decimal(7)]


def test_a_sheet_is_placed_from_a1(tmp_path: Path) -> None:
    path = hostile.book(
        tmp_path / "a.xlsx", hostile.sheet_xml('<row r="3"><c r="C3"><v>1</v></c><c r="D3"><v>2</v></c></row>')
    )
    grid = grid_of(path)
    assert grid.rows == [[None] * 4, [None] * 4, [None, None, Decimal(1), Decimal(2)]]


def test_cells_that_were_seen_but_not_read_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = hostile.book(tmp_path / "a.xlsx")
    monkeypatch.setattr(Scan, "end", lambda self: setattr(self, "values", 5))
    monkeypatch.setattr(answer, "padded", lambda sheet: iter(()))
    monkeypatch.setattr("python_calamine.CalamineWorkbook", _Deaf)
    with pytest.raises(Refused, match="read-empty"):
        answer.read({"path": str(path)})


class _Deaf:
    """A parser that reads nothing, as calamine does from a part it does not understand."""

    start = None
    height = width = 0
    merged_cell_ranges = None

    @classmethod
    def from_path(cls, path: str) -> _Deaf:
        return cls()

    def __enter__(self) -> _Deaf:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def get_sheet_by_name(self, name: str) -> _Deaf:
        return self


def test_memory_of_distinct_values_is_bounded(tmp_path: Path) -> None:
    rows = "".join(f'<row><c t="str"><v>字字字字{n}</v></c></row>' for n in range(200))
    path = hostile.book(tmp_path / "a.xlsx", hostile.sheet_xml(rows))
    with pytest.raises(Refused, match="too-much"):
        answer.read({"path": str(path), "limits": {"memory": 10_000}})


def test_a_missing_sheet_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        answer.read({"path": str(hostile.book(tmp_path / "a.xlsx")), "sheet": "表二"})
    assert caught.value.code == "sheet.no-such-sheet"
    assert caught.value.facts["names"] == ["表一"]


def test_a_sheet_whose_part_is_missing_is_refused(tmp_path: Path) -> None:
    parts = [part for part in hostile.parts() if part.name != hostile.SHEET]
    with pytest.raises(Refused, match="corrupt"):
        answer.read({"path": str(hostile.archive(tmp_path / "a.xlsx", parts))})


def test_the_directory_of_too_many_entries_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "DIRECTORY_BYTES", 100)
    with pytest.raises(Refused, match="too-many-parts"):
        answer.read({"path": str(hostile.book(tmp_path / "a.xlsx"))})


def test_the_size_of_the_file_is_bounded(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="too-large"):
        answer.read({"path": str(hostile.book(tmp_path / "a.xlsx")), "limits": {"file": 100}})


# --- the process itself -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code", "last"),
    [
        (Refused("sheet.macros", part="x"), "sheet.macros", False),
        (MemoryError(), "sheet.too-much", True),
        (BaseException("a panic"), "sheet.unreadable", True),
    ],
)
def test_everything_is_answered(error: BaseException, code: str, last: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(request: dict[str, Any]) -> list[bytes]:
        raise error

    monkeypatch.setattr(child, "read", fail)
    header, frames = child.answer({})
    assert (header["refused"], header["last"], frames) == (code, last, [])


def test_a_process_that_grew_says_that_it_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "read", lambda request: [b"12345"])
    monkeypatch.setattr(child, "resident", lambda: child.RETIRE_BYTES)  # the test process itself may be larger
    assert child.answer({})[0] == {"frames": [5], "last": False}
    monkeypatch.setattr(child, "resident", lambda: child.RETIRE_BYTES + 1)
    assert child.answer({})[0]["last"]


def test_answers_are_framed() -> None:
    out = io.BytesIO()
    child.send(out, {"frames": [3]}, [b"abc"])
    assert out.getvalue() == b'\0\0\0\x0f{"frames": [3]}abc'
    assert child.resident() > 2**20
