"""Text tables: every encoding and delimiter that is met, and refusals that name the row."""

from __future__ import annotations

from pathlib import Path

import pytest

from yiwang.kit.refusal import Refusal
from yiwang.kit.sheets import csvfile
from yiwang.kit.sheets.csvfile import delimiter_of, read_csv
from yiwang.kit.sheets.grid import Grid

TEXT = '姓名,编号\r\n张三,012345678901234567\r\n"李\n四","x,""y"""\r\n'
ROWS = [["姓名", "编号"], ["张三", "012345678901234567"], ["李\n四", 'x,"y"']]


def read(tmp_path: Path, data: bytes) -> Grid:
    path = tmp_path / "台账.csv"
    path.write_bytes(data)
    return read_csv(path)


def refused(tmp_path: Path, data: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(tmp_path, data)
    assert caught.value.where.file == "台账.csv"
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_are_told_apart(tmp_path: Path, encoding: str) -> None:
    grid = read(tmp_path, TEXT.encode(encoding))
    assert (grid.rows, grid.name, grid.text_only) == (ROWS, "台账", True)


def test_chinese_far_down_in_gbk_after_plain_ascii(tmp_path: Path) -> None:
    grid = read(tmp_path, b"abc,defgh\n" * 10_000 + "张三,李四\n".encode("gbk"))
    assert grid.rows[-1] == ["张三", "李四"]


def test_rare_characters_of_gb18030(tmp_path: Path) -> None:
    assert read(tmp_path, "姓名,面积\n㐂𠮷,18\n".encode("gb18030")).rows[1] == ["㐂𠮷", "18"]


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b;c\n1,5;2;3\n", ";"),
        ("a\tb\n1,2\t3\n", "\t"),
        ('"a;b;c",d\n"1;2",3\n', ","),
        ("单列\n张三\n", ","),
        ("", ","),
    ],
)
def test_delimiter(text: str, mark: str) -> None:
    assert delimiter_of(text) == mark


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    assert read(tmp_path, end.join(["a,b", "1,2", ""]).encode()).rows == [["a", "b"], ["1", "2"]]


def test_rows_are_squared_and_empty_ones_at_the_end_dropped(tmp_path: Path) -> None:
    assert read(tmp_path, b"a\nb,c,d\n,,\n\n").rows == [["a", None, None], ["b", "c", "d"]]


def test_a_quote_inside_words_is_text(tmp_path: Path) -> None:
    assert read(tmp_path, b'a,b\n5" pipe,1\n').rows[1] == ['5" pipe', "1"]


@pytest.mark.parametrize(
    ("data", "code", "row"),
    [
        (b'a,b\n1,2\n"x,1\n2,3\n', "csv.quotes", 3),
        (b'a,b\n"x"y,1\n', "csv.quotes", 2),
        (b"a,b\nc\0d,1\ne,f\ng,h\n", "csv.nul", 2),
        ("姓名,面积\n张三,18\n".encode() * 9000 + b"\xff\n", "csv.bad-bytes", 18_001),
        (b"a,b\n" * 20_000 + b"\xff\xff\n", "csv.bad-bytes", 20_001),
        ("姓名".encode() + b"\xff,\n", "csv.encoding", None),
        (b"a,b\n" + b",".join([b"1"] * 301) + b"\n", "csv.too-many-columns", 2),
        (b"a,b\n" + b"x" * 40_000 + b",1\n", "csv.long-cell", 2),
        (b"", "sheet.empty-file", None),
    ],
)
def test_refusals_name_the_row(tmp_path: Path, data: bytes, code: str, row: int | None) -> None:
    refusal = refused(tmp_path, data)
    assert (refusal.code, refusal.where.row) == (code, row)


@pytest.mark.parametrize(
    ("limit", "value", "code"),
    [("ROWS", 2, "csv.too-many-rows"), ("FILE_BYTES", 5, "csv.too-large"), ("MEMORY", 200, "sheet.too-much")],
)
def test_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, code: str) -> None:
    monkeypatch.setattr(csvfile, limit, value)
    assert refused(tmp_path, b"a,b\n1,2\n3,4\n").code == code


def test_words_met_again_are_one_object(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvfile, "KNOWN", 3)
    rows = read(tmp_path, "正处级,甲\n正处级,乙\n正处级,丙\n正处级,丁\n".encode()).rows
    assert rows[0][0] is rows[1][0]
    assert [row[1] for row in rows] == ["甲", "乙", "丙", "丁"]


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        read_csv(tmp_path / "none.csv")
    assert caught.value.code == "sheet.no-file"
