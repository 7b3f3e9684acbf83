"""PostgreSQL under many writers: nothing lost under kill −9; and the sealer by id order, which does lose."""

from __future__ import annotations

import pytest

from tests.programs import Programs

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
RACE = "yiwang.core.ledger.tests.race"


def test_eight_writers_and_two_sealers_under_kill_lose_nothing(on_postgresql: Programs) -> None:
    result = on_postgresql(RACE, "horizon", 30)
    assert result["acknowledged"] > 100, result
    assert (result["lost"], result["orphans"], result["unsealed"], result["faults"]) == (0, 0, 0, []), result
    assert result["sealed"] >= result["acknowledged"]


def test_the_sealer_by_id_order_loses_entries_and_verify_shows_them(on_postgresql: Programs) -> None:
    result = on_postgresql(RACE, "id-order", 10)
    assert result["lost"] == 0
    assert result["unsealed"] > 0, "the control found no loss: then the test above proves nothing"
    assert result["faults"] == ["ledger.unsealed"]
