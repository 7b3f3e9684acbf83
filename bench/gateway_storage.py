"""Steps of the storage figures, on the empty database of YIWANG_DATABASE: `storage POINTS BATCH CARS`, `day POINTS CARS`."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime

import django

#: A day in China, and its begin in UTC.
DAY, BEGIN = date(2026, 11, 1), datetime(2026, 10, 31, 16, tzinfo=UTC)

_FILL = """
INSERT INTO vehicles_point (vehicle, at, terminal, longitude, latitude, speed, direction, altitude, mileage, fuel, alarm,
  status, extras)
SELECT 1 + n %% %(cars)s, %(begin)s + (n / %(cars)s) * interval '1 second' * %(every)s, 1 + n %% %(cars)s,
  102.7 + (n %% 1000) / 1e4, 25.0 + (n %% 777) / 1e4, 36 + n %% 40, n %% 360, 1890, n / 1e3, 40, 0, 3, '\\x30011f'
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""


def storage(points: int, batch: int, cars: int) -> dict[str, float]:
    """Through the sink, batch by batch."""
    from yiwang.areas.vehicles.gateway import sinks
    from yiwang.areas.vehicles.gateway.tests.drill import fix

    start = int(BEGIN.timestamp())
    spent, written = 0.0, 0
    for first in range(0, points, batch):
        rows = [
            (1 + n % cars, 1 + n % cars, fix(start + n // cars * 10, latitude=25_000_000 + n % 9999))
            for n in range(first, first + batch)
        ]
        began = time.perf_counter()
        written += sinks.write(sinks.Batch(rows=rows))
        spent += time.perf_counter() - began
    assert written == points
    return {"points": points, "per_s": points / spent}


def day(points: int, cars: int) -> dict[str, float]:
    """Filled on the server in lots, in the order of time; then read for forty cars."""
    from django.db import connection

    from yiwang.areas.vehicles.tracks import reading

    began = time.perf_counter()
    every = 86_400 / (points / cars)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for first in range(0, points, 1_000_000):
            last = min(first + 1_000_000, points) - 1
            cursor.execute(_FILL, {"cars": cars, "begin": BEGIN, "every": every, "first": first, "last": last})
        filled = time.perf_counter() - began
        cursor.execute("VACUUM ANALYZE vehicles_point")
        cursor.execute("SELECT pg_total_relation_size('vehicles_point')")
        size = cursor.fetchone()[0]
    times = []
    for car in range(1, cars, max(1, cars // 40)):
        began = time.perf_counter()
        found = reading.day(car, DAY)
        times.append(1000 * (time.perf_counter() - began))
        assert len(found) == points // cars
    return {
        "points": points, "a_car": points // cars, "median_ms": statistics.median(times), "worst_ms": max(times),
        "first_ms": times[0], "gb": size / 1e9, "filled_s": filled,
    }  # fmt: skip


def main(arguments: Sequence[str]) -> None:
    """Migrate, run, print."""
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    name, *numbers = arguments
    step = storage if name == "storage" else day
    print(json.dumps(step(*map(int, numbers))))


if __name__ == "__main__":
    main(sys.argv[1:])
