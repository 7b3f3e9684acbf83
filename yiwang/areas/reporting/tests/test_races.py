"""Sixteen clerks at one return, on both databases, each with its positive control."""

from __future__ import annotations

import pytest

from tests.programs import Programs

pytestmark = pytest.mark.slow
RACE = "yiwang.areas.reporting.tests.race"


def test_what_all_typed_is_there(on_each: Programs) -> None:
    found = on_each(RACE, "cells", "locked")
    assert found["kept"] == found["typed"] == 32, found


def test_without_the_lock_cells_would_be_lost(on_each: Programs) -> None:
    found = on_each(RACE, "cells", "open")
    assert found["kept"] < found["typed"], found


def test_the_same_at_once_is_one_submission(on_each: Programs) -> None:
    found = on_each(RACE, "submit", "locked")
    assert found["versions"] == found["had"] == 2, found


def test_without_the_lock_there_would_be_more(on_each: Programs) -> None:
    found = on_each(RACE, "submit", "open")
    assert found["versions"] > found["had"], found


def test_the_same_workbook_at_once_has_one_receipt(on_each: Programs) -> None:
    found = on_each(RACE, "upload", "locked")
    assert found["receipts"] == found["versions"] == found["had"] == 2, found


def test_without_the_lock_there_would_be_more_receipts(on_each: Programs) -> None:
    found = on_each(RACE, "upload", "open")
    assert found["receipts"] > found["had"], found
