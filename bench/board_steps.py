"""The steps of `bench.board`, in a process with settings of its own: fill, ask, print."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from yiwang.areas.vehicles import dispatch, factories  # noqa: E402
from yiwang.areas.vehicles.board.problem import asked  # noqa: E402
from yiwang.areas.vehicles.gateway import roads  # noqa: E402
from yiwang.areas.vehicles.models import Assignment, Driver, LivePosition, Stop, Trip, Vehicle  # noqa: E402
from yiwang.areas.vehicles.trips import factories as trips  # noqa: E402
from yiwang.areas.vehicles.trips.models import TripState  # noqa: E402
from yiwang.areas.vehicles.trips.reading import board_day  # noqa: E402
from yiwang.core.orgs.models import Organ  # noqa: E402
from yiwang.core.rights.models import Role  # noqa: E402
from yiwang.desk.testing import World, world  # noqa: E402

CARS, DRIVERS, TRIPS, LIVE = 200, 200, 500, 2_000


def fill(rng: Random) -> tuple[World, datetime]:
    """Our pool with its day tomorrow: two trips of three have a car already; and the live cars of another pool."""
    we = world()
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    with transaction.atomic():
        yards = [trips.depot(we.ours, f"车场{number}") for number in range(4)]
        for number, yard in enumerate(yards):
            yard.longitude, yard.latitude = roads.site("990101", number)
            yard.save()
        cars = [factories.vehicle(we.ours, depot=yards[number % 4], use="OTHER") for number in range(CARS)]
        people = [trips.driver(we.ours, f"驾驶员{number:03}", depot=yards[number % 4]) for number in range(DRIVERS)]
        _trips(rng, we, midnight, cars, people)
        seen = [_car(we.theirs, number) for number in range(LIVE)]
        Vehicle.objects.bulk_create(seen)
        LivePosition.objects.bulk_create(_seen(rng, number, car) for number, car in enumerate(seen))
    return we, midnight


def _car(organ: Organ, number: int) -> Vehicle:
    plate = f"示L{number:05}"
    row = Vehicle(organ=organ, plate=plate, sort_key=plate, use="OTHER", body="SEDAN", registered_date=date(2020, 1, 1))
    row.place()
    return row


def _trips(rng: Random, we: World, midnight: datetime, cars: list[Vehicle], people: list[Driver]) -> None:
    """Each car that drives has its trips one after the other: 7:00, 10:00, 13:00, 16:00."""
    user = we.user()
    for number in range(TRIPS):
        slot, car = divmod(number, CARS)
        begin = midnight + timedelta(hours=7 + 3 * slot, minutes=15 * rng.randrange(3))
        held = number < TRIPS * 2 // 3
        row = trips.trip(
            we.ours,
            user,
            begin,
            1.5,
            passengers=rng.randint(1, 4),
            state=TripState.ASSIGNED if held else TripState.APPROVED,
        )
        for stop in Stop.objects.filter(trip=row):
            stop.longitude, stop.latitude = roads.site("990101", rng.randrange(25))
            stop.save()
        if held:
            one = Assignment(trip=row, organ=we.ours, vehicle=cars[car], driver=people[car], assigned_by=user)
            one.held_from, one.held_to = begin - timedelta(minutes=15), row.ends_at + timedelta(minutes=15)
            one.assigned_at = timezone.now()
            one.place()
            one.save()


def _seen(rng: Random, number: int, car: Vehicle) -> LivePosition:
    lon, lat = roads.site("990102", number)
    ago = timedelta(seconds=rng.choice((5, 20, 60, 5000)))
    return LivePosition(
        vehicle=car, at=timezone.now() - ago, longitude=lon, latitude=lat, speed=rng.choice((0, 0, 45)), direction=90
    )


def asked_often(ask: Callable[[], Any], answers: int) -> dict[str, Any]:
    """Median and p95 in milliseconds, queries and bytes of one answer."""
    for _ in range(3):
        ask()
    with CaptureQueriesContext(connection) as queries:
        content = ask()
    times = []
    for _ in range(answers):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1000)
    p95 = statistics.quantiles(times, n=20)[-1]
    return {
        "median_ms": round(statistics.median(times), 1),
        "p95_ms": round(p95, 1),
        "cpu_ms": round(_cpu(ask), 1),
        "queries": len(queries),
        "bytes": len(content),
    }


def _cpu(ask: Callable[[], Any]) -> float:
    """Processor milliseconds of one answer: what a machine that does nothing else would take at most."""
    began = time.process_time()
    for _ in range(5):
        ask()
    return (time.process_time() - began) * 200


def main(answers: int) -> dict[str, Any]:
    """Everything."""
    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    we, midnight = fill(Random(7))
    day = str(midnight.date())
    dispatcher, watcher = we.client(Role.DISPATCHER), we.client(Role.READER, we.theirs)
    waiting = Trip.objects.filter(state=TripState.APPROVED).values_list("pk", flat=True)[0]

    def get(client: Client, path: str, **query: Any) -> Callable[[], bytes]:
        def ask() -> bytes:
            answer = client.get(path, query)
            assert answer.status_code == 200, answer.content[:500]
            return bytes(answer.content)

        return ask

    found = {
        "board of 500 trips": asked_often(get(dispatcher, "/vehicles/board/", day=day), answers),
        "one trip picked": asked_often(get(dispatcher, "/vehicles/board/fits.json", day=day, trip=waiting), answers),
        "live map of 2,000 cars": asked_often(get(watcher, "/vehicles/map/live.json"), answers),
    }
    began = time.perf_counter()
    access = we.access(Role.DISPATCHER)
    problem = asked(board_day(access, midnight.date()), timezone.now()).problem
    made = time.perf_counter()
    plan = dispatch.instant(problem)
    found["plan at once"] = {
        "problem_s": round(made - began, 2),
        "instant_s": round(time.perf_counter() - made, 2),
        "served": len(plan.assignments),
        "cost_share": round(plan.cost.total / plan.fcfs, 3) if plan.fcfs else None,
    }
    return found


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
