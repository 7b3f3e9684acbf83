"""更新条件: the facts of a car by which the rules of renewal in force judge it (age, mileage, condition)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from yiwang.areas.vehicles.life.models import Powertrain, Renewal, Vehicle
from yiwang.core.orgs.models import Organ, Tier
from yiwang.core.standards.verdict import Verdict
from yiwang.core.verdicts.judging import preview

DAYS_A_YEAR = Decimal("365.25")


def years_between(registered: date | None, on: date) -> Decimal | None:
    """Years of use to one place; None without a day of registration."""
    return None if registered is None else round(Decimal((on - registered).days) / DAYS_A_YEAR, 1)


def condition(car: Vehicle, on: date) -> dict[str, Any]:
    """The columns of `vehicles.renewal` that say how old and worn the car is. Mileage in 10,000 km."""
    return {
        "years_used": years_between(car.registered_date, on),
        "mileage": Decimal(car.mileage) / 10_000,
        "special_use": car.renewal == Renewal.SPECIAL,
        "battery_electric": car.powertrain == Powertrain.BATTERY,
        "beyond_warranty": None if car.warranty_until is None else car.warranty_until < on,
        "battery_decay": car.battery_decay,
    }


def facts(car: Vehicle, on: date, approval: str = "") -> dict[str, Any]:
    """A row of `vehicles.renewal` for a car that is to be renewed or disposed of."""
    organ: Organ = car.organ
    head = {"organ": organ.name, "organ_tier": str(Tier(organ.tier).label), "vehicle": car.plate}
    return {**head, "vehicle_use": str(car.get_use_display()), **condition(car, on), "approval": approval or None}


def verdicts(car: Vehicle, on: date, approval: str = "") -> list[Verdict]:
    """What the rules in force at the car's place say of renewing it on the day."""
    return preview("vehicles.renewal", facts(car, on, approval), on, car.organ.region_id)
