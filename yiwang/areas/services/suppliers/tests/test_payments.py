"""Payments: suggested by the score, never without acceptance, never above it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.areas.services.suppliers import factories, payments
from yiwang.areas.services.suppliers.models import Acceptance, Contract, Payment, PaymentState
from yiwang.areas.services.suppliers.tests.test_actions import FEB, MARCH, accepted, evaluated, refused
from yiwang.core.ledger.models import Entry
from yiwang.core.notices.models import Notice
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def we() -> World:
    return world()


def proposed(we: World, row: Acceptance, amount: int, reason: str = "合同约定") -> Payment:
    """A payment that waits."""
    return payments.propose(acceptance=row.pk, amount=amount, reason=reason, access=we.access(), on=MARCH)


def decided(we: World, one: Payment, *, approve: bool = True, opinion: str = "") -> Payment:
    """Decided by the manager."""
    return payments.decide(payment=one.pk, approve=approve, opinion=opinion, access=we.access(Role.MANAGER), on=MARCH)


def test_from_acceptance_to_the_voucher(we: World) -> None:
    """Suggested, proposed, approved by another, recorded by finance; the contract's row counts; each step an entry."""
    we.user(Role.MANAGER)
    one = factories.contract(we.ours, 120_000)
    row = accepted(we, one, 10_000)
    evaluated(we, one, points=90, users=80)
    said = payments.suggest(Acceptance.objects.get())
    assert (said.amount, said.score, said.percent) == (9_500, Decimal("88.00"), 95)
    pay = proposed(we, row, 9_500, "")
    assert (pay.suggested, pay.state) == (9_500, PaymentState.PROPOSED)
    one.refresh_from_db()
    assert one.paid == 0
    decided(we, pay)
    one.refresh_from_db()
    row.refresh_from_db()
    assert (one.paid, row.paid) == (9_500, 9_500)
    done = payments.record(payment=pay.pk, paid_date=MARCH, voucher="记-12", access=we.access(Role.FINANCE))
    assert (done.state, done.voucher) == (PaymentState.RECORDED, "记-12")
    told = list(Notice.objects.order_by("pk").values_list("template", "user__username"))
    assert ("services.payment.waiting", we.user(Role.MANAGER).username) in told
    assert told[-1] == ("services.payment.decided", we.user().username)
    acts = Entry.objects.filter(act__startswith="services.payment.").order_by("id").values_list("act", flat=True)
    assert [act.rpartition(".")[2] for act in acts] == ["propose", "approve", "record"]


def test_no_score_no_suggestion(we: World) -> None:
    """A missing fact never becomes a full payment: such a payment needs a reason."""
    one = factories.contract(we.ours)
    row = accepted(we, one)
    assert payments.suggest(row).amount is None
    assert "请说明理由" in refused("payment.reason", proposed, we=we, row=row, amount=1_000, reason="").message
    Contract.objects.filter(pk=one.pk).update(deductions=[])
    evaluated(we, one)
    assert "没有约定扣减档" in payments.suggest(Acceptance.objects.get()).message


@pytest.mark.parametrize(("points", "percent"), [(100, 100), (90, 100), (89, 95), (80, 95), (70, 80), (69, 0)])
def test_the_steps_of_the_contract(we: World, points: int, percent: int) -> None:
    """The highest step that the score reaches; below the lowest nothing."""
    one = factories.contract(we.ours)
    row = accepted(we, one, 999)
    evaluated(we, one, points=points, users=points)
    assert payments.suggest(row).amount == 999 * percent // 100


def test_the_mean_of_the_months_that_touch(we: World) -> None:
    """Two months in one acceptance."""
    one = factories.contract(we.ours)
    row = accepted(we, one, 1_000, date(2026, 1, 15), valid_to=MARCH)
    evaluated(we, one, date(2026, 1, 1), points=100, users=100)
    evaluated(we, one, FEB, points=75, users=75)
    assert payments.suggest(row).score == Decimal("87.50")


def test_above_the_suggestion_needs_a_reason(we: World) -> None:
    one = factories.contract(we.ours)
    row = accepted(we, one)
    evaluated(we, one)
    refused("payment.reason", proposed, we=we, row=row, amount=951, reason="")
    assert proposed(we, row, 951, "首月免扣").amount == 951


