"""A day of a pool in few queries: cars, drivers, trips, who drives what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from yiwang.areas.vehicles.life.models import Vehicle, VehicleState
from yiwang.areas.vehicles.trips import judging
from yiwang.areas.vehicles.trips.models import Assignment, Driver, DriverState, Outage, Trip, TripState
from yiwang.areas.vehicles.trips.powers import dispatchable, in_pool
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access

#: Not on the board: nobody approved them yet, or nobody goes.
_OFF = (TripState.REQUESTED, TripState.REFUSED, TripState.CANCELLED, TripState.POOLED)


@dataclass(frozen=True)
class BoardDay:
    """A local day of a pool. `trips` begin, run or end on it, stops prefetched; `assignments` are live, also those of
    the days beside it (for rest), with trip, vehicle, driver.
    """

    day: date
    first: datetime
    last: datetime
    pool: Organ | None
    cars: list[Vehicle]
    drivers: list[Driver]
    trips: list[Trip]
    assignments: list[Assignment]
    outages: list[Outage]

    def scene(self, now: datetime) -> judging.Scene:
        """To judge any pair of the day without further queries: about four queries once."""
        return judging.scene(
            self.first,
            self.last,
            now,
            pool=self.pool,
            vehicles=[one.pk for one in self.cars],
            drivers=[one.pk for one in self.drivers],
            held=self.assignments,
            outages=self.outages,
        )


def board_day(access: Access, day: date) -> BoardDay:
    """Six queries, whatever the size of the pool; empty for who does not dispatch."""
    first, last = judging.day_span(day)
    near = (first - judging.DAY, last + judging.DAY)
    cars = in_pool(access, Vehicle.objects.exclude(state=VehicleState.RETIRED))
    drivers = in_pool(access, Driver.objects.exclude(state=DriverState.LEFT))
    trips = dispatchable(access).exclude(state__in=_OFF).filter(starts_at__lt=last, ends_at__gt=first)
    held = in_pool(access, Assignment.objects.live().meeting(*near))
    outages = in_pool(access, Outage.objects.filter(since__lt=near[1], until__gt=near[0]))
    return BoardDay(
        day=day,
        first=first,
        last=last,
        pool=access.organ,
        cars=list(cars.select_related("organ", "depot").order_by("sort_key", "pk")),
        drivers=list(drivers.select_related("organ", "depot").order_by("sort_key", "pk")),
        trips=list(trips.select_related("organ").prefetch_related("stops").order_by("starts_at", "pk")),
        assignments=list(held.select_related("trip__organ", "vehicle", "driver").order_by("held_from", "pk")),
        outages=list(outages.order_by("since", "pk")),
    )
