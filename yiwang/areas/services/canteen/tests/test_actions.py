"""Menus, orders until the deadline, group orders, waste, self-checks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.areas.services.canteen import actions, checks, factories
from yiwang.areas.services.canteen.figures import by_day, counts, wasted
from yiwang.areas.services.canteen.models import GroupOrder, Meal, MealOrder, Menu, OrderState, SelfCheckItem, Waste
from yiwang.core.ledger.models import Entry
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role
from yiwang.core.standards.book import load
from yiwang.desk.testing import World, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 3)
NOW, CLOSES = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE), datetime(2026, 3, 2, 23, 30, tzinfo=ZONE)
NOON = datetime(2026, 3, 3, 12, 0, tzinfo=ZONE)


class Kitchen:
    """A canteen of the province with a lunch of two dishes at 6 and 9 yuan, 5 yuan of subsidy."""

    def __init__(self) -> None:
        self.we: World = world()
        self.cook = self.we.access(Role.CANTEEN, self.we.province)
        self.cadre, self.boss = self.we.access(Role.STAFF), self.we.access(Role.MANAGER)
        self.place = factories.canteen(self.we.province)
        self.menu = factories.menu(self.place, DAY, CLOSES, 600, 900, subsidy=500)
        self.cheap, self.dear = self.menu.dishes.all()

    def order(self, cheap: int = 1, dear: int = 0, *, access: Access | None = None, now: datetime = NOW) -> MealOrder:
        lines = [(self.cheap.pk, cheap), (self.dear.pk, dear)]
        return actions.order(menu=self.menu.pk, lines=lines, access=access or self.cadre, now=now)

    def group(self, persons: int = 12, **more: Any) -> GroupOrder:
        facts = {"canteen": self.place.pk, "on": DAY, "meal": "LUNCH", "kind": "MEETING", "standard": 4_000}
        facts |= {"persons": persons, "purpose": "工作会议", "access": self.cadre, "now": NOW}
        return actions.order_group(**facts | more)  # type: ignore[arg-type]


@pytest.fixture
def kitchen() -> Kitchen:
    return Kitchen()


def refused(code: str, verb: Any, *args: Any, **given: Any) -> Refusal:
    """The refusal of a verb."""
    with pytest.raises(Refusal) as caught:
        verb(*args, **given)
    assert caught.value.code == code
    return caught.value


def test_an_order_its_price_and_its_code(kitchen: Kitchen) -> None:
    """The subsidy is taken off, at most the price; the code cannot be guessed; one entry."""
    one = kitchen.order(1, 2)
    assert (one.price, one.subsidy, one.due, one.organ) == (2_400, 500, 1_900, kitchen.we.ours)
    assert len(one.code) == 12
    assert set(one.code) <= set(actions.ALPHABET)
    Menu.objects.filter(pk=kitchen.menu.pk).update(subsidy=10_000)
    assert kitchen.order(access=kitchen.boss).due == 0
    assert Entry.objects.filter(act="services.meal_order.order").count() == 2
    assert one.code not in "".join(Entry.objects.values_list("body", flat=True))


def test_once_a_meal_until_the_deadline(kitchen: Kitchen) -> None:
    """Again only after cancelling; at the deadline itself it is over, for orders and cancellations."""
    one = kitchen.order()
    refused("meal.twice", kitchen.order)
    assert (
        actions.cancel_order(order=one.pk, access=kitchen.cadre, now=CLOSES - timedelta(seconds=1)).state == "CANCELLED"
    )
    refused("meal.state", actions.cancel_order, order=one.pk, access=kitchen.cadre, now=NOW)
    again = kitchen.order()
    said = refused("meal.deadline", actions.cancel_order, order=again.pk, access=kitchen.cadre, now=CLOSES)
    assert "2026-03-02 23:30" in said.message
    refused("meal.deadline", kitchen.order, access=kitchen.boss, now=CLOSES)
    refused("meal.none", actions.cancel_order, order=again.pk, access=kitchen.boss, now=NOW)
    kitchen.menu.refresh_from_db()
    assert kitchen.menu.ordered == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        MealOrder.objects.filter(pk=one.pk).update(state="ORDERED")


def test_what_is_no_order(kitchen: Kitchen) -> None:
    """Nothing chosen, a foreign dish, too many, a canteen that does not serve, no role."""
    refused("meal.empty", kitchen.order, 0)
    refused("meal.dish", kitchen.order, 10)
    other = factories.menu(factories.canteen(kitchen.we.theirs), DAY, CLOSES)
    refused("meal.menu", actions.order, menu=other.pk, lines=[(1, 1)], access=kitchen.cadre, now=NOW)
    foreign = other.dishes.get(price=600)
    refused("meal.dish", actions.order, menu=kitchen.menu.pk, lines=[(foreign.pk, 1)], access=kitchen.cadre, now=NOW)
    refused("rights.denied", kitchen.order, access=kitchen.we.access(Role.AUDITOR))
    kitchen.menu.refresh_from_db()
    assert kitchen.menu.ordered == 0


def test_no_more_than_are_cooked(kitchen: Kitchen) -> None:
    """The capacity is held by the conditional update and by the database."""
    Menu.objects.filter(pk=kitchen.menu.pk).update(capacity=1)
    kitchen.order()
    refused("meal.sold-out", kitchen.order, access=kitchen.boss)
    with pytest.raises(IntegrityError), transaction.atomic():
        Menu.objects.filter(pk=kitchen.menu.pk).update(ordered=2)


def test_picked_up_once_on_its_day(kitchen: Kitchen) -> None:
    """By the canteen's own people only."""
    one = kitchen.order()
    given = {"order": one.pk, "now": NOON}
    refused("rights.denied", actions.pick_up, access=kitchen.cadre, **given)
    refused("meal.none", actions.pick_up, access=kitchen.we.access(Role.CANTEEN), **given)
    refused("meal.day", actions.pick_up, order=one.pk, now=NOW, access=kitchen.cook)
    assert actions.pick_up(access=kitchen.cook, **given).picked_at == NOON  # type: ignore[arg-type]
    refused("meal.state", actions.pick_up, access=kitchen.cook, **given)


