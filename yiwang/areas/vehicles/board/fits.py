"""Which car and which driver a trip may get: for all of a view at once, before anything is dropped."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.trips import judging
from yiwang.areas.vehicles.trips.models import Driver, Trip
from yiwang.areas.vehicles.trips.reading import BoardDay
from yiwang.kit.refusal import Refusal

NOBODY = "这个时段没有可派的驾驶员(已派满、休假或准驾车型不符),请先调整驾驶员。"
NOTHING = "这个时段没有适合这位驾驶员的车,请换一位或先调整车辆。"


@dataclass(frozen=True)
class Fit:
    """A car or a driver for the trip: why not, or "" and who comes along."""

    key: int
    why: str
    other: int = 0
    words: str = ""


class Fitting:
    """A day judged for one trip after the other; about ten queries when it is made, none after that."""

    def __init__(self, day: BoardDay, now: datetime) -> None:
        self.day, self.scene = day, day.scene(now)
        self.driven: dict[int, list[int]] = defaultdict(list)  # car → drivers of the day
        self.led: dict[int, list[int]] = defaultdict(list)  # driver → cars of the day
        self.load: Counter[int] = Counter()
        self.now_on: dict[int, tuple[int, int]] = {}
        for one in day.assignments:
            if one.vehicle_id and one.driver_id:
                self.driven[one.vehicle_id].append(one.driver_id)
                self.led[one.driver_id].append(one.vehicle_id)
                self.load[one.driver_id] += 1
                self.now_on[one.trip_id] = one.vehicle_id, one.driver_id

    def cars(self, trip: Trip) -> list[Fit]:
        """Every car of the day."""
        free = self._free(trip)
        return [self.car(trip, car, free) for car in self.day.cars]

    def car(self, trip: Trip, car: Vehicle, free: Sequence[Driver] | None = None) -> Fit:
        """One car: the first thing that stands against it, or the driver who would come along."""
        found = self.scene.refusals(trip, car, None)
        if found:
            return Fit(car.pk, _said(found[0]))
        driver = self.driver_for(trip, car, self._free(trip) if free is None else free)
        return Fit(car.pk, "", driver.pk, f"驾驶员 {driver}") if driver else Fit(car.pk, NOBODY)

    def drivers(self, trip: Trip) -> list[Fit]:
        """Every driver of the day."""
        free = [car for car in self.day.cars if not self.scene.refusals(trip, car, None)]
        return [self.driver(trip, one, free) for one in self.day.drivers]

    def driver(self, trip: Trip, driver: Driver, free: Sequence[Vehicle] | None = None) -> Fit:
        """One driver: the first thing that stands against him, or the car he would take."""
        found = self._of_driver(trip, driver)
        if found:
            return Fit(driver.pk, _said(found[0]))
        cars = self.day.cars if free is None else free
        car = self.car_for(trip, driver, cars)
        return Fit(driver.pk, "", car.pk, f"车辆 {car}") if car else Fit(driver.pk, NOTHING)

    def driver_for(self, trip: Trip, car: Vehicle, free: Sequence[Driver]) -> Driver | None:
        """Who drives it: whoever has the trip or the car today, then one of its yard with least to do."""
        present = self.now_on.get(trip.pk, (0, 0))[1]
        mine = set(self.driven[car.pk])
        order = sorted(
            free,
            key=lambda one: (
                one.pk != present,
                one.pk not in mine,
                one.depot_id != car.depot_id,
                self.load[one.pk],
                one.pk,
            ),
        )
        return next((one for one in order if not self.scene.refusals(trip, car, one)), None)

    def car_for(self, trip: Trip, driver: Driver, free: Sequence[Vehicle]) -> Vehicle | None:
        """What he drives: what the trip or he has today, then the smallest of his yard."""
        present = self.now_on.get(trip.pk, (0, 0))[0]
        mine = set(self.led[driver.pk])
        order = sorted(
            free,
            key=lambda car: (
                car.pk != present,
                car.pk not in mine,
                car.depot_id != driver.depot_id,
                judging.seats_of(car),
                car.pk,
            ),
        )
        return next((car for car in order if not self.scene.refusals(trip, car, driver)), None)

    def _free(self, trip: Trip) -> list[Driver]:
        """The drivers against whom nothing stands, whatever they drive."""
        return [one for one in self.day.drivers if not self._of_driver(trip, one)]

    def _of_driver(self, trip: Trip, driver: Driver) -> list[Refusal]:
        return list(self.scene.of_driver(trip, None, driver, self.scene.span(trip)))


def _said(refusal: Refusal) -> str:
    return refusal.message


def of_trip(day: BoardDay, trip: int) -> Trip:
    """The trip of the board. Refusal `trip.gone`."""
    found = next((one for one in day.trips if one.pk == trip), None)
    if found is None:
        raise Refusal("trip.gone", "当天没有这次用车,或者它不在您的范围内,请刷新。")
    return found
