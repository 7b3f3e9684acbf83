"""The verbs on bills: kept one by one or by the statement, matched with trips, paid out of the budget of the car's organ.

A budget is never oversold: one conditional update takes the money before the bill is written, in the same transaction,
and the table refuses what would go beyond. An organ without a budget for the year is not bounded.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from yiwang.areas.vehicles.costs.bills import Bill, check
from yiwang.areas.vehicles.costs.budget import spend_all, spent, standing_for
from yiwang.areas.vehicles.costs.declared import Mark, confirmed
from yiwang.areas.vehicles.costs.models import Cost, CostBudget, CostKind, Statement, StatementForm
from yiwang.areas.vehicles.trips.models import Assignment, TripState
from yiwang.core.ledger.post import post
from yiwang.core.orgs.ancestors import columns_of
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User, Verb
from yiwang.kit.digest import canonical, merkle_root
from yiwang.kit.refusal import Refusal

AREA = "vehicles"
#: A bill belongs to the trip that holds the car then, or to the nearest within so long.
NEAR = timedelta(hours=2)


@dataclass(frozen=True)
class Taken:
    """What became of bills: those kept, and those refused with every reason."""

    kept: list[Cost] = field(default_factory=list)
    refused: list[Bill] = field(default_factory=list)
    statement: Statement | None = None

    @property
    def reasons(self) -> list[Refusal]:
        """Every refusal in the order of the rows."""
        return [one for bill in self.refused for one in bill.wrong]


def record(bill: Bill, *, access: Access, now: datetime) -> Cost:
    """One bill as typed. Raises the first refusal; `cost.budget` where the year's budget is used up."""
    access.need(access.may(Verb.WRITE, AREA), "登记用车费用")
    check([bill], access=access, now=now)
    if bill.wrong:
        raise bill.wrong[0]
    with transaction.atomic():
        (cost,) = _kept([bill], None)
        _post(access, "record", f"vehicles.cost:{cost.pk}", [cost])
    return cost


def deliver(bills: Sequence[Bill], *, access: Access, now: datetime, about: str) -> Taken:
    """Bills of another system: all of them, or none and every reason."""
    access.need(access.may(Verb.WRITE, AREA), "写入用车费用")
    check(bills, access=access, now=now)
    refused = [bill for bill in bills if bill.wrong]
    if refused:
        return Taken([], refused)
    with transaction.atomic():
        kept = _kept(bills, None)
        _post(access, "deliver", about, kept)
    return Taken(kept)


def take(
    bills: Sequence[Bill],
    *,
    merchant: str,
    kind: str,
    name: str,
    content: bytes,
    columns: Mapping[str, str],
    good_only: bool,
    access: Access,
    now: datetime,
) -> Taken:
    """A supplier's statement: whole, or its good rows where that is asked for. How its columns are read is remembered.

    Nothing is kept where a row is refused and the good ones were not asked for.
    """
    access.need(access.may(Verb.WRITE, AREA), "导入对账单")
    organ, user = access.organ, access.user
    assert organ is not None
    assert isinstance(user, User)
    check(bills, access=access, now=now)
    refused = [bill for bill in bills if bill.wrong]
    good = [bill for bill in bills if not bill.wrong]
    with transaction.atomic():
        remember(organ, merchant, kind, columns, now)
        if not good or (refused and not good_only):
            return Taken([], refused)
        statement = Statement(
            organ=organ, merchant=merchant, kind=kind, file_name=name[-200:], digest=hashlib.sha256(content).hexdigest(),
            rows=len(bills), kept=len(good), amount=sum(bill.amount or 0 for bill in good), user=user, taken_at=now,
        )  # fmt: skip
        statement.place()
        statement.save()
        kept = _kept(good, statement)
        _post(
            access,
            "take",
            f"vehicles.statement:{statement.pk}",
            kept,
            file=name,
            digest=statement.digest,
            refused=len(refused),
        )
    return Taken(kept, refused, statement)


