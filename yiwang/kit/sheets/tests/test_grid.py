"""Grids: places as the user sees them, rows of one length."""

from __future__ import annotations

from decimal import Decimal

import pytest

from yiwang.kit.sheets.decode import clipped
from yiwang.kit.sheets.grid import Grid, address, column_letters, squared


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")]
)
def test_column_letters(index: int, letters: str) -> None:
    assert column_letters(index) == letters


def test_address() -> None:
    assert address(0, 1) == "B1"


def test_rows_get_one_length_and_empty_ones_at_the_end_go() -> None:
    assert squared([["a"], [None, "b"], [None], []]) == [["a", None], [None, "b"]]
    assert squared([]) == []


def test_cells_beyond_the_edge_are_empty() -> None:
    grid = Grid("表", [["a", Decimal(1)]])
    assert (grid.height, grid.width, grid.cell(0, 1), grid.cell(1, 0), grid.cell(-1, 0)) == (
        1,
        2,
        Decimal(1),
        None,
        None,
    )
    assert Grid("空", []).width == 0


def test_merges_are_cut_to_the_grid() -> None:
    merges = [(0, 0, 1_048_575, 16_383), (5, 0, 6, 0), (0, 1, 0, 1)]
    assert clipped(merges, [["a", "b"], ["c", "d"]]) == [(0, 0, 1, 1), (0, 1, 0, 1)]
