"""配备更新计划: drafted by an organ, sent up as a case, its lines holding places of the quota once it is approved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from yiwang.areas.vehicles.life import renewal
from yiwang.areas.vehicles.life.balance import holding
from yiwang.areas.vehicles.life.models import (
    Energy,
    LineState,
    PlanLine,
    PlanState,
    ProvisionPlan,
    Vehicle,
    VehiclePurchase,
    VehicleState,
)
from yiwang.areas.vehicles.life.quota import lock, need_place
from yiwang.areas.vehicles.nav import AREA
from yiwang.core.flow.actions import open_case
from yiwang.core.flow.models import Case, CaseState
from yiwang.core.flow.processes import Gate, ProcessKind, known, register
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ, Tier
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.kit.refusal import Refusal

PROCESS = "vehicles.plan"
SUBJECT = "vehicles.plan"
_FILE = Path(__file__).parent / "processes" / f"{PROCESS}.bpmn"
LINES = 200


def declare() -> None:
    """Make the process known; called when Django starts."""
    if not known(PROCESS):
        gates = {
            "vehicles.purchase": Gate("vehicles.purchase", _purchases),
            "vehicles.renewal": Gate("vehicles.renewal", _renewals),
            "vehicles.purchase_year": Gate("vehicles.purchase_year", _year),
        }
        register(
            ProcessKind(
                key=PROCESS, label="公务用车年度配备更新计划", area=AREA, file=_FILE, code="JH", verb=Verb.WRITE,
                gates=gates, on_end=_ended, note="在“公务用车 → 配备更新”中编报。",
            )
        )  # fmt: skip


@transaction.atomic
def draft(
    *, organ: Organ, year: int, reason: str, exempt: bool = False, exempt_reason: str = "", access: Access, on: date
) -> ProvisionPlan:
    """拟定: an empty plan of the organ for a year. Refusals `rights.denied`, `plan.year`, `plan.exempt`."""
    _writes(access, organ)
    if not on.year - 1 <= year <= on.year + 2:
        raise Refusal("plan.year", f"年度应在 {on.year - 1} 到 {on.year + 2} 之间。")
    if exempt and not exempt_reason.strip():
        raise Refusal("plan.exempt", "新能源不能满足需要的,请写明地理、气候或车型上的理由。")
    lock(organ)
    part = ProvisionPlan.objects.filter(organ=organ, year=year).count() + 1
    plan = ProvisionPlan(organ=organ, year=year, part=part, reason=reason, exempt=exempt, made_date=on)
    plan.exempt_reason = exempt_reason.strip()
    plan.place()
    plan.save()
    _post(plan, access, "draft", year=year)
    return plan


@transaction.atomic
def add_line(*, plan: int, access: Access, on: date, replaces: int = 0, **facts: Any) -> PlanLine:
    """列入一辆: `facts` are columns of PlanLine (use, body, energy, situation, price in fen, displacement, reason, approval).

    Refusals `plan.state`, `plan.many`, `plan.old-car`, `plan.reason`, `check.plan_line_price`.
    """
    row = _draft(plan, access)
    if row.lines.count() >= LINES:
        raise Refusal("plan.many", f"一份计划最多 {LINES} 辆,其余请另报补充计划。")
    if not str(facts.get("reason", "")).strip():
        raise Refusal("plan.reason", "请写明配备理由。")
    if facts["price"] <= 0:
        raise Refusal("check.plan_line_price", "预算单价要大于 0。")
    line = PlanLine(plan=row, organ=row.organ, replaces=old_car(row.organ, replaces) if replaces else None, **facts)
    line.place()
    line.save()
    _post(row, access, "add", line=line.pk, use=line.use, price=line.price, replaces=line.replaces_id)
    return line


@transaction.atomic
def drop_line(*, plan: int, line: int, access: Access) -> None:
    """Take a car off a plan that is being drafted. Refusals `plan.state`, `plan.line`."""
    row = _draft(plan, access)
    if not row.lines.filter(pk=line).delete()[0]:
        raise Refusal("plan.line", "计划里没有这一辆,请刷新页面。")
    _post(row, access, "drop", line=line)


def old_car(organ: Organ, key: int) -> Vehicle:
    """The organ's car that a line replaces: on its books and in no other plan. Refusal `plan.old-car`."""
    car = Vehicle.objects.filter(pk=key, organ=organ).exclude(state=VehicleState.RETIRED).first()
    if car is None:
        raise Refusal("plan.old-car", "更新的旧车应是本单位在册的车辆,请从列表中选。")
    if PlanLine.objects.filter(replaces=car).exclude(state=LineState.RELEASED).exists():
        raise Refusal("plan.old-car", f"{car} 已在另一份计划中更新。")
    return car


