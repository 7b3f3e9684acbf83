"""The marked copy: everything that came, the bad cells coloured, the messages beside, readable again."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from yiwang.kit.sheets import marking
from yiwang.kit.sheets.grid import Cell, Grid
from yiwang.kit.sheets.layout import understand
from yiwang.kit.sheets.marking import FILLS, MESSAGE_HEADER, SUMMARY_SHEET, Mark, mark_workbook
from yiwang.kit.sheets.reader import read_workbook, shut
from yiwang.kit.sheets.tests.forms import build


@pytest.fixture(autouse=True, scope="module")
def _children() -> Iterator[None]:
    yield
    shut()


MARKS = [
    Mark("Sheet1", 9, "应享有应为 339", 17),
    Mark("Sheet1", 9, "超出面积应为 13.25", 18, "warning"),
    Mark("Sheet1", 10, "与上年不符", severity="info"),
]


@pytest.fixture
def form(tmp_path: Path) -> list[Grid]:
    return read_workbook(build("F1", 1, tmp_path).path)


def test_the_copy_holds_everything_and_says_what_is_wrong(tmp_path: Path, form: list[Grid]) -> None:
    mark_workbook(tmp_path / "m.xlsx", form, MARKS, heads={"Sheet1": 5})
    summary, copy = read_workbook(tmp_path / "m.xlsx")
    assert (summary.name, copy.name) == (SUMMARY_SHEET, "Sheet1")
    assert [row[:-1] for row in copy.rows] == form[0].rows
    assert copy.merges == form[0].merges
    assert [copy.cell(row, copy.width - 1) for row in (4, 8, 9, 10)] == [
        MESSAGE_HEADER,
        "应享有应为 339;超出面积应为 13.25",
        "与上年不符",
        None,
    ]
    assert [row[1] for row in summary.rows] == ["位置", "R9", "S9", "第 10 行"]


def test_bad_cells_are_coloured_by_the_worst_and_commented(tmp_path: Path, form: list[Grid]) -> None:
    mark_workbook(tmp_path / "m.xlsx", form, MARKS, heads={"Sheet1": 5})
    sheet = openpyxl.load_workbook(tmp_path / "m.xlsx")["Sheet1"]
    assert sheet["R9"].fill.start_color.rgb == "FF" + FILLS["error"][1:]
    assert sheet["S9"].fill.start_color.rgb == "FF" + FILLS["warning"][1:]
    assert sheet["R9"].comment.text.strip() == "应享有应为 339"
    assert sheet["Y9"].fill.start_color.rgb == "FF" + FILLS["error"][1:]
    assert sheet["R8"].fill.fill_type is None


def test_the_copy_can_be_corrected_and_sent_again(tmp_path: Path, form: list[Grid]) -> None:
    before = understand(form[0])
    mark_workbook(tmp_path / "m.xlsx", form, MARKS, heads={"Sheet1": before.bottom})
    after = understand(read_workbook(tmp_path / "m.xlsx", sheet="Sheet1")[0])
    assert [head.path for head in after.header] == [*(head.path for head in before.header), (MESSAGE_HEADER,)]
    assert [row.number for row in after.data()] == [row.number for row in before.data()]


def test_only_the_bad_rows(tmp_path: Path, form: list[Grid]) -> None:
    mark_workbook(tmp_path / "m.xlsx", form, MARKS, heads={"Sheet1": 5}, bad_rows_only=True)
    copy = read_workbook(tmp_path / "m.xlsx")[1]
    assert copy.height == 7
    assert [row[-1] for row in copy.rows[5:]] == ["原第 9 行", "原第 10 行"]
    assert [row[1] for row in copy.rows[5:]] == ["示例县教育局", "示例县机关事务服务中心"]


def test_nothing_wrong_is_said_too(tmp_path: Path, form: list[Grid]) -> None:
    mark_workbook(tmp_path / "m.xlsx", form, [])
    assert read_workbook(tmp_path / "m.xlsx")[0].rows[1][0] == "没有发现问题"


def test_large_copies_are_streamed_and_comments_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marking, "LARGE", 10)
    monkeypatch.setattr(marking, "NOTES", 2)
    rows: list[list[Cell]] = [["姓名", "面积"]]
    rows += [[f"=张{n}", Decimal(n)] for n in range(40)]
    marks = [Mark("a'b", number, "超出", 1) for number in range(2, 12)]
    mark_workbook(tmp_path / "m.xlsx", [Grid("a'b", rows, [(3, 0, 4, 0)])], marks)
    sheet = openpyxl.load_workbook(tmp_path / "m.xlsx")["a'b"]
    assert sum(1 for row in sheet.iter_rows() for cell in row if cell.comment) == 2
    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["C11"].value) == ("=张0", "s", "超出")


def test_overlapping_merges_of_a_spoilt_file_do_no_harm(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["甲", "乙"], ["丙", "丁"]]
    mark_workbook(tmp_path / "m.xlsx", [Grid("表", rows, [(0, 0, 1, 0), (0, 0, 0, 1), (1, 1, 1, 1)])], [])
    copy = read_workbook(tmp_path / "m.xlsx")[1]
    assert copy.merges == [(0, 0, 1, 0)]
    assert copy.cell(1, 1) == "丁"
