"""The demo's logistics: plausible, of one year, with some late and some still to do; the same again from the same seed."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import Count

from yiwang.areas.services.orders import factories
from yiwang.areas.services.orders.models import OrderState, WorkOrder
from yiwang.areas.services.orders.reports import figures
from yiwang.areas.services.orders.sources import orders
from yiwang.areas.services.patrols.actions import tick
from yiwang.areas.services.patrols.models import Round
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories as orgs
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import access_for
from yiwang.core.rights.models import Grant, Role, User
from yiwang.portal.demo.services import load_services

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 30, 7, 0, tzinfo=UTC)


@pytest.fixture
def root() -> Organ:
    root = orgs.organ("示例省机关事务管理局")
    for number in range(3):
        factories.building(orgs.organ(f"第{number}厅", root))
    for role in ("staff", "repairer", "dispatcher", "manager"):
        user = User.objects.create(username=f"province-{role}")
        Grant.objects.create(user=user, organ=root, role=Role(role.upper()))
    return root


def test_a_year_with_something_of_everything(root: Organ) -> None:
    made = load_services(now=NOW, orders=600)
    assert made["services.workorder"] == WorkOrder.objects.count() == 600
    states = dict(WorkOrder.objects.order_by().values_list("state").annotate(n=Count("pk")))
    assert states[OrderState.CLOSED] > 500
    assert {OrderState.CANCELLED, OrderState.FINISHED} <= states.keys()
    assert sum(states.values()) - states[OrderState.CLOSED] - states[OrderState.CANCELLED] > 0
    days = WorkOrder.objects.order_by("reported_at").values_list("reported_at", flat=True)
    assert NOW - timedelta(days=366) < days[0] < NOW - timedelta(days=300)
    access = access_for(User.objects.get(username="province-manager"))
    (whole,) = figures(access, date(2025, 1, 1), date(2027, 1, 1), "organ")[:1]
    assert whole.kept_share is not None
    assert 60 < whole.kept_share < 99, "some promises are broken"
    assert whole.score is not None
    assert 3.5 < whole.score < 5
    assert len(list(orders(on=NOW.date()))) == states[OrderState.CLOSED] + states[OrderState.FINISHED]
    assert Entry.objects.filter(act="demo.furnish").count() == 1


def test_the_night_finds_nothing_to_make_up_for(root: Organ) -> None:
    load_services(now=NOW, orders=10)
    rounds = Round.objects.count()
    assert rounds == 3 * (4 + 4 + 24) + 3 * (2 + 2 + 12)
    done = tick(on=NOW.date(), now=NOW)
    assert (done["made"], done["missed"]) == (0, 0)


def test_the_same_seed_makes_the_same_orders(root: Organ) -> None:
    load_services(now=NOW, orders=50)
    first = list(WorkOrder.objects.order_by("pk").values_list("number", "problem", "state", "finished_at"))
    WorkOrder.objects.all().delete()
    Round.objects.all().delete()
    from yiwang.areas.services.models import PatrolPlan, Spot, Supplier, Team

    for model in (PatrolPlan, Spot, Team, Supplier):
        model.objects.all().delete()
    load_services(now=NOW, orders=50)
    assert list(WorkOrder.objects.order_by("pk").values_list("number", "problem", "state", "finished_at")) == first


@pytest.mark.slow
def test_some_thousand_orders_in_five_seconds_of_work(root: Organ) -> None:
    for number in range(60):
        factories.building(orgs.organ(f"第{number}局", root))
    began = time.process_time()
    load_services(now=NOW)
    assert time.process_time() - began < 5
