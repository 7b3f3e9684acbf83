"""A made-up day of a city: yards, organs, cars, drivers and trips, always the same for the same seed. For benches, tests and the demo.

What it assumes, so that others may judge: yards and organs lie around a centre (most within 12 km, a fifth up to 45 km away);
two thirds of the requests begin at an organ near a yard; 55 % wait and come back, the others are one way; starts gather at 8–10 and
14–16 o'clock; the window is 10–30 minutes wide; 70 % carry one to three passengers; a tenth need a special kind.
"""

from __future__ import annotations

import math
import random
from typing import Any

from yiwang.areas.vehicles.dispatch.problem import HOUR, Car, Driver, Problem, Span, Trip
from yiwang.areas.vehicles.dispatch.travel import Place, great_circle

#: kind, passenger seats, fen a km, fen an hour, fen a day, share of the fleet
FLEET = [
    (frozenset({"EMERGENCY", "GENERAL"}), 4, 90, 0, 26_000, 0.56),
    (frozenset({"CONFIDENTIAL", "GENERAL"}), 4, 80, 0, 26_000, 0.14),
    (frozenset({"EMERGENCY", "GENERAL"}), 6, 110, 0, 28_000, 0.18),
    (frozenset({"EMERGENCY", "GENERAL"}), 14, 170, 0, 34_000, 0.12),
]


def a_day(trips: int, cars: int, seed: int = 1, *, depots: int | None = None, one_way: bool = False) -> Problem:
    """A day with so many requests and cars. One driver for each car, on an early or a late shift or the day between."""
    rng = random.Random(f"{trips}/{cars}/{seed}")  # noqa: S311 (a made-up world)
    yards = depots or max(2, cars // 50)
    places: list[Place] = [_place(rng, 10) for _ in range(yards)]
    organs = max(20, trips // 4)
    for _ in range(organs):
        centre = places[rng.randrange(yards)] if rng.random() < 0.67 else None
        places.append(_place(rng, 45 if rng.random() < 0.2 else 12, centre))
    fleet = tuple(_car(number, yards) for number in range(cars))
    drivers = tuple(_driver(number, car) for number, car in enumerate(fleet))
    asked = _trips(rng, trips, yards, organs, one_way)
    return Problem(cars=fleet, drivers=drivers, trips=asked, travel=great_circle(places))


def _place(rng: random.Random, spread: float, centre: Place | None = None) -> Place:
    lon, lat = centre or (102.72, 25.04)
    reach = spread if centre is None else spread / 3
    away, angle = reach * math.sqrt(rng.random()), rng.random() * 2 * math.pi
    return lon + away * math.cos(angle) / 100.9, lat + away * math.sin(angle) / 111.2


def _car(number: int, yards: int) -> Car:
    kind = FLEET[_spread(number)]
    kinds, seats, per_km, per_hour, fixed, _ = kind
    licence = "B1" if seats > 8 else "C1"
    return Car(
        id=f"car-{number:04}",
        kinds=kinds,
        seats=seats,
        depot=number % yards,
        per_km=per_km,
        per_hour=per_hour,
        fixed=fixed,
        licence=licence,
        available=Span(5 * HOUR, 23 * HOUR),
        label=f"云A{number:05}",
    )


def _spread(number: int) -> int:
    """The kind of car number n: the shares of the fleet, spread evenly over the numbers."""
    at, share = (number * 0.6180339887) % 1.0, 0.0
    for place, kind in enumerate(FLEET):
        share += kind[-1]
        if at < share:
            return place
    return len(FLEET) - 1


def _driver(number: int, car: Car) -> Driver:
    early = (6, 7, 8, 9, 11)[number % 5]
    return Driver(
        id=f"driver-{number:04}",
        licences=frozenset({"B1", "C1"} if car.licence == "B1" else {"C1"}),
        depot=car.depot,
        shift=Span(early * HOUR, (early + 12) * HOUR),
        label=f"驾驶员{number + 1}",
    )


def _trips(rng: random.Random, number: int, yards: int, organs: int, one_way: bool) -> tuple[Trip, ...]:
    """The requests in the order they were made. A third of the long visits ask for two cars: one there, one back."""
    asked: list[dict[str, Any]] = []
    while len(asked) < number:
        one = _request(rng, yards, organs)
        kind = rng.random()
        if one_way or kind < 0.3:
            asked.append(one)
        elif kind < 0.65:
            asked.append(one | {"back": True, "wait": rng.choice((20, 30, 45, 60, 90)) * 60})
        else:
            later = min(one["earliest"] + rng.choice((9, 12, 15, 18, 24)) * 900, 19 * HOUR)
            asked += [
                one,
                one | {"origin": one["target"], "target": one["origin"], "earliest": later, "latest": later + 1800},
            ]
    rng.shuffle(asked)
    return tuple(Trip(id=f"trip-{place:04}", **one) for place, one in enumerate(asked[:number]))


def _request(rng: random.Random, yards: int, organs: int) -> dict[str, Any]:
    origin, target = rng.sample(range(yards, yards + organs), 2)
    peak = rng.choice((8.5, 9.0, 10.0, 13.5, 14.5, 16.0))
    early = int(min(18.0, max(6.5, rng.gauss(peak, 0.8))) * 12) * 300
    people = rng.choices((1, 2, 3, 4, 5, 6, 10, 14), (30, 25, 15, 12, 6, 5, 5, 2))[0]
    kinds = frozenset({"CONFIDENTIAL"}) if people <= 4 and rng.random() < 0.1 else frozenset()
    return {
        "origin": origin,
        "target": target,
        "earliest": early,
        "latest": early + rng.choice((10, 15, 20, 30)) * 60,
        "passengers": people,
        "kinds": kinds,
        "poolable": rng.random() < 0.6,
        "priority": 1 if rng.random() < 0.05 else 0,
    }
