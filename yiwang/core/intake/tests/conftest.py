"""The nine filled forms, checked once for all tests of this package."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import pytest

from yiwang.core.intake import workbook
from yiwang.core.intake.mapping import Mapping
from yiwang.core.intake.result import CheckResult
from yiwang.core.standards.book import Lawbook, load
from yiwang.kit.sheets.tests import forms
from yiwang.kit.sheets.tests.painter import Filled

ON = date(2014, 12, 31)
Checked = tuple[workbook.Plan, CheckResult]
Check = Callable[..., Checked]


@pytest.fixture(scope="session")
def book() -> Lawbook:
    """The shipped lawbook."""
    return load()


@pytest.fixture(scope="session")
def check(book: Lawbook) -> Check:
    """Checks files: (plan, result)."""

    def run(
        *paths: Path | str, mapping: Mapping | None = None, on: date = ON, region: str = "CN", everything: bool = False
    ) -> Checked:
        sheets = workbook.read_sources(workbook.parse_sources([str(path) for path in paths], book))
        plan = workbook.plan(sheets, book, mapping or Mapping())
        return plan, workbook.run(plan, book, on=on, region=region, everything=everything)

    return run


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], Filled]:
    """The forms F1, F2 and F3, each filled three ways."""
    folder = tmp_path_factory.mktemp("forms")
    return {(form, way): forms.build(form, way, folder) for form in forms.FORMS for way in forms.WAYS}


@pytest.fixture(scope="session")
def checked(filled: dict[tuple[str, int], Filled], check: Check) -> dict[tuple[str, int], Checked]:
    """The forms as they come, checked on ON for the nation."""
    return {key: check(form.path) for key, form in filled.items()}


def lines(path: Path, rows: Iterable[str], encoding: str = "utf-8") -> Path:
    """A text table written."""
    path.write_bytes("\r\n".join(rows).encode(encoding))
    return path