def remember(organ: Organ, merchant: str, kind: str, columns: Mapping[str, str], now: datetime) -> None:
    """The columns of a supplier's statement, for the next time."""
    defaults = {**columns_of(organ), "columns": dict(columns), "used_at": now}
    StatementForm.objects.update_or_create(organ=organ, merchant=merchant, kind=kind, defaults=defaults)


def remembered(organ: Organ, merchant: str, kind: str) -> dict[str, str]:
    """How the columns were read the last time, here or by an organ above; {} for a new supplier."""
    above = [key for level in range(1, organ.depth + 1) if (key := getattr(organ, f"l{level}"))]
    rows = StatementForm.objects.filter(organ__in=above, merchant=merchant, kind=kind).order_by(
        "-organ__depth", "-used_at"
    )
    found = rows.values_list("columns", flat=True).first()
    return dict(found or {})


def _kept(bills: Sequence[Bill], statement: Statement | None) -> list[Cost]:
    """The bills as rows: the budgets first, then the trips, then the rows. Refusal `cost.budget`.

    What a driver has declared already is confirmed in its place; what a register of the car's life took for the same
    number is given back.
    """
    sound = [_sound(bill) for bill in bills]
    marks = [
        Mark(car.pk, bill.kind, at, amount, bill.quantity) for bill, (car, at, amount) in zip(bills, sound, strict=True)
    ]
    known = confirmed(marks)
    need: dict[tuple[int, int], int] = defaultdict(int)
    for place, (car, at, amount) in enumerate(sound):
        need[car.organ_id, timezone.localtime(at).year] += amount
        if place in known:
            need[known[place].organ_id, known[place].day.year] -= known[place].amount
    for organ, year, amount in standing_for({(mark.car, bill.number) for mark, bill in zip(marks, bills, strict=True)}):
        need[organ, year] -= amount
    spend_all(need)
    orders = matching((mark.car, mark.at) for mark in marks)
    rows = [_row(bill, statement, known.get(place), orders) for place, bill in enumerate(bills)]
    for row in rows:
        if row.pk:
            row.save()
    Cost.objects.bulk_create([row for row in rows if not row.pk], batch_size=500)
    return rows


def _row(
    bill: Bill, statement: Statement | None, there: Cost | None, orders: Mapping[tuple[int, datetime], int]
) -> Cost:
    """A new row, or the declared one as the supplier says it: its trip stays."""
    car, at, amount = _sound(bill)
    row = there or Cost(organ=car.organ, vehicle=car, order_id=orders.get((car.pk, at)), **columns_of(car.organ))
    row.kind, row.number, row.merchant, row.statement = bill.kind, bill.number, bill.merchant, statement
    row.at, row.day, row.amount, row.quantity = at, timezone.localtime(at).date(), amount, bill.quantity or row.quantity
    row.odometer, row.location, row.card, row.item = bill.odometer, bill.location, bill.card, bill.item
    row.note = bill.note or row.note
    return row


def _sound(bill: Bill) -> tuple[Any, datetime, int]:
    """The parts of a bill that was checked."""
    assert bill.car is not None
    assert bill.at is not None
    assert bill.amount is not None
    return bill.car, bill.at, bill.amount


def matching(pairs: Iterable[tuple[int, datetime]]) -> dict[tuple[int, datetime], int]:
    """(car, instant) → the trip that held the car then, or the nearest within NEAR. One query."""
    wanted = list(pairs)
    if not wanted:
        return {}
    moments = [at for _, at in wanted]
    rows = (
        Assignment.objects.filter(vehicle__among=[car for car, _ in wanted], released_at=None)
        .filter(held_from__lte=max(moments) + NEAR, held_to__gte=min(moments) - NEAR)
        .exclude(trip__state__in=(TripState.CANCELLED, TripState.REFUSED))
    )
    by_car: dict[int, list[tuple[datetime, datetime, int]]] = defaultdict(list)
    for pk, car, since, until in rows.values_list("pk", "vehicle_id", "held_from", "held_to"):
        by_car[car or 0].append((since, until, pk))
    found = {}
    for car, at in wanted:
        near = [(_apart(at, since, until), pk) for since, until, pk in by_car[car]]
        if near and min(near)[0] <= NEAR:
            found[car, at] = min(near)[1]
    return found


