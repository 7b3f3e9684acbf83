"""What drivers declare: a bill, once, with its trip and receipt; confirmed by the statement, whichever comes first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.areas.vehicles.costs import actions, declared
from yiwang.areas.vehicles.costs.declared import Mark, pairs
from yiwang.areas.vehicles.costs.models import Cost, CostBudget
from yiwang.areas.vehicles.costs.statements import bill_of
from yiwang.areas.vehicles.trips import claims, driving
from yiwang.areas.vehicles.trips.driving import Given
from yiwang.areas.vehicles.trips.factories import trip
from yiwang.areas.vehicles.trips.models import Expense
from yiwang.areas.vehicles.trips.tests.scene import NOW, Pool, at, pool
from yiwang.core.attachments.tests.files import photo
from yiwang.core.ledger.models import Entry
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import Role
from yiwang.kit.refusal import Refusal
from yiwang.portal.tests.people import user

LATER = NOW + timedelta(days=3)


@pytest.fixture
def there() -> Pool:
    """A car under way at nine."""
    made = pool()
    row = trip(made.bureau, made.staff, at(9))
    boss, wheel = access_for(made.dispatcher), access_for(made.wheel)
    claims.assign(trip=row.pk, vehicle=made.car.pk, driver=made.driver.pk, access=boss, now=NOW)
    ready = {key: True for key, *_ in driving.CHECKS}
    for act, given_ in (("accept", Given()), ("inspect", Given(checks=ready)), ("start", Given(odometer=100))):
        driving.do(act, trip=row.pk, given=given_, access=wheel, now=at(9))
    made.trip = row  # type: ignore[attr-defined]
    return made


def say(there: Pool, amount: int = 30_000, hour: float = 9.5, *, key: str = "", **more: object) -> None:
    """The driver declares fuel."""
    facts = Given(**{"kind": "FUEL", "amount": amount, "quantity": Decimal(40), **more})  # type: ignore[arg-type]
    row = there.trip  # type: ignore[attr-defined]
    driving.do("expense", trip=row.pk, given=facts, access=access_for(there.wheel), now=at(hour), key=key)


def clerk(there: Pool) -> Access:
    return access_for(user(there.county, Role.CLERK))


def statement(there: Pool, amount: str = "300", hour: float = 9.2, number: str = "T1") -> actions.Taken:
    """The supplier's line of that day."""
    facts = {"kind": "FUEL", "plate": there.car.plate, "number": number, "merchant": "某石化", "quantity": "40"}
    bill = bill_of(2, {**facts, "at": f"{at(hour):%Y-%m-%d %H:%M}", "amount": amount, "item": "95号汽油"})
    return actions.take(
        [bill], merchant="某石化", kind="FUEL", name="a.csv", content=b"a", columns={}, good_only=False,
        access=clerk(there), now=LATER,
    )  # fmt: skip


@pytest.mark.django_db
def test_a_declaration_is_a_bill_once(there: Pool) -> None:
    say(there, key="tap")
    say(there, key="tap")
    cost, expense = Cost.objects.get(), Expense.objects.get()
    assert (cost.amount, cost.quantity, cost.kind, cost.number) == (30_000, Decimal(40), "FUEL", f"SB{expense.pk}")
    assert (cost.order, cost.organ, cost.expense) == (expense.assignment, there.county, expense)
    assert declared.bill(expense, actor="system", body={}) == cost
    entry = Entry.objects.get(act="vehicles.cost.declare")
    assert (entry.obj, entry.actor) == (f"vehicles.cost:{cost.pk}", f"user:{there.wheel.pk}")


@pytest.mark.django_db
@pytest.mark.parametrize("first", ["driver", "supplier"])
def test_one_litre_is_counted_once_whichever_comes_first(there: Pool, first: str) -> None:
    manager = access_for(user(there.county, Role.MANAGER))
    budget = actions.set_budget(organ=there.county, year=2026, amount=100_000, approval="", access=manager)
    if first == "driver":
        say(there)
        statement(there)
    else:
        statement(there)
        say(there)
    cost = Cost.objects.get()
    assert (cost.number, cost.merchant, cost.item) == ("T1", "某石化", "95号汽油")
    assert cost.statement is not None
    assert cost.expense == Expense.objects.get()
    budget.refresh_from_db()
    assert (budget.spent, cost.amount, cost.quantity) == (30_000, 30_000, Decimal(40))
    say(there, hour=9.8)  # filled a second time: a bill of its own
    assert Cost.objects.count() == 2


