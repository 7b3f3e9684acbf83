"""即时答复: for one trip that waits, the cheapest place among what is promised already, with its driver; in milliseconds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from yiwang.areas.vehicles import dispatch
from yiwang.areas.vehicles.board.problem import asked
from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.trips.models import Driver, Trip
from yiwang.areas.vehicles.trips.reading import BoardDay


@dataclass(frozen=True)
class Offered:
    """The car and the driver, what it adds (fen), the sentence; without a car: why none."""

    sentence: str
    car: Vehicle | None = None
    driver: Driver | None = None
    extra: int = 0


def offer(board: BoardDay, trip: Trip, now: datetime) -> Offered:
    """The best place for a trip of the day; nothing is changed, nobody who was told a time is moved.

    What the planner may not place (past, longer than a duty) is said. Queries: those of the scene only.
    """
    found = asked(board, now)
    row = next((one for one in found.problem.trips if one.id == str(trip.pk)), None)
    if row is None:
        said = next((sentence for one, _, sentence in found.left if one.pk == trip.pk), "这趟车已经派出或不在今天。")
        return Offered(said)
    promised = {each.trip for each in found.problem.held}
    held = replace(found.problem, trips=tuple(one for one in found.problem.trips if one.id in promised))
    answer = dispatch.insert(found.problem, dispatch.instant(held), row)
    place = answer.assignment
    if place is None:
        return Offered(answer.sentence)
    car, driver = found.cars[place.car], found.drivers.get(place.driver or "")
    # The judge of the desk has the last word: what it would refuse is not offered.
    against = board.scene(now).refusals(trip, car, driver)
    return Offered(against[0].message) if against else Offered(answer.sentence, car, driver, answer.extra)
