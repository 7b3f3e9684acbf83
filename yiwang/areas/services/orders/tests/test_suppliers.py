"""Orders given to a real supplier: by contract proposed, kept by the dispatcher, counted in the month."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from yiwang.areas.services.orders import actions, factories, repairs, reports
from yiwang.areas.services.orders.factories import NOW
from yiwang.areas.services.orders.models import OrderState, WorkOrder
from yiwang.areas.services.orders.teams import pool, ranked, suggest
from yiwang.areas.services.orders.tests.scene import Scene
from yiwang.areas.services.orders.tests.scene import scene as made_scene
from yiwang.areas.services.suppliers import factories as contracts
from yiwang.areas.services.suppliers.models import Supplier, SupplierState
from yiwang.core.ledger.models import Entry
from yiwang.core.notices.models import Notice
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import Delegation, Role
from yiwang.desk.testing import page
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return made_scene()


@pytest.fixture
def hired(scene: Scene) -> Supplier:
    """The supplier whose contract of the bureau covers the item everywhere."""
    one = contracts.contract(scene.organ)
    one.scope.create(service=scene.item.name)
    Supplier.objects.filter(pk=one.supplier_id).update(phone="0999-5550000")
    return Supplier.objects.get(pk=one.supplier_id)


def refused(code: str, call: Any, /, **given: Any) -> None:
    with pytest.raises(Refusal) as caught:
        call(**given)
    assert caught.value.code == code, caught.value


def test_the_supplier_by_contract_is_proposed_first(scene: Scene, hired: Supplier) -> None:
    order = scene.report()
    first, second = suggest(order, NOW)
    assert (first.team, first.supplier, first.key, first.name) == (None, hired, f"s{hired.pk}", hired.name)
    assert first.why == "合同供应商,电话 0999-5550000"
    assert (second.team, second.supplier) == (scene.team, None)
    theirs = factories.team(scene.organ, name="物业维修", supplier=hired)
    found = suggest(order, NOW)
    assert [one.team for one in found] == [theirs, scene.team]
    assert found[0].why.startswith("合同供应商、")
    assert "合同供应商" not in found[1].why


def test_a_contract_that_ended_proposes_nobody(scene: Scene, hired: Supplier) -> None:
    assert [one.team for one in suggest(scene.report(), NOW + timedelta(days=60))] == [scene.team]


def test_the_board_asks_as_often_for_many_as_for_one(scene: Scene, hired: Supplier) -> None:
    for number in (1, 5):
        while WorkOrder.objects.count() < number:
            scene.report()
        orders = list(WorkOrder.objects.select_related("organ", "item"))
        with CaptureQueriesContext(connection) as queries:
            among = pool(orders, NOW)
            assert [ranked(one, among)[0].supplier for one in orders] == [hired] * number
        assert len(queries) == 4


def test_who_may_give_it_to_whom(scene: Scene, hired: Supplier) -> None:
    order = scene.report()
    give = {"order": order.pk, "supplier": hired, "now": NOW}
    for name in ("cadre", "repairer", "nobody"):
        refused("rights.denied", actions.assign_supplier, access=scene.access(name), **give)
    refused("order.unknown", actions.assign_supplier, access=scene.access("stranger"), **give)
    foreign = contracts.supplier(scene.elsewhere)
    refused(
        "order.supplier", actions.assign_supplier, access=scene.access("dispatcher"), **give | {"supplier": foreign}
    )
    Supplier.objects.filter(pk=hired.pk).update(state=SupplierState.STOPPED)
    hired.refresh_from_db()
    refused("order.supplier", actions.assign_supplier, access=scene.access("dispatcher"), **give)
    order.refresh_from_db()
    assert (order.state, order.supplier) == (OrderState.NEW, None)


def test_the_dispatcher_keeps_it_in_the_suppliers_place(scene: Scene, hired: Supplier) -> None:
    pk, dispatcher = scene.report().pk, scene.access("dispatcher")
    one = actions.assign_supplier(order=pk, supplier=hired, now=NOW, access=dispatcher)
    assert (one.state, one.supplier, one.team, one.responded_at) == (OrderState.ASSIGNED, hired, None, NOW)
    entry = Entry.objects.get(act="services.order.assign")
    assert f'"supplier":{hired.pk}' in entry.body
    refused("order.unknown", repairs.accept, order=pk, now=NOW, access=scene.access("repairer"))
    repairs.accept(order=pk, now=NOW, access=dispatcher)
    assert Notice.objects.filter(user=scene.users["cadre"], text__contains=hired.name).exists()
    repairs.arrive(order=pk, now=NOW, access=dispatcher)
    one = repairs.finish(order=pk, solution="已换", labour=12_000, now=NOW, access=dispatcher)
    assert (one.state, one.supplier, one.team) == (OrderState.FINISHED, hired, None)
    (row,) = reports.figures(scene.access("manager"), date(2026, 11, 1), date(2026, 12, 1), "supplier")
    assert (row.key, row.label, row.cost) == (str(hired.pk), hired.name, 12_000)
    with pytest.raises(ProtectedError):
        hired.delete()


def test_declined_it_is_nobodys_again(scene: Scene, hired: Supplier) -> None:
    pk, dispatcher = scene.report().pk, scene.access("dispatcher")
    actions.assign_supplier(order=pk, supplier=hired, now=NOW, access=dispatcher)
    one = repairs.decline(order=pk, note="供应商不来", now=NOW, access=dispatcher)
    assert (one.state, one.supplier, one.team) == (OrderState.NEW, None, None)


def test_by_the_page_and_down_from_the_month(scene: Scene, hired: Supplier) -> None:
    order, browser = scene.report(), scene.client("dispatcher")
    assert f"派给{hired}" in page(browser.get("/services/dispatch/"))
    url = f"/services/orders/{order.pk}/"
    assert f'value="s{hired.pk}"' in page(browser.get(url))
    assert browser.post(url, {"verb": "assign", "team": "s0"}).status_code == 422
    assert browser.post(url, {"verb": "assign", "team": f"s{hired.pk}"}).status_code == 302
    assert hired.name in page(browser.get(url))
    text = page(browser.get("/services/month/?month=2026-11&by=supplier"))
    assert f"supplier_id={hired.pk}" in text
    link = f"/services/orders/?reported_date_from=2026-11-01&reported_date_to=2026-11-30&supplier_id={hired.pk}"
    assert order.number in browser.get(link).content.decode()


def delegate(scene: Scene, lender: str, *own: Role) -> Access:
    """Somebody who acts for the lender, with roles of his own."""
    user = factories.user(scene.organ, *own, name="副手")
    begins = NOW.date() - timedelta(days=1)
    Delegation.objects.create(
        lender=scene.users[lender],
        delegate=user,
        organ=scene.organ,
        valid_from=begins,
        valid_to=begins + timedelta(9),
        created_at=NOW,
    )
    user.deputy_until = begins + timedelta(9)
    user.save()
    return access_for(user, scene.organ.pk, on=NOW.date())


@pytest.mark.parametrize("own", [(), (Role.REPAIRER,), (Role.CLERK,)])
def test_who_dispatches_for_another_says_so(scene: Scene, own: tuple[Role, ...]) -> None:
    """Also where he may do other work himself; not where he may dispatch himself."""
    pk, deputy = scene.report().pk, delegate(scene, "dispatcher", *own)
    actions.assign(order=pk, team=scene.team, now=NOW, access=deputy)
    entry = Entry.objects.get(act="services.order.assign")
    said = f'"behalf":"user:{scene.users["dispatcher"].pk}"'
    assert entry.actor == deputy.actor
    assert (said in entry.body) == (Role.CLERK not in own)
    shown = scene.client("dispatcher").get(f"/services/orders/{pk}/").content.decode()
    assert ("副手(代 " in shown) == (Role.CLERK not in own)
    actions.cancel(order=pk, note="重复", now=NOW, access=deputy)
    assert (said in Entry.objects.get(act="services.order.cancel").body) == (Role.CLERK not in own)


def test_what_one_asks_for_oneself_is_ones_own(scene: Scene) -> None:
    deputy = delegate(scene, "dispatcher", Role.STAFF)
    made = actions.report(access=deputy, item="06", problem="灯不亮", place="A座", now=NOW)
    actions.cancel(order=made.pk, note="好了", now=NOW, access=deputy)
    assert not [one for one in Entry.objects.filter(obj=f"services.order:{made.pk}") if "behalf" in one.body]
