"""Kill −9 of the server in the middle of approvals over HTTP: all or none, each time (50 kills: `bench/kills.py`)."""

from __future__ import annotations

import pytest

from tests.programs import Programs

KILLS = 5


@pytest.mark.slow
def test_a05_five_kills_of_the_server(on_each: Programs) -> None:
    found = on_each("tests.served", KILLS, 7)
    assert (found["torn"], found["lost"], found["left"], found["wrong"], found["ledger"]) == (0, 0, 0, [], True), found
    assert found["told"] == found["asked"], found
    assert found["cut"] >= KILLS // 2, f"the kills must find approvals on their way: {found}"
