"""Terminals and tracks of the demo province: the cars that stand in yards, and the trips driven lately, on the made-up roads."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from yiwang.areas.vehicles.gateway import counting
from yiwang.areas.vehicles.gateway.driving import Drive, Mishap, Report, drive, stand
from yiwang.areas.vehicles.gateway.roads import Place
from yiwang.areas.vehicles.life.models import Vehicle, VehicleState
from yiwang.areas.vehicles.tracks.models import Point, Terminal
from yiwang.areas.vehicles.tracks.writing import write_reports
from yiwang.areas.vehicles.trips.models import Assignment
from yiwang.core.ledger.post import post

#: How far back trips are driven, at most how many; seconds between two reports of a standing car.
BACK, MOST, STANDS = timedelta(days=5), 20, 1800
#: By turns: what goes wrong on a drive.
MISHAPS: tuple[tuple[Mishap, ...], ...] = (
    (),
    (Mishap("offline", 300, 900),),
    (Mishap("spoofed", 420, 460), Mishap("unfixed", 700, 730)),
    (Mishap("fast", 300, 600),),
    (Mishap("stop", 240, 600),),
)


def load_tracks(*, now: datetime) -> dict[str, int]:
    """A terminal in each car of a yard; its trips of the last days, and where it stands. Again on a filled base: nothing."""
    cars = list(Vehicle.objects.exclude(depot=None).filter(state=VehicleState.IN_USE).select_related("depot"))
    if not cars or Terminal.objects.exists():
        return {}
    terminals = {car.pk: _terminal(car, number) for number, car in enumerate(cars)}
    drives = _drives(now, terminals)
    hours: dict[datetime, Counter[str]] = defaultdict(Counter)
    for car in cars:
        one, yard = terminals[car.pk], _yard(car)
        if yard is None:
            continue
        reports = [*drives.get(car.pk, ()), *_standing(one, yard, now, drives.get(car.pk, []))]
        write_reports(one.pk, car.pk, reports, now=now.timestamp())
        for report in reports:
            hours[datetime.fromtimestamp(report.sent, UTC).replace(minute=0, second=0)]["frames"] += 1
    for hour, counts in hours.items():
        counting.keep({**counts, "points": counts["frames"]}, hour)
    Terminal.objects.filter(pk__in=[one.pk for one in terminals.values()]).update(seen_at=now)
    made = {"vehicles.terminal": len(terminals), "vehicles.point": Point.objects.count()}
    post(actor="system", act="demo.furnish", obj="demo.tracks:990000", body={"rows": made})
    return made


def _terminal(car: Vehicle, number: int) -> Terminal:
    one = Terminal(
        organ=car.organ, phone=f"1064{number:07}", vehicle=car, maker="YW", model="BD-808", serial=f"BD{number:05}",
        version=2019 if number % 3 else 2013,
    )  # fmt: skip
    one.place()
    one.save()
    return one


def _yard(car: Vehicle) -> Place | None:
    yard = car.depot
    if yard is None or yard.longitude is None or yard.latitude is None:
        return None
    return float(yard.longitude), float(yard.latitude)


def _drives(now: datetime, terminals: dict[int, Terminal]) -> dict[int, list[Report]]:
    """The reports of the trips that were driven, from the yard over the places of the trip and back, as far as they are sent."""
    found: dict[int, list[Report]] = defaultdict(list)
    driven = Assignment.objects.filter(started_at__gte=now - BACK, started_at__lte=now, vehicle__in=list(terminals))
    driven = (
        driven.select_related("vehicle__depot").prefetch_related("trip__stops").order_by("-started_at", "pk")[:MOST]
    )
    for number, one in enumerate(driven):
        car = one.vehicle
        yard = _yard(car) if car is not None else None
        stops = [(float(s.longitude), float(s.latitude)) for s in one.trip.stops.all() if s.longitude and s.latitude]
        if car is None or yard is None or not stops or one.started_at is None:
            continue
        places = tuple(
            place for place, before in zip([yard, *stops, yard], [None, yard, *stops], strict=True) if place != before
        )
        way = Drive(
            terminals[car.pk].phone, int(one.started_at.timestamp()), places, wait=600, mishaps=MISHAPS[number % len(MISHAPS)],
            mileage=float(one.odometer_start or car.mileage),
        )  # fmt: skip
        found[car.pk] += [report for report in drive(way) if report.sent <= now.timestamp()]
    return found


def _standing(one: Terminal, yard: Place, now: datetime, driven: list[Report]) -> list[Report]:
    """Since midnight, but not within an hour of a drive: the car is then elsewhere, or just back."""
    midnight = int(timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0).timestamp())
    busy = sorted(report.fix.at or 0 for report in driven)
    found = stand(one.phone, yard, midnight, int(now.timestamp()), every=STANDS)
    if not busy:
        return found
    return [report for report in found if not busy[0] - 3600 < report.sent < busy[-1] + 3600]
