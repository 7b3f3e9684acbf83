"""处置: a car is judged by the rules of renewal in force, its case runs, and with the last word it goes and its place is free."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from yiwang.areas.vehicles.life import actions, renewal
from yiwang.areas.vehicles.life.leaving import check_leaving
from yiwang.areas.vehicles.life.models import Disposal, DisposalMethod, DisposalState, Vehicle, VehicleState
from yiwang.areas.vehicles.life.purchasing import typed
from yiwang.areas.vehicles.life.quota import lock
from yiwang.core.flow import processes
from yiwang.core.flow.actions import open_case
from yiwang.core.flow.models import Case, CaseState
from yiwang.core.flow.processes import Gate
from yiwang.core.flow.signals import Moment
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.kit.refusal import Refusal

PROCESS = "vehicles.disposal"
SUBJECT = "vehicles.disposal"


def declare() -> None:
    """Hang the area's work on the standard process; called when Django starts."""
    gates = {"vehicles.renewal": Gate("vehicles.renewal", _renewal)}
    processes.extend(PROCESS, gates=gates, on_event=_moved, on_end=_ended)


@transaction.atomic
def ask(
    *,
    vehicle: int,
    method: str,
    reason: str,
    original_value: int,
    target: Organ | None = None,
    approval: str = "",
    access: Access,
    on: date,
    now: datetime,
) -> Case:
    """申请处置: opens the case. `original_value` in fen. Refusals `disposal.*`, `vehicle.retired`, `flow.*`."""
    car = access.scope(Vehicle.objects.select_related("organ"), Verb.WRITE).filter(pk=vehicle).first()
    if car is None:
        raise Refusal("disposal.vehicle", "没有这辆车,或不在您的授权范围内。")
    row = _new(car, method, reason, original_value, target, on)
    row.approval = approval.strip()[:80]
    row.save()
    facts = {
        "vehicle": car.plate,
        "vehicle_use": str(car.get_use_display()),
        "method": str(row.get_method_display()),
        "years_used": str(row.years_used),
        "mileage": str(Decimal(car.mileage) / 10_000),
        "reason": row.reason,
        "original_value": str(Decimal(original_value) / 100),
        "target": target.name if target else "",
    }
    case = open_case(
        process=PROCESS, title=f"{row.get_method_display()} {car}"[:200], organ=car.organ, access=access,
        facts={key: value for key, value in facts.items() if value}, on=on, now=now, subject=(SUBJECT, str(row.pk)),
    )  # fmt: skip
    Disposal.objects.filter(pk=row.pk).update(case=case.pk)
    return case


def _new(car: Vehicle, method: str, reason: str, original_value: int, target: Organ | None, on: date) -> Disposal:
    """The row, unsaved, of a car that may be asked about. Refusals `disposal.*`, `vehicle.retired`."""
    if car.state == VehicleState.RETIRED:
        raise Refusal("vehicle.retired", f"{car} 已于 {car.retired_date} 处置。")
    if Disposal.objects.filter(vehicle=car, state=DisposalState.ASKED).exists():
        raise Refusal("disposal.open", f"{car} 正在报批处置,请先办完或撤回。")
    if method not in DisposalMethod.values:
        raise Refusal("disposal.method", "请选择处置方式:报废、拍卖或调拨。")
    if not reason.strip():
        raise Refusal("disposal.reason", "请写明处置理由。")
    if (method == DisposalMethod.TRANSFER) != (target is not None):
        raise Refusal("disposal.target", "调拨要写明调入单位,报废和拍卖没有调入单位。")
    if target is not None and target.pk == car.organ_id:
        raise Refusal("disposal.target", f"{car} 已在“{target}”名下,调入单位应是别的单位。")
    years = renewal.years_between(car.registered_date, on)
    if years is None:
        raise Refusal("disposal.registered", f"{car} 没有登记日期,算不出使用年限,请先在车辆台账补上。")
    check_leaving(car, on)
    row = Disposal(
        organ=car.organ, vehicle=car, method=method, reason=reason.strip()[:300], target=target,
        years_used=years, mileage=car.mileage, original_value=original_value, asked_date=on,
    )  # fmt: skip
    row.place()
    return row


def disposal_of(case: Case) -> Disposal | None:
    """The disposal that a case is about."""
    rows = Disposal.objects.select_related("vehicle__organ", "target", "organ")
    if case.subject_kind == SUBJECT:
        return rows.filter(pk=case.subject_id).first()
    return rows.filter(case=case.pk).first()


def _moved(*, case: Case, event: Moment, access: Access, on: date, now: datetime) -> None:
    """A disposal that was asked for from the desk is entered as soon as it is asked for; its car must be there."""
    if event.kind != "entered" or disposal_of(case) is not None:
        return
    facts = typed(case)
    plate = str(facts["vehicle"]).strip()
    car = Vehicle.objects.select_related("organ").filter(organ=case.organ, plate=plate).first()
    if car is None:
        raise Refusal("disposal.vehicle", f"本单位没有号牌为“{plate[:20]}”的车辆,请核对号牌。")
    words = {str(label): value for value, label in DisposalMethod.choices}
    method, target = words.get(str(facts["method"]), ""), _target(str(facts.get("target") or ""))
    row = _new(car, method, str(facts["reason"]), int(facts["original_value"] * 100), target, on)
    row.case = case.pk
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refusal("disposal.open", f"{car} 正在报批处置,请先办完或撤回。") from None


def _target(name: str) -> Organ | None:
    """The one open organ of this name. Refusal `disposal.target`."""
    if not name.strip():
        return None
    found = list(Organ.objects.open().filter(name=name.strip())[:2])
    if len(found) != 1:
        raise Refusal("disposal.target", f"找不到唯一一个叫“{name[:60]}”的单位,请写全称,或从车辆页面申请处置。")
    return found[0]


def _renewal(case: Case, facts: Mapping[str, Any], on: date) -> Iterable[Mapping[str, Any]]:
    """The car as the register knows it, not as the form says."""
    row = disposal_of(case)
    return [renewal.facts(row.vehicle, on, row.approval) if row else facts]


def _ended(*, case: Case, access: Access, on: date, now: datetime) -> None:
    """The car goes, or stays. Its place is free in the same transaction."""
    row = disposal_of(case)
    if row is None:
        return
    if case.state != CaseState.DONE:
        Disposal.objects.filter(pk=row.pk).update(state=DisposalState.REFUSED)
        return
    facts = typed(case)
    day = facts["disposed_date"]
    if day > on or (row.vehicle.registered_date and day < row.vehicle.registered_date):
        raise Refusal("disposal.date", "处置日期不能晚于今天,也不能早于车辆登记日期。")
    lock(*[one for one in (row.organ, row.target) if one])
    about = {"actor": access.actor, "vehicle": row.vehicle, "on": day, "approval": case.number}
    if row.target is not None:
        actions.transfer_vehicle(organ=row.target, **about)
    else:
        actions.retire_vehicle(**about)
    income = int(facts["income"] * 100)
    Disposal.objects.filter(pk=row.pk).update(state=DisposalState.DONE, disposed_date=day, income=income)
    post(
        actor=access.actor, act="vehicles.disposal.done", obj=f"{SUBJECT}:{row.pk}",
        body={"case": case.number, "vehicle": row.vehicle.plate, "method": row.method, "income": income},
    )  # fmt: skip
