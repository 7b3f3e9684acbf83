"""The verbs on contracts: terms, acceptance, evaluation, warnings before the end. Payments are in `payments.py`.

Whoever changes what a contract is worth updates the contract's row first: that takes its lock on both databases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.db.models import F

from yiwang.areas.services.messages import tell
from yiwang.areas.services.reach import above
from yiwang.areas.services.suppliers.covering import covering, nearest
from yiwang.areas.services.suppliers.models import (
    Acceptance,
    AcceptanceResult,
    Contract,
    ContractScope,
    Evaluation,
    ExpiryWarning,
    Frequency,
    PaymentStage,
    Supplier,
)
from yiwang.areas.services.suppliers.standard import standard, weighted
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ
from yiwang.core.places.models import Building
from yiwang.core.rights.access import Access
from yiwang.core.rights.holders import able
from yiwang.core.rights.models import User, Verb
from yiwang.kit.refusal import Refusal

#: Days before the end at which a contract is warned of.
AHEAD = (90, 30, 7)
AREA = "services"
Scope = tuple[str, int | None, str]  # service, building, requirement
Stage = tuple[str, date, int]  # name, day, fen


def held(key: int, access: Access) -> Contract:
    """The contract, locked by an update of its row; a stranger's is not there. Refusal `rights.denied`."""
    if not Contract.objects.visible(access).filter(pk=key).update(paid=F("paid")):
        raise Refusal("rights.denied", "没有这份合同,或不在您管理的范围内。")
    return Contract.objects.select_related("organ", "supplier").get(pk=key)


def acting(access: Access) -> User:
    """The user who acts; a visitor without an account never gets here."""
    assert isinstance(access.user, User)
    return access.user


@transaction.atomic
def set_terms(
    *,
    contract: int,
    scope: Sequence[Scope],
    stages: Sequence[Stage],
    deductions: Sequence[tuple[int, int]],
    weights: Mapping[str, int],
    access: Access,
) -> Contract:
    """约定: what the contract covers, when is paid, what a score is worth, how contents weigh. Replaces what was said.

    `deductions`: (score, percent) pairs; `weights`: points of contents, none or adding up to 100. Refusals `contract.*`.
    """
    access.need(access.may(Verb.WRITE, AREA), "修改合同约定")
    one = held(contract, access)
    _sound_stages(one, stages)
    one.deductions = [list(step) for step in _sound_steps(deductions)]
    one.weights = _sound_weights(weights)
    one.save(update_fields=["deductions", "weights"])
    one.scope.all().delete()
    for service, building, requirement in scope:
        if building is not None and not access.scope(Building.objects.filter(pk=building)).exists():
            raise Refusal("contract.building", "合同范围里的楼不在您管理的范围内。")
        ContractScope.objects.create(contract=one, service=service, building_id=building, requirement=requirement)
    _replace_stages(one, stages)
    body = {
        "scope": [list(row) for row in scope],
        "stages": [[name, day, amount] for name, day, amount in stages],
        "deductions": one.deductions,
        "weights": one.weights,
    }
    _post(one, access, "terms", body)
    return one


def _replace_stages(one: Contract, stages: Sequence[Stage]) -> None:
    """A stage that keeps its name keeps its payments."""
    known = {stage.name: stage for stage in one.stages.all()}
    for name, day, amount in stages:
        stage = known.pop(name, None) or PaymentStage(contract=one, name=name)
        stage.due_date, stage.amount = day, amount
        stage.save()
    PaymentStage.objects.filter(pk__in=[stage.pk for stage in known.values()]).delete()


def _sound_stages(one: Contract, stages: Sequence[Stage]) -> None:
    if len({name for name, _, _ in stages}) != len(stages):
        raise Refusal("contract.stages", "付款计划里有两期同名,请分开命名。")
    if any(amount <= 0 for _, _, amount in stages):
        raise Refusal("contract.stages", "付款计划每期的金额要大于 0。")
    total = sum(amount for _, _, amount in stages)
    if total > one.price:
        raise Refusal("contract.stages", f"付款计划合计 {total / 100:,.2f} 元,超过合同价 {one.price / 100:,.2f} 元。")


