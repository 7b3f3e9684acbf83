"""What goes out: complete or refused, inert, and the same when it comes back in."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from yiwang.kit.refusal import Refusal
from yiwang.kit.sheets import write
from yiwang.kit.sheets.grid import Cell, squared
from yiwang.kit.sheets.read import read
from yiwang.kit.sheets.reader import read_workbook, shut
from yiwang.kit.sheets.write import ColumnSpec, SheetSpec, guarded, is_dangerous, sheet_name, write_csv, write_workbook

D = Decimal
HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\uff1d1+1",
    "\u3000=1",
    "\uff20x",
    "=cmd|' /C calc'!A0",
]
INERT = ["张三", "", " ", "-", "——", "1=1", "'", "http://example.org", "a@b", "18.5"]


@pytest.fixture(autouse=True, scope="module")
def _children() -> Iterator[None]:
    yield
    shut()


def spec(rows: list[list[Cell]], **more: Any) -> SheetSpec:
    width = max((len(row) for row in rows), default=1)
    return SheetSpec(name="表", columns=[ColumnSpec(header=f"列{n}") for n in range(width)], rows=rows, **more)


def back(tmp_path: Path, rows: list[list[Cell]], **more: Any) -> list[list[Cell]]:
    path = tmp_path / "a.xlsx"
    write_workbook(path, [spec(rows)], **more)
    return read_workbook(path)[0].rows[1:]


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
NUMBERS = st.integers(-(10**15) + 1, 10**15 - 1).map(Decimal) | st.decimals(-(10**9), 10**9, places=4)
DAYS = st.dates(dt.date(1900, 3, 1), dt.date(9999, 12, 31))
MOMENTS = st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(2200, 1, 1)).map(lambda at: at.replace(microsecond=0))
CELLS = st.none() | TEXT | NUMBERS | st.booleans() | DAYS | MOMENTS


def as_read(cell: Cell) -> Cell:
    """What a workbook cannot tell apart: midnight is a day."""
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date()
    return cell


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=6), large=st.booleans())
def test_a_workbook_comes_back_equal(tmp_path: Path, rows: list[list[Cell]], large: bool) -> None:
    meant = squared([[as_read(cell) for cell in row] for row in rows])
    width = max(len(row) for row in rows)
    meant = [row + [None] * (width - len(row)) for row in meant]
    got = back(tmp_path, rows, large=large)
    assert got == meant
    assert [[type(cell) for cell in row] for row in got] == [[type(cell) for cell in row] for row in meant]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(rows=[["0", "\t", "\t"]])
@given(rows=st.lists(st.lists(TEXT | st.sampled_from(HOSTILE), min_size=2, max_size=4), min_size=1, max_size=6))
def test_a_text_table_comes_back_equal_but_for_the_guard(tmp_path: Path, rows: list[list[str]]) -> None:
    path = tmp_path / "a.csv"
    count = write_csv(path, ["甲", "乙"], rows)
    got = read(path)[0].rows[1:]
    meant = [[guarded(cell) or None for cell in row] for row in rows]
    width = max(2, *(len(row) for row in meant))
    assert count == len(rows)
    assert got == [row + [None] * (width - len(row)) for row in meant]
    assert not [cell for row in got for cell in row if isinstance(cell, str) and is_dangerous(cell)]


@pytest.mark.parametrize("text", HOSTILE)
def test_formulas_go_out_as_text(text: str, tmp_path: Path) -> None:
    assert is_dangerous(text)
    assert guarded(text) == f"'{text}"
    path = tmp_path / "a.xlsx"
    write_workbook(path, [spec([[text]])])
    with zipfile.ZipFile(path) as book:
        assert b"<f" not in book.read("xl/worksheets/sheet1.xml")
        assert b'quotePrefix="1"' in book.read("xl/styles.xml")
    assert read_workbook(path)[0].rows[1] == [text]


@pytest.mark.parametrize("text", INERT)
def test_plain_text_is_left_alone(text: str) -> None:
    assert not is_dangerous(text)
    assert guarded(text) == text


def test_addresses_become_no_links(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", [spec([["http://example.org", "mailto:a@b", "internal:'x'!A1"]])])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        assert b"hyperlink" not in book.read("xl/worksheets/sheet1.xml")


def test_what_a_number_would_lose_goes_out_as_text(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [[D("123456789012345678"), D("0.12345678901234567"), D("NaN"), D("1E+20"), D("1.50")]]
    assert back(tmp_path, rows)[0] == ["123456789012345678", "0.12345678901234567", "NaN", D("1E+20"), D("1.5")]


def test_days_that_spreadsheets_do_not_know_go_out_as_text(tmp_path: Path) -> None:
    moment = dt.datetime(2020, 1, 1, 8, tzinfo=dt.UTC)
    assert back(tmp_path, [[dt.date(1899, 12, 31), dt.date(1900, 2, 28), moment]])[0] == [
        "1899-12-31",
        "1900-02-28",
        "2020-01-01T08:00:00+00:00",
    ]


def test_a_template(tmp_path: Path) -> None:
    ranks = ["正处级", "副处级"]
    many = [f"某某单位第{n}处" for n in range(60)]
    columns = [
        ColumnSpec(header="姓名", note="按身份证填写"),
        ColumnSpec(header="职级", choices=ranks),
        ColumnSpec(header="单位", choices=many),
        ColumnSpec(header="代码", format="@"),
        ColumnSpec(header="日期", format="yyyy/m/d"),
    ]
    rows: list[list[Cell]] = [["张三", "正处级", many[0], "001", dt.date(2014, 12, 3)]]
    path = tmp_path / "t.xlsx"
    template = SheetSpec(
        name="人员", columns=columns, rows=rows, title="办公用房", examples=1, remarks=["注:示例行可删去"]
    )
    write_workbook(path, [template])
    book = openpyxl.load_workbook(path)
    sheet = book["人员"]
    assert sheet["A1"].value == "办公用房"
    assert (sheet.freeze_panes, sheet["A2"].comment.text.strip()) == ("A3", "按身份证填写")
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert lists == {"B3:B5002": '"正处级,副处级"', "C3:C5002": "'选项'!$A$1:$A$60"}
    assert [cell.value for cell in book["选项"]["A"]] == many
    assert book["选项"].sheet_state == "hidden"
    assert (sheet["D3"].value, sheet["D3"].number_format) == ("001", "@")
    assert (sheet["E3"].number_format, sheet["A3"].font.italic) == ("yyyy/m/d", True)
    assert sheet["A4"].value == "注:示例行可删去"


def test_more_rows_than_a_sheet_holds_are_refused_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "MAX_ROWS", 10)
    for large in (False, True):
        with pytest.raises(Refusal) as caught:
            write_workbook(tmp_path / "a.xlsx", [spec([[D(n)] for n in range(20)])], large=large)
        assert caught.value.code == "write.too-many-rows"
    assert list(tmp_path.iterdir()) == []


def test_a_text_too_long_for_a_cell_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"before")
    with pytest.raises(Refusal) as caught:
        write_workbook(tmp_path / "a.xlsx", [spec([["x" * 32_768]])])
    assert (caught.value.code, caught.value.where.row, caught.value.where.column) == ("write.long-cell", 2, "A")
    assert (tmp_path / "a.xlsx").read_bytes() == b"before"


def test_rows_may_come_one_by_one_into_a_buffer() -> None:
    buffer = io.BytesIO()
    rows: Iterator[list[Cell]] = ([D(n), f"字{n}"] for n in range(500))
    sheet = SheetSpec(name="表", columns=[ColumnSpec(header="数"), ColumnSpec(header="字")], rows=rows)
    write_workbook(buffer, [sheet], large=True)
    assert openpyxl.load_workbook(buffer).active.max_row == 501


@pytest.mark.parametrize(
    ("name", "taken", "legal"),
    [
        ("办公用房", [], "办公用房"),
        ("人/车:[1]", [], "人_车__1_"),
        ("表", ["表"], "表(2)"),
        ("SHEET", ["sheet", "sheet(2)"], "SHEET(3)"),
        ("长" * 40, ["长" * 31], "长" * 28 + "(2)"),
        ("'x'", [], "x"),
        ("", [], "工作表"),
    ],
)
def test_sheet_names_are_legal(name: str, taken: list[str], legal: str) -> None:
    assert sheet_name(name, taken) == legal


def test_text_tables_open_in_office_software() -> None:
    buffer = io.BytesIO()
    row: list[Cell] = ["张三", D("1.50"), True, dt.date(2014, 12, 3), None, 'a,"b"\n', D(-5)]
    assert write_csv(buffer, ["姓名"], [row] * 3) == 3
    lines = buffer.getvalue()
    assert lines.startswith("\ufeff姓名\r\n张三,1.50,是,2014-12-03,,".encode())
    assert lines.endswith(b'"a,""b""\n",-5\r\n')


def test_long_text_tables_are_written_in_pieces(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(write, "BATCH", 3)
    write_csv(tmp_path / "a.csv", ["n"], ([D(n)] for n in range(10)))
    assert (tmp_path / "a.csv").read_text(encoding="utf-8-sig").split() == ["n", *map(str, range(10))]
