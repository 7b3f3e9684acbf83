"""Every worked case of the lawbook holds."""

from __future__ import annotations

import pytest

from yiwang.core.standards.book import load
from yiwang.core.standards.cases import Case, differences, judge_case, read_cases
from yiwang.core.standards.judge import Judge

CASES = list(read_cases())


@pytest.mark.parametrize(("file", "case"), CASES, ids=[f"{file}-{number}" for number, (file, _) in enumerate(CASES)])
def test_case(file: str, case: Case) -> None:
    found = differences(case, judge_case(Judge(load()), case))
    assert not found, f"{file}:{case.name}\n" + "\n".join(found)


def test_there_are_enough() -> None:
    assert len(CASES) >= 200
