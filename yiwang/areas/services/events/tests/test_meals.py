"""Meals of a plan are really ordered: of the canteen that serves, changed and cancelled with the plan."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from yiwang.areas.services.canteen import actions as canteens
from yiwang.areas.services.canteen import factories as kitchens
from yiwang.areas.services.canteen.models import Canteen, GroupOrder, OrderState
from yiwang.areas.services.events import actions, catering, meals
from yiwang.areas.services.events.models import Event, EventLine, EventState
from yiwang.areas.services.events.plans import lines_of
from yiwang.areas.services.events.tests.test_events import DAY, Office, draft, refused
from yiwang.areas.services.venues.tests.helpers import NOW, at
from yiwang.core.flow import actions as flow
from yiwang.core.ledger.models import Entry
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, page, world

pytestmark = pytest.mark.django_db
#: After the deadline of lunch on DAY, twelve hours before it.
LATE = at(1, day=8)


@pytest.fixture
def we() -> World:
    return world()


@pytest.fixture
def canteen(we: World) -> Canteen:
    return kitchens.canteen(we.province, "机关食堂")


def lunch(event: Event, access: Access, *, now: datetime = NOW, **more: Any) -> EventLine:
    given: dict[str, Any] = {"day": DAY, "meal": "LUNCH", "persons": 40, "standard": 4_000, "payer": "本单位", **more}
    return meals.order(event=event.pk, access=access, now=now, **given)


def when(event: Event) -> str:
    (line,) = lines_of(event)
    return line.when


def test_a_meal_is_ordered_of_the_canteen_that_serves(we: World, canteen: Canteen) -> None:
    clerk = we.access()
    event = draft(clerk)
    line = lunch(event, clerk)
    made = GroupOrder.objects.get()
    assert (made.canteen, made.on_date, made.meal, made.persons, made.standard) == (canteen, DAY, "LUNCH", 40, 4_000)
    assert (made.organ_id, made.purpose, made.about) == (event.organ_id, event.name, f"services.event:{event.pk}")
    assert EventLine.objects.get().reference == line.reference == made.number
    assert when(event) == f"12-08 午餐 机关食堂 {made.number} {made.get_state_display()}"
    assert Entry.objects.filter(act="services.group_order.order", obj=f"services.group_order:{made.pk}").exists()


def test_its_own_canteen_comes_before_that_of_the_superior(we: World, canteen: Canteen) -> None:
    own = kitchens.canteen(we.ours)
    kitchens.canteen(we.ours, "新食堂", opened_date=DAY + timedelta(days=1))
    assert catering.serving(we.ours, DAY) == [own, canteen]
    clerk = we.access()
    event = draft(clerk)
    lunch(event, clerk)
    lunch(event, clerk, canteen=canteen.pk, meal="DINNER")
    assert [one.canteen for one in GroupOrder.objects.order_by("pk")] == [own, canteen]


def test_without_a_canteen_the_line_stays_a_line_and_says_so(we: World) -> None:
    foreign = kitchens.canteen(we.theirs)
    clerk = we.access()
    event = draft(clerk)
    assert lunch(event, clerk).reference == ""
    assert when(event) == "12-08 午餐 未向食堂订餐"
    refused("canteen.none", lunch, event=event, access=clerk, canteen=foreign.pk)
    assert (GroupOrder.objects.count(), EventLine.objects.count()) == (0, 1)
    url = reverse("services:event", args=[event.pk])
    text = page(we.client().get(url))
    assert "没有食堂为本单位供餐" in text
    assert 'name="canteen"' not in text


def test_too_late_is_told_and_nothing_is_kept(we: World, canteen: Canteen) -> None:
    clerk = we.access()
    event = draft(clerk)
    refused("meal.deadline", lunch, event=event, access=clerk, now=LATE)
    assert (GroupOrder.objects.count(), EventLine.objects.count()) == (0, 0)


def test_another_number_reaches_the_canteen(we: World, canteen: Canteen) -> None:
    clerk = we.access()
    event = draft(clerk)
    line = lunch(event, clerk)
    give: dict[str, Any] = {"event": event.pk, "line": line.pk, "access": clerk}
    changed = meals.change(persons=45, now=NOW, **give)
    assert (changed.quantity, changed.amount, GroupOrder.objects.get().persons) == (Decimal(45), 180_000, 45)
    refused("event.figure", meals.change, persons=0, now=NOW, **give)
    refused("meal.deadline", meals.change, persons=50, now=LATE, **give)
    assert (EventLine.objects.get().quantity, GroupOrder.objects.get().persons) == (Decimal(45), 45)
    refused("event.gone", meals.change, persons=9, now=NOW, event=event.pk, line=line.pk + 1, access=clerk)
    refused("event.gone", meals.change, persons=9, now=NOW, event=event.pk, line=line.pk,
            access=we.access(Role.MANAGER, we.theirs))  # fmt: skip
    Office(we)
    actions.submit(event=event.pk, access=clerk, on=NOW.date(), now=NOW)
    refused("event.state", meals.change, persons=9, now=NOW, **give)


def test_a_line_that_goes_takes_its_order_along(we: World, canteen: Canteen) -> None:
    """Also where a colleague who keeps the plan takes it off; not when it is cooked already."""
    clerk = we.access()
    event = draft(clerk)
    line = lunch(event, clerk)
    give = {"event": event.pk, "line": line.pk}
    refused("meal.deadline", actions.remove_line, access=clerk, now=LATE, **give)
    assert GroupOrder.objects.get().state == OrderState.ORDERED
    actions.remove_line(access=we.access(Role.CLERK), now=NOW, **give)
    made = GroupOrder.objects.get()
    assert (made.state, event.name in made.reason) == (OrderState.CANCELLED, True)
    assert lunch(event, clerk).reference != made.number


def test_what_was_cancelled_at_the_counter_shows_on_the_plan(we: World, canteen: Canteen) -> None:
    clerk = we.access()
    event = draft(clerk)
    line = lunch(event, clerk)
    canteens.cancel_group(order=GroupOrder.objects.get().pk, reason="外出用餐", access=clerk, now=NOW)
    assert when(event).endswith("已取消")
    refused("canteen.state", meals.change, event=event.pk, line=line.pk, persons=9, access=clerk, now=NOW)
    actions.remove_line(event=event.pk, line=line.pk, access=clerk, now=LATE)
    assert not event.lines.exists()


@pytest.mark.parametrize("how", ["reject", "cancel", "late"])
def test_the_order_follows_the_plan(we: World, canteen: Canteen, how: str) -> None:
    clerk, office = we.access(), Office(we)
    event = draft(clerk)
    lunch(event, clerk)
    who: dict[str, Any] = {"on": NOW.date(), "now": NOW}
    actions.submit(event=event.pk, access=clerk, **who)
    if how == "reject":
        task = office.task(event, "head")
        flow.act(task=task.pk, verdict="reject", opinion="不办", access=office.who[Role.MANAGER], **who)
    else:
        now = LATE if how == "late" else NOW
        actions.cancel(event=event.pk, reason="改期", access=clerk, on=NOW.date(), now=now)
    event.refresh_from_db()
    assert event.state == (EventState.REFUSED if how == "reject" else EventState.CANCELLED)
    state = OrderState.ORDERED if how == "late" else OrderState.CANCELLED
    assert GroupOrder.objects.get().state == state
    assert bool(catering.left(event)) == (how == "late")


def test_by_forms(we: World, canteen: Canteen) -> None:
    client, day = we.client(), datetime.now().date() + timedelta(days=3)
    event = draft(we.access(), first_date=day, last_date=day)
    url = reverse("services:event", args=[event.pk])
    stranger = we.client(Role.MANAGER, we.theirs)
    form = {"do": "meal", "date": str(day), "meal": "LUNCH", "persons": "30", "standard": "40"}
    assert stranger.post(url, form).status_code == 404
    assert client.post(url, {**form, "canteen": str(canteen.pk)}).status_code == 302
    line, made = EventLine.objects.get(), GroupOrder.objects.get()
    text = page(client.get(url))
    assert f"并向食堂订餐({made.number})" in text
    assert f"机关食堂 {made.number}" in text
    assert client.post(url, {"do": "persons", "line": line.pk, "persons": "28"}).status_code == 302
    made.refresh_from_db()
    assert made.persons == 28
    assert client.post(url, {"do": "persons", "line": line.pk, "persons": "x"}).status_code == 422
    assert client.post(url, {"do": "cancel", "reason": "改期"}).status_code == 302
    made.refresh_from_db()
    assert made.state == OrderState.CANCELLED


def test_the_day_counts_the_order_once(we: World, canteen: Canteen) -> None:
    """The kitchen plans by it."""
    from yiwang.areas.services.canteen.figures import counts

    clerk = we.access()
    lunch(draft(clerk), clerk)
    assert isinstance(DAY, date)
    (meal,) = [one for one in counts(canteen, DAY) if one.groups]
    assert [one.persons for one in meal.groups] == [40]