@transaction.atomic
def submit(*, plan: int, access: Access, on: date, now: datetime) -> Case:
    """报批: the case of the plan is opened; standards are judged at its gates. Refusals `plan.state`, `plan.empty`, `flow.*`."""
    row = _draft(plan, access)
    lines = list(row.lines.select_related("replaces").order_by("pk"))
    if not lines:
        raise Refusal("plan.empty", "计划里还没有车辆,请先逐辆列入。")
    green = sum(line.energy == Energy.NEW_ENERGY for line in lines)
    facts = {
        "year": str(row.year),
        "cars": str(len(lines)),
        "new_energy": str(green),
        "budget": str(Decimal(sum(line.price for line in lines)) / 100),
        "lines": "\n".join(map(said, lines))[:4000],
        "reason": row.reason or row.exempt_reason,
    }
    case = open_case(
        process=PROCESS, title=str(row)[:200], organ=row.organ, access=access, facts=facts, on=on, now=now,
        subject=(SUBJECT, str(row.pk)),
    )  # fmt: skip
    ProvisionPlan.objects.filter(pk=row.pk).update(state=PlanState.ASKED, case=case.pk)
    _post(row, access, "submit", case=case.number, cars=len(lines), new_energy=green)
    return case


def said(line: PlanLine) -> str:
    """One line in words."""
    parts = [line.get_use_display(), line.get_energy_display() + line.get_body_display(), line.get_situation_display()]
    litres = f"{line.displacement} 升" if line.displacement else ""
    old = f"更新 {line.replaces}" if line.replaces else "新增"
    return " ".join([*map(str, parts), litres, f"{line.price / 100:,.2f} 元", old, line.reason]).replace("  ", " ")


def _draft(plan: int, access: Access) -> ProvisionPlan:
    """The plan, held, while it is being drafted. Refusals `plan.state`, `rights.denied`."""
    row = (
        access.scope(ProvisionPlan.objects.select_for_update(of=("self",)).select_related("organ"), Verb.WRITE)
        .filter(pk=plan)
        .first()
    )
    if row is None:
        raise Refusal("plan.state", "没有这份计划,或不在您的授权范围内。")
    if row.state != PlanState.DRAFT:
        raise Refusal("plan.state", f"计划{row.get_state_display()},不能再改。")
    return row


def _writes(access: Access, organ: Organ) -> None:
    access.need(access.holds(organ, Verb.WRITE) and access.may(Verb.WRITE, AREA), "编报配备更新计划")


def _post(plan: ProvisionPlan, access: Access, act: str, **body: Any) -> None:
    post(
        actor=access.actor, act=f"vehicles.plan.{act}", obj=f"vehicles.plan:{plan.pk}",
        body=access.facts(Verb.WRITE, AREA, **body),
    )  # fmt: skip


# ---------------------------------------------------------------- what is judged at the gates


def _lines(case: Case) -> list[PlanLine]:
    rows = PlanLine.objects.filter(plan_id=int(case.subject_id)).select_related("organ", "replaces__organ")
    return list(rows.order_by("pk"))