def _apart(at: datetime, since: datetime, until: datetime) -> timedelta:
    return max(since - at, at - until, timedelta())


@transaction.atomic
def match(*, cost: int, order: int, access: Access) -> Cost:
    """Say by hand which trip a bill belongs to; 0: to none. Refusals `rights.denied`, `cost.order`."""
    access.need(access.may(Verb.WRITE, AREA), "对应费用和行程")
    one = access.scope(Cost.objects.filter(pk=cost), Verb.WRITE).select_for_update(of=("self",)).first()
    if one is None:
        raise Refusal("rights.denied", "没有这笔费用,或不在您管理的范围内。")
    if order and not Assignment.objects.filter(pk=order, vehicle=one.vehicle_id).exists():
        raise Refusal("cost.order", "这次派车用的不是这辆车,请从列出的行程中选择。")
    before, one.order_id, one.order_by_hand = one.order_id, order or None, True
    one.save(update_fields=["order", "order_by_hand"])
    post(
        actor=access.actor,
        act="vehicles.cost.match",
        obj=f"vehicles.cost:{one.pk}",
        body=access.facts(Verb.WRITE, AREA, order=[before, one.order_id]),
    )
    return one


def rematch(*, since: datetime, until: datetime) -> int:
    """Match bills again whose trips came later; those matched by hand stay. How many were found."""
    rows = list(Cost.objects.filter(order=None, order_by_hand=False, at__gte=since, at__lt=until))
    found = matching((row.vehicle_id, row.at) for row in rows)
    changed = [row for row in rows if (row.vehicle_id, row.at) in found]
    for row in changed:
        row.order_id = found[row.vehicle_id, row.at]
    Cost.objects.bulk_update(changed, ["order"], batch_size=500)
    return len(changed)


@transaction.atomic
def set_budget(*, organ: Organ, year: int, amount: int, approval: str, access: Access) -> CostBudget:
    """The budget of an organ for a year, new or changed; not below what is spent. What was spent before it counts.

    Refusals `rights.denied`, `cost.budget-low`.
    """
    access.need(access.approves(AREA) and access.holds(organ, Verb.APPROVE), "设定用车经费预算")
    budget = CostBudget.objects.select_for_update().filter(organ=organ, year=year).first()
    used = spent(organ, year)
    if amount < used:
        raise Refusal("cost.budget-low", f"{year} 年已用 {Decimal(used) / 100:,.2f} 元,预算不能比它小。")
    before = budget.amount if budget else None
    budget = budget or CostBudget(organ=organ, year=year)
    budget.amount, budget.spent, budget.approval = amount, used, approval.strip()[:80]
    budget.place()
    budget.save()
    body = {"year": year, "amount": [before, amount], "approval": budget.approval}
    post(
        actor=access.actor,
        act="vehicles.cost-budget.set",
        obj=f"vehicles.cost-budget:{budget.pk}",
        body=access.facts(Verb.APPROVE, AREA, organ=organ.pk, **body),
    )
    return budget


def _post(access: Access, act: str, obj: str, costs: Sequence[Cost], **more: Any) -> None:
    leaves = (canonical([one.kind, one.vehicle_id, one.number, one.merchant, one.amount]).encode() for one in costs)
    body = {"rows": len(costs), "amount": sum(one.amount for one in costs), "root": merkle_root(leaves), **more}
    post(actor=access.actor, act=f"vehicles.cost.{act}", obj=obj, body=access.facts(Verb.WRITE, AREA, **body))


__all__ = ["AREA", "CostKind", "Taken", "deliver", "match", "matching", "record", "rematch", "remember", "remembered", "set_budget", "take"]  # fmt: skip
