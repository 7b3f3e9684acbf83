"""购置: the case of one car, its place in the quota held from the asking on; bought, registered, marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from yiwang.areas.vehicles.life import actions, planning, renewal
from yiwang.areas.vehicles.life.models import (
    Body,
    Energy,
    LineState,
    PlanLine,
    PurchaseCase,
    Use,
    Vehicle,
    VehiclePurchase,
    VehicleState,
)
from yiwang.areas.vehicles.life.quota import lock, need_place
from yiwang.areas.vehicles.life.words import code_of
from yiwang.areas.vehicles.nav import AREA
from yiwang.core.flow import definitions, processes
from yiwang.core.flow import facts as contents
from yiwang.core.flow.actions import open_case
from yiwang.core.flow.models import Case, CaseState
from yiwang.core.flow.processes import Gate
from yiwang.core.flow.signals import Moment
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.kit.refusal import Refusal

PROCESS = "vehicles.purchase"
SUBJECT = "vehicles.line"


def declare() -> None:
    """Hang the area's work on the standard process; called when Django starts."""
    gates = {
        "vehicles.purchase": Gate("vehicles.purchase", _purchase),
        "vehicles.renewal": Gate("vehicles.renewal", _renewal),
    }
    processes.extend(PROCESS, gates=gates, on_event=_moved, on_end=_ended)


@transaction.atomic
def ask(*, line: int, access: Access, on: date, now: datetime) -> Case:
    """购置报批: the case of a car that the plan allows. Refusals `plan.line`, `flow.*`."""
    row = _held(line, access, LineState.PLANNED)
    old = row.replaces
    facts = {
        "kind": "更新" if old else "购置",
        "reason": row.reason,
        "vehicle_use": str(row.get_use_display()),
        "body": str(row.get_body_display()),
        "case": str(row.get_situation_display()),
        "price": str(Decimal(row.price) / 100),
        "displacement": str(row.displacement or ""),
        "energy": str(row.get_energy_display()),
        "vehicle": old.plate if old else "",
        "years_used": str(renewal.years_between(old.registered_date, on) or "") if old else "",
        "mileage": str(Decimal(old.mileage) / 10_000) if old else "",
        "approval": row.approval,
    }
    PlanLine.objects.filter(pk=row.pk).update(state=LineState.ASKED)
    case = open_case(
        process=PROCESS, title=f"{row.organ} {planning.said(row)}"[:200], organ=row.organ, access=access,
        facts={key: value for key, value in facts.items() if value}, on=on, now=now, subject=(SUBJECT, str(row.pk)),
    )  # fmt: skip
    PlanLine.objects.filter(pk=row.pk).update(case=case.pk)
    return case


@transaction.atomic
def release(*, line: int, access: Access) -> None:
    """取消: a planned car that will not be bought; its place is free again. Refusals `plan.line`, `rights.denied`."""
    row = _held(line, access, LineState.PLANNED)
    PlanLine.objects.filter(pk=row.pk).update(state=LineState.RELEASED)
    post(
        actor=access.actor, act="vehicles.line.release", obj=f"{SUBJECT}:{row.pk}",
        body=access.facts(Verb.WRITE, AREA, use=row.use),
    )  # fmt: skip


@transaction.atomic
def register(*, line: int, plate: str, access: Access, on: date, **facts: Any) -> Vehicle:
    """登记上牌: the car that was bought for a line, with plate, vin and what else is known; it takes over the place.

    Refusals `plan.line`, `check.vehicle_vin_once`, `check.*`.
    """
    row = _held(line, access, LineState.BOUGHT)
    lock(row.organ)
    car = actions.register_vehicle(
        actor=access.actor, organ=row.organ, plate=plate, on=on, purchase=row.purchase, **facts
    )
    PlanLine.objects.filter(pk=row.pk).update(state=LineState.REGISTERED)
    return car


def _held(line: int, access: Access, state: LineState) -> PlanLine:
    """The line, held, if it is in that state and the caller may write there. Refusal `plan.line`."""
    rows = access.scope(PlanLine.objects.select_related("organ", "replaces", "purchase"), Verb.WRITE)
    row = rows.select_for_update(of=("self",)).filter(pk=line).first()
    if row is None:
        raise Refusal("plan.line", "没有这辆计划车辆,或不在您的授权范围内。")
    if row.state != state:
        raise Refusal("plan.line", f"这辆计划车辆{row.get_state_display()},不能这样办,请刷新页面。")
    return row