def purchase_facts(line: PlanLine) -> dict[str, Any]:
    """A row of `vehicles.purchase` for a car that is planned; the budgeted price stands for the price."""
    organ = line.organ
    return {
        "organ": organ.name,
        "organ_tier": str(Tier(organ.tier).label),
        "organ_kind": organ.kind,
        "vehicle": f"第 {line.pk} 号计划车辆",
        "vehicle_use": str(line.get_use_display()),
        "body": str(line.get_body_display()),
        "case": str(line.get_situation_display()),
        "energy": str(line.get_energy_display()),
        "price": Decimal(line.price) / 100,
        "displacement": line.displacement,
        "approval": line.approval or None,
    }


def _purchases(case: Case, facts: Mapping[str, Any], on: date) -> Iterable[dict[str, Any]]:
    return [purchase_facts(line) for line in _lines(case)]


def _renewals(case: Case, facts: Mapping[str, Any], on: date) -> Iterable[dict[str, Any]]:
    return [renewal.facts(line.replaces, on, line.approval) for line in _lines(case) if line.replaces]


def _year(case: Case, facts: Mapping[str, Any], on: date) -> Iterable[dict[str, Any]]:
    plan = ProvisionPlan.objects.select_related("organ").get(pk=case.subject_id)
    return [year_facts(plan)]


def year_facts(plan: ProvisionPlan) -> dict[str, Any]:
    """A row of `vehicles.purchase_year`: what the organ bought in the plan's year, what other plans hold, and this plan."""
    organ = plan.organ
    bought = VehiclePurchase.objects.filter(organ=organ, purchased_date__year=plan.year)
    held = PlanLine.objects.filter(organ=organ, plan__year=plan.year, state__in=(LineState.PLANNED, LineState.ASKED))
    energies = [
        *bought.values_list("energy", flat=True),
        *held.exclude(plan=plan).values_list("energy", flat=True),
        *plan.lines.exclude(state=LineState.RELEASED).values_list("energy", flat=True),
    ]
    cars, green = Decimal(len(energies)), Decimal(energies.count(Energy.NEW_ENERGY))
    return {
        "organ": organ.name,
        "organ_tier": str(Tier(organ.tier).label),
        "year": Decimal(plan.year),
        "purchased": cars,
        "purchased_new_energy": green,
        "provisioned": cars,
        "provisioned_new_energy": green,
        "exempt": plan.exempt,
    }


# ---------------------------------------------------------------- how it ends


def _ended(*, case: Case, access: Access, on: date, now: datetime) -> None:
    """The decision becomes the plan's, in the transaction of the case: places are taken, or nothing is."""
    row = ProvisionPlan.objects.select_related("organ").filter(pk=case.subject_id, case=case.pk).first()
    if case.subject_kind != SUBJECT or row is None:
        return
    if case.state == CaseState.DONE:
        _approve(row)
        state, verb = PlanState.APPROVED, "approved"
    elif case.state == CaseState.WITHDRAWN:
        state, verb = PlanState.DRAFT, "withdrawn"
    else:
        row.lines.update(state=LineState.RELEASED)
        state, verb = PlanState.REFUSED, "refused"
    ProvisionPlan.objects.filter(pk=row.pk).update(state=state)
    post(actor=access.actor, act=f"vehicles.plan.{verb}", obj=f"vehicles.plan:{row.pk}", body={"case": case.number})


def _approve(plan: ProvisionPlan) -> None:
    """Each line takes its place, one after the other: the last place is counted again for each. Refusal `quota.none-free`."""
    lock(plan.organ)
    for line in plan.lines.filter(state=LineState.DRAFT).order_by("pk"):
        if not stands_on(line):
            need_place(plan.organ, line.use)
        PlanLine.objects.filter(pk=line.pk).update(state=LineState.PLANNED)


def stands_on(line: PlanLine) -> bool:
    """Whether the line takes the place of the old car, which still holds it."""
    if line.replaces_id is None:
        return False
    return holding().filter(pk=line.replaces_id, organ=line.organ_id, use=line.use).exists()
