"""The verbs of targets: a plan, the whole of a tree, and handing it down. What is given never exceeds what there is.

A target is scarce: the row above is updated first, then balances are checked, then the row below is written; the database
refuses a sum beyond the whole besides.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from yiwang.areas.energy.judge.actions import AREA
from yiwang.areas.energy.judge.models import Plan, PlanKind, Target
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.core.standards.book import load
from yiwang.kit.refusal import Refusal

#: The national targets of a plan: clauses with a per cent against the base year.
CLAUSES = {PlanKind.P13: "EN-P13-T", PlanKind.P14: "EN-P14-T"}
#: (name, base year, first and last year) of the national plans.
YEARS = {PlanKind.P13: (2015, 2016, 2020), PlanKind.P14: (2020, 2021, 2025)}


@transaction.atomic
def plan(*, name: str, kind: str, years: tuple[int, int, int] | None, ground: str, access: Access) -> Plan:
    """规划: for the organ worked for. Years (base, first, last) of a national plan are known.

    Refusals `rights.denied`, `target.plan`, `target.years`, `target.ground`.
    """
    access.need(access.may(Verb.APPROVE, AREA), "编制节能规划")
    if kind not in PlanKind.values:
        raise Refusal("target.plan", "请选择规划类型。")
    base, first, last = YEARS.get(PlanKind(kind)) or years or (0, 0, 0)
    if not 2000 <= base < first <= last <= first + 10:
        raise Refusal("target.years", "规划的年份不对:基年在首年以前,最长十年。")
    if not ground.strip():
        raise Refusal("target.ground", "规划要有依据文件,请填写文号。")
    row = Plan(
        organ=_organ(access), name=name.strip()[:60] or PlanKind(kind).label, kind=kind, base_year=base, first_year=first,
        last_year=last, ground=ground.strip()[:120],
    )  # fmt: skip
    row.place()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refusal("target.plan", f"“{row.organ}”已有规划“{row.name}”。") from None
    _post(access, "plan", row.pk, {"name": row.name, "years": [base, first, last], "ground": row.ground})
    return row


@transaction.atomic
def set_whole(*, plan: int, energy: str, year: int, amount: Decimal, access: Access) -> Target:
    """总量: the whole of the organ that made the plan; not below what it has handed down.

    Refusals `rights.denied`, `target.year`, `target.amount`, `target.given`.
    """
    one = _plan(plan, access)
    access.need(_organ(access).pk == one.organ_id, "定规划总量")
    _checked(one, energy, year, amount)
    return _write(one, one.organ, energy, year, amount, access)


@transaction.atomic
def give(*, plan: int, organ: Organ, energy: str, year: int, amount: Decimal, access: Access) -> Target:
    """分解: what an organ right below gets out of the own target; a smaller amount than before gives the rest back.

    Refusals `rights.denied`, `target.below`, `target.none`, `target.balance`, `target.given`, `target.year`, `target.amount`.
    """
    above = _organ(access)
    one = _plan(plan, access)
    if organ.superior_id != above.pk:
        raise Refusal("target.below", f"“{organ}”不是“{above}”的直接下级,目标要逐级分解。")
    _checked(one, energy, year, amount)
    mine = Target.objects.filter(plan=one, organ=above, energy=energy, year=year)
    if not mine.update(given=F("given")):  # the row above is held first: everybody else waits here
        raise Refusal("target.none", f"“{above}”还没有 {year} 年 {energy} 的目标,先由上级下达或定总量。")
    whole = mine.get()
    before = (
        Target.objects.filter(plan=one, organ=organ, energy=energy, year=year).values_list("amount", flat=True).first()
    )
    more = amount - (before or Decimal(0))
    if whole.given + more > whole.amount:
        left = whole.amount - whole.given + (before or 0)
        raise Refusal("target.balance", f"只剩 {left:,} 可分给“{organ}”,不能超过本级控制量 {whole.amount:,}。")
    mine.update(given=F("given") + more)
    return _write(one, organ, energy, year, amount, access)


def _write(one: Plan, organ: Organ, energy: str, year: int, amount: Decimal, access: Access) -> Target:
    """The row of an organ, new or changed. Refusal `target.given`: less than it has handed down itself."""
    rows = Target.objects.filter(plan=one, organ=organ, energy=energy, year=year)
    if rows.update(given=F("given")):
        row = rows.get()
        if row.given > amount:
            raise Refusal("target.given", f"“{organ}”已向下分解 {row.given:,},控制量不能低于它;请先收回。")
        rows.update(amount=amount)
        row.amount = amount
    else:
        row = Target(plan=one, organ=organ, energy=energy, year=year, amount=amount)
        row.place()
        row.save()
    body = {"plan": one.pk, "organ": organ.pk, "energy": energy, "year": year, "amount": str(amount)}
    _post(access, "give", row.pk, body)
    return row


def _checked(one: Plan, energy: str, year: int, amount: Decimal) -> None:
    if not one.first_year <= year <= one.last_year:
        raise Refusal("target.year", f"“{one}”从 {one.first_year} 年到 {one.last_year} 年,没有 {year} 年。")
    if amount < 0 or not energy.strip() or amount >= Decimal(10) ** 13:
        raise Refusal("target.amount", "请选择能源品种,控制量填不小于 0 的数。")


def _plan(pk: int, access: Access) -> Plan:
    """The plan, made here or above. Refusals `rights.denied`, `target.plan`."""
    access.need(access.may(Verb.APPROVE, AREA), "分解节能目标")
    organ = _organ(access)
    one = Plan.objects.select_related("organ").filter(pk=pk).first()
    if one is None or getattr(organ, f"l{one.organ.depth}") != one.organ_id:
        raise Refusal("target.plan", "没有这个规划,或它不适用于本单位。")
    return one


def plans_for(access: Access) -> list[Plan]:
    """The plans that hold for the organ worked for: made by it or above it."""
    organ = _organ(access)
    above = [pk for level in range(1, organ.depth + 1) if (pk := getattr(organ, f"l{level}")) is not None]
    return list(Plan.objects.filter(organ__in=above).order_by("-last_year", "pk"))


def national(kind: str) -> tuple[list[tuple[str, Decimal]], str, bool]:
    """The national targets of a plan in per cent of its base year, their clause, whether that is verified."""
    if (key := CLAUSES.get(PlanKind(kind))) is None:
        return [], "", True
    clause = load().clause(key)
    rows = [(str(row.cells["indicator"]), Decimal(str(row.cells["value"]))) for row in clause.table]
    return [(name, value) for name, value in rows if name.endswith("(%)")], clause.id, clause.verified


def _organ(access: Access) -> Organ:
    assert access.organ is not None
    return access.organ


def _post(access: Access, act: str, pk: int, body: Mapping[str, Any]) -> None:
    facts = access.facts(Verb.APPROVE, AREA, **body)
    post(actor=access.actor, act=f"energy.target.{act}", obj=f"energy.target:{pk}", body=facts)