def _sound_steps(steps: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Downwards; a lower score never earns more."""
    ordered = sorted(steps, reverse=True)
    for score, percent in ordered:
        if not (0 <= score <= 100 and 0 <= percent <= 100):
            raise Refusal("contract.deductions", "扣减档的得分和付款比例都应在 0 到 100 之间。")
    for (score, percent), (lower, less) in pairwise(ordered):
        if score == lower or less > percent:
            raise Refusal("contract.deductions", f"扣减档不成立:{lower} 分的付款比例不能高于 {score} 分的,也不能重复。")
    return ordered


def _sound_weights(weights: Mapping[str, int]) -> dict[str, int]:
    kept = {word: points for word, points in weights.items() if points}
    if kept and sum(kept.values()) != 100:
        raise Refusal("contract.weights", f"评价权重合计 {sum(kept.values())},应为 100。")
    return kept


@transaction.atomic
def accept(
    *,
    contract: int,
    valid_from: date,
    valid_to: date,
    result: str,
    amount: int,
    quantity: Decimal | None = None,
    unit: str = "",
    defects: str = "",
    access: Access,
    on: date,
) -> Acceptance:
    """验收: what a half-open period within the contract is worth, in fen; 0 where it failed. Raises `accepted`.

    Refusals `acceptance.period`, `.overlap`, `.amount`, `.defects`, `.price`.
    """
    access.need(access.may(Verb.WRITE, AREA), "验收")
    one = held(contract, access)
    _sound_period(one, valid_from, valid_to, on)
    if one.acceptances.filter(valid_from__lt=valid_to, valid_to__gt=valid_from).exists():
        raise Refusal("acceptance.overlap", "这段时间里已有验收,请核对起止日期。")
    _sound_result(result, amount, defects)
    if not Contract.objects.filter(pk=one.pk, price__gte=F("accepted") + amount).update(
        accepted=F("accepted") + amount
    ):
        left = one.price - one.accepted
        raise Refusal("acceptance.price", f"验收合计不能超过合同价,还可验收 {left / 100:,.2f} 元。")
    made = Acceptance.objects.create(
        contract=one,
        valid_from=valid_from,
        valid_to=valid_to,
        result=result,
        amount=amount,
        quantity=quantity,
        unit=unit,
        defects=defects.strip(),
        by=acting(access),
        accepted_date=on,
    )
    body = {"from": valid_from, "to": valid_to, "result": result, "amount": amount, "defects": made.defects}
    body |= {"quantity": None if quantity is None else str(quantity), "unit": unit, "acceptance": made.pk}
    _post(one, access, "accept", body)
    return made


def _sound_period(one: Contract, valid_from: date, valid_to: date, on: date) -> None:
    if not one.begin_date <= valid_from < valid_to <= one.end_date:
        raise Refusal(
            "acceptance.period", f"起止日期应在合同期内:{one.begin_date} 起,{one.end_date} 止(止日当天不含)。"
        )
    if valid_from > on:
        raise Refusal("acceptance.period", "还没有开始的时间段不能验收或评价。")


def _sound_result(result: str, amount: int, defects: str) -> None:
    if result not in AcceptanceResult.values:
        raise Refusal("acceptance.result", "请选择验收结论。")
    failed = result == AcceptanceResult.FAILED
    if failed != (amount == 0) or amount < 0:
        raise Refusal("acceptance.amount", "验收合格的金额要大于 0,不合格的金额填 0。")
    if result != AcceptanceResult.PASSED and not defects.strip():
        raise Refusal("acceptance.defects", "请写明缺陷和整改情况。")


@transaction.atomic
def evaluate(
    *,
    contract: int,
    frequency: str,
    valid_from: date,
    valid_to: date,
    points: Mapping[str, Decimal],
    users: Decimal,
    access: Access,
    on: date,
) -> Evaluation:
    """照标准评价: scores of 100 by content and of the users become score and grade, by the clauses in force on `on`.

    A content that the contract does not weigh needs no points. Refusals `score.*`, `acceptance.period`.
    """
    access.need(access.may(Verb.WRITE, AREA), "评价服务")
    one = held(contract, access)
    _sound_period(one, valid_from, valid_to, on)
    if frequency not in Frequency.values:
        raise Refusal("score.frequency", "请选择评价频次。")
    if one.evaluations.filter(frequency=frequency, valid_from=valid_from).exists():
        raise Refusal("score.twice", "这一期已经评价过。")
    rules = standard(on)
    weights, ground = rules.weights(one.weights)
    given = _points(points, weights, users, rules.grounds[0].clause)
    department = weighted(given, weights)
    score = rules.total(department, users)
    made = Evaluation.objects.create(
        contract=one,
        frequency=frequency,
        valid_from=valid_from,
        valid_to=valid_to,
        parts=[
            {"content": word, "weight": str(weight), "points": str(given[word])} for word, weight in weights.items()
        ],
        ground=ground,
        department=department,
        users=users,
        score=score,
        grade=rules.grade(score),
        clauses={ground.clause: ground.version for ground in rules.grounds},
        by=acting(access),
        on_date=on,
    )
    body = {"evaluation": made.pk, "from": valid_from, "to": valid_to, "frequency": frequency, "parts": made.parts}
    body |= {"department": str(department), "users": str(users), "score": str(score), "grade": made.grade}
    _post(one, access, "evaluate", body, clause=rules.grounds[1].clause)
    return made


def _points(points: Mapping[str, Decimal], weights: Iterable[str], users: Decimal, clause: str) -> dict[str, Decimal]:
    """The points of what is weighed. Refusals `score.missing`, `score.range`."""
    given = {word: points[word] for word in weights if word in points}
    if missing := [word for word in weights if word not in given]:
        raise Refusal("score.missing", f"还没有评分:{'、'.join(missing)}。", clause=clause)
    if any(not 0 <= value <= 100 for value in (*given.values(), users)):
        raise Refusal("score.range", "评分应在 0 到 100 之间。")
    return given


@transaction.atomic
def terminate(*, contract: int, end_date: date, reason: str, access: Access) -> Contract:
    """提前终止: the contract no longer holds from the day on. Refusals `contract.end`, `contract.reason`."""
    access.need(access.may(Verb.APPROVE, AREA) and access.may(Verb.WRITE, AREA), "终止合同")
    one = held(contract, access)
    if not one.begin_date < end_date < one.end_date:
        raise Refusal("contract.end", f"提前终止的日期应晚于 {one.begin_date}、早于 {one.end_date}。")
    if not reason.strip():
        raise Refusal("contract.reason", "请写明提前终止的理由。")
    if one.acceptances.filter(valid_to__gt=end_date).exists():
        raise Refusal("contract.end", "已有验收到这一天以后,不能从这一天终止。")
    before, one.end_date = one.end_date, end_date
    one.save(update_fields=["end_date"])
    _post(one, access, "terminate", {"end": [before, end_date], "reason": reason.strip()})
    return one


def expiring(contracts: list[Contract], on: date) -> list[tuple[Contract, int, int]]:
    """(contract, days left, the threshold it is under) of those that end within the first threshold, soonest first."""
    found = [(one, (one.end_date - on).days) for one in contracts]
    near = [(one, days, min(step for step in AHEAD if days <= step)) for one, days in found if 0 < days <= AHEAD[0]]
    return sorted(near, key=lambda row: (row[1], row[0].pk))


def warn_expiring(*, on: date, now: datetime) -> int:
    """到期提醒, once a night: each contract that has come under 90, 30 or 7 days. Number of warnings made.

    Safe to repeat; a night that was missed is made up for with the one warning that is due now.
    """
    soon = Contract.objects.running(on).filter(end_date__lte=on + timedelta(days=AHEAD[0]))
    running = list(soon.select_related("organ"))
    return sum(_warn(one, step, on, now) for one, _, step in expiring(running, on))


@transaction.atomic
def _warn(one: Contract, step: int, on: date, now: datetime) -> bool:
    Contract.objects.filter(pk=one.pk).update(paid=F("paid"))
    told = {"contract": one, "days": step, "end_date": one.end_date}
    if ExpiryWarning.objects.filter(**told).exists():
        return False
    ExpiryWarning.objects.create(**told, on_date=on)
    post(
        actor="system",
        act="services.contract.warn",
        obj=f"services.contract:{one.pk}",
        body={"days": step, "end": one.end_date},
    )
    left: dict[str, Any] = {"name": one.name, "end": one.end_date, "days": (one.end_date - on).days}
    to = able(Verb.WRITE, one.organ, AREA, on=on)
    tell(to, "services.contract.expiring", f"services.contract:{one.pk}", "services:contract", one.pk, **left)
    return True


def supplier_for(service: str, building: int | None, on: date, organ: Organ) -> Supplier | None:
    """The supplier whose running contract covers the service there: of the organ or of one above it, the nearest first."""
    return nearest(covering(above(organ), [service], on), service, building, organ)


def _post(one: Contract, access: Access, act: str, body: dict[str, object], clause: str = "") -> None:
    post(
        actor=access.actor,
        act=f"services.contract.{act}",
        obj=f"services.contract:{one.pk}",
        clause=clause,
        body=body,
    )
