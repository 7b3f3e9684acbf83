"""The day of a pool as a problem of `dispatch`: rows become plain dataclasses, places become indices.

A trip's time was told to people: its car is held from `before_minutes` ahead of it to `after_minutes` behind it, as
`judging` holds it. So the planner is given exactly this stretch (earliest = latest, the rest of the stretch as waiting),
and what it proposes can be written.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from yiwang.areas.vehicles import dispatch
from yiwang.areas.vehicles.board.travelling import Place, provider
from yiwang.areas.vehicles.life.models import Body, Use, Vehicle
from yiwang.areas.vehicles.trips import judging
from yiwang.areas.vehicles.trips.models import (
    Assignment,
    Driver,
    DriverState,
    Outage,
    OutageKind,
    Purpose,
    Stop,
    Trip,
    TripState,
)
from yiwang.areas.vehicles.trips.reading import BoardDay

#: What a car costs, for comparing plans only (nobody is charged by it): fen a kilometre, and a day out of the yard
#: (driver, wear, insurance); see decision 0061.
RATES = {
    Body.SEDAN: (90, 26_000),
    Body.SMALL: (110, 28_000),
    Body.MEDIUM: (170, 34_000),
    Body.LARGE: (260, 45_000),
}
#: What a licence lets one drive, in the classes that the planner knows.
LICENCE = {Body.SEDAN: "C1", Body.SMALL: "C1", Body.MEDIUM: "B1", Body.LARGE: "A1"}
#: Refusals that hold for a car and a kind of trip at any hour.
STANDING = frozenset({"assign.kind", "assign.sealed", "assign.not-lent", "assign.laid-up", "assign.retired"})
#: States in which a car that was given stays given: the driver has said yes, or is on his way.
FIRM = (TripState.ACCEPTED, TripState.UNDER_WAY, TripState.WAITING, TripState.DONE, TripState.CONFIRMED)
LONGEST = 10 * dispatch.problem.HOUR
_CODES = {OutageKind.MAINTENANCE: "maintenance", OutageKind.SEALED: "sealed"}


@dataclass
class Asked:
    """A problem with the way back from its identifiers to rows; `left` are trips that only a person can place."""

    problem: dispatch.Problem
    trips: dict[str, Trip]
    cars: dict[str, Vehicle]
    drivers: dict[str, Driver]
    midnight: datetime
    left: list[tuple[Trip, str, str]] = field(default_factory=list)

    def instant(self, seconds: int) -> datetime:
        """Seconds since the local midnight as an instant."""
        return self.midnight + timedelta(seconds=seconds)


class _Places:
    """Coordinates by index; unknown ones are where the pool's cars stand."""

    def __init__(self, home: Place | None) -> None:
        self.home = home or (102.71, 25.04)
        self.known: dict[Place, int] = {self.home: 0}

    def index(self, row: object) -> int:
        """Of a stop or a yard."""
        lon, lat = getattr(row, "longitude", None), getattr(row, "latitude", None)
        place = self.home if lon is None or lat is None else (float(lon), float(lat))
        return self.known.setdefault(place, len(self.known))


def asked(board: BoardDay, now: datetime, *, pooling: bool = False) -> Asked:
    """The problem of the day, with what is accepted already as held. Queries: those of the scene only.

    `pooling`: to look for trips that could share a car. One-way trips are then no more than their way.
    """
    scene = board.scene(now)
    places = _Places(_home(board))
    live = {one.trip_id: one for one in board.assignments}
    found = Asked(_nothing(), {}, {str(car.pk): car for car in board.cars}, {}, board.first)
    found.drivers = {str(one.pk): one for one in board.drivers if one.state == DriverState.ON_DUTY}
    wanted = [trip for trip in board.trips if _plannable(trip, live.get(trip.pk), scene, found, now)]
    found.trips = {str(trip.pk): trip for trip in wanted}
    stops = {trip.pk: [places.index(stop) for stop in _stops(trip)] or [0] for trip in wanted}
    yards = {car.pk: places.index(car.depot) for car in board.cars}
    travel = provider().matrix(list(places.known))
    classes = _classes(wanted, board.cars, scene)
    cars = tuple(_car(car, board, scene, yards[car.pk], classes, found) for car in board.cars)
    drivers = tuple(_driver(one, board, scene, places.index(one.depot), found) for one in found.drivers.values())
    shape = _bare if pooling else _trip
    trips = tuple(shape(trip, scene, stops[trip.pk], travel, found) for trip in wanted)
    held = tuple(_held(live[trip.pk], scene, found) for trip in wanted if trip.pk in live)
    found.problem = dispatch.Problem(cars=cars, drivers=drivers, trips=trips, travel=travel, held=held)
    return found


