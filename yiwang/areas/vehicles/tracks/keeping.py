"""Putting days away: Parquet by day, each car's day in short, and deletion when the time has come.

A day is put away when it is over, and again when a back-fill has added to it. The file is written beside and renamed, so
that a reader sees the old one or the new one. A reader of the files needs no database: `<LAKE>/points/year=…/month=…/day=…`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.tracks import lines
from yiwang.areas.vehicles.tracks.models import (
    DayTrack,
    GatewayCount,
    KeptMessage,
    Point,
    PointDay,
    SuspectPoint,
    TerminalCommand,
)
from yiwang.core.jobs.actions import start
from yiwang.core.jobs.kinds import Outcome, Progress, work
from yiwang.core.ledger.post import post

#: Rows read and written at a time.
CHUNK = 100_000
#: A writer marks a day once in so many seconds (`gateway.sinks.MARK`, and some more): a day changed that shortly before it
#: was put away is put away again.
MARGIN = timedelta(seconds=120)
#: Column → type in the files. `at`: seconds since 1970.
COLUMNS = {
    "vehicle": "int64",
    "at": "int64",
    "terminal": "int64",
    "longitude": "float64",
    "latitude": "float64",
    "speed": "float32",
    "direction": "int16",
    "altitude": "int32",
    "mileage": "float64",
    "fuel": "float32",
    "alarm": "int64",
    "status": "int64",
    "extras": "binary",
}
Rows = list[tuple[Any, ...]]


@cache
def _schema() -> Any:
    """Imported here: whoever only registers the job does not pay for it."""
    import pyarrow

    return pyarrow.schema([(name, getattr(pyarrow, kind)()) for name, kind in COLUMNS.items()])


def path_of(day: date) -> Path:
    """The file of a day, there or not."""
    folder = Path(settings.LAKE) / "points" / f"year={day:%Y}" / f"month={day:%m}" / f"day={day:%d}"
    return folder / "points.parquet"


def stale(today: date) -> list[date]:
    """Days before today that are not put away, or got points since; not those whose points may be gone already."""
    gone = today - timedelta(days=settings.POINT_DAYS)
    again = Q(kept_at=None) | Q(changed_at__gt=F("kept_at") - MARGIN)
    days = PointDay.objects.filter(again, day__lt=today, day__gt=gone)
    return list(days.order_by("day").values_list("day", flat=True))


def put_away(day: date, now: datetime) -> int:
    """Write the file of a day and each car's day in short; how many points. Repeating gives the same."""
    from pyarrow.parquet import ParquetWriter

    target = path_of(day)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{os.getpid()}.parquet")
    count = 0
    try:
        with ParquetWriter(beside, _schema(), compression="zstd") as writer:
            for rows in _cars(day):
                writer.write_table(_table(rows))
                _shorten(day, rows)
                count += len(rows)
        beside.chmod(0o600)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    PointDay.objects.filter(day=day).update(kept_at=now, points=count)
    return count


def _cars(day: date) -> Iterator[Rows]:
    """The day's rows by car and instant, in lots of whole cars."""
    start = datetime.fromtimestamp(lines.begin(day), UTC)
    field = Point._meta.get_field("at")
    bounds = [field.get_db_prep_value(one, connection) for one in (start, start + timedelta(days=1))]
    postgres = connection.vendor == "postgresql"
    seconds = "extract(epoch FROM at)::bigint" if postgres else "CAST(strftime('%%s', at) AS integer)"
    rest = ", ".join(list(COLUMNS)[2:])
    held: Rows = []
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT vehicle, {seconds}, {rest} FROM vehicles_point WHERE at >= %s AND at < %s ORDER BY vehicle, at",
            bounds,
        )
        while rows := cursor.fetchmany(CHUNK):
            held += rows
            last = held[-1][0]
            cut = next(n for n in range(len(held) - 1, -2, -1) if n < 0 or held[n][0] != last) + 1
            if cut:
                yield held[:cut]
                held = held[cut:]
    if held:
        yield held


def _table(rows: Rows) -> Any:
    import pyarrow

    columns = list(zip(*rows, strict=True))
    columns[-1] = tuple(bytes(one) for one in columns[-1])
    arrays = [pyarrow.array(column, field.type) for column, field in zip(columns, _schema(), strict=True)]
    return pyarrow.Table.from_arrays(arrays, schema=_schema())