# ---------------------------------------------------------------- in the case


def line_of(case: Case) -> PlanLine | None:
    """The line that a case is about: the one it was opened for, or the one that it made."""
    rows = PlanLine.objects.select_related("organ", "replaces__organ", "plan")
    if case.subject_kind == SUBJECT:
        return rows.filter(pk=case.subject_id).first()
    return rows.filter(case=case.pk).first()


def typed(case: Case) -> dict[str, Any]:
    """What the form says: Decimal, date, text; None where it is missing."""
    return contents.typed(definitions.graph_of(case.definition).facts, case.facts)


def _moved(*, case: Case, event: Moment, access: Access, on: date, now: datetime) -> None:
    """The line follows the form. Asked for without a plan, it takes its place at once; its old car must be there.

    A form that was sent back and changed asks for another car: then that one's place must be free.
    """
    if event.kind != "entered":
        return
    facts = typed(case)
    wanted = _wanted(facts)
    line = line_of(case)
    if line is None:
        line = PlanLine(organ=case.organ, case=case.pk, state=LineState.ASKED)
        line.replaces = _old(case.organ, str(facts.get("vehicle") or "")) if facts["kind"] == "更新" else None
    elif all(getattr(line, name) == value for name, value in wanted.items()):
        return
    _take(line, wanted)


def _wanted(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a line as the form says them."""
    if facts["price"] <= 0:
        raise Refusal("check.plan_line_price", "购置价格要大于 0。")
    litres = facts.get("displacement")
    return {
        "use": code_of(Use, facts["vehicle_use"]),
        "body": code_of(Body, facts["body"]),
        "energy": code_of(Energy, facts["energy"]),
        "situation": code_of(PurchaseCase, facts["case"]),
        "price": int(facts["price"] * 100),
        "displacement": None if litres is None else round(Decimal(litres), 2),
        "reason": str(facts["reason"])[:300],
        "approval": str(facts.get("approval") or "")[:80],
    }


def _take(line: PlanLine, wanted: Mapping[str, Any]) -> None:
    """Give the line these columns, with a place for its use."""
    lock(line.organ)
    another = line.pk is None or line.use != wanted["use"]
    for name, value in wanted.items():
        setattr(line, name, value)
    if another and not planning.stands_on(line):
        need_place(line.organ, line.use)
    line.place()
    line.save()


def _old(organ: Organ, plate: str) -> Vehicle:
    car = Vehicle.objects.filter(organ=organ, plate=plate.strip()).exclude(state=VehicleState.RETIRED).first()
    if car is None:
        raise Refusal("plan.old-car", f"本单位没有号牌为“{plate[:20]}”的在册车辆,更新请填旧车的号牌。")
    return planning.old_car(organ, car.pk)


def _purchase(case: Case, facts: Mapping[str, Any], on: date) -> Iterable[Mapping[str, Any]]:
    """The facts of the form, with the kind of organ, which the form does not ask."""
    return [{**facts, "organ_kind": case.organ.kind}]


def _renewal(case: Case, facts: Mapping[str, Any], on: date) -> Iterable[Mapping[str, Any]]:
    """The old car as the register knows it; what the form says where it knows none."""
    line = line_of(case)
    if line is None or line.replaces is None:
        return [facts]
    return [renewal.facts(line.replaces, on, str(facts.get("approval") or line.approval))]


def _ended(*, case: Case, access: Access, on: date, now: datetime) -> None:
    """Bought: the purchase is recorded. Not approved: the line is a plan again, or its place is free."""
    line = line_of(case)
    if line is None:
        return
    if case.state != CaseState.DONE:
        state = LineState.PLANNED if line.plan_id else LineState.RELEASED
        PlanLine.objects.filter(pk=line.pk).update(state=state)
        return
    facts = typed(case)
    bought: VehiclePurchase = actions.record_purchase(
        actor=access.actor, organ=case.organ, on=on, number=case.number, use=line.use, body=line.body,
        case=line.situation, energy=line.energy, price=int(facts["paid"] * 100), displacement=line.displacement,
        approval=line.approval, purchased_date=facts["bought_date"], replaces_id=line.replaces_id,
    )  # fmt: skip
    PlanLine.objects.filter(pk=line.pk).update(state=LineState.BOUGHT, purchase=bought)
