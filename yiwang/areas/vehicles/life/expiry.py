"""到期: until when each paper of a car holds, what is over or soon will be, and the warnings told once each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse

import yiwang.kit.among  # noqa: F401 (registers the look-up)
from yiwang.areas.vehicles.life.models import (
    DocumentKind,
    ExpiryNotice,
    Inspection,
    InspectionResult,
    Insurance,
    InsuranceKind,
    Vehicle,
    VehicleDocument,
    VehicleState,
)
from yiwang.areas.vehicles.nav import AREA
from yiwang.core.ledger.post import post
from yiwang.core.notices.actions import send
from yiwang.core.notices.templates import Template, Topic, register, register_topic
from yiwang.core.rights.holders import able
from yiwang.core.rights.models import Verb

#: Days ahead at which a warning is due; 0: on the day itself and after it.
AHEAD = (30, 7, 0)
TOPIC = "vehicles"
INSPECTION = "年检"
register_topic(Topic(TOPIC, "公务用车"))
register(Template("vehicles.expiry", title="车辆证照将到期", text="{plate} 的{what}到 {until} 止{left}。", topic=TOPIC))


@dataclass(frozen=True, order=True)
class Due:
    """One paper of one car: it holds through `until` (the last good day)."""

    until: date
    vehicle: int
    what: str

    def left(self, on: date) -> int:
        """Days left; negative once it is over."""
        return (self.until - on).days

    def step(self, on: date) -> int | None:
        """The warning that is due: the smallest of `AHEAD` that has been reached; None while there is time."""
        left = self.left(on)
        return min((days for days in AHEAD if left <= days), default=None)

    def words(self, on: date) -> str:
        """How long there is, in words."""
        left = self.left(on)
        return f"已过期 {-left} 天" if left < 0 else "今天到期" if left == 0 else f"还有 {left} 天"


def due_of(vehicles: Collection[int]) -> dict[int, list[Due]]:
    """For each car its papers by the last day they hold, the newest of each kind. Three queries."""
    found: dict[int, list[Due]] = defaultdict(list)
    for car, what, until in _papers(vehicles):
        found[car].append(Due(until, car, what))
    return {car: sorted(some) for car, some in found.items()}


def _papers(vehicles: Collection[int]) -> Iterable[tuple[int, str, date]]:
    passed = Inspection.objects.filter(vehicle__among=vehicles).exclude(result=InspectionResult.FAILED)
    for car, until in passed.values_list("vehicle").annotate(until=Max("valid_to")).order_by():
        yield car, INSPECTION, until
    policies = Insurance.objects.filter(vehicle__among=vehicles).values_list("vehicle", "kind")
    for car, kind, ends in policies.annotate(ends=Max("ends_date")).order_by():
        yield car, str(InsuranceKind(kind).label), ends - timedelta(days=1)  # a policy ends as its last day begins
    papers = VehicleDocument.objects.filter(vehicle__among=vehicles).values_list("vehicle", "kind")
    labels = dict(DocumentKind.choices)
    for car, kind, until in papers.annotate(until=Max("valid_to")).order_by():
        if until is not None:
            yield car, str(labels[kind]), until


def expired(vehicles: Collection[int], first: date, last: date) -> list[Due]:
    """What runs out before the end of [first, last] and keeps a car off the road: inspection and compulsory insurance."""
    needed = (INSPECTION, str(InsuranceKind.COMPULSORY.label))
    every = [one for some in due_of(vehicles).values() for one in some]
    return [one for one in every if one.what in needed and one.until < last]


def soon(vehicles: Collection[int], on: date, days: int = AHEAD[0]) -> list[Due]:
    """What is over or will be within so many days, the most urgent first."""
    return sorted(one for some in due_of(vehicles).values() for one in some if one.left(on) <= days)


def warn_expiring(*, on: date, now: datetime) -> int:
    """到期提醒, once a night: each paper that has come under 30, 7 or 0 days, told once at each. Number of warnings.

    Safe to repeat; a night that was missed is made up for with the one warning that is due now.
    """
    cars = {car.pk: car for car in Vehicle.objects.exclude(state=VehicleState.RETIRED).select_related("organ")}
    told = set(ExpiryNotice.objects.filter(vehicle__in=cars).values_list("vehicle", "what", "until", "days"))
    made = 0
    for one in soon(list(cars), on):
        step = one.step(on)
        if step is not None and (one.vehicle, one.what, one.until, step) not in told:
            made += _warn(cars[one.vehicle], one, step, on, now)
    return made


def _warn(car: Vehicle, one: Due, days: int, on: date, now: datetime) -> bool:
    """Note and tell; False where another night's work did at the same time."""
    try:
        with transaction.atomic():
            ExpiryNotice.objects.create(vehicle=car, what=one.what, until=one.until, days=days, on_date=on)
            body = {"what": one.what, "until": one.until, "days": days}
            post(actor="system", act="vehicles.vehicle.warn", obj=f"vehicles.vehicle:{car.pk}", body=body)
            send(
                to=able(Verb.WRITE, car.organ, AREA, on=on), template="vehicles.expiry", about=f"vehicles.vehicle:{car.pk}",
                url=reverse("vehicles:vehicle", args=[car.pk]) + "#papers", now=now,
                plate=car.plate, what=one.what, until=one.until, left=f",{one.words(on)}",
            )  # fmt: skip
    except IntegrityError:
        return False
    return True