def test_a_menu_is_published_and_changed(kitchen: Kitchen) -> None:
    """What was ordered stays at its price; the rest may go; a deadline that is over is refused."""
    place, home = kitchen.place, kitchen.we.province
    dishes = [(factories.dish(home).pk, 500), (factories.dish(home).pk, 700)]
    given: dict[str, Any] = {"canteen": place.pk, "on": DAY, "meal": "DINNER", "access": kitchen.cook, "now": NOW}
    made = actions.publish_menu(dishes=dishes, **given)
    assert made.deadline_at == datetime(2026, 3, 3, 5, 30, tzinfo=ZONE)  # twelve hours before 17:30
    first = made.dishes.get(price=500)
    actions.order(menu=made.pk, lines=[(first.pk, 1)], access=kitchen.cadre, now=NOW)
    refused("menu.ordered", actions.publish_menu, dishes=dishes[1:], **given)
    refused("menu.ordered", actions.publish_menu, dishes=[(dishes[0][0], 501)], **given)
    refused("menu.capacity", actions.publish_menu, dishes=dishes, capacity=0, **given)
    again = actions.publish_menu(dishes=dishes[:1], **given)
    assert (again.pk, again.ordered, again.dishes.count()) == (made.pk, 1, 1)
    refused("menu.empty", actions.publish_menu, dishes=[], **given)
    refused("menu.dish", actions.publish_menu, dishes=[(factories.dish(kitchen.we.theirs).pk, 1)], **given)
    refused("menu.past", actions.publish_menu, dishes=dishes, **given | {"on": date(2026, 3, 1)})
    refused("rights.denied", actions.publish_menu, dishes=dishes, **given | {"access": kitchen.cadre})


