"""Kill −9 during imports, fifty times: whole or absent, nothing acknowledged lost, the rest resumed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.programs import Programs

pytestmark = pytest.mark.slow
KILLS = 50


def whole(result: dict[str, Any]) -> None:
    """Nothing torn, nothing lost, nothing left, and the kills did hit work in progress."""
    assert (result["torn"], result["lost"], result["left"], result["ledger"]) == (0, 0, 0, True), result
    assert result["acknowledged"] > 0, result
    assert result["in_the_middle"] >= KILLS // 5, result


def test_fifty_kills(on_each: Programs) -> None:
    whole(on_each("yiwang.desk.tests.kills", KILLS, 7, "whole"))


def test_without_the_transaction_the_kills_would_tear(on_sqlite: Programs) -> None:
    """The control, until one tears: if this found nothing, the test beside it would prove nothing."""
    result = on_sqlite("yiwang.desk.tests.kills", 60, 7, "torn")
    assert result["torn"] > 0, result
