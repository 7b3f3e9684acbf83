"""The pages of the canteen, by who opens them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yiwang.areas.services.canteen import actions, checks, factories
from yiwang.areas.services.canteen.models import GroupOrder, MealOrder, Menu, SelfCheck, Waste
from yiwang.areas.services.canteen.tests.test_actions import Kitchen
from yiwang.core.rights.models import Role
from yiwang.desk.testing import page

pytestmark = pytest.mark.django_db
BASE = "/services/canteen/"


class Today(Kitchen):
    """The same, with a lunch of today that can still be ordered."""

    def __init__(self) -> None:
        super().__init__()
        self.now = timezone.now()
        self.today = timezone.localdate(self.now)
        self.menu = factories.menu(self.place, self.today, self.now + timedelta(hours=1), 600, 900, subsidy=500)
        self.cheap, self.dear = self.menu.dishes.all()

    def ordered(self) -> MealOrder:
        return self.order(1, 1, now=self.now)


@pytest.fixture
def kitchen() -> Today:
    return Today()


def test_doors(kitchen: Today) -> None:
    """Everybody who may ask orders; the kitchen is the canteen's; an order is its owner's."""
    one, pk = kitchen.ordered(), kitchen.place.pk
    own = f"{BASE}orders/{one.pk}/"
    inner = [f"{BASE}kitchen/", f"{BASE}{pk}/menu/", f"{BASE}{pk}/waste/", f"{BASE}{pk}/checks/"]
    for place in (BASE, own, f"{BASE}groups/", *inner):
        assert Client().get(place).status_code == 302, place
    cadre = kitchen.we.client(Role.STAFF)
    for place in (BASE, own, f"{BASE}groups/"):
        page(cadre.get(place))
    assert {cadre.get(place).status_code for place in inner} == {403}
    colleague = kitchen.we.client(Role.MANAGER)
    assert colleague.get(own).status_code == 404
    assert {colleague.get(place).status_code for place in inner[1:]} == {404}
    cook = kitchen.we.client(Role.CANTEEN, kitchen.we.province)
    for place in inner:
        page(cook.get(place))
    assert kitchen.we.client(Role.AUDITOR).get(BASE).status_code == 403


def test_a_cadre_orders_and_the_cook_hands_out(kitchen: Today) -> None:
    """The form, the code with its QR, the counts, picking up by code."""
    cadre, cook = kitchen.we.client(Role.STAFF), kitchen.we.client(Role.CANTEEN, kitchen.we.province)
    sent = {"verb": "order", "menu": kitchen.menu.pk, f"dish-{kitchen.cheap.pk}": "2", f"dish-{kitchen.dear.pk}": ""}
    assert cadre.post(BASE, sent).status_code == 302
    one = MealOrder.objects.get()
    text = page(cadre.get(f"{BASE}orders/{one.pk}/"))
    assert one.code in text
    assert "<svg" in text
    assert "应付 <b>7.00 元</b>" in text
    counted = page(cook.get(f"{BASE}kitchen/"))
    assert kitchen.cheap.dish.name in counted
    assert "1 人用餐" in counted
    at_the_counter = f"{BASE}kitchen/?who={one.code.lower()}"
    assert 'value="pick_up"' in page(cook.get(at_the_counter))
    assert "今天没有这个取餐码" in page(cook.get(f"{BASE}kitchen/?who=XXXX"))
    assert cook.post(at_the_counter, {"verb": "pick_up", "order": one.pk}).status_code == 302
    assert "已取 1 份" in page(cook.get(f"{BASE}kitchen/"))
    assert "已经取过" in page(cook.post(at_the_counter, {"verb": "pick_up", "order": one.pk}), 422)
    one.refresh_from_db()
    assert one.state == "PICKED"


def test_cancelling_on_the_page_of_the_code(kitchen: Today) -> None:
    one, cadre = kitchen.ordered(), kitchen.we.client(Role.STAFF)
    own = f"{BASE}orders/{one.pk}/"
    assert "取消订餐" in page(cadre.get(own))
    assert cadre.post(own, {"verb": "cancel", "order": one.pk}).status_code == 302
    assert "code-big" not in page(cadre.get(own))
    text = page(cadre.post(BASE, {"verb": "order", "menu": kitchen.menu.pk}), 422)
    assert "请至少选一个菜" in text


def test_publishing_on_the_page(kitchen: Today) -> None:
    """Ticked dishes at their prices; the deadline as typed; bad figures are said."""
    cook, day = kitchen.we.client(Role.CANTEEN, kitchen.we.province), kitchen.today + timedelta(days=3)
    url = f"{BASE}{kitchen.place.pk}/menu/"
    dish = factories.dish(kitchen.we.province, "红烧豆腐", allergens="大豆")
    assert "含大豆" in page(cook.get(f"{url}?day={day}&meal=DINNER"))
    sent = {"verb": "publish", "day": f"{day}", "meal": "DINNER", f"on-{dish.pk}": "1", f"price-{dish.pk}": "5.5"}
    sent |= {"subsidy": "2", "capacity": "80", "deadline": f"{day}T09:00"}
    assert cook.post(f"{url}?day={day}&meal=DINNER", sent).status_code == 302
    made = Menu.objects.get(on_date=day)
    assert (made.subsidy, made.capacity, made.dishes.get().price) == (200, 80, 550)
    assert timezone.localtime(made.deadline_at) == timezone.make_aware(datetime(day.year, day.month, day.day, 9))
    assert "2026-03-01 09:00" in page(cook.post(url, sent | {"deadline": "morgen"}), 422)
    assert page(cook.get(f"{url}?day=x&meal=y"))


def test_groups_on_the_page(kitchen: Today) -> None:
    """Ordered, changed, cancelled; the kitchen sees it; a stranger does not."""
    cadre, day = kitchen.we.client(Role.STAFF), kitchen.today + timedelta(days=4)
    url = f"{BASE}groups/"
    sent = {"verb": "order", "canteen": kitchen.place.pk, "on": f"{day}", "meal": "LUNCH", "kind": "RECEPTION"}
    sent |= {"persons": "12", "standard": "40", "purpose": "来访调研"}
    assert cadre.post(url, sent).status_code == 302
    one = GroupOrder.objects.get()
    assert one.amount == 48_000
    cook = kitchen.we.client(Role.CANTEEN, kitchen.we.province)
    assert "来访调研" in page(cook.get(f"{BASE}kitchen/?day={day}"))
    assert "来访调研" not in page(kitchen.we.client(Role.MANAGER, kitchen.we.theirs).get(url))
    assert cadre.post(url, {"verb": "change", "order": one.pk, "persons": "8"}).status_code == 302
    assert "请填写取消原因" in page(cadre.post(url, {"verb": "cancel", "order": one.pk, "reason": ""}), 422)
    assert cadre.post(url, {"verb": "cancel", "order": one.pk, "reason": "改期"}).status_code == 302
    one.refresh_from_db()
    assert (one.persons, one.state, one.reason) == (8, "CANCELLED", "改期")
    assert "来访调研" not in page(cook.get(f"{BASE}kitchen/?day={day}"))


def test_weighing_on_the_page(kitchen: Today) -> None:
    """The trend is drawn from the second day on."""
    cook, url = kitchen.we.client(Role.CANTEEN, kitchen.we.province), f"{BASE}{kitchen.place.pk}/waste/"
    for days, weight in ((1, "3.5"), (0, "2.25")):
        day = kitchen.today - timedelta(days=days)
        sent = {"verb": "weigh", "on": f"{day}", "meal": "LUNCH", "PLATE": weight, "diners": "50"}
        assert cook.post(url, sent).status_code == 302
    text = page(cook.get(url))
    assert "人均厨余" in text
    assert "餐盘剩余 5.75 千克" in text
    assert Waste.objects.count() == 2
    assert "请填写就餐人数" in page(cook.post(url, sent | {"diners": ""}), 422)


def test_a_self_check_on_the_page(kitchen: Today) -> None:
    """Each item beside its clause; what is not met waits in the kitchen until it is done; readers read."""
    cook, url = kitchen.we.client(Role.CANTEEN, kitchen.we.province), f"{BASE}{kitchen.place.pk}/checks/"
    assert "/law/c/EV-FD-3" in page(cook.get(url))
    assert "本季度还没有自查" in page(cook.get(f"{BASE}kitchen/"))
    keys = [one.key for one in checks.items(kitchen.today)]
    sent = {"verb": "check"} | {f"result-{key}": "MET" for key in keys} | {f"evidence-{key}": "台账" for key in keys}
    sent |= {f"result-{keys[0]}": "UNMET", f"measure-{keys[0]}": "修订制度"}
    assert "请写明整改措施" in page(cook.post(url, sent), 422)
    assert cook.post(url, sent | {f"due-{keys[0]}": f"{kitchen.today}"}).status_code == 302
    made = SelfCheck.objects.get()
    waiting = page(cook.get(f"{BASE}kitchen/"))
    assert "自查待整改" in waiting
    assert "本季度还没有自查" not in waiting
    one = f"{BASE}checks/{made.pk}/"
    reader = kitchen.we.client(Role.READER, kitchen.we.province)
    assert "整改完成" not in page(reader.get(one))
    assert kitchen.we.client(Role.READER).get(one).status_code == 404
    assert (
        cook.post(one, {"verb": "close", "item": made.items.get(result="UNMET").pk, "outcome": "已修订"}).status_code
        == 302
    )
    assert "完成:已修订" in page(reader.get(one))


def test_queries_do_not_grow(kitchen: Today) -> None:
    cook, cadre = kitchen.we.client(Role.CANTEEN, kitchen.we.province), kitchen.we.client(Role.STAFF)

    def asked(client: Client, url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            page(client.get(url))
        return len(queries)

    kitchen.ordered()
    before = (asked(cook, f"{BASE}kitchen/"), asked(cadre, BASE))
    for role in (Role.READER, Role.CLERK, Role.MANAGER):
        kitchen.order(1, 1, access=kitchen.we.access(role), now=kitchen.now)
    day = kitchen.today + timedelta(days=1)
    factories.menu(kitchen.place, day, kitchen.now + timedelta(hours=20))
    assert asked(cook, f"{BASE}kitchen/") <= before[0]
    assert asked(cadre, BASE) <= before[1]
    assert max(before) <= 18
    assert actions.canteens_for(None).count() == 0