def test_a_group_order(kitchen: Kitchen) -> None:
    """Its amount, the same key the same order, persons changed and cancelled until the deadline."""
    one = kitchen.group(key="services.event:7:1", about="services.event:7")
    assert (one.amount, one.organ) == (48_000, kitchen.we.ours)
    assert kitchen.group(99, key="services.event:7:1") == one
    assert actions.change_group(order=one.pk, persons=15, access=kitchen.cadre, now=NOW).amount == 60_000
    refused(
        "canteen.none", actions.change_group, order=one.pk, persons=1, access=kitchen.we.access(Role.READER), now=NOW
    )
    refused("meal.deadline", actions.change_group, order=one.pk, persons=1, access=kitchen.cadre, now=CLOSES)
    refused("canteen.group", actions.change_group, order=one.pk, persons=0, access=kitchen.cadre, now=NOW)
    refused("canteen.reason", actions.cancel_group, order=one.pk, reason="", access=kitchen.boss, now=NOW)
    assert actions.cancel_group(order=one.pk, reason="改期", access=kitchen.boss, now=NOW).state == "CANCELLED"
    refused("canteen.state", actions.cancel_group, order=one.pk, reason="改期", access=kitchen.cadre, now=NOW)


def test_what_is_no_group_order(kitchen: Kitchen) -> None:
    refused("canteen.none", kitchen.group, canteen=factories.canteen(kitchen.we.theirs).pk)
    refused("canteen.group", kitchen.group, persons=0)
    refused("canteen.group", kitchen.group, purpose=" ")
    refused("canteen.group", kitchen.group, meal="SUPPER")
    refused("meal.deadline", kitchen.group, now=CLOSES)
    refused("meal.deadline", kitchen.group, meal="DINNER", now=datetime(2026, 3, 3, 5, 30, tzinfo=ZONE))


def test_waste_a_head(kitchen: Kitchen) -> None:
    """Kinds are added up, weighing again replaces; grams for each who ate."""
    given: dict[str, Any] = {"canteen": kitchen.place.pk, "on": DAY, "access": kitchen.cook, "today": DAY}
    actions.weigh(meal="LUNCH", weights={"PLATE": Decimal("9.9")}, diners=100, **given)
    weights = {"PLATE": Decimal("2.5"), "KITCHEN": Decimal("1.25")}
    actions.weigh(meal="LUNCH", weights=weights, diners=100, **given)
    actions.weigh(meal="DINNER", weights={"PLATE": Decimal("2.25")}, diners=20, **given)
    assert Waste.objects.count() == 3
    lunch = next(row for row in wasted(kitchen.place, DAY) if row.meal == "午餐")
    assert (lunch.weight, lunch.a_head) == (Decimal("3.750"), Decimal("37.5"))
    assert by_day(wasted(kitchen.place, DAY)) == [(DAY, Decimal("6.000"), Decimal("50.0"))]
    assert wasted(kitchen.place, DAY + timedelta(days=90)) == []
    refused(
        "waste.day", actions.weigh, meal="LUNCH", weights=weights, diners=1, **given | {"on": DAY + timedelta(days=1)}
    )
    refused("waste.figure", actions.weigh, meal="LUNCH", weights=weights, diners=0, **given)
    refused("waste.empty", actions.weigh, meal="LUNCH", weights={}, diners=1, **given)
    refused("rights.denied", actions.weigh, meal="LUNCH", weights=weights, diners=1, **given | {"access": kitchen.boss})


def answers(**changed: checks.Answer) -> dict[str, checks.Answer]:
    """Every item met, but for those named k0, k1 …"""
    whole = {one.key: checks.Answer("MET", "有制度文件") for one in checks.items(DAY)}
    return whole | {key.removeprefix("k"): answer for key, answer in changed.items()}


def test_the_list_is_the_lawbooks() -> None:
    """Five contents of the assessment and what a working meal may not have; nothing before it was in force."""
    titles = [one.title for one in checks.items(DAY)]
    assert titles[:5] == ["制度建设", "措施落实", "监督管理", "宣传教育", "浪费情况监测统计"]
    assert titles[5:] == ["工作餐没有高档菜肴", "工作餐没有香烟", "工作餐没有酒"]
    assert [one.title for one in checks.items(date(2024, 6, 1))] == titles[:5]
    assert checks.items(date(2023, 12, 31)) == []


