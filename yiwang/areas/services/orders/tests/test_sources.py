"""services.work_order: what is judged, in minutes; and that the verdicts appear by themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from yiwang.areas.services.catalogue.models import Item, Urgency
from yiwang.areas.services.orders import factories
from yiwang.areas.services.orders.factories import NOW
from yiwang.areas.services.orders.models import OrderState, WorkOrder
from yiwang.areas.services.orders.sources import orders
from yiwang.core.orgs import factories as orgs
from yiwang.core.orgs.models import Organ
from yiwang.core.verdicts.judging import judge_subjects
from yiwang.core.verdicts.sync import sync

pytestmark = pytest.mark.django_db
ON = NOW.date()


@pytest.fixture
def organ() -> Organ:
    return orgs.organ("青河县财政局")


@pytest.fixture
def item(organ: Organ) -> Item:
    return factories.catalogue(organ)


def made(organ: Organ, item: Item, **minutes: int) -> WorkOrder:
    """Finished, with instants so many minutes after the report."""
    times: dict[str, Any] = {f"{name}_at": NOW + timedelta(minutes=after) for name, after in minutes.items()}
    return factories.order(organ, item, state=OrderState.FINISHED, accepted_at=NOW, **times)


def test_minutes_from_the_report_without_what_stood_still(organ: Organ, item: Item) -> None:
    one = made(organ, item, responded=25, arrived=40, finished=1500)
    WorkOrder.objects.filter(pk=one.pk).update(paused_seconds=3601)
    (row,) = orders(on=ON)
    values = row.values
    assert (values["respond_minutes"], values["arrive_minutes"], values["finish_minutes"]) == (25, 40, 1440)
    assert (row.subject, row.organ_id, values["urgency"], row.url) == (
        str(one.pk),
        organ.pk,
        "一般报修",
        f"/services/orders/{one.pk}/",
    )


def test_what_was_not_recorded_was_done_by_the_end(organ: Organ, item: Item) -> None:
    made(organ, item, finished=30)
    (row,) = orders(on=ON)
    assert {row.values[f"{name}_minutes"] for name in ("respond", "arrive", "plan", "finish")} == {30}


@pytest.mark.parametrize("state", [one for one in OrderState if one not in (OrderState.FINISHED, OrderState.CLOSED)])
def test_what_is_under_way_or_cancelled_is_not_judged(organ: Organ, item: Item, state: OrderState) -> None:
    factories.order(organ, item, state=state, accepted_at=NOW)
    assert list(orders(on=ON)) == []


def test_some_subjects_only_and_none_after_the_day(organ: Organ, item: Item) -> None:
    first, second = made(organ, item, finished=10), made(organ, item, finished=10)
    assert [row.subject for row in orders(on=ON, subjects=[str(second.pk), "x"])] == [str(second.pk)]
    assert len(list(orders(on=ON))) == 2
    assert list(orders(on=ON - timedelta(days=1))) == []
    assert first.pk != second.pk


def test_the_clause_says_how_late_and_accuses_nobody(organ: Organ, item: Item) -> None:
    late = made(organ, item, responded=45, finished=1500)
    quick = made(organ, item, arrived=20, finished=60)
    WorkOrder.objects.filter(pk=quick.pk).update(urgency=Urgency.EMERGENCY)
    found = judge_subjects("services.work_order", [str(late.pk), str(quick.pk)], on=ON)
    got: dict[Any, Any] = {
        (one.row.subject, one.verdict.topic): (one.verdict.kind.value, one.verdict.excess) for one in found
    }
    assert got == {
        (str(late.pk), "services.respond"): ("unverified", 15),
        (str(late.pk), "services.finish"): ("unverified", 60),
        (str(quick.pk), "services.arrive"): ("unverified", 5),
    }
    assert sync(dataset="services.work_order", on=ON, actor="system").opened == 0
