"""Every wrong thing through the one way in: refused with its code and a Chinese sentence, bounded, nothing left behind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from yiwang.kit.refusal import Refusal
from yiwang.kit.sheets import reader
from yiwang.kit.sheets.read import read
from yiwang.kit.sheets.tests import hostile

MOST_BYTES = 600 * 2**20
MOST_SECONDS = 60


@pytest.fixture(autouse=True, scope="module")
def _children() -> Iterator[None]:
    yield
    reader.shut()


@pytest.mark.parametrize("kind", sorted(hostile.CORPUS))
def test_hostile_file_is_refused(kind: str, tmp_path: Path) -> None:
    make, code = hostile.CORPUS[kind]
    path = make(tmp_path / "台账.xlsx")
    began = time.monotonic()
    with pytest.raises(Refusal) as caught:
        read(path)
    assert caught.value.code == code
    assert caught.value.where.file == "台账.xlsx"
    assert any("\u4e00" <= sign <= "\u9fff" for sign in caught.value.message)
    assert "{" not in caught.value.message
    assert time.monotonic() - began < MOST_SECONDS


@pytest.mark.slow
def test_rows_that_pack_badly_are_refused_before_the_end(tmp_path: Path) -> None:
    path = hostile.slow_bomb(tmp_path / "b.xlsx")
    with pytest.raises(Refusal) as caught:
        read(path)
    assert caught.value.code == "sheet.too-many-rows"


def test_reading_goes_on_after_a_hostile_file(tmp_path: Path) -> None:
    good = hostile.book(tmp_path / "good.xlsx")
    for kind in ("xxe", "bad-xml", "last-cell"):
        with pytest.raises(Refusal):
            read(hostile.CORPUS[kind][0](tmp_path / "bad.xlsx"))
        assert read(good)[0].cell(0, 0) == "姓名"


@pytest.mark.slow
def test_memory_is_bounded_and_no_child_is_left(tmp_path: Path) -> None:
    reader.shut()
    others = set(psutil.Process().children(recursive=True))  # of the tests themselves
    before = psutil.Process().memory_info().rss
    for kind in ("bomb", "liar", "last-cell", "far-corner", "billion-laughs"):
        with pytest.raises(Refusal):
            read(hostile.CORPUS[kind][0](tmp_path / "bad.xlsx"))
    children = [child for child in psutil.Process().children(recursive=True) if child not in others]
    assert 1 <= len(children) <= reader.CHILDREN
    assert sum(_most(child.pid) for child in children) < MOST_BYTES
    assert psutil.Process().memory_info().rss - before < MOST_BYTES // 4
    reader.shut()
    assert psutil.wait_procs(children, timeout=30)[1] == []


def _most(pid: int) -> int:
    """The most memory that a process ever held, in bytes."""
    (line,) = [one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


def test_a_styled_cell_in_the_last_corner_is_harmless(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    (grid,) = read(hostile.book(tmp_path / "styled.xlsx", hostile.sheet_xml(rows)))
    assert (grid.height, grid.width) == (1, 1)


def test_a_wrong_suffix_does_not_matter(tmp_path: Path) -> None:
    workbook = hostile.book(tmp_path / "a.xlsx").rename(tmp_path / "a.csv")
    assert read(workbook)[0].cell(0, 0) == "姓名"
    text = tmp_path / "b.xlsx"
    text.write_bytes("姓名,面积\n张三,18\n".encode("gb18030"))
    assert read(text)[0].rows[1] == ["张三", "18"]


def test_a_missing_file_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        read("/nonexistent/台账.xlsx")
    assert caught.value.code == "sheet.no-file"
