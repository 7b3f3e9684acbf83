"""The time line: rows of cars or drivers under the hours of a day, and the trips that still wait. No query of its own.

Everything is counted in quarters of an hour from the first hour shown: the style sheet has a class for each (`s…`, `n…`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from yiwang.areas.vehicles.life.models import Body, Use, Vehicle, VehicleState
from yiwang.areas.vehicles.trips import judging
from yiwang.areas.vehicles.trips.models import HOLDING, Assignment, Driver, Outage, Trip, TripState
from yiwang.areas.vehicles.trips.reading import BoardDay

SLOT = timedelta(minutes=15)
USUAL = (7, 19)  # hours shown at least
#: Rows drawn at once; a larger pool is looked at yard by yard.
MOST = 300
MOVABLE = (TripState.ASSIGNED, TripState.ACCEPTED)
_SIGNS = {
    TripState.APPROVED: "new",
    TripState.ASSIGNED: "",
    TripState.ACCEPTED: "yes",
    TripState.UNDER_WAY: "go",
    TripState.WAITING: "go",
}


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a row: a trip, or a time in which the car cannot be had. Quarters from the first hour shown."""

    first: int
    span: int
    kind: str  # trip | off
    label: str
    title: str
    trip: int = 0
    sign: str = ""  # go: on the way, yes: accepted, done, new: proposed
    movable: bool = False


@dataclass
class Row:
    """A car or a driver; `key` is its id, `small` what else is known of it."""

    key: int
    label: str
    small: str
    group: str
    off: bool = False
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True)
class Waiting:
    """A trip without a car."""

    trip: Trip
    times: str
    label: str
    needs: str
    late: bool


@dataclass(frozen=True)
class Board:
    """Rows under the hours; `more`: rows that are not drawn."""

    hours: list[int]
    groups: list[tuple[str, list[Row]]]
    waiting: list[Waiting]
    by: str
    more: int
    busy: int
    trips: int
    ended: int

    @property
    def width(self) -> int:
        """Hours shown."""
        return len(self.hours)


def board(day: BoardDay, now: datetime, *, by: str = "cars", depot: int = 0, only_busy: bool = False) -> Board:
    """The day as rows of cars (`by` = cars) or of drivers."""
    held = [one for one in day.assignments if one.held_from < day.last and one.held_to > day.first]
    hours = _hours(day, held)
    scale = _Scale(day.first + timedelta(hours=hours[0]), len(hours) * 4)
    key = "driver_id" if by == "drivers" else "vehicle_id"
    rows: list[Row] = [_driver(one) for one in day.drivers] if by == "drivers" else [_car(one) for one in day.cars]
    of = {row.pk: row for row in (day.drivers if by == "drivers" else day.cars)}
    if depot:
        rows = [row for row in rows if of[row.key].depot_id == depot]
    busy = {getattr(one, key) for one in held} | ({one.second_id for one in held} if by == "drivers" else set())
    if only_busy:
        rows = [row for row in rows if row.key in busy]
    blocks = _blocks(held, day.outages, key, scale)
    for row in rows[:MOST]:
        row.blocks = sorted(blocks[row.key], key=lambda one: (one.kind == "trip", one.first))
    return Board(
        hours=hours,
        groups=_grouped(rows[:MOST]),
        waiting=[_waiting(trip, now) for trip in day.trips if trip.state == TripState.APPROVED],
        by=by,
        more=max(len(rows) - MOST, 0),
        busy=len(busy),
        trips=len(day.trips),
        ended=sum(trip.state not in (*HOLDING, TripState.APPROVED) for trip in day.trips),
    )


