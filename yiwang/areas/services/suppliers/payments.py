"""付款: suggested by the score, proposed on an acceptance, approved by another, recorded. Never more than was accepted.

The money is taken by conditional updates in a fixed order, contract, acceptance, payment; each takes the lock of its row and
says by its count whether there was enough. CHECK constraints hold the same on both rows.

Suggestion: accepted amount × the percent of the highest deduction step that the score reaches (0 below the lowest), rounded
down to the fen, less what was approved on this acceptance. The score is the mean of the evaluations of the contract's
frequency that touch the period. Without a score or without steps there is no suggestion, never a full one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction
from django.db.models import F

from yiwang.areas.services.messages import tell
from yiwang.areas.services.suppliers.actions import AREA, acting, held
from yiwang.areas.services.suppliers.models import Acceptance, Contract, Payment, PaymentStage, PaymentState
from yiwang.core.ledger.post import post
from yiwang.core.rights.access import Access
from yiwang.core.rights.holders import able
from yiwang.core.rights.models import Role, User, Verb
from yiwang.kit.refusal import Refusal


@dataclass(frozen=True)
class Suggestion:
    """What is due by the score: `amount` in fen or None, and the sentence that says how."""

    amount: int | None
    score: Decimal | None
    percent: int | None
    message: str


def suggest(acceptance: Acceptance) -> Suggestion:
    """付款建议 for an acceptance; reads the contract's steps and evaluations."""
    contract = acceptance.contract
    touching = contract.evaluations.filter(
        frequency=contract.frequency, valid_from__lt=acceptance.valid_to, valid_to__gt=acceptance.valid_from
    )
    scores = list(touching.values_list("score", flat=True))
    if not scores:
        return Suggestion(None, None, None, f"这段时间还没有{contract.get_frequency_display()}评价,不能建议金额。")
    score = (sum(scores, Decimal(0)) / len(scores)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    if not contract.deductions:
        return Suggestion(None, score, None, f"得分 {score},合同没有约定扣减档,不能建议金额。")
    percent = next((percent for least, percent in contract.deductions if score >= least), 0)
    amount = max(acceptance.amount * percent // 100 - acceptance.paid, 0)
    spent = f",减去已批 {acceptance.paid / 100:,.2f} 元" if acceptance.paid else ""
    message = f"得分 {score},按合同约定付 {percent}%:{acceptance.amount / 100:,.2f} 元 × {percent}%{spent}。"
    return Suggestion(amount, score, percent, message)


@transaction.atomic
def propose(*, acceptance: int, amount: int, stage: int = 0, reason: str = "", access: Access, on: date) -> Payment:
    """申请付款 on an acceptance. More than the suggestion, or without one, needs a reason.

    Refusals `payment.no-acceptance`, `.amount`, `.above-accepted`, `.reason`, `.stage`.
    """
    access.need(access.may(Verb.WRITE, AREA), "申请付款")
    found = Acceptance.objects.filter(pk=acceptance, contract__in=Contract.objects.visible(access)).first()
    if found is None:
        raise Refusal("payment.no-acceptance", "没有这次验收;没有验收不能付款。")
    contract = held(found.contract_id, access)
    found.refresh_from_db()
    if amount <= 0:
        raise Refusal("payment.amount", "付款金额要大于 0。")
    if amount > found.amount - found.paid:
        raise _above(found)
    said = suggest(found)
    if not reason.strip() and (said.amount is None or amount > said.amount):
        raise Refusal("payment.reason", f"{said.message}高于建议或没有建议的付款,请说明理由。")
    if stage and not PaymentStage.objects.filter(pk=stage, contract=contract).exists():
        raise Refusal("payment.stage", "付款计划里没有这一期。")
    made = Payment.objects.create(
        contract=contract,
        acceptance=found,
        stage_id=stage or None,
        suggested=said.amount,
        score=said.score,
        amount=amount,
        reason=reason.strip(),
        proposed_by=acting(access),
        proposed_date=on,
    )
    _post(made, access, "propose", {"amount": amount, "suggested": said.amount, "reason": made.reason})
    _tell(made, contract, able(Verb.APPROVE, contract.organ, AREA, on=on), "waiting", access)
    return made


@transaction.atomic
def decide(*, payment: int, approve: bool, opinion: str = "", access: Access, on: date) -> Payment:
    """审批付款 by somebody other than who proposed it; approval takes the money off what was accepted.

    Refusals `payment.own`, `.state`, `.above-accepted`, `.opinion`.
    """
    access.need(access.may(Verb.APPROVE, AREA), "审批付款")
    one = _seen(payment, access)
    if one.proposed_by_id == access.user.pk:
        raise Refusal("payment.own", "不能审批自己申请的付款,请由另一位审批人办理。")
    if not approve and not opinion.strip():
        raise Refusal("payment.opinion", "驳回请写明理由。")
    if approve:
        take(one)
    state = PaymentState.APPROVED if approve else PaymentState.REJECTED
    _move(one, PaymentState.PROPOSED, state, decided_by=acting(access), decided_date=on, opinion=opinion.strip())
    _post(one, access, "approve" if approve else "reject", {"amount": one.amount, "opinion": opinion.strip()})
    done = Payment.objects.select_related("contract", "proposed_by").get(pk=payment)
    _tell(
        done, done.contract, [done.proposed_by], "decided", access, state=done.get_state_display(), opinion=done.opinion
    )
    return done


def _tell(one: Payment, contract: Contract, to: list[User], word: str, access: Access, **fields: Any) -> None:
    about, amount = f"services.contract:{contract.pk}", f"{one.amount / 100:,.2f}"
    who: dict[str, Any] = {"but": access.user.pk, "name": contract.name, "amount": amount}
    tell(to, f"services.payment.{word}", about, "services:contract", contract.pk, **who, **fields)


def take(one: Payment) -> None:
    """Count the amount against contract and acceptance, each only if there is enough. Refusal `payment.above-accepted`."""
    contract = Contract.objects.filter(pk=one.contract_id, accepted__gte=F("paid") + one.amount)
    enough = contract.update(paid=F("paid") + one.amount)
    acceptance = Acceptance.objects.filter(pk=one.acceptance_id, amount__gte=F("paid") + one.amount)
    if not enough or not acceptance.update(paid=F("paid") + one.amount):
        raise _above(Acceptance.objects.get(pk=one.acceptance_id))


@transaction.atomic
def record(*, payment: int, paid_date: date, voucher: str, access: Access) -> Payment:
    """登记付款: the approved payment was made, with its voucher. Refusals `payment.state`, `.voucher`, `.day`."""
    access.need(access.may(Verb.WRITE, AREA) or access.has(Role.FINANCE, AREA), "登记付款")
    one = _seen(payment, access)
    if not voucher.strip():
        raise Refusal("payment.voucher", "请填写凭证号。")
    if one.decided_date and paid_date < one.decided_date:
        raise Refusal("payment.day", f"付款日期不能早于审批日期 {one.decided_date}。")
    _move(one, PaymentState.APPROVED, PaymentState.RECORDED, paid_date=paid_date, voucher=voucher.strip())
    _post(one, access, "record", {"amount": one.amount, "day": paid_date, "voucher": voucher.strip()})
    return Payment.objects.get(pk=payment)


@transaction.atomic
def void(*, payment: int, reason: str, access: Access) -> Payment:
    """作废 an approved payment that was not made: the money is free again. Refusals `payment.state`, `.reason`."""
    access.need(access.may(Verb.APPROVE, AREA), "作废付款")
    one = _seen(payment, access)
    if not reason.strip():
        raise Refusal("payment.reason", "作废请写明理由。")
    _move(one, PaymentState.APPROVED, PaymentState.VOID, opinion=reason.strip())
    Contract.objects.filter(pk=one.contract_id).update(paid=F("paid") - one.amount)
    Acceptance.objects.filter(pk=one.acceptance_id).update(paid=F("paid") - one.amount)
    _post(one, access, "void", {"amount": one.amount, "reason": reason.strip()})
    return Payment.objects.get(pk=payment)


def _seen(payment: int, access: Access) -> Payment:
    """The payment of a contract that the user may see, the contract's row locked; read after the lock."""
    keys = Payment.objects.filter(pk=payment).values_list("contract_id", flat=True)
    contract = keys.first()
    if contract is None:
        raise Refusal("rights.denied", "没有这笔付款,或不在您管理的范围内。")
    held(contract, access)
    return Payment.objects.get(pk=payment)


def _move(one: Payment, before: PaymentState, after: PaymentState, **values: object) -> None:
    if not Payment.objects.filter(pk=one.pk, state=before).update(state=after, **values):
        raise Refusal("payment.state", f"这笔付款现为“{one.get_state_display()}”,只有{before.label}的才能这样办理。")


def _above(acceptance: Acceptance) -> Refusal:
    left = acceptance.amount - acceptance.paid
    return Refusal("payment.above-accepted", f"付款不能超过已经验收的金额,这次验收还可付 {left / 100:,.2f} 元。")


def _post(one: Payment, access: Access, act: str, body: dict[str, object]) -> None:
    about = {"payment": one.pk, "acceptance": one.acceptance_id, **body}
    post(actor=access.actor, act=f"services.payment.{act}", obj=f"services.contract:{one.contract_id}", body=about)
