"""Stock, requests, quotas, stocktakes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.areas.services.supplies import actions, factories
from yiwang.areas.services.supplies.models import Movement, RequestState, Stock, SupplyRequest
from yiwang.core.ledger.models import Entry
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 2)


class Shop:
    """A store of the province with ten pens and two staplers; a cadre of the county below asks."""

    def __init__(self) -> None:
        self.we: World = world()
        self.keeper = self.we.access(Role.KEEPER, self.we.province)
        self.cadre, self.boss = self.we.access(Role.STAFF), self.we.access(Role.MANAGER)
        self.store = factories.store(self.we.province)
        self.pens = factories.stock(self.store, 10, self.keeper, on=MARCH)
        self.staplers = factories.stock(self.store, 2, self.keeper, on=MARCH)

    def ask(self, quantity: int = 4, *, on: date = MARCH, **more: Any) -> SupplyRequest:
        lines = more.pop("lines", [(self.pens.supply_id, quantity)])
        return actions.ask(**{"store": self.store.pk, "lines": lines, "access": self.cadre, "on": on} | more)

    def issue(self, one: SupplyRequest, *quantities: int, access: Any = None) -> SupplyRequest:
        lines = dict(zip(one.lines.values_list("pk", flat=True), quantities, strict=False))
        return actions.issue(request=one.pk, lines=lines, access=access or self.keeper, on=MARCH)

    def left(self, stock: Stock | None = None) -> int:
        return Stock.objects.get(pk=(stock or self.pens).pk).quantity


@pytest.fixture
def shop() -> Shop:
    return Shop()


def refused(code: str, verb: Any, *args: Any, **given: Any) -> Refusal:
    """The refusal of a verb."""
    with pytest.raises(Refusal) as caught:
        verb(*args, **given)
    assert caught.value.code == code
    return caught.value


def test_asked_issued_in_parts_and_brought_back(shop: Shop) -> None:
    """Each step changes stock and request together and leaves an entry."""
    one = shop.ask(lines=[(shop.pens.supply_id, 4), (shop.staplers.supply_id, 2)])
    assert (one.state, one.organ, shop.left()) == (RequestState.APPROVED, shop.we.ours, 10)
    assert shop.issue(one, 3).state == RequestState.PARTIAL
    assert shop.left() == 7
    assert shop.issue(one, 1, 2).state == RequestState.DONE
    assert (shop.left(), shop.left(shop.staplers)) == (6, 0)
    line = one.lines.get(supply=shop.pens.supply)
    back = actions.give_back(line=line.pk, quantity=2, access=shop.keeper, on=MARCH)
    assert (back.returned, shop.left()) == (2, 8)
    refused("request.too-many", actions.give_back, line=line.pk, quantity=3, access=shop.keeper, on=MARCH)
    moves = shop.pens.movements.order_by("pk").values_list("kind", "quantity", "balance", "organ_id")
    ours = shop.we.ours.pk
    assert list(moves) == [
        ("RECEIVE", 10, 10, None),
        ("ISSUE", -3, 7, ours),
        ("ISSUE", -1, 6, ours),
        ("RETURN", 2, 8, ours),
    ]
    acts = Entry.objects.filter(obj=f"services.supply_request:{one.pk}").order_by("id").values_list("act", flat=True)
    assert [act.rpartition(".")[2] for act in acts] == ["ask", "issue", "issue", "return"]


def test_never_below_zero(shop: Shop) -> None:
    """All or nothing: a second line that is short undoes the first; the database holds it too."""
    one = shop.ask(lines=[(shop.pens.supply_id, 5), (shop.staplers.supply_id, 3)])
    said = refused("stock.short", shop.issue, one, 5, 3)
    assert "库存只有 2,不够 3" in said.message
    assert (shop.left(), Movement.objects.filter(kind="ISSUE").count()) == (10, 0)
    assert not one.lines.filter(issued__gt=0).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Stock.objects.filter(pk=shop.pens.pk).update(quantity=-1)
    refused("stock.short", actions.scrap, stock=shop.pens.pk, quantity=11, note="受潮", access=shop.keeper, on=MARCH)


def test_above_the_limit_somebody_else_approves(shop: Shop) -> None:
    """The article says from which quantity on; nobody approves his own; a rejection has its reason."""
    shop.pens.supply.approve_above = 3
    shop.pens.supply.save()
    assert shop.ask(3).state == RequestState.APPROVED
    one = shop.ask(4)
    assert one.state == RequestState.PENDING
    refused("request.state", shop.issue, one, 4)
    refused("rights.denied", actions.decide, request=one.pk, approve=True, access=shop.cadre)
    refused(
        "rights.denied",
        actions.decide,
        request=one.pk,
        approve=True,
        access=shop.we.access(Role.MANAGER, shop.we.theirs),
    )
    refused("request.opinion", actions.decide, request=one.pk, approve=False, access=shop.boss)
    assert actions.decide(request=one.pk, approve=True, access=shop.boss).state == RequestState.APPROVED
    own = shop.ask(4, access=shop.boss)
    refused("request.own", actions.decide, request=own.pk, approve=True, access=shop.boss)
    other = shop.ask(4)
    assert (
        actions.decide(request=other.pk, approve=False, opinion="库存紧张", access=shop.boss).state
        == RequestState.REJECTED
    )


def test_what_is_no_request(shop: Shop) -> None:
    """Nothing asked, an unknown article, a store that does not serve, no role."""
    refused("request.empty", shop.ask, 0)
    refused("request.empty", shop.ask, lines=[])
    foreign = factories.supply(shop.we.theirs)
    refused("request.supply", shop.ask, lines=[(foreign.pk, 1)])
    theirs = factories.store(shop.we.theirs)
    refused("request.store", shop.ask, store=theirs.pk)
    refused("rights.denied", shop.ask, access=shop.we.access(Role.AUDITOR))


def test_who_keeps(shop: Shop) -> None:
    """Not the cadre, not a receptionist, not a keeper of another organ."""
    one = shop.ask()
    for access in (shop.cadre, shop.we.access(Role.RECEPTION, shop.we.province), shop.we.access(Role.KEEPER)):
        refused("rights.denied", shop.issue, one, 1, access=access)
        refused(
            "rights.denied",
            actions.receive,
            store=shop.store.pk,
            supply=shop.pens.supply_id,
            quantity=1,
            access=access,
            on=MARCH,
        )
        refused("rights.denied", actions.count, store=shop.store.pk, counts={shop.pens.pk: 1}, access=access, on=MARCH)
    assert shop.issue(one, 1, access=shop.we.access(Role.CLERK, shop.we.province)).state == RequestState.PARTIAL


def test_who_sees_a_request(shop: Shop) -> None:
    """Who asked, his organ's readers, the store's keepers; not a colleague who is only staff, not a stranger."""
    one = shop.ask()

    def sees(access: Any) -> bool:
        return SupplyRequest.objects.visible(access).filter(pk=one.pk).exists()

    we = shop.we
    assert all(map(sees, (shop.cadre, shop.keeper, we.access(Role.READER), we.access(Role.LEADER))))
    colleague = World(we.province, we.ours, we.theirs).user("STAFF", we.theirs)
    assert not any(map(sees, (we.access(Role.READER, we.theirs), we.access(Role.KEEPER), we.access(Role.RECEPTION))))
    assert colleague.pk != one.user_id


@pytest.mark.parametrize(
    ("period", "on", "start"),
    [
        ("MONTH", date(2026, 5, 31), date(2026, 5, 1)),
        ("QUARTER", date(2026, 5, 31), date(2026, 4, 1)),
        ("QUARTER", date(2026, 12, 1), date(2026, 10, 1)),
        ("YEAR", date(2026, 5, 31), date(2026, 1, 1)),
    ],
)
def test_periods_of_quotas(period: str, on: date, start: date) -> None:
    """Where each begins."""
    assert actions.period_start(period, on) == start


def test_a_quota_of_a_person(shop: Shop) -> None:
    """What was asked for counts, what was brought back or cancelled does not; a new month begins anew; the nearest binds."""
    factories.quota(shop.we.province, shop.pens.supply, 100)
    factories.quota(shop.we.ours, shop.pens.supply, 5)
    first = shop.ask(4)
    assert "还可领 1" in refused("request.quota", shop.ask, 2).message
    second = shop.ask(1)
    actions.cancel(request=second.pk, access=shop.cadre)
    shop.issue(first, 4)
    actions.give_back(line=first.lines.get().pk, quantity=1, access=shop.keeper, on=MARCH)
    assert shop.ask(2).pk
    refused("request.quota", shop.ask, 1)
    assert shop.ask(5, on=date(2026, 4, 1)).pk
    assert shop.ask(5, access=shop.boss).pk


def test_a_quota_of_an_organ(shop: Shop) -> None:
    """All of its persons together; another organ is not bound."""
    factories.quota(shop.we.ours, shop.pens.supply, 5, "ORGAN", "YEAR")
    shop.ask(4)
    refused("request.quota", shop.ask, 2, access=shop.boss)
    assert shop.ask(5, access=shop.we.access(Role.STAFF, shop.we.theirs)).pk


def test_what_will_not_come_does_not_count(shop: Shop) -> None:
    """A request that was closed counts with what was issued."""
    factories.quota(shop.we.ours, shop.pens.supply, 5)
    one = shop.ask(5)
    shop.issue(one, 2)
    refused("request.opinion", actions.close, request=one.pk, reason="", access=shop.keeper)
    assert actions.close(request=one.pk, reason="停产", access=shop.keeper).state == RequestState.DONE
    assert shop.ask(3).pk
    refused("request.state", actions.cancel, request=one.pk, access=shop.cadre)
    refused("request.own", actions.cancel, request=one.pk, access=shop.boss)


def test_a_stocktake_books_the_differences(shop: Shop) -> None:
    """More and less; what agrees moves nothing; a stock of another store is refused."""
    made = actions.count(
        store=shop.store.pk,
        counts={shop.pens.pk: 8, shop.staplers.pk: 2},
        note="季度盘点",
        access=shop.keeper,
        on=MARCH,
    )
    assert (made.differences, shop.left(), shop.left(shop.staplers)) == (1, 8, 2)
    assert [(row.kind, row.quantity, row.note) for row in Movement.objects.filter(kind="COUNT")] == [
        ("COUNT", -2, "季度盘点")
    ]
    other = factories.stock(factories.store(shop.we.province), 1, shop.keeper, on=MARCH)
    refused("stocktake.stock", actions.count, store=shop.store.pk, counts={other.pk: 0}, access=shop.keeper, on=MARCH)
    refused("stocktake.empty", actions.count, store=shop.store.pk, counts={}, access=shop.keeper, on=MARCH)


step = st.tuples(st.sampled_from(["receive", "ask", "issue", "back", "scrap", "count", "close"]), st.integers(0, 12))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(step, max_size=16))
def test_stock_is_the_sum_of_its_movements(shop: Shop, steps: list[tuple[str, int]]) -> None:
    """Whatever is done: quantity = Σ movements = last balance ≥ 0; issued less returned is what is out."""
    keeper, pens = shop.keeper, shop.pens
    for verb, number in steps:
        last = SupplyRequest.objects.order_by("-pk").first()
        line = last.lines.first() if last else None
        try:
            if verb == "receive":
                actions.receive(store=shop.store.pk, supply=pens.supply_id, quantity=number, access=keeper, on=MARCH)
            elif verb == "ask":
                shop.ask(number)
            elif verb == "scrap":
                actions.scrap(stock=pens.pk, quantity=number, note="x", access=keeper, on=MARCH)
            elif verb == "count":
                actions.count(store=shop.store.pk, counts={pens.pk: number}, access=keeper, on=MARCH)
            elif last and line and verb == "issue":
                actions.issue(request=last.pk, lines={line.pk: number}, access=keeper, on=MARCH)
            elif line and verb == "back":
                actions.give_back(line=line.pk, quantity=number, access=keeper, on=MARCH)
            elif last and verb == "close":
                actions.close(request=last.pk, reason="x", access=keeper)
        except Refusal:
            continue
    moves = list(pens.movements.order_by("pk").values_list("quantity", "balance", "kind"))
    assert shop.left() == sum(quantity for quantity, _, _ in moves) == moves[-1][1] >= 0
    out = -sum(quantity for quantity, _, kind in moves if kind in ("ISSUE", "RETURN"))
    lines = [line for one in SupplyRequest.objects.all() for line in one.lines.all()]
    assert out == sum(line.issued - line.returned for line in lines)