def _shorten(day: date, rows: Rows) -> None:
    """The days in short of these cars; a car that is no longer in the register has none."""
    known = set(Vehicle.objects.filter(pk__among=sorted({row[0] for row in rows})).values_list("pk", flat=True))
    found = [_short(day, car, list(some)) for car, some in groupby(rows, key=lambda row: row[0]) if car in known]
    changed = [field.name for field in DayTrack._meta.concrete_fields if field.name not in ("id", "vehicle", "day")]
    DayTrack.objects.bulk_create(
        found, batch_size=500, update_conflicts=True, unique_fields=["vehicle", "day"], update_fields=changed
    )


def _short(day: date, car: int, rows: Sequence[tuple[Any, ...]]) -> DayTrack:
    at, lon, lat, speed = ([row[n] for row in rows] for n in (1, 3, 4, 5))
    track, start = lines.track(at, lon, lat, speed), lines.begin(day)
    return DayTrack(
        vehicle_id=car, day=day, points=len(rows), metres=track.metres, moving=track.moving, top_speed=track.top_speed,
        first_at=datetime.fromtimestamp(at[0], UTC), last_at=datetime.fromtimestamp(at[-1], UTC),
        stops=[[one.start - start, one.end - start, one.longitude, one.latitude] for one in track.stops],
        line=lines.pack(track, day),
    )  # fmt: skip


def clear(today: date) -> dict[str, int]:
    """Delete what is over by the settings: points of days that are put away, files, days in short, what was kept beside.

    One entry for all of it, if there was anything.
    """
    points, files, tracks = (
        today - timedelta(days=days) for days in (settings.POINT_DAYS, settings.POINT_FILE_DAYS, settings.TRACK_DAYS)
    )
    counts = {"points": _clear_points(points)}
    over = PointDay.objects.filter(day__lt=min(files, points))
    for day in over.values_list("day", flat=True):
        path_of(day).unlink(missing_ok=True)
    counts["days"] = over.delete()[0]
    counts["tracks"] = DayTrack.objects.filter(day__lt=tracks).delete()[0]
    then = datetime.fromtimestamp(lines.begin(points), UTC)
    counts["doubtful"] = SuspectPoint.objects.filter(received_at__lt=then).delete()[0]
    counts["messages"] = KeptMessage.objects.filter(received_at__lt=then).delete()[0]
    counts["commands"] = TerminalCommand.objects.filter(created_at__lt=then).delete()[0]
    GatewayCount.objects.filter(hour__lt=datetime.fromtimestamp(lines.begin(tracks), UTC)).delete()
    if any(counts.values()):
        with transaction.atomic():
            post(
                actor="system", act="vehicles.track.purge", obj="vehicles.track", body={**counts, "before": str(points)}
            )
    return counts


def _clear_points(before: date) -> int:
    """Day by day, each in a transaction of its own; a day that was not put away stays."""
    count = 0
    days = PointDay.objects.filter(day__lt=before, points__gt=0).exclude(kept_at=None).order_by("day")
    for day in days.values_list("day", flat=True):
        start = datetime.fromtimestamp(lines.begin(day), UTC)
        with transaction.atomic(), connection.cursor() as cursor:
            field = Point._meta.get_field("at")
            bounds = [field.get_db_prep_value(one, connection) for one in (start, start + timedelta(days=1))]
            cursor.execute("DELETE FROM vehicles_point WHERE at >= %s AND at < %s", bounds)
            count += cursor.rowcount
            PointDay.objects.filter(day=day).update(points=0)
    return count


@work("vehicles.keep", label="轨迹归档")
def keep(progress: Progress, *, day: str) -> Outcome:
    """Put away what is stale on this day, then delete what is over."""
    today = date.fromisoformat(day)
    days, count = stale(today), 0
    for number, one in enumerate(days):
        count += put_away(one, timezone.now())
        progress.progress(number + 1, len(days), f"{one} 已归档")
    gone = clear(today)
    return Outcome(f"归档 {len(days)} 天 {count:,} 个轨迹点,清除到期轨迹点 {gone['points']:,} 个")


def nightly(*, on: date, now: datetime) -> None:
    """Have the worker do it; where there is nothing, nothing."""
    if PointDay.objects.exists():
        start(kind="vehicles.keep", access=None, now=now, key=f"vehicles.keep {on}", day=on.isoformat())
