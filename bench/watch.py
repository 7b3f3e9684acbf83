"""The rules over points: a tenth of a day of 40,000 cars (38 M points), scaled by ten; in a process of its own.

`python -m bench.watch` prints JSON. The points lie in one Parquet file as the gateway writes it; cars, trips and what is
found lie in a database of its own (SQLite in a temporary home), so the whole way is measured: reading, judging, keeping
the signs, making the findings. One in fifty cars drives at night without an order.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

CARS, POINTS = 4_000, 950
#: What the promise speaks of, in cars and points.
PROMISE_CARS, PROMISE_POINTS = 40_000, 38_000_000
DAY = date(2026, 11, 26)


def run() -> dict[str, float]:
    """Measure in a child with a home of its own; seconds and megabytes, scaled figures beside."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "YIWANG_HOME": home, "DJANGO_SETTINGS_MODULE": "yiwang.portal.settings"}
        command = [sys.executable, "-m", "bench.watch", "child"]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _write_points(path: Path, ids: list[int]) -> int:
    """One day of all cars, a point every 90 seconds: some stand, some drive by day, some at night."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    from yiwang.areas.vehicles.watch.loading import midnight

    rng = np.random.default_rng(20261126)
    start, step = int(midnight(DAY).timestamp()), 86_400 // POINTS
    t: Any = np.arange(POINTS) * step
    path.parent.mkdir(parents=True, exist_ok=True)
    total = 0
    with pq.ParquetWriter(path, _schema(pa)) as writer:
        for first in range(0, len(ids), 500):
            some = np.array(ids[first : first + 500])
            drives = (t > 9 * 3600) & (t < 11 * 3600) & (some % 2 == 0)[:, None]
            night = (t > 23 * 3600) & (some % 50 == 1)[:, None]
            speed = np.where(drives | night, rng.uniform(20, 70, (len(some), POINTS)), 0.0)
            far = np.cumsum(speed / 3.6 * step, axis=1) / 111_195
            turn = rng.uniform(0, 6.28, (len(some), 1))
            noise = rng.normal(0, 3e-5, (2, len(some), POINTS))
            lon = 113.3 + rng.uniform(-1, 1, (len(some), 1)) + far * np.cos(turn) + noise[0]
            lat = 23.1 + rng.uniform(-1, 1, (len(some), 1)) + far * np.sin(turn) + noise[1]
            columns = [np.repeat(some, POINTS), np.tile(start + t, len(some)), lon.ravel(), lat.ravel(), speed.ravel()]
            writer.write_table(pa.table(dict(zip(_schema(pa).names, columns, strict=True)), schema=_schema(pa)))
            total += len(some) * POINTS
    return total


def _schema(pa: Any) -> Any:
    kinds = [("vehicle", pa.int64()), ("at", pa.int64()), ("longitude", pa.float64()), ("latitude", pa.float64())]
    return pa.schema([*kinds, ("speed", pa.float64())])


def _rows() -> list[int]:
    """Organs, cars, and a trip with two stops for every second car."""
    from django.contrib.auth.hashers import make_password

    from yiwang.areas.vehicles.life.models import Body, Use, Vehicle
    from yiwang.areas.vehicles.trips.models import Assignment, Purpose, Stop, Trip, TripState
    from yiwang.areas.vehicles.watch.loading import midnight
    from yiwang.core.orgs import factories
    from yiwang.core.orgs.ancestors import columns_of
    from yiwang.core.rights.models import User

    root = factories.organ("某省机关事务管理局", tier="PROVINCE", code="440000")
    organs = [factories.organ(f"某县第{number}局", root, code="440103") for number in range(40)]
    user = User.objects.create(username="bench", password=make_password(None))
    cars = [
        Vehicle(
            organ=organ, plate=f"粤B{number:06}", sort_key=f"yb{number:06}", use=Use.OTHER, body=Body.SEDAN, **columns_of(organ)
        )
        for number in range(CARS)
        for organ in (organs[number % len(organs)],)
    ]  # fmt: skip
    ids = [one.pk for one in Vehicle.objects.bulk_create(cars, batch_size=1000)]
    start = midnight(DAY) + timedelta(hours=9)
    end = start + timedelta(hours=2)
    trips = [
        Trip(
            organ=car.organ, number=f"YC{car.pk:07}", applicant=user, passengers=1, purpose=Purpose.MEETING, reason="开会",
            starts_at=start, ends_at=end, requested_at=start, state=TripState.ASSIGNED, **columns_of(car.organ),
        )
        for car in cars
        if car.pk % 2 == 0
    ]  # fmt: skip
    Trip.objects.bulk_create(trips, batch_size=1000)
    Stop.objects.bulk_create(
        [
            Stop(trip=trip, order=order, name="某地", longitude=113.3 + order / 3, latitude=23.1)
            for trip in trips
            for order in range(2)
        ],
        batch_size=2000,
    )
    held = {trip.number: trip for trip in trips}
    Assignment.objects.bulk_create(
        [
            Assignment(
                trip=trip, vehicle=car, organ=car.organ, held_from=start, held_to=end, assigned_by=user, assigned_at=start,
                started_at=start, ended_at=end, **columns_of(car.organ),
            )
            for car in cars
            if (trip := held.get(f"YC{car.pk:07}"))
        ],
        batch_size=1000,
    )  # fmt: skip
    return ids


def child() -> dict[str, float]:
    """Make the day and judge it; only the judging is timed. The peak is the whole process's, the making included."""
    import django

    django.setup()
    from django.core.management import call_command

    from yiwang.areas.vehicles.watch import loading
    from yiwang.areas.vehicles.watch.engine import judge_points
    from yiwang.areas.vehicles.watch.models import Sign
    from yiwang.core.verdicts.models import Finding

    call_command("migrate", verbosity=0)
    ids = _rows()
    path = Path(os.environ["YIWANG_HOME"]) / "points.parquet"
    points = _write_points(path, ids)
    loading.files = lambda day: [path]
    now = loading.midnight(DAY) + timedelta(days=1, hours=3)
    began, cpu = time.monotonic(), time.process_time()
    kept = judge_points(DAY, now=now, on=now.date())
    seconds, spent = time.monotonic() - began, time.process_time() - cpu
    scale = PROMISE_POINTS / points
    return {
        "cars": len(ids),
        "points": points,
        "planted": len({pk for pk in ids if pk % 50 == 1}),
        "signs": Sign.objects.filter(rule="MOVED").count(),
        "findings": Finding.objects.count(),
        "fresh": kept.fresh,
        "seconds": seconds,
        "cpu_seconds": spent,
        "points_per_cpu_s": points / spent,
        "minutes_scaled": seconds * scale / 60,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    print(json.dumps(child() if sys.argv[1:] == ["child"] else run(), ensure_ascii=False))
