"""F35: the worker dies in the middle, again and again; a job that always fails is parked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.programs import Programs
from yiwang.core.jobs.tests.kills import ATTEMPTS, JOBS, STEPS

KILLS = 12


def whole(result: dict[str, Any]) -> None:
    """Every step of every job exactly once, although workers died in the middle of it."""
    assert result["hits"] >= KILLS // 4, result
    assert result["attempts"] > JOBS, result
    assert (result["done"], result["steps"], result["twice"]) == (JOBS, JOBS * STEPS, 0), result
    assert result["poison"] == ["PARKED", ATTEMPTS, "ZeroDivisionError: 坏数据"], result


@pytest.mark.slow
def test_f35_killed_workers(on_each: Programs) -> None:
    whole(on_each("yiwang.core.jobs.tests.kills", KILLS, 7))
