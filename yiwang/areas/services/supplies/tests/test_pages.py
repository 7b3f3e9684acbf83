"""The pages of supplies, by who opens them."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yiwang.areas.services.supplies import actions
from yiwang.areas.services.supplies.models import Stock, SupplyRequest
from yiwang.areas.services.supplies.tests.test_actions import Shop
from yiwang.core.rights.models import Role
from yiwang.desk.testing import page

pytestmark = pytest.mark.django_db
BASE = "/services/supplies/"


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_doors(shop: Shop) -> None:
    """The form is for everybody who may ask; the store for its keepers; a stranger finds nothing."""
    one = shop.ask()
    own = f"{BASE}requests/{one.pk}/"
    store = f"{BASE}stores/{shop.store.pk}/"
    for place in (BASE, own, f"{BASE}stores/", store, f"{store}count/", f"{BASE}use/", f"{BASE}use/export.csv"):
        assert Client().get(place).status_code == 302, place
    cadre = shop.we.client(Role.STAFF)
    assert shop.pens.supply.name in page(cadre.get(BASE))
    page(cadre.get(own))
    for place in (f"{BASE}stores/", store, f"{store}count/", f"{BASE}use/", f"{BASE}use/export.csv"):
        assert cadre.get(place).status_code == 403, place
    stranger = shop.we.client(Role.MANAGER, shop.we.theirs)
    assert [stranger.get(place).status_code for place in (own, store, f"{store}count/")] == [404, 404, 404]
    assert shop.we.client(Role.AUDITOR).get(BASE).status_code == 403
    assert shop.we.client(Role.KEEPER, shop.we.province).get(f"{BASE}use/export.pdf").status_code == 404


def test_from_the_form_to_the_counter(shop: Shop) -> None:
    """A cadre asks on his page, the keeper issues, receives, counts and sees what was used."""
    cadre, keeper = shop.we.client(Role.STAFF), shop.we.client(Role.KEEPER, shop.we.province)
    sent = {"verb": "ask", "store": shop.store.pk, f"quantity-{shop.pens.supply_id}": "3", "reason": "办公"}
    assert cadre.post(BASE, sent).status_code == 302
    one = SupplyRequest.objects.get()
    assert "待发放" in page(cadre.get(BASE))
    assert f"requests/{one.pk}/" in page(keeper.get(f"{BASE}stores/"))
    own = f"{BASE}requests/{one.pk}/"
    assert "本次发放" not in page(cadre.get(own))
    assert "本次发放" in page(keeper.get(own))
    assert keeper.post(own, {"verb": "issue", f"issue-{one.lines.get().pk}": "3"}).status_code == 302
    assert shop.left() == 7
    back = {"verb": "give_back", "line": one.lines.get().pk, "quantity": "1"}
    assert keeper.post(own, back).status_code == 302
    store = f"{BASE}stores/{shop.store.pk}/"
    receive = {"verb": "receive", "supply": shop.pens.supply_id, "quantity": "12", "price": "2.5"}
    assert keeper.post(store, receive).status_code == 302
    assert (
        keeper.post(store, {"verb": "scrap", "stock": shop.pens.pk, "quantity": "1", "note": "断芯"}).status_code == 302
    )
    assert keeper.post(f"{store}count/", {"verb": "count", f"count-{shop.pens.pk}": "18"}).status_code == 302
    assert shop.left() == 18
    text = page(keeper.get(store))
    for word in ("入库", "发放", "退回", "报废", "盘点"):
        assert word in text
    assert "断芯" in text
    assert "差异 1 种" in text


def test_refusals_are_said_and_what_was_typed_stays(shop: Shop) -> None:
    """422 with the sentence."""
    cadre = shop.we.client(Role.STAFF)
    name = f"quantity-{shop.pens.supply_id}"
    text = page(cadre.post(BASE, {"verb": "ask", "store": shop.store.pk, name: "1.5", "reason": "开会"}), 422)
    assert 'value="1.5"' in text
    assert 'value="开会"' in text
    assert "请至少填写一种" in page(cadre.post(BASE, {"verb": "ask", "store": shop.store.pk}), 422)
    assert SupplyRequest.objects.count() == 0


def test_approval_waits_on_the_approvers_page(shop: Shop) -> None:
    shop.pens.supply.approve_above = 1
    shop.pens.supply.save()
    one, boss = shop.ask(2), shop.we.client(Role.MANAGER)
    assert "等您审批" in page(boss.get(BASE))
    own = f"{BASE}requests/{one.pk}/"
    assert "不予发放" not in page(boss.get(own))
    assert boss.post(own, {"verb": "decide", "decision": "approve"}).status_code == 302
    assert "等您审批" not in page(boss.get(BASE))
    cadre = shop.we.client(Role.STAFF)
    assert cadre.post(own, {"verb": "cancel"}).status_code == 302
    one.refresh_from_db()
    assert one.state == "CANCELLED"


def test_the_navigation_shows_what_may_be_opened(shop: Shop) -> None:
    """A cadre sees no page that would refuse him, and no register."""

    def links(client: Client) -> set[str]:
        text = page(client.get(BASE))
        return set(re.findall(r'<a href="(/[^"]+)"', text.partition('aria-label="后勤服务"')[2].partition("</nav>")[0]))

    cadre, keeper = shop.we.client(Role.STAFF), shop.we.client(Role.KEEPER, shop.we.province)
    assert {cadre.get(link).status_code for link in links(cadre)} == {200}
    assert f"{BASE}stores/" not in links(cadre)
    assert {keeper.get(link).status_code for link in links(keeper)} == {200}
    assert f"{BASE}stores/" in links(keeper)
    assert "/r/services/supply/" in links(shop.we.client(Role.READER))


def test_low_stock_is_warned_of(shop: Shop) -> None:
    Stock.objects.filter(pk=shop.staplers.pk).update(minimum=3)
    text = page(shop.we.client(Role.KEEPER, shop.we.province).get(f"{BASE}stores/"))
    assert text.count(shop.staplers.supply.name) == 1
    assert shop.pens.supply.name not in text


def test_consumption_by_organ_and_month(shop: Shop) -> None:
    """Issued less returned at the reference price; a reader sees his organ's, the province both; the file has the same rows."""
    today = timezone.localdate()
    for access in (shop.cadre, shop.we.access(Role.STAFF, shop.we.theirs)):
        one = shop.ask(3, access=access, on=today)
        actions.issue(request=one.pk, lines={one.lines.get().pk: 3}, access=shop.keeper, on=today)
    actions.give_back(line=one.lines.get().pk, quantity=1, access=shop.keeper, on=today)
    line = one.lines.get()
    line.movements.filter(kind="RETURN").update(on_date=today - timedelta(days=400))  # beyond the year: not counted

    def rows(client: Client) -> list[list[str]]:
        text = b"".join(client.get(f"{BASE}use/export.csv")).decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text)))[1:]

    ours, theirs = shop.we.ours.name, shop.we.theirs.name
    found = rows(shop.we.client(Role.READER, shop.we.province))
    assert sorted((row[1], row[3], row[5]) for row in found) == sorted([(ours, "3", "7.5"), (theirs, "3", "7.5")])
    assert [row[1] for row in rows(shop.we.client(Role.READER))] == [ours]
    assert len(rows(shop.we.client(Role.KEEPER, shop.we.province))) == 2
    text = page(shop.we.client(Role.READER).get(f"{BASE}use/"))
    assert "每月消耗金额" in text
    assert theirs not in text


def test_queries_do_not_grow(shop: Shop) -> None:
    client = shop.we.client(Role.KEEPER, shop.we.province)

    def asked(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            page(client.get(url))
        return len(queries)

    places = (BASE, f"{BASE}stores/", f"{BASE}stores/{shop.store.pk}/", f"{BASE}use/")
    shop.ask(1)
    before = [asked(place) for place in places]
    for _ in range(3):
        shop.issue(shop.ask(2), 1)
    assert [asked(place) for place in places] <= [number + 1 for number in before]
    assert max(before) <= 12
