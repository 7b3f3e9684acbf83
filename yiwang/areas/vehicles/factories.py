"""Rows for tests: cars, quotas, purchases. Not for the application."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from yiwang.areas.vehicles.models import Body, FleetQuota, Use, Vehicle, VehiclePurchase
from yiwang.core.orgs.models import Organ
from yiwang.kit.pinyin import sort_key

#: Beyond the plates that tests write out, whatever ran before in the same process.
_numbers = count(50001)


def vehicle(at: Organ, **more: Any) -> Vehicle:
    """A car of the organ."""
    plate = more.pop("plate", f"示A{next(_numbers):05}")
    facts: dict[str, Any] = {"use": Use.EMERGENCY, "body": Body.SEDAN, "registered_date": date(2020, 1, 1), **more}
    row = Vehicle(organ=at, plate=plate, sort_key=sort_key(plate, limit=40), **facts)
    row.place()
    row.save()
    return row


def quota(at: Organ, number: int, use: str = Use.EMERGENCY, since: date = date(2018, 1, 1)) -> FleetQuota:
    """A quota that still holds."""
    row = FleetQuota(organ=at, use=use, number=number, valid_from=since)
    row.place()
    row.save()
    return row


def purchase(at: Organ, price: int, **more: Any) -> VehiclePurchase:
    """A purchase; the price in yuan."""
    facts: dict[str, Any] = {"use": Use.EMERGENCY, "body": Body.SEDAN, "purchased_date": date(2025, 3, 1), **more}
    row = VehiclePurchase(organ=at, number=f"CG{next(_numbers):05}", price=price * 100, **facts)
    row.place()
    row.save()
    return row