def _nothing() -> dispatch.Problem:
    return dispatch.Problem(cars=(), drivers=(), trips=(), travel=dispatch.great_circle([(0.0, 0.0)]))


def _home(board: BoardDay) -> Place | None:
    """The first yard with coordinates."""
    yards = (car.depot for car in board.cars if car.depot is not None)
    return next(((float(y.longitude), float(y.latitude)) for y in yards if y.longitude and y.latitude), None)


def _stops(trip: Trip) -> list[Stop]:
    return sorted(trip.stops.all(), key=lambda stop: stop.order)


def _plannable(trip: Trip, live: Assignment | None, scene: judging.Scene, found: Asked, now: datetime) -> bool:
    """Whether the planner may place it; who waits and cannot be placed is told why."""
    if live is not None:
        return str(live.vehicle_id) in found.cars and _length(trip, scene) <= LONGEST
    if trip.state != TripState.APPROVED:
        return False
    if trip.starts_at <= now:
        found.left.append((trip, "plan.past", "出发时间已经过了,请手工派车或请申请人改时间。"))
        return False
    if _length(trip, scene) > LONGEST:
        found.left.append((trip, "plan.long", "跨日或长于 10 小时,请手工派车并安排轮换的驾驶员。"))
        return False
    return True


def _length(trip: Trip, scene: judging.Scene) -> int:
    first, last = scene.span(trip)
    return int((last - first).total_seconds())


def _seconds(instant: datetime, found: Asked) -> int:
    return int((instant - found.midnight).total_seconds())


Wish = tuple[str, str, str, bool]


def _wish(trip: Trip) -> Wish:
    """What decides which cars may go at all."""
    return trip.use, trip.body, trip.purpose, trip.urgent


def _class(wish: Wish) -> str:
    """As the planner's sentences show it."""
    use, body, purpose, urgent = wish
    words = (
        Use(use).label if use else "",
        Body(body).label if body else "",
        Purpose(purpose).label,
        "紧急" if urgent else "",
    )
    return "·".join(str(one) for one in words if one)


def _classes(trips: Iterable[Trip], cars: Sequence[Vehicle], scene: judging.Scene) -> dict[int, frozenset[str]]:
    """Car → the wishes that it may serve: asked of `judging`, once for each kind of wish."""
    samples: dict[Wish, Trip] = {}
    for trip in trips:
        if _wish(trip) not in samples:
            samples[_wish(trip)] = sample = copy.copy(trip)
            sample.passengers = 1
    return {
        car.pk: frozenset(
            _class(wish)
            for wish, sample in samples.items()
            if not any(one.code in STANDING for one in scene.refusals(sample, car, None))
        )
        for car in cars
    }


def _car(
    car: Vehicle, board: BoardDay, scene: judging.Scene, yard: int, classes: Mapping[int, frozenset[str]], found: Asked
) -> dispatch.Car:
    per_km, fixed = RATES[Body(car.body)]
    closed = [_closure(one, found) for one in scene.outages.get(("vehicle", car.pk), ())]
    closed += [
        dispatch.Closure(_seconds(one.first, found), _seconds(one.last, found), one.code, one.sentence)
        for one in scene.closures.get(car.pk, ())
    ]
    closed += _taken(scene.cars.get(car.pk, ()), found)
    return dispatch.Car(
        id=str(car.pk),
        kinds=classes[car.pk],
        seats=judging.seats_of(car) - 1,
        depot=yard,
        per_km=per_km,
        fixed=fixed,
        licence=LICENCE[Body(car.body)],
        closed=tuple(closed),
        label=car.plate,
    )


