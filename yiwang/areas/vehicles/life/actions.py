"""The verbs of cars and purchases. Each is one transaction with one entry; findings follow the registers.

Quotas have their own verbs in `quota.py`; a car that goes over to another organ takes a place there.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from yiwang.areas.vehicles.life.leaving import check_leaving
from yiwang.areas.vehicles.life.models import (
    Inspection,
    Insurance,
    Marking,
    Vehicle,
    VehicleDocument,
    VehiclePurchase,
    VehicleState,
)
from yiwang.areas.vehicles.life.quota import take_place
from yiwang.areas.vehicles.life.resources import PURCHASE, VEHICLE
from yiwang.core.orgs.models import Organ
from yiwang.core.registers.writing import act, placed
from yiwang.kit.pinyin import sort_key
from yiwang.kit.refusal import Refusal


@transaction.atomic
def register_vehicle(
    *, actor: str, organ: Organ, plate: str, on: date, purchase: VehiclePurchase | None = None, **facts: Any
) -> Vehicle:
    """登记: a car of the organ; `facts` are columns of Vehicle (use, body, energy, price in fen …).

    With its purchase, what the purchase says is taken over and the two are linked.
    """
    if purchase is not None:
        known = ("use", "body", "energy", "displacement", "price", "purchased_date")
        facts = {name: getattr(purchase, name) for name in known} | facts
    values = {"plate": plate, "sort_key": sort_key(plate, limit=40), **facts, **placed(organ)}
    made: Vehicle = act(VEHICLE, values, actor=actor, verb="register", on=on)
    if purchase is not None:
        VehiclePurchase.objects.filter(pk=purchase.pk).update(vehicle=made)
    return made


@transaction.atomic
def transfer_vehicle(*, actor: str, vehicle: Vehicle, organ: Organ, on: date, approval: str = "") -> Vehicle:
    """划转: the car goes over to another organ with its papers. Refusals `vehicle.retired`, `vehicle.same-organ`, `quota.none-free`."""
    now = Vehicle.objects.get(pk=vehicle.pk)
    if now.organ_id == organ.pk:
        raise Refusal("vehicle.same-organ", f"{now} 已在“{organ}”名下。")
    _gone(now)  # said before a place is asked for; asked again below with the row held
    take_place(organ, vehicle.use)
    held = _on_the_road(vehicle)
    check_leaving(held, on)
    for model in (VehicleDocument, Inspection, Insurance):
        model._default_manager.filter(vehicle=held).update(**placed(organ))
    return _change(held, placed(organ), actor, "transfer", on, approval=approval)


@transaction.atomic
def retire_vehicle(*, actor: str, vehicle: Vehicle, on: date, approval: str = "") -> Vehicle:
    """处置: the car is no longer the organ's; its place in the quota is free."""
    values = {"state": VehicleState.RETIRED, "retired_date": on}
    held = _on_the_road(vehicle)
    check_leaving(held, on)
    return _change(held, values, actor, "retire", on, approval=approval)


@transaction.atomic
def lay_up_vehicle(*, actor: str, vehicle: Vehicle, on: date) -> Vehicle:
    """封存停驶."""
    return _change(_on_the_road(vehicle), {"state": VehicleState.LAID_UP}, actor, "lay_up", on)


@transaction.atomic
def put_back_vehicle(*, actor: str, vehicle: Vehicle, on: date) -> Vehicle:
    """启封."""
    return _change(_on_the_road(vehicle), {"state": VehicleState.IN_USE}, actor, "put_back", on)


@transaction.atomic
def mark_vehicle(*, actor: str, vehicle: Vehicle, marking: str, on: date, reason: str = "") -> Vehicle:
    """标识化: the car bears the uniform marking from the day on, or is exempt for a reason. Refusals `vehicle.marking`."""
    if marking not in (Marking.DONE, Marking.EXEMPT):
        raise Refusal("vehicle.marking", "请选择已喷涂或免喷涂。")
    if marking == Marking.EXEMPT and not reason.strip():
        raise Refusal("vehicle.marking", "免喷涂要写明理由(如涉密)。", clause="ZBF-2017-71/marking")
    values = {
        "marking": marking,
        "marked_date": on if marking == Marking.DONE else None,
        "marking_reason": reason.strip(),
    }
    return _change(_on_the_road(vehicle), values, actor, "mark", on)


def _on_the_road(vehicle: Vehicle) -> Vehicle:
    held = Vehicle.objects.select_for_update().get(pk=vehicle.pk)
    _gone(held)
    return held


def _gone(car: Vehicle) -> None:
    if car.state == VehicleState.RETIRED:
        raise Refusal("vehicle.retired", f"{car} 已于 {car.retired_date} 处置。")


def _change(vehicle: Vehicle, values: dict[str, Any], actor: str, verb: str, on: date, **body: Any) -> Vehicle:
    changed: Vehicle = act(VEHICLE, values, actor=actor, verb=verb, on=on, row=vehicle, **body)
    return changed


def record_purchase(*, actor: str, organ: Organ, on: date, **facts: Any) -> VehiclePurchase:
    """购置: a car bought; `facts` are columns of VehiclePurchase (number, use, body, price in fen, purchased_date …)."""
    if facts.get("displacement") is not None:
        facts["displacement"] = Decimal(str(facts["displacement"]))
    made: VehiclePurchase = act(PURCHASE, {**facts, **placed(organ)}, actor=actor, verb="record", on=on)
    return made
