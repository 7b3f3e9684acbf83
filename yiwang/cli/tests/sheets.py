"""Small sheets for the tests of `yiwang check`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import xlsxwriter

HEADS = ["使用人", "单位", "机关层级", "职级", "房号", "使用面积", "判定日期", "行政区划"]
ROWS = [
    ["陈立", "青河市财政局", "市级机关", "正局(处)级", "A-0612", 20, "2021-06-01", ""],
    ["陈立", "青河市财政局", "市级机关", "正局(处)级", "C-0305", 10, "2021-06-01", ""],
    ["王敏", "青河市财政局", "市级机关", "局(处)级以下", "A-0613", 9, "2021-06-01", ""],
]
Run = Callable[..., tuple[int, str, str]]


def book(
    path: Path, rows: list[list[Any]], *, sheet: str = "offices.person_space", merges: tuple[str, ...] = ()
) -> Path:
    """A workbook with one sheet."""
    file = xlsxwriter.Workbook(str(path))
    page = file.add_worksheet(sheet)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str) and not value.startswith("="):
                page.write_string(number, column, value)
            else:
                page.write(number, column, value)
    for area in merges:
        page.merge_range(area, rows[int(area.split(":")[0][1:]) - 1][ord(area[0]) - 65])
    file.close()
    return path


def table(path: Path, rows: list[list[Any]], encoding: str = "utf-8") -> Path:
    """A text table."""
    path.write_bytes("\r\n".join(",".join(str(cell) for cell in row) for row in rows).encode(encoding))
    return path


def quoted(path: Path, rows: list[list[Any]]) -> Path:
    """A text table with every cell quoted."""
    text = "\r\n".join(",".join('"' + str(cell).replace('"', '""') + '"' for cell in row) for row in rows)
    path.write_text(text, "utf-8")
    return path


def doubtful(path: Path) -> Path:
    """A register whose area column is called in a way that is asked."""
    heads = ["使用人", "单位", "机关层级", "职级", "房号", "实际测量使用面积"]
    return book(path, [heads, *(row[:6] for row in ROWS)], sheet="办公用房使用台账")


def refused(run: Run, *words: object) -> str:
    """The sentence of a refusal; its exit code is 2 and nothing is on stdout but what was matched."""
    code, _, err = run("check", *words)
    assert code == 2, err
    return err
