"""What a month says: counted by hand here, by one query there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiwang.areas.services.orders import factories
from yiwang.areas.services.orders.factories import NOW
from yiwang.areas.services.orders.models import OrderState, WorkOrder
from yiwang.areas.services.orders.reports import figures, months, p90
from yiwang.areas.services.orders.tests import scene as scenes
from yiwang.areas.services.orders.tests.scene import Scene
from yiwang.areas.services.suppliers import factories as contracts
from yiwang.desk.testing import page
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
MONTH, NEXT = date(2026, 11, 1), date(2026, 12, 1)


@pytest.fixture
def scene() -> Scene:
    return scenes.scene()


def done(scene: Scene, finish: int, promised: int | None = 60, **more: Any) -> WorkOrder:
    """Finished after so many minutes."""
    facts: dict[str, Any] = {
        "state": OrderState.CLOSED,
        "accepted_at": NOW,
        "responded_at": NOW + timedelta(minutes=10),
        "finished_at": NOW + timedelta(minutes=finish),
        "finish_by": None if promised is None else NOW + timedelta(minutes=promised),
        "team": scene.team,
        **more,
    }
    return factories.order(scene.organ, scene.item, **facts)


@pytest.mark.parametrize(
    ("values", "expected"), [([], None), ([7], 7), (range(1, 11), 9), (range(1, 12), 10), ([5] * 9 + [900], 5)]
)
def test_nine_of_ten(values: Any, expected: int | None) -> None:
    assert p90(values) == expected


def test_a_month_by_team(scene: Scene) -> None:
    done(scene, 30, score=5, labour_cost=1000)
    done(scene, 60, score=4, parts_cost=500)
    done(scene, 90, reopened=1)
    done(scene, 300, promised=None, paused_seconds=6000)
    factories.order(scene.organ, scene.item, team=scene.team)
    factories.order(scene.organ, scene.item, state=OrderState.CANCELLED)
    (team, nobody) = figures(scene.access("manager"), MONTH, NEXT, "team")
    assert (team.label, team.reported, team.finished, team.running) == (scene.team.name, 5, 4, 1)
    assert (team.kept, team.promised, team.kept_share) == (2, 3, 66.7)
    assert (team.mean_respond, team.mean_finish, team.p90_finish) == (10, 95, 200)
    assert (team.score, team.cost, team.reopened) == (4.5, 1500, 1)
    assert (nobody.label, nobody.cancelled, nobody.kept_share) == ("未派工", 1, None)


def test_the_period_is_half_open_and_months_follow(scene: Scene) -> None:
    for day in (date(2026, 10, 31), MONTH, date(2026, 11, 30), NEXT):
        done(scene, 30, reported_date=day)
    assert figures(scene.access("manager"), MONTH, NEXT)[0].reported == 2
    found = months(scene.access("manager"), NEXT)
    assert [start for start, _ in found][-3:] == [date(2026, 9, 1), date(2026, 10, 1), MONTH]
    assert [one.reported for _, one in found] == [0] * 10 + [1, 2]
    assert months(scene.access("manager"), date(2026, 1, 15), 2)[0][0] == date(2025, 12, 1)


def test_a_stranger_counts_his_own_and_a_cadre_nothing(scene: Scene) -> None:
    done(scene, 30)
    assert figures(scene.access("stranger"), MONTH, NEXT) == []
    for name in ("cadre", "repairer", "nobody"):
        with pytest.raises(Refusal) as refused:
            figures(scene.access(name), MONTH, NEXT)
        assert refused.value.code == "rights.denied"
    with pytest.raises(Refusal, match="没有这种汇总方式"):
        figures(scene.access("manager"), MONTH, NEXT, "rank")


def test_one_query_however_many(scene: Scene) -> None:
    access = scene.access("manager")
    hired = [contracts.supplier(scene.organ) for _ in range(3)]
    for number in range(12):
        done(scene, 30, team=factories.team(scene.organ), supplier=hired[number % 3])
    for by, groups in (("item", 1), ("team", 12), ("supplier", 3), ("organ", 1)):
        with CaptureQueriesContext(connection) as queries:
            assert len(figures(access, MONTH, NEXT, by)) == groups
        assert len(queries) == 1


def test_the_page_leads_down_to_the_orders(scene: Scene) -> None:
    one = done(scene, 30, score=5)
    browser = scene.client("dispatcher")
    for by in ("item", "team", "supplier", "organ"):
        text = page(browser.get(f"/services/month/?month=2026-11&by={by}"))
        assert text.count("<svg") >= 4
        assert "100%" in text
    text = page(browser.get("/services/month/?month=2026-11&by=team"))
    link = (
        f"/services/orders/?reported_date_from=2026-11-01&amp;reported_date_to=2026-11-30&amp;team_id={scene.team.pk}"
    )
    assert link in text
    assert one.number in browser.get(link.replace("&amp;", "&")).content.decode()
    page(browser.get("/services/month/?month=1999-01"))
    assert browser.get("/services/month/?month=abc").status_code == 422
    assert browser.get("/services/month/?by=abc").status_code == 422


def test_the_month_as_a_table(scene: Scene) -> None:
    done(scene, 30, labour_cost=1050)
    browser = scene.client("reader")
    text = b"".join(browser.get("/services/month.csv?month=2026-11&by=team")).decode("utf-8-sig")
    head, row = text.splitlines()
    assert head.split(",")[0] == "班组"
    assert row.split(",")[:3] == [scene.team.name, "1", "1"]
    assert row.endswith("10.5")
    assert b"".join(browser.get("/services/month.xlsx?month=2026-11"))[:2] == b"PK"
    assert browser.get("/services/month.pdf").status_code == 404
