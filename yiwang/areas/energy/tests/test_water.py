"""The balance of water: mains and what hangs below them, months that all have, organs without meters below."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiwang.areas.energy import factories
from yiwang.areas.energy.models import Meter, UseMonth
from yiwang.core.orgs.models import Organ
from yiwang.core.registers.computed import figures
from yiwang.desk.testing import World, world

pytestmark = pytest.mark.django_db
SINCE, UNTIL = date(2025, 1, 1), date(2026, 1, 1)


@pytest.fixture
def we() -> World:
    return world()


def main(organ: Organ, *subs: str, whole: str = "100", months: int = 12) -> tuple[Meter, list[Meter]]:
    """A main with meters below it, each the same every month."""
    above = factories.meter(organ, "WATER")
    factories.months(above, SINCE, *[whole] * 12)
    below = [factories.meter(organ, "WATER", parent=above, counts=False) for _ in subs]
    for one, use in zip(below, subs, strict=True):
        factories.months(one, SINCE, *[use] * months)
    return above, below


def balance(we: World) -> dict[int, dict[str, object]]:
    rows = figures("energy.water_balance", within=we.province, since=SINCE, until=UNTIL)
    return {row["organ_id"]: row for row in rows}


def test_the_share_below_the_mains(we: World) -> None:
    main(we.ours, "60", "36")
    main(we.theirs)
    found = balance(we)
    assert set(found) == {we.ours.pk}, "without meters below nothing can be said"
    row = found[we.ours.pk]
    assert (row["months"], row["main_m3"], row["sub_m3"], row["sub_rate"]) == (12, 1200, 1152, 96)


def test_only_months_that_all_have_and_nothing_estimated(we: World) -> None:
    above, _ = main(we.ours, "60", "36", months=10)
    assert (balance(we)[we.ours.pk]["months"], balance(we)[we.ours.pk]["main_m3"]) == (10, 1000)
    UseMonth.objects.filter(meter=above, month=SINCE).update(estimated=True)
    assert balance(we)[we.ours.pk]["months"] == 9
    main(we.ours)
    assert balance(we) == {}, "one main has nothing below it"


def test_two_years_and_no_more_queries_for_more_meters(we: World) -> None:
    main(we.ours, "99")
    with CaptureQueriesContext(connection) as few:
        balance(we)
    for _ in range(5):
        main(we.ours, "50", "49.5")
    with CaptureQueriesContext(connection) as many:
        assert balance(we)[we.ours.pk]["sub_rate"] == Decimal("99.42")
    assert len(many) == len(few)
    years = figures("energy.water_balance", within=we.ours, since=date(2024, 6, 1), until=date(2026, 6, 1))
    assert {row["year"] for row in years} == {2025}, "2026 has no months"
