"""Many dispatchers want the same car, the same driver, or both, round after round. Prints who won as JSON.

`python -m yiwang.areas.vehicles.trips.tests.race CLIENTS MODE:ROUNDS …`, with YIWANG_DATABASE naming an empty database;
the whole of it is `32 real:10000 none:200` on both databases. Modes: `real`; `no-belt` (the lock alone); `none` (neither:
the positive control, which must send one car on two trips). A process of its own, since it forks.

A round is a day: turn 0, 3, … the car is shared and each brings a driver of his own; 1, 4, … the driver is; 2, 5, … both.
On SQLite a transaction that begins IMMEDIATE is a lock by itself; the control looks and writes there in two.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

START = datetime(2026, 12, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
PAUSE = 0.002  # seconds between the look and the insert, where nothing stood in the way
LOST = ("assign.overlap", "assign.driver-overlap")
Try = Callable[[Any, int, int, int], str]


def day(number: int) -> datetime:
    """The beginning of the trip that a round is about."""
    return START + timedelta(days=number)


def plant(mode: str) -> None:
    """A pause between look and insert, in all modes; and the lock taken out where the mode says so."""
    from yiwang.areas.vehicles.trips import claims
    from yiwang.areas.vehicles.trips.models import Trip

    look = claims.need_driver

    def slow(*given: Any) -> None:
        look(*given)
        time.sleep(PAUSE)

    claims.need_driver = slow  # type: ignore[assignment]
    if mode == "none":
        claims.lock = lambda trip, *_: Trip.objects.select_related("organ", "applicant").get(pk=trip)


def tries(mode: str) -> Try:
    """How a client sends a car: returns the code of what happened."""
    from django.db import connection, transaction

    from yiwang.areas.vehicles.trips import claims, judging
    from yiwang.kit.refusal import Refusal

    def through_the_verb(access: Any, trip: int, car: int, driver: int) -> str:
        try:
            claims.assign(trip=trip, vehicle=car, driver=driver, access=access, now=START)
        except Refusal as refusal:
            return refusal.code
        return "won"

    def look_then_write(access: Any, trip: int, car: int, driver: int) -> str:
        """SQLite without its lock: two transactions."""
        row, vehicle, person = rows(trip, car, driver)
        if found := judging.refusals(row, vehicle, person, START, pool=access.organ):
            return found[0].code
        claims.need_driver(person, vehicle, access.organ)
        scene = judging.scene(row.starts_at, row.ends_at, START)
        with transaction.atomic():
            claims.write(row, vehicle, person, scene.span(row), access, START, "")
        return "won"

    return look_then_write if connection.vendor == "sqlite" and mode == "none" else through_the_verb


def rows(trip: int, car: int, driver: int) -> tuple[Any, Any, Any]:
    """The three rows."""
    from yiwang.areas.vehicles.models import Driver, Trip, Vehicle

    one = Trip.objects.select_related("organ").get(pk=trip)
    return one, Vehicle.objects.select_related("organ").get(pk=car), Driver.objects.get(pk=driver)


def client(number: int, race: dict[str, Any], barrier: Any, results: Any) -> None:
    """One client: a connection of its own, each round begun with all the others. A fault ends the race for all."""
    from django.db import connections

    from yiwang.areas.vehicles.models import Trip
    from yiwang.areas.vehicles.trips import factories
    from yiwang.core.rights.access import access_for
    from yiwang.core.rights.models import User

    connections.close_all()
    said: Counter[str] = Counter()
    try:
        plant(race["mode"])
        user = User.objects.get(username=f"client{number}")
        access, send, trip = access_for(user), tries(race["mode"]), 0
        assert access.organ is not None
        for turn in range(race["rounds"]):
            facts = {"purpose": "EMERGENCY", "number": f"{race['mode']}-{number}-{turn}"}
            if trip:
                Trip.objects.filter(pk=trip).update(starts_at=day(turn), ends_at=day(turn) + timedelta(hours=1))
            else:
                trip = factories.trip(access.organ, user, day(turn), 1, **facts).pk
            car = race["cars"][0 if turn % 3 != 1 else number + 1]
            driver = race["drivers"][0 if turn % 3 != 0 else number + 1]
            barrier.wait(300)
            answer = send(access, trip, car, driver)
            said[answer] += 1
            trip = 0 if answer == "won" else trip
    except Exception as error:
        said[f"fault: {type(error).__name__} {error}"] += 1
        barrier.abort()
    connections.close_all()
    results.put(dict(said))


def prepare(clients: int) -> Any:
    """The organ and its dispatchers."""
    from django.core.management import call_command

    from yiwang.core.orgs import factories
    from yiwang.core.rights.models import Grant, Role, User

    call_command("migrate", verbosity=0, skip_checks=True)
    organ = factories.organ()
    for number in range(clients):
        user = User.objects.create(username=f"client{number}")
        Grant.objects.create(user=user, organ=organ, role=Role.DISPATCHER, area="vehicles")
    return organ


def outcome(race: dict[str, Any]) -> dict[str, int]:
    """By what the database holds at the end: rounds with one winner, with none, with several."""
    from django.utils import timezone

    from yiwang.areas.vehicles.models import Assignment

    cars: Counter[int] = Counter()
    people: Counter[int] = Counter()
    held = Assignment.objects.live().values_list("held_from", "vehicle_id", "driver_id")
    for first, car, driver in held.filter(vehicle__in=race["cars"]):
        turn = (timezone.localtime(first).date() - START.date()).days
        cars[turn] += car == race["cars"][0]
        people[turn] += driver == race["drivers"][0]
    found = Counter(
        min(max(cars[turn] if turn % 3 != 1 else 0, people[turn] if turn % 3 != 0 else 0), 2)
        for turn in range(race["rounds"])
    )
    return {"one": found[1], "nobody": found[0], "double": found[2]}


def run(organ: Any, clients: int, mode: str, rounds: int) -> dict[str, Any]:
    """One mode, with cars and drivers of its own."""
    from django.db import connections

    from yiwang.areas.vehicles import factories as vehicles
    from yiwang.areas.vehicles.trips import factories
    from yiwang.areas.vehicles.trips.belts import CAR_SLOT, DRIVER_SLOT
    from yiwang.areas.vehicles.trips.models import Assignment
    from yiwang.kit.slots import install_slot, remove_slot

    cars = [vehicles.vehicle(organ).pk for _ in range(clients + 1)]
    drivers = [factories.driver(organ, f"{mode}{number}").pk for number in range(clients + 1)]
    race = {"mode": mode, "rounds": rounds, "cars": cars, "drivers": drivers}
    for slot in (CAR_SLOT, DRIVER_SLOT):
        (install_slot if mode == "real" else remove_slot)("default", slot)
    connections.close_all()
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(clients), context.Queue()
    began = time.monotonic()
    processes = [context.Process(target=client, args=(number, race, barrier, results)) for number in range(clients)]
    for process in processes:
        process.start()
    said: Counter[str] = sum((Counter(results.get(timeout=36_000)) for _ in processes), Counter())
    for process in processes:
        process.join()
    seconds = round(time.monotonic() - began, 1)
    found = {"mode": mode, "rounds": rounds, "clients": clients, "seconds": seconds, **outcome(race), "said": said}
    Assignment.objects.filter(vehicle__in=cars).delete()  # what was sent twice would not let the belts be put on again
    return found


def main(clients: int, modes: list[tuple[str, int]]) -> None:
    """Prepare, race, count."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    os.environ["YIWANG_LEDGER_FAIL_AFTER"] = "0"  # nobody seals here
    import django

    django.setup()
    organ = prepare(clients)
    for mode, rounds in modes:
        print(json.dumps(run(organ, clients, mode, rounds)), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), [(mode, int(rounds)) for mode, _, rounds in (one.partition(":") for one in sys.argv[2:])])
