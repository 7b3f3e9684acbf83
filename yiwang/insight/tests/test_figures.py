"""The key figures: what they count, what they leave out, when they are computed again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from yiwang.areas.assets.models import Asset
from yiwang.areas.offices import factories as offices
from yiwang.areas.offices.models import Room
from yiwang.areas.vehicles.models import FleetQuota, Vehicle
from yiwang.core.ledger.post import post
from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ, Post
from yiwang.core.verdicts.models import Finding
from yiwang.insight import figures

pytestmark = pytest.mark.django_db
ON, AT = date(2026, 11, 22), datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture
def city() -> Organ:
    return factories.organ("青河市")


@pytest.fixture
def county(city: Organ) -> Organ:
    return factories.organ("云岭县", city)


def _save(row: Any) -> Any:
    row.place()
    row.save()
    return row


def _room(organ: Organ, number: str, area: str, **fields: Any) -> None:
    row = offices.room(offices.building(organ), number, area)
    Room.objects.filter(pk=row.pk).update(**({"number": number} | fields))


def _finding(organ: Organ, subject: str, **fields: Any) -> Finding:
    facts = {
        "dataset": "offices.person_space", "topic": "offices.person_area", "subject": subject, "subject_label": subject,
        "kind": "over", "clause": "FGTZ-2014-2674/room", "document": "建设标准", "version": "0" * 64, "label": "使用面积",
        "judged_on": ON, "region": "990000", "opened_date": date(2026, 9, 5),
    }  # fmt: skip
    row: Finding = _save(Finding(organ=organ, **(facts | fields)))
    return row


def _closed(day: date) -> dict[str, Any]:
    return {"state": "CLOSED", "outcome": "RECTIFIED", "closed_date": day}


def test_the_subtree_is_summed_up(city: Organ, county: Organ) -> None:
    _room(city, "101", "20.5")
    _room(county, "102", "9.5", state="IDLE")
    _room(county, "103", "50", state="DISPOSED")
    found = figures.compute(city, on=ON, at=AT)
    assert (found.rooms, found.room_area, found.idle_area) == (2, Decimal("30.00"), Decimal("9.50"))
    assert figures.compute(county, on=ON, at=AT).rooms == 1


def test_area_a_head(city: Organ, county: Organ) -> None:
    _room(city, "101", "30")
    for organ, heads in ((city, 1), (county, 3)):
        _save(Post(organ=organ, rank="科员", authorized_posts=5, actual_headcount=heads, valid_from=date(2020, 1, 1)))
    _save(
        Post(
            organ=city,
            rank="科员",
            authorized_posts=5,
            actual_headcount=99,
            valid_from=date(2010, 1, 1),
            valid_to=date(2020, 1, 1),
        )
    )
    assert figures.compute(city, on=ON, at=AT).area_per_head == Decimal("7.5")


def test_cars_quota_and_share(city: Organ) -> None:
    for number, energy in enumerate(("FUEL", "FUEL", "FUEL", "NEW_ENERGY")):
        _save(Vehicle(organ=city, plate=f"示A{number}", sort_key="s", use="EMERGENCY", body="SEDAN", energy=energy))
    gone = {"state": "RETIRED", "retired_date": date(2025, 1, 1)}
    _save(Vehicle(organ=city, plate="示A9", sort_key="s", use="EMERGENCY", body="SEDAN", **gone))
    _save(FleetQuota(organ=city, use="EMERGENCY", number=6, valid_from=date(2020, 1, 1)))
    found = figures.compute(city, on=ON, at=AT)
    assert (found.vehicles, found.quota, found.new_energy_share) == (4, 6, Decimal(25))


def test_assets(city: Organ) -> None:
    for number, state in enumerate(("IN_USE", "IDLE", "POOLED")):
        row = Asset(
            organ=city, code=f"Z{number}", name="台式机", item="台式计算机", price=500000, acquired_date=ON, state=state
        )
        _save(row)
    found = figures.compute(city, on=ON, at=AT)
    assert (found.assets, found.asset_value, found.idle_assets) == (3, 1500000, 2)


def test_findings_by_area_and_kind_without_those_closed(city: Organ, county: Organ) -> None:
    _finding(city, "1")
    _finding(county, "2", kind="warning", due_date=date(2026, 11, 21))
    _finding(county, "3", dataset="vehicles.purchase", topic="vehicles.price", due_date=ON)
    _finding(county, "4", **_closed(date(2026, 10, 1)))
    found = figures.compute(city, on=ON, at=AT)
    assert found.pending == {"offices": {"over": 1, "warning": 1}, "vehicles": {"over": 1}}
    assert (found.count("over"), found.count("warning"), found.overdue) == (2, 1, 1)


def test_topics_under_their_most_frequent_clause(city: Organ) -> None:
    for number, clause in enumerate(("A/1", "B/2", "B/2")):
        _finding(city, str(number), clause=clause)
    _finding(city, "9", topic="vehicles.price", kind="warning")
    topics = figures.compute(city, on=ON, at=AT).topics
    assert [(one.topic, one.count, one.clause) for one in topics] == [("offices.person_area", 3, "B/2")]


def test_twelve_months(city: Organ) -> None:
    _finding(city, "1", opened_date=date(2020, 1, 5))
    _finding(city, "2", opened_date=date(2026, 10, 31), **_closed(date(2026, 11, 3)))
    months = figures.compute(city, on=ON, at=AT).months
    assert [month.label for month in months][::11] == ["2025-12", "2026-11"]
    assert [(month.pending, month.found, month.closed) for month in months[-3:]] == [(1, 0, 0), (2, 1, 0), (1, 0, 1)]


def test_an_empty_organ_divides_by_nothing(city: Organ) -> None:
    found = figures.compute(city, on=ON, at=AT)
    assert (found.area_per_head, found.new_energy_share, found.count("over")) == (None, None, 0)


def test_nine_queries_whatever_the_size(city: Organ, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(10):
        figures.compute(city, on=ON, at=AT)


@pytest.mark.parametrize(("seconds", "entry", "fresh"), [(10, True, False), (61, True, True), (61, False, False)])
def test_computed_again_only_after_a_write_and_a_rest(city: Organ, seconds: int, entry: bool, fresh: bool) -> None:
    cache.clear()
    figures.kept(city, on=ON, at=AT)
    _room(city, "101", "20")
    if entry:
        with transaction.atomic():
            post(actor="system", act="offices.room.create", obj="offices.room:1")
    found = figures.kept(city, on=ON, at=AT + timedelta(seconds=seconds))
    assert found.rooms == (1 if fresh else 0)


def test_kept_figures_cost_one_query(city: Organ, django_assert_num_queries: Any) -> None:
    figures.kept(city, on=ON, at=AT)
    with django_assert_num_queries(1):
        figures.kept(city, on=ON, at=AT)
