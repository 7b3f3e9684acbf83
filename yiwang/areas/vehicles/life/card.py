"""车辆卡: the card of a registered car as a paper with number, QR code and a public check."""

from __future__ import annotations

from typing import Any

from yiwang.areas.vehicles.life.models import Vehicle, VehicleState
from yiwang.core.orgs.models import Organ
from yiwang.core.papers.kinds import PaperKind, register
from yiwang.core.rights.access import Access

CARD = "vehicles.card"
LABELS = {
    "plate": "车牌号",
    "organ": "使用单位",
    "use": "用途",
    "body": "车型",
    "model": "品牌型号",
    "energy": "能源",
    "displacement": "排气量",
    "vin": "车架号",
    "engine": "发动机号",
    "seats": "核定载客",
    "price": "购置价格",
    "purchased": "购置日期",
    "registered": "登记日期",
    "marking": "标识化",
    "state": "状态",
}


def declare() -> None:
    """Register the kind; called when Django starts."""
    register(
        PaperKind(key=CARD, title="公务用车卡", word="车卡", facts=facts, labels=LABELS, organ=_organ, guard=_guard)
    )


def _car(pk: int) -> Vehicle:
    return Vehicle.objects.select_related("organ").get(pk=pk)


def _organ(pk: int) -> Organ:
    return _car(pk).organ


def _guard(access: Access, pk: int) -> bool:
    return access.scope(Vehicle.objects.exclude(state=VehicleState.RETIRED)).filter(pk=pk).exists()


def facts(pk: int) -> dict[str, Any]:
    """What the card prints."""
    car = _car(pk)
    return {
        "plate": car.plate,
        "organ": car.organ.name,
        "use": str(car.get_use_display()),
        "body": str(car.get_body_display()),
        "model": car.model,
        "energy": str(car.get_powertrain_display() or car.get_energy_display()),
        "displacement": f"{car.displacement} 升" if car.displacement else "",
        "vin": car.vin,
        "engine": car.engine,
        "seats": f"{car.seats} 人" if car.seats else "",
        "price": f"{car.price / 100:,.2f} 元" if car.price is not None else "",
        "purchased": car.purchased_date,
        "registered": car.registered_date,
        "marking": str(car.get_marking_display()),
        "state": str(car.get_state_display()),
    }