class _Scale:
    """Instants → quarters."""

    def __init__(self, zero: datetime, columns: int) -> None:
        self.zero, self.columns = zero, columns

    def __call__(self, first: datetime, last: datetime) -> tuple[int, int] | None:
        """First quarter (from 1, as the grid counts) and how many; None outside of what is shown."""
        begin = max(int((first - self.zero) // SLOT), 0)
        end = min(-int((self.zero - last) // SLOT), self.columns)
        return (begin + 1, end - begin) if begin < end else None


def _hours(day: BoardDay, held: Iterable[Assignment]) -> list[int]:
    """Whole hours that hold the usual day and everything that is driven."""
    first, last = USUAL
    for one in held:
        begin = max(one.trip.starts_at, day.first)
        end = min(one.trip.ends_at, day.last)
        first = min(first, int((begin - day.first).total_seconds() // 3600))
        last = max(last, -int(-(end - day.first).total_seconds() // 3600))
    return list(range(max(first, 0), min(last, 24)))


def _car(car: Vehicle) -> Row:
    facts = (car.get_body_display(), f"{judging.seats_of(car)} 座", str(car.get_use_display()).removesuffix("用车"))
    off = car.state == VehicleState.LAID_UP
    small = " · ".join(facts) + (" · 封存停驶" if off else "")
    return Row(car.pk, car.plate, small, car.depot.name if car.depot else "未定车场", off)


def _driver(one: Driver) -> Row:
    off = one.state != "ON_DUTY"
    small = f"{one.licence}{f' · {one.get_state_display()}' if off else ''}"
    return Row(one.pk, one.name, small, one.depot.name if one.depot else "未定车场", off)


def _grouped(rows: Iterable[Row]) -> list[tuple[str, list[Row]]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.group].append(row)
    return sorted(found.items(), key=lambda item: (item[0] == "未定车场", item[0]))


def _blocks(
    held: Iterable[Assignment], outages: Iterable[Outage], key: str, scale: _Scale
) -> defaultdict[int, list[Block]]:
    found: defaultdict[int, list[Block]] = defaultdict(list)
    for stop in outages:
        place, owner = scale(stop.since, stop.until), getattr(stop, key)
        if place and owner:
            words = str(stop.get_kind_display())
            found[owner].append(Block(*place, "off", words, f"{judging.said((stop.since, stop.until))} {words}"))
    for one in held:
        owners = {getattr(one, key), one.second_id if key == "driver_id" else None} - {None, 0}
        if owners and (block := trip_block(one, key, scale)):
            for owner in owners:
                found[owner].append(block)
    return found


def trip_block(one: Assignment, key: str, scale: _Scale) -> Block | None:
    """A trip in the row of its car or driver; the other of the two stands in the title."""
    trip = one.trip
    if (place := scale(trip.starts_at, trip.ends_at)) is None:
        return None
    other = one.driver if key == "vehicle_id" else one.vehicle
    title = f"{trip.number} {judging.said((trip.starts_at, trip.ends_at))} {trip.route} {other or ''} {trip.get_state_display()}"
    sign = _SIGNS.get(TripState(trip.state), "done")
    return Block(*place, "trip", _label(trip), title, trip.pk, sign, trip.state in MOVABLE)


def _label(trip: Trip) -> str:
    """水利局 会展中心 4 人."""
    goal = trip.route.rpartition("→")[2].strip()
    return " ".join(part for part in (trip.organ.name, goal, f"{trip.passengers} 人") if part)


def _waiting(trip: Trip, now: datetime) -> Waiting:
    needs = [str(Use(trip.use).label)] if trip.use in Use.values else []
    needs += [str(Body(trip.body).label)] if trip.body in Body.values else []
    return Waiting(
        trip, judging.said((trip.starts_at, trip.ends_at))[6:], _label(trip), "、".join(needs), trip.starts_at <= now
    )


def proposed(lines: Sequence[Assignment], day: BoardDay) -> Board:
    """A plan as rows of the cars it uses: unsaved assignments stand for its lines."""
    hours = _hours(day, lines)
    scale = _Scale(day.first + timedelta(hours=hours[0]), len(hours) * 4)
    blocks = _blocks(lines, day.outages, "vehicle_id", scale)
    used = {one.vehicle_id for one in lines}
    rows = [_car(car) for car in day.cars if car.pk in used]
    for row in rows:
        row.blocks = sorted(blocks[row.key], key=lambda one: (one.kind == "trip", one.first))
    return Board(hours, _grouped(rows), [], "cars", 0, len(used), len(lines), 0)
