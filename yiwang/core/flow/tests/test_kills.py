"""A05: kill −9 at fifty random points of an approval that writes more than five tables: all or none."""

from __future__ import annotations

from typing import Any

import pytest

from tests.programs import Programs

pytestmark = pytest.mark.slow
KILLS = 50


def whole(found: dict[str, Any]) -> None:
    """Nothing torn, nothing lost, and the kills did hit approvals on their way."""
    assert (found["torn"], found["lost"], found["ledger"]) == (0, 0, True), found
    assert found["acknowledged"] > 0, found
    assert found["in_the_middle"] >= KILLS // 5, found


def test_a05_fifty_kills_on_sqlite(on_sqlite: Programs) -> None:
    whole(on_sqlite("yiwang.core.flow.tests.kills", KILLS, 7, "whole"))


@pytest.mark.postgres
def test_a05_fifty_kills_on_postgresql(on_postgresql: Programs) -> None:
    whole(on_postgresql("yiwang.core.flow.tests.kills", KILLS, 7, "whole"))


def test_without_the_transaction_the_kills_would_tear(on_sqlite: Programs) -> None:
    """The control: until one tears, in sixty kills at the most."""
    found = on_sqlite("yiwang.core.flow.tests.kills", 60, 7, "torn")
    assert found["torn"] > 0, found
