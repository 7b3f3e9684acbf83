"""Blank workbooks: whatever is written is matched again with certainty, and accuses nobody."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from yiwang.core.datasets import all_datasets
from yiwang.core.intake import workbook
from yiwang.core.intake.mapping import Mapping
from yiwang.core.intake.template import EXAMPLE, REMARK, example, note, write_template
from yiwang.core.intake.tests.conftest import ON
from yiwang.core.standards.book import Lawbook
from yiwang.kit.refusal import Refusal
from yiwang.kit.sheets.grid import Grid
from yiwang.kit.sheets.reader import read_workbook

KEYS = sorted(all_datasets())


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory, book: Lawbook) -> Path:
    """One blank workbook with every dataset."""
    path = tmp_path_factory.mktemp("blank") / "台账.xlsx"
    write_template(list(all_datasets().values()), book.ladders, path)
    return path


@pytest.fixture(scope="module")
def grids(blank: Path) -> dict[str, Grid]:
    """Its sheets by name."""
    return {grid.name: grid for grid in read_workbook(blank)}


@pytest.fixture(scope="module")
def plan(blank: Path, book: Lawbook) -> workbook.Plan:
    """It matched again."""
    return workbook.plan(workbook.read_sources([workbook.Source(blank)]), book, Mapping())


@pytest.mark.parametrize("key", KEYS)
def test_every_column_is_matched_with_certainty(key: str, plan: workbook.Plan) -> None:
    dataset = all_datasets()[key]
    match = next(match for match in plan.matches() if match.dataset is dataset)
    assert match.how == "表名"
    assert {one.column for one in match.columns.matches if one.column and one.certain} == set(dataset.keys)
    assert not match.questions
    assert not match.left_out


@pytest.mark.parametrize("key", KEYS)
def test_headers_are_the_labels_and_the_example_fits(key: str, grids: dict[str, Grid], book: Lawbook) -> None:
    dataset = all_datasets()[key]
    rows = next(grid.rows for grid in grids.values() if grid.name == dataset.label[:31])
    assert rows[0] == [*(column.label for column in dataset.columns), REMARK]
    assert rows[1] == [*(example(column) for column in dataset.columns), EXAMPLE]
    for column in dataset.columns:
        if column.vocabulary and column.example:
            vocabulary = book.ladders[column.vocabulary]
            tiers = [None, *book.ladders["organ_tier"].labels]
            assert any(vocabulary.resolve(column.example, tier) for tier in tiers), column.key


def test_reading_it_back_judges_nobody(plan: workbook.Plan, book: Lawbook) -> None:
    result = workbook.run(plan, book, on=ON, region="CN")
    assert set(result.checked.values()) == {0}
    assert sum(result.counts.values()) == 0
    assert {row.what for table in result.tables for row in table.skipped} == {"模板示例行"}
    assert not [table.problems for table in result.tables if table.problems]


def test_typing_over_the_example_counts(tmp_path: Path, book: Lawbook) -> None:
    dataset = all_datasets()["offices.person_space"]
    heads = [column.label for column in dataset.columns]
    row = [str(example(column) or "") for column in dataset.columns]
    row[heads.index("使用人")] = "赵六"
    text = "\n".join(",".join(cells) for cells in ([*heads, REMARK], [*row, EXAMPLE]))
    (tmp_path / "a.csv").write_text(text, "utf-8")
    made = workbook.plan(workbook.read_sources([workbook.Source(tmp_path / "a.csv", dataset.key)]), book, Mapping())
    result = workbook.run(made, book, on=ON, region="CN")
    assert result.checked == {dataset.key: 1}
    assert any("内容改过" in text for text in result.tables[0].notes)


def test_drop_downs_and_notes(tmp_path: Path, book: Lawbook) -> None:
    write_template([all_datasets()["offices.person_space"]], book.ladders, tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        notes = archive.read("xl/comments1.xml").decode()
    assert "<dataValidation " in sheet
    assert "字段:" in notes
    rank = all_datasets()["offices.person_space"].column("rank")
    assert "正处级、副处级" in note(rank, book.ladders)
    area = all_datasets()["offices.person_space"].column("usable_area")
    assert "单位:平方米" in note(area, book.ladders)


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path, book: Lawbook) -> None:
    with pytest.raises(Refusal) as refusal:
        write_template([all_datasets()["offices.person_space"]], book.ladders, tmp_path / "no" / "a.xlsx")
    assert refusal.value.code == "template.unwritable"
