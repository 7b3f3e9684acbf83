"""Rows for tests: drivers, trips, terms. Not for the application."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from yiwang.areas.vehicles.life.models import RentalContract, RentalRate, RentalSupplier
from yiwang.areas.vehicles.trips.models import Depot, Driver, Outage, Purpose, Stop, Trip, TripState
from yiwang.areas.vehicles.trips.terms import PoolRule, Sharing, Tariff
from yiwang.core.orgs.models import Organ, Scoped
from yiwang.core.rights.models import User
from yiwang.kit.pinyin import sort_key

_numbers = count(1)
T = TypeVar("T", bound=Scoped)
SINCE = date(2020, 1, 1)


def depot(at: Organ, name: str = "机关车场") -> Depot:
    """A yard."""
    row = Depot(organ=at, name=name, sort_key=sort_key(name))
    row.place()
    row.save()
    return row


def driver(at: Organ, name: str = "马骏", *, user: User | None = None, **facts: Any) -> Driver:
    """A driver on duty with a C1 licence."""
    row = Driver(organ=at, name=name, sort_key=sort_key(name), user=user, **facts)
    row.place()
    row.save()
    return row


def trip(at: Organ, user: User, starts_at: datetime, hours: float = 2, **facts: Any) -> Trip:
    """A trip that waits for a car, from the organ to a meeting and back."""
    values: dict[str, Any] = {
        "number": f"T{next(_numbers):06}",
        "applicant": user,
        "passengers": 3,
        "purpose": Purpose.MEETING,
        "reason": "参加会议",
        "route": "机关大院 → 会展中心",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=hours),
        "state": TripState.APPROVED,
        "requested_at": datetime(2026, 1, 1, tzinfo=UTC),
        **facts,
    }
    row = Trip(organ=at, **values)
    row.place()
    row.save()
    Stop.objects.bulk_create(
        Stop(trip=row, order=order, name=name) for order, name in enumerate(row.route.split(" → "))
    )
    return row


def outage(at: Organ, kind: str, since: datetime, until: datetime, **of: Any) -> Outage:
    """A car or a driver that cannot be sent."""
    row = Outage(organ=at, kind=kind, since=since, until=until, **of)
    row.place()
    row.save()
    return row


def rule(at: Organ, **facts: Any) -> PoolRule:
    """The rule of a pool."""
    return _terms(PoolRule(organ=at, **{"valid_from": SINCE, **facts}))


def tariff(at: Organ, **facts: Any) -> Tariff:
    """What the pool takes; fen."""
    return _terms(Tariff(organ=at, **{"valid_from": SINCE, **facts}))


def sharing(lender: Organ, borrower: Organ, **facts: Any) -> Sharing:
    """An arrangement between pools."""
    return _terms(Sharing(organ=lender, borrower=borrower, **{"valid_from": SINCE, **facts}))


def rental(at: Organ, body: str = "SEDAN", **rates: int) -> RentalContract:
    """A contract with a designated supplier: prices in fen by unit, a day's without."""
    supplier = RentalSupplier(organ=at, name="示例汽车租赁公司", sort_key="", credit_code=f"91{next(_numbers):016}")
    supplier.place()
    supplier.save()
    contract = RentalContract(organ=at, supplier=supplier, number=f"ZL{next(_numbers):05}")
    contract.starts_date, contract.ends_date = SINCE, date(2030, 1, 1)
    contract.place()
    contract.save()
    for unit, price in (rates or {"DAY": 40_000}).items():
        rate = RentalRate(organ=at, contract=contract, body=body, unit=unit, price=price)
        rate.place()
        rate.save()
    return contract


def _terms(row: T) -> T:
    row.place()
    row.save()
    return row