def _closure(one: Outage, found: Asked) -> dispatch.Closure:
    words = f"{judging.said((one.since, one.until))} {one.get_kind_display()}"
    code = _CODES.get(OutageKind(one.kind), "off")
    return dispatch.Closure(_seconds(one.since, found), _seconds(one.until, found), code, words)


def _taken(held: Iterable[judging.Held], found: Asked) -> list[dispatch.Closure]:
    """Trips that the planner does not know: of other days, of other pools, long ones."""
    return [
        dispatch.Closure(_seconds(one.first, found), _seconds(one.last, found), "taken", f"已派给 {one.number}")
        for one in held
        if str(one.trip) not in found.trips
    ]


def _driver(one: Driver, board: BoardDay, scene: judging.Scene, yard: int, found: Asked) -> dispatch.Driver:
    rule = scene.rule(one)
    licences = {LICENCE[body] for body in Body if one.licence in judging.LICENCES.get(body, (one.licence,))}
    closed = [_closure(stop, found) for stop in scene.outages.get(("driver", one.pk), ())]
    closed += _taken(scene.drivers.get(one.pk, ()), found)
    if one.licence_until and one.licence_until < board.day:
        closed.append(dispatch.Closure(0, dispatch.problem.DAY, "off", f"驾驶证 {one.licence_until} 到期"))
    return dispatch.Driver(
        id=str(one.pk),
        licences=frozenset(licences),
        depot=yard,
        shift=_shift(one, scene, rule.rest_minutes * 60, found),
        duty=rule.duty_minutes * 60,
        closed=tuple(closed),
        label=one.name,
    )


def _shift(one: Driver, scene: judging.Scene, rest: int, found: Asked) -> dispatch.Span:
    """The day, less the night's rest after what he did yesterday and before what he does tomorrow."""
    day = dispatch.problem.DAY
    first, last = 0, day
    for held in scene.drivers.get(one.pk, ()):
        begin, end = _seconds(held.first, found), _seconds(held.last, found)
        if end <= 0:
            first = max(first, end + rest)
        elif begin >= day:
            last = min(last, begin - rest)
    return dispatch.Span(min(first, day), max(last, min(first, day)))


def _trip(
    trip: Trip, scene: judging.Scene, stops: Sequence[int], travel: dispatch.Travel, found: Asked
) -> dispatch.Trip:
    first, _ = scene.span(trip)
    legs = [*stops, stops[0]] if trip.returns else list(stops)
    ride = sum(travel.second_rows[one][two] for one, two in itertools.pairwise(legs))
    begin = _seconds(first, found)
    return dispatch.Trip(
        id=str(trip.pk),
        origin=stops[0],
        target=stops[-1],
        via=tuple(stops[1:-1]),
        earliest=begin,
        latest=begin,
        wait=max(_length(trip, scene) - int(ride), 0),
        back=trip.returns and len(stops) > 1,
        passengers=trip.passengers,
        kinds=frozenset({_class(_wish(trip))}),
        poolable=trip.sharing,
        priority=1 if trip.urgent else 0,
        label=trip.number,
    )


def _bare(
    trip: Trip, scene: judging.Scene, stops: Sequence[int], travel: dispatch.Travel, found: Asked
) -> dispatch.Trip:
    """The trip as people ride it: without the stretch around it for which the car is held."""
    whole = _trip(trip, scene, stops, travel, found)
    begin = _seconds(trip.starts_at, found)
    bare = replace(whole, earliest=begin, latest=begin)
    return bare if trip.returns or trip.wait_minutes else replace(bare, wait=0, via=())


def _held(one: Assignment, scene: judging.Scene, found: Asked) -> dispatch.Held:
    """What was accepted stays as long as nothing stands against it: only then may the planner move it."""
    trip = found.trips[str(one.trip_id)]
    driver = str(one.driver_id) if str(one.driver_id) in found.drivers else None
    start = _seconds(scene.span(trip)[0], found)
    stands = driver is not None and not scene.refusals(
        trip, found.cars[str(one.vehicle_id)], found.drivers[driver], (one.held_from, one.held_to)
    )
    return dispatch.Held(str(trip.pk), str(one.vehicle_id), driver, start, firm=stands or trip.state in FIRM)
