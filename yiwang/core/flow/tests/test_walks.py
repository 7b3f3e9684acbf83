"""500 seeded walks of all verbs over generated processes: nothing stuck, nothing unsound, no opinion lost, one entry an act."""

from __future__ import annotations

import os

import pytest

from yiwang.core.flow.tests.walks import walk

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


#: The races look at PostgreSQL; the rules of the graph do not depend on the database.
STARTS = range(0, 50 if os.environ.get("YIWANG_TEST_DATABASE", "").startswith("postgres") else 500, 50)


@pytest.mark.parametrize("start", STARTS)
def test_walks(start: int) -> None:
    found = walk(range(start, start + 50), steps=5, pieces=1)
    assert found["approve"] > 30
    assert found["back"] > 2
    assert found["add"] > 2
    assert found["DONE"] > 20
