"""What trips and the life of a car tell each other: papers and workshops keep a car from trips, trips keep it from leaving."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

import yiwang.kit.among  # noqa: F401 (registers the look-up)
from yiwang.areas.vehicles.life import expiry, leaving, parts
from yiwang.areas.vehicles.life.models import Maintenance, Vehicle
from yiwang.areas.vehicles.trips import judging
from yiwang.areas.vehicles.trips.judging import Closure, day_span
from yiwang.areas.vehicles.trips.models import HOLDING, Assignment
from yiwang.areas.vehicles.trips.powers import dispatches
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.kit.refusal import Refusal

#: So many trips on the page of a car.
SHOWN = 12
#: No visit to a workshop is thought to last longer: who forgot the day of its end does not block the car for ever.
STAY = timedelta(days=60)


def declare() -> None:
    """Hang them on; called once when Django starts."""
    judging.register_closures(papers)
    judging.register_closures(workshops)
    leaving.before_leaving(still_wanted)
    parts.register_part(
        parts.Part(key="trips", label="出车", template="vehicles/trips/_of_car.html", context=of_car, order=20)
    )


def papers(vehicles: Collection[int], first: datetime, last: datetime) -> Iterable[Closure]:
    """A car whose inspection or compulsory insurance runs out before it is back stays where it is."""
    since, until = timezone.localtime(first).date(), timezone.localtime(last).date()
    for due in expiry.expired(vehicles, since, until):
        text = f"{due.what}到 {due.until} 止,回来以前就过期了;先办{due.what},或换一辆车。"
        yield Closure(due.vehicle, day_span(due.until)[1], last + judging.DAY, "expired", text)


def workshops(vehicles: Collection[int], first: datetime, last: datetime) -> Iterable[Closure]:
    """A car in the workshop: from the day it was brought until the day it was done; while it is not done, for `STAY`."""
    since, until = timezone.localtime(first).date(), timezone.localtime(last).date()
    rows = Maintenance.objects.filter(vehicle__among=vehicles, on_date__lte=until, on_date__gt=since - STAY)
    rows = rows.filter(Q(done_date=None) | Q(done_date__gt=since))
    for car, number, on, done in rows.values_list("vehicle_id", "number", "on_date", "done_date"):
        end = day_span(done)[0] if done else last + judging.DAY
        text = f"车辆 {on} 送修({number}){f',{done} 修好' if done else ',还没有修好'},请换一辆。"
        yield Closure(car, day_span(on)[0], end, "maintenance", text)


def still_wanted(car: Vehicle, on: date) -> Refusal | None:
    """A car that is on a trip, or given to one, does not leave its organ."""
    rows = Assignment.objects.live().filter(vehicle=car, trip__state__in=HOLDING).select_related("trip")
    one = rows.order_by("held_from").first()
    if one is None:
        return None
    return Refusal("vehicle.on-trip", f"车辆 {car} 已派给 {one.trip.number}({one.trip.when}),请先改派或等它收车。")


def of_car(access: Access, car: Vehicle, on: date) -> dict[str, Any] | None:
    """The latest trips of a car, for readers of the area and dispatchers."""
    if not (access.holds(car, Verb.READ) or (dispatches(access) and access.holds(car, Verb.HANDLE))):
        return None
    rows = Assignment.objects.live().filter(vehicle=car).select_related("trip__organ", "driver")
    return {"rows": list(rows.order_by("-held_from", "-pk")[:SHOWN])}
