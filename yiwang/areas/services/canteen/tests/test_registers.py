"""The registers of the canteen, and self-checks as rows that are judged."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import models

from yiwang.areas.services.canteen import factories, sources
from yiwang.areas.services.canteen.models import SelfCheck
from yiwang.core.orgs.models import Organ
from yiwang.core.verdicts.models import Finding
from yiwang.core.verdicts.sync import sync
from yiwang.desk.testing import KindTests, world


class TestCanteen(KindTests):
    """食堂."""

    key = "services.canteen"

    def make(self, organ: Organ) -> models.Model:
        return factories.canteen(organ)

    def given(self, organ: Organ) -> dict[str, str]:
        return {"name": "东院食堂", "organ": organ.name, "lead_hours": "10", "opened_date": "2021-03-01"}


class TestDish(KindTests):
    """菜品."""

    key = "services.dish"

    def make(self, organ: Organ) -> models.Model:
        return factories.dish(organ)

    def given(self, organ: Organ) -> dict[str, str]:
        return {"name": "番茄炒蛋", "organ": organ.name, "category": "素菜", "allergens": "蛋", "price": "6.5"}


@pytest.mark.django_db
def test_years_that_are_over_are_judged_by_the_clause() -> None:
    """Three checks in 2025 break EV-FD-1; four keep it; the running year and the year of opening accuse nobody."""
    we = world()
    place = factories.canteen(we.ours, opened_date=date(2024, 6, 1))
    user = we.user()

    def check(year: int, quarter: int) -> None:
        SelfCheck.objects.create(canteen=place, year=year, quarter=quarter, on_date=date(year, quarter * 3, 1), by=user)

    for quarter in (1, 2, 3):
        check(2025, quarter)
    today = date(2026, 3, 1)
    (row,) = sources.assessments(on=today)
    assert (row.subject, row.on, row.values["internal_assessments"]) == (f"{place.pk}:2025", date(2025, 12, 31), 3)
    assert list(sources.assessments(on=today, subjects=["0:2025"])) == []
    sync(dataset="evaluation.canteen", on=today, actor="system")
    found = Finding.objects.get(topic="evaluation.canteen.internal")
    assert (found.clause, found.state, found.organ) == ("EV-FD-1", "OPEN", we.ours)
    check(2025, 4)
    sync(dataset="evaluation.canteen", on=today, actor="system")
    found.refresh_from_db()
    assert found.state == "CLOSED"