def test_never_without_acceptance_never_above_it(we: World) -> None:
    """A failed acceptance is worth nothing; two proposals of all of it, and one is approved."""
    one = factories.contract(we.ours)
    given: dict[str, Any] = {"amount": 1, "access": we.access(), "on": MARCH}
    refused("payment.no-acceptance", payments.propose, acceptance=0, **given)
    failed = accepted(we, one, 0, MARCH, result="FAILED", defects="未按约定清扫")
    refused("payment.above-accepted", payments.propose, acceptance=failed.pk, reason="x", **given)
    row = accepted(we, one, 1_000)
    refused("payment.above-accepted", proposed, we=we, row=row, amount=1_001)
    refused("payment.amount", proposed, we=we, row=row, amount=0)
    first, second = proposed(we, row, 1_000), proposed(we, row, 600)
    decided(we, first)
    assert "还可付 0.00 元" in refused("payment.above-accepted", decided, we=we, one=second).message
    second.refresh_from_db()
    one.refresh_from_db()
    assert (second.state, one.paid) == (PaymentState.PROPOSED, 1_000)
    refused("payment.state", decided, we=we, one=first, approve=False, opinion="晚了")


def test_who_may_decide(we: World) -> None:
    """Not who asked; not a clerk; not a stranger; rejecting needs a reason."""
    row = accepted(we, factories.contract(we.ours))
    pay = payments.propose(acceptance=row.pk, amount=5, reason="x", access=we.access(Role.MANAGER), on=MARCH)
    refused("payment.own", decided, we=we, one=pay)
    for access in (we.access(), we.access(Role.STAFF), we.access(Role.MANAGER, we.theirs)):
        refused("rights.denied", payments.decide, payment=pay.pk, approve=True, access=access, on=MARCH)
    leader: dict[str, Any] = {"payment": pay.pk, "access": we.access(Role.LEADER), "on": MARCH}
    refused("payment.opinion", payments.decide, approve=False, **leader)
    assert payments.decide(approve=False, opinion="资料不全", **leader).state == PaymentState.REJECTED
    refused("payment.state", payments.decide, approve=True, **leader)
    assert Contract.objects.get().paid == 0


def test_void_frees_the_money(we: World) -> None:
    """Only while it was not made; recording needs a voucher and a day not before the decision."""
    one = factories.contract(we.ours)
    row = accepted(we, one)
    pay = decided(we, proposed(we, row, 1_000))
    boss = we.access(Role.MANAGER)
    refused("payment.voucher", payments.record, payment=pay.pk, paid_date=MARCH, voucher=" ", access=boss)
    refused("payment.day", payments.record, payment=pay.pk, paid_date=FEB, voucher="1", access=boss)
    refused("payment.reason", payments.void, payment=pay.pk, reason="", access=boss)
    assert payments.void(payment=pay.pk, reason="账号有误", access=boss).state == PaymentState.VOID
    one.refresh_from_db()
    row.refresh_from_db()
    assert (one.paid, row.paid) == (0, 0)
    for verb in (payments.void, payments.record):
        more = {"reason": "x"} if verb is payments.void else {"voucher": "1", "paid_date": MARCH}
        refused("payment.state", verb, payment=pay.pk, access=boss, **more)


step = st.tuples(st.sampled_from(["accept", "propose", "approve", "reject", "record", "void"]), st.integers(0, 700))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(step, max_size=14))
def test_the_sum_of_payments_is_within_what_was_accepted_and_the_price(we: World, steps: list[tuple[str, int]]) -> None:
    """Whatever is done in whatever order: the kept sums are the true ones, and paid ≤ accepted ≤ price."""
    one = factories.contract(we.ours, 1_500)
    boss, day = we.access(Role.MANAGER), 1
    for verb, number in steps:
        pays, rows = list(one.payments.all()), list(one.acceptances.all())
        pay = pays[number % len(pays)].pk if pays else 0
        row = rows[number % len(rows)].pk if rows else 0
        try:
            if verb == "accept":
                since, day = date(2026, 2, day), day % 27 + 1
                accepted(we, one, number, since, valid_to=date(2026, 2, since.day + 1))
            elif verb == "propose":
                payments.propose(acceptance=row, amount=number, reason="x", access=we.access(), on=MARCH)
            elif verb in ("approve", "reject"):
                payments.decide(payment=pay, approve=verb == "approve", opinion="x", access=boss, on=MARCH)
            elif verb == "record":
                payments.record(payment=pay, paid_date=MARCH, voucher="x", access=boss)
            else:
                payments.void(payment=pay, reason="x", access=boss)
        except Refusal:
            continue
    one.refresh_from_db()
    counted = [pay.amount for pay in one.payments.filter(state__in=("APPROVED", "RECORDED"))]
    assert one.paid == sum(counted) == sum(one.acceptances.values_list("paid", flat=True))
    assert one.accepted == sum(one.acceptances.values_list("amount", flat=True))
    assert one.paid <= one.accepted <= one.price