def test_a_self_check_and_what_was_not_met(kitchen: Kitchen) -> None:
    """Once a quarter; each item with its clause; open until done."""
    bad = checks.Answer("UNMET", "没有记录", "每餐称重", DAY + timedelta(days=10))
    given: dict[str, Any] = {"canteen": kitchen.place.pk, "access": kitchen.cook, "on": DAY}
    made = checks.self_check(answers=answers(k4=bad), **given)
    assert (made.year, made.quarter, made.score, made.items.count()) == (2026, 1, None, 8)
    item = SelfCheckItem.objects.get(result="UNMET")
    assert (item.clause, item.version) == ("EV-FD-3", load().versions["EV-FD-3"])
    refused("self-check.twice", checks.self_check, answers=answers(), **given)
    refused("self-check.outcome", checks.close_item, item=item.pk, outcome="", access=kitchen.cook, on=DAY)
    refused(
        "rights.denied", checks.close_item, item=item.pk, outcome="x", access=kitchen.we.access(Role.CANTEEN), on=DAY
    )
    done = checks.close_item(item=item.pk, outcome="已配秤", access=kitchen.cook, on=DAY)
    assert (done.closed_date, done.outcome) == (DAY, "已配秤")
    refused("self-check.state", checks.close_item, item=item.pk, outcome="x", access=kitchen.cook, on=DAY)
    assert Entry.objects.get(act="services.self_check.make").clause == "EV-FD-1"


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("self-check.missing", checks.Answer("", "x")),
        ("self-check.evidence", checks.Answer("MET", " ")),
        ("self-check.measure", checks.Answer("UNMET", "x", "", DAY)),
        ("self-check.measure", checks.Answer("UNMET", "x", "改", None)),
        ("self-check.measure", checks.Answer("UNMET", "x", "改", DAY - timedelta(days=1))),
    ],
)
def test_an_answer_that_is_none(kitchen: Kitchen, code: str, answer: checks.Answer) -> None:
    said = refused(
        code, checks.self_check, canteen=kitchen.place.pk, answers=answers(k2=answer), access=kitchen.cook, on=DAY
    )
    assert (said.clause, "监督管理" in said.message) == ("EV-FD-3", True)


step = st.tuples(st.sampled_from(["order", "cancel", "pick", "group", "ungroup"]), st.integers(0, 3), st.integers(0, 3))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(step, max_size=14))
def test_the_kitchen_cooks_what_is_live(kitchen: Kitchen, steps: list[tuple[str, int, int]]) -> None:
    """Counts by dish, orders and persons are those of the live orders; so is the menu's own counter."""
    who = (
        kitchen.cadre,
        kitchen.boss,
        kitchen.we.access(Role.READER),
        kitchen.we.access(Role.STAFF, kitchen.we.theirs),
    )
    for verb, number, dear in steps:
        access = who[number]
        live = MealOrder.objects.filter(user=access.user.pk).exclude(state="CANCELLED").first()
        group = GroupOrder.objects.filter(user=access.user.pk, state="ORDERED").first()
        try:
            if verb == "order":
                kitchen.order(number, dear, access=access)
            elif verb == "cancel" and live:
                actions.cancel_order(order=live.pk, access=access, now=NOW)
            elif verb == "pick" and live:
                actions.pick_up(order=live.pk, access=kitchen.cook, now=NOON)
            elif verb == "group":
                kitchen.group(number, access=access)
            elif verb == "ungroup" and group:
                actions.cancel_group(order=group.pk, reason="x", access=access, now=NOW)
        except Refusal:
            continue
    lunch = next(one for one in counts(kitchen.place, DAY) if one.meal == Meal.LUNCH)
    orders = list(MealOrder.objects.filter(menu=kitchen.menu).exclude(state=OrderState.CANCELLED))
    kitchen.menu.refresh_from_db()
    assert lunch.orders == len(orders) == kitchen.menu.ordered
    assert sum(portions for _, _, portions in lunch.dishes) == sum(
        line.quantity for one in orders for line in one.lines.all()
    )
    groups = GroupOrder.objects.exclude(state="CANCELLED")
    assert lunch.persons == len(orders) + sum(one.persons for one in groups)