@pytest.mark.django_db
def test_the_supplier_s_amount_stands_where_the_litres_agree(there: Pool) -> None:
    manager = access_for(user(there.county, Role.MANAGER))
    budget = actions.set_budget(organ=there.county, year=2026, amount=100_000, approval="", access=manager)
    say(there)
    statement(there, amount="288.50")
    budget.refresh_from_db()
    assert (budget.spent, Cost.objects.get().amount) == (28_850, 28_850)
    statement(there, amount="288.50", hour=33, number="T2")  # the next day's is another
    assert Cost.objects.count() == 2


@pytest.mark.django_db
def test_a_budget_without_room_keeps_the_declaration(there: Pool) -> None:
    """The driver has paid: his declaration stands, and waits for the budget."""
    manager = access_for(user(there.county, Role.MANAGER))
    actions.set_budget(organ=there.county, year=2026, amount=10_000, approval="", access=manager)
    say(there)
    assert (Expense.objects.count(), Cost.objects.count()) == (1, 0)
    who = clerk(there)
    assert [one.amount for one in declared.waiting(who)] == [30_000]
    expense = Expense.objects.get().pk
    with pytest.raises(Refusal) as caught:
        declared.admit(expense=expense, access=who)
    assert caught.value.code == "cost.budget"
    actions.set_budget(organ=there.county, year=2026, amount=50_000, approval="", access=manager)
    with pytest.raises(Refusal) as caught:
        declared.admit(expense=expense, access=access_for(user(there.bureau, Role.CLERK)))
    assert caught.value.code == "cost.gone"
    assert declared.admit(expense=expense, access=who).amount == 30_000
    assert CostBudget.objects.get().spent == 30_000
    assert list(declared.waiting(who)) == []


@pytest.mark.django_db
def test_pages_show_what_waits_and_the_receipt(there: Pool) -> None:
    say(there, files=[SimpleUploadedFile("票.jpg", photo(), "image/jpeg")])
    cost = Cost.objects.get()
    boss, stranger = Client(), Client()
    boss.force_login(user(there.county, Role.MANAGER))
    stranger.force_login(user(there.bureau, Role.MANAGER))
    listed = boss.get(f"{reverse('vehicles:costs')}?view=declared").content.decode()
    assert cost.number in listed
    assert "待对账 1 笔" in listed
    text = boss.get(reverse("vehicles:cost", args=[cost.pk])).content.decode()
    assert "待对账" in text
    assert "票据照片" in text
    assert [one.label for one in declared.receipts(cost, access_for(there.dispatcher))] == ["加油"]
    assert declared.receipts(cost, access_for(user(there.bureau, Role.STAFF))) == []
    assert stranger.get(reverse("vehicles:cost", args=[cost.pk])).status_code == 404
    assert cost.number not in stranger.get(f"{reverse('vehicles:costs')}?view=declared").content.decode()


MARKS = st.builds(
    Mark,
    car=st.integers(1, 2),
    kind=st.sampled_from(["FUEL", "TOLL"]),
    at=st.integers(0, 60).map(lambda hour: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=hour)),
    amount=st.integers(1, 3),
    quantity=st.sampled_from([None, Decimal(1), Decimal(2)]),
)


@given(st.lists(MARKS, max_size=6), st.lists(MARKS, max_size=6))
@settings(max_examples=60, deadline=None)
def test_pairs_are_one_to_one_and_the_same_from_either_side(one: list[Mark], other: list[Mark]) -> None:
    """No purchase twice, no pair of strangers, none left over that could still be paired; how many does not depend on the side."""
    left, right = dict(enumerate(one)), dict(enumerate(other))
    found = pairs(left, right)
    assert len(set(found.values())) == len(found)
    assert all(left[a].apart(right[b]) is not None for a, b in found.items())
    free = [b for b in right if b not in found.values()]
    assert not any(left[a].apart(right[b]) is not None for a in left if a not in found for b in free)
    far = sorted(left[a].apart(right[b]) or timedelta() for a, b in found.items())
    back = pairs(right, left)
    assert far[:1] == sorted(right[b].apart(left[a]) or timedelta() for b, a in back.items())[:1]
