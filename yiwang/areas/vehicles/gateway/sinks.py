"""What the gateway has received, into the database: one transaction a batch. Needs Django.

A batch is good points, positions in doubt, messages not known, and the days touched. On PostgreSQL points go by binary
COPY into a temporary table and from there, without what is there already, into the table of points; SQLite takes them by
executemany. A batch that fails as a whole for a value is written row by row, so that one row cannot hold back the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from struct import Struct
from typing import Any, NamedTuple

from django.db import DataError, IntegrityError, connection, transaction

from yiwang.areas.vehicles.gateway.location import Fix
from yiwang.areas.vehicles.tracks.models import KeptMessage, LivePosition, PointDay, SuspectPoint
from yiwang.kit.bulk import insert

#: Seconds from 1970 to 2000, where PostgreSQL counts from, and the offset of China.
_EPOCH, _CHINA = 946_684_800, 8 * 3600
_COLUMNS = (
    "vehicle, at, terminal, longitude, latitude, speed, direction, altitude, mileage, fuel, alarm, status, extras"
)
_FIELDS = 13
_NULL = 0xFFFFFFFF
#: Before mileage; then mileage and fuel (8 bytes or NULL each); then alarm, status and the length of the extras.
_START = Struct(">HIqIqIqIdIdIdIhIi")
_REAL = Struct(">Id")
_LACKS = _NULL.to_bytes(4, "big")
_END = Struct(">IqIqI")
_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"


#: A good position and whose it is: terminal, vehicle (ids), fix.
Row = tuple[int, int, Fix]


class Doubtful(NamedTuple):
    """A position that cannot be true, why, and when it came (seconds since 1970)."""

    terminal: int
    vehicle: int
    fix: Fix
    reason: str
    received: float


class Kept(NamedTuple):
    """A message not known."""

    terminal: int
    message: int
    body: bytes
    received: float


@dataclass(slots=True)
class Batch:
    """What is written together."""

    rows: list[Row] = field(default_factory=list)
    doubtful: list[Doubtful] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows) + len(self.doubtful) + len(self.kept)


def write(batch: Batch) -> int:
    """Write it in one transaction and commit; how many points were new. DataError and such only for what is not a value."""
    try:
        if _is_small(batch):
            return _at_once(batch.rows)  # one statement is a transaction
        return _write(batch)
    except (DataError, IntegrityError):
        return sum(_write(one) for one in _singles(batch))


def _singles(batch: Batch) -> Iterator[Batch]:
    """Each row for itself; a row that the database will never take is left out after its turn."""
    for row in batch.rows:
        one = Batch(rows=[row])
        try:
            with transaction.atomic():
                _points(one.rows)
                transaction.set_rollback(True)
        except (DataError, IntegrityError):
            doubt = Doubtful(*row, "globe", datetime.now(UTC).timestamp())
            one = Batch(doubtful=[doubt])
        yield one
    yield Batch(doubtful=batch.doubtful, kept=batch.kept)


@transaction.atomic
def _write(batch: Batch) -> int:
    added = _points(batch.rows) if batch.rows else 0
    if batch.doubtful:
        insert(SuspectPoint, [_suspect(one) for one in batch.doubtful])
    if batch.kept:
        insert(KeptMessage, [_kept(one) for one in batch.kept])
    if batch.rows:
        _touch({(fix.at or 0) + _CHINA for _, _, fix in batch.rows})
    return added


def _suspect(one: Doubtful) -> dict[str, Any]:
    fix = one.fix
    at = None if fix.at is None else datetime.fromtimestamp(fix.at, UTC)
    return {
        "terminal": one.terminal, "vehicle": one.vehicle, "at": at, "received_at": datetime.fromtimestamp(one.received, UTC),
        "reason": one.reason, "longitude": fix.longitude / 1e6, "latitude": fix.latitude / 1e6, "speed": fix.speed / 10,
    }  # fmt: skip


def _kept(one: Kept) -> dict[str, Any]:
    received = datetime.fromtimestamp(one.received, UTC)
    return {"terminal": one.terminal, "received_at": received, "message": one.message, "body": one.body}


def _points(rows: Sequence[Row]) -> int:
    return _copy(rows) if connection.vendor == "postgresql" else _many(rows)


#: Up to so many points go in one statement and one round trip: at the pace of a quiet hour that halves the delay.
SMALL = 200


def _is_small(batch: Batch) -> bool:
    """Whether it is nothing but a few points of days that are marked."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return False
    if not 0 < len(batch.rows) == len(batch) <= SMALL:
        return False
    return not _unmarked({(fix.at or 0) + _CHINA for _, _, fix in batch.rows}, datetime.now(UTC))


def _at_once(rows: Sequence[Row]) -> int:
    """All in one INSERT. Every value is a number or hex by its type, so that it can stand in the text."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO vehicles_point ({_COLUMNS}) VALUES {', '.join(map(_literal, rows))} ON CONFLICT DO NOTHING"
        )
        return int(cursor.rowcount)


def _tenth(value: int | None) -> str:
    return "NULL" if value is None else repr(value / 10)


def _literal(row: Row) -> str:
    terminal, vehicle, (at, latitude, longitude, altitude, speed, direction, alarm, status, mileage, fuel, rest) = row
    return (
        f"({vehicle:d},to_timestamp({at:d}),{terminal:d},{longitude / 1e6!r},{latitude / 1e6!r},{speed / 10!r},"
        f"{direction % 360:d},{altitude:d},{_tenth(mileage)},{_tenth(fuel)},{alarm:d},{status:d},'\\x{rest.hex()}')"
    )


_STAGE = """
CREATE TEMP TABLE IF NOT EXISTS point_in (LIKE vehicles_point INCLUDING DEFAULTS) ON COMMIT DELETE ROWS
"""


def _copy(rows: Sequence[Row]) -> int:
    """By COPY into the temporary table of this connection, then on."""
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with (
            connection.wrap_database_errors,
            cursor.copy(f"COPY point_in ({_COLUMNS}) FROM STDIN (FORMAT BINARY)") as copy,
        ):
            copy.write(packed(rows))
        cursor.execute(
            f"INSERT INTO vehicles_point ({_COLUMNS}) SELECT {_COLUMNS} FROM point_in ORDER BY vehicle, at"
            " ON CONFLICT DO NOTHING"
        )
        return int(cursor.rowcount)


def packed(rows: Sequence[Row]) -> bytes:
    """The rows as PostgreSQL's binary COPY has them."""
    start, real, end, lacks = _START.pack, _REAL.pack, _END.pack, _LACKS
    pieces = [_HEADER]
    add = pieces.append
    for terminal, vehicle, fix in rows:
        at, latitude, longitude, altitude, speed, direction, alarm, status, mileage, fuel, rest = fix
        add(
            start(
                _FIELDS, 8, vehicle, 8, ((at or 0) - _EPOCH) * 1_000_000, 8, terminal, 8, longitude / 1e6, 8, latitude / 1e6,
                8, speed / 10, 2, direction % 360, 4, altitude,
            )
        )  # fmt: skip
        add(lacks if mileage is None else real(8, mileage / 10))
        add(lacks if fuel is None else real(8, fuel / 10))
        add(end(8, alarm, 8, status, len(rest)))
        if rest:
            add(rest)
    add(_TRAILER)
    return b"".join(pieces)


def _many(rows: Sequence[Row]) -> int:
    marks = ", ".join(["%s"] * _FIELDS)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT OR IGNORE INTO vehicles_point ({_COLUMNS}) VALUES ({marks})", [_plain(row) for row in rows]
        )
        return int(cursor.rowcount)


def _plain(row: Row) -> tuple[Any, ...]:
    """The values as SQLite has them: an instant as Django writes it."""
    terminal, vehicle, fix = row
    at = datetime.fromtimestamp(fix.at or 0, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return (
        vehicle, at, terminal, fix.longitude / 1e6, fix.latitude / 1e6, fix.speed / 10, fix.direction % 360,
        fix.altitude, None if fix.mileage is None else fix.mileage / 10, None if fix.fuel is None else fix.fuel / 10,
        fix.alarm, fix.status, fix.rest,
    )  # fmt: skip


#: Day → when it was last marked by this process; each is marked once in MARK seconds, which `tracks.keeping` knows.
_marked: dict[date, datetime] = {}
MARK = 60.0


def _unmarked(instants: set[int], now: datetime) -> list[date]:
    """The days (in China) of these instants that were not marked lately."""
    days = {date.fromordinal(719_163 + number) for number in {one // 86_400 for one in instants}}
    return [day for day in days if day not in _marked or (now - _marked[day]).total_seconds() > MARK]


def _touch(instants: set[int]) -> None:
    """Mark the days that got points."""
    now = datetime.now(UTC)
    stale = _unmarked(instants, now)
    for day in stale:
        if not PointDay.objects.filter(day=day).update(changed_at=now):
            PointDay.objects.bulk_create([PointDay(day=day, changed_at=now)], ignore_conflicts=True)
    transaction.on_commit(lambda: _marked.update(dict.fromkeys(stale, now)))


_NEWER = """
INSERT INTO vehicles_liveposition (vehicle_id, at, longitude, latitude, speed, direction, status)
SELECT id, %s, %s, %s, %s, %s, %s FROM vehicles_vehicle WHERE id = %s
ON CONFLICT (vehicle_id) DO UPDATE SET at = excluded.at, longitude = excluded.longitude, latitude = excluded.latitude,
  speed = excluded.speed, direction = excluded.direction, status = excluded.status
WHERE excluded.at > vehicles_liveposition.at
"""


@transaction.atomic
def write_live(places: dict[int, Fix]) -> None:
    """The newest place of each car; an older one never replaces a newer, and a car that is gone has none."""
    field_ = LivePosition._meta.get_field("at")
    rows = [
        (
            field_.get_db_prep_save(datetime.fromtimestamp(fix.at or 0, UTC), connection), fix.longitude / 1e6,
            fix.latitude / 1e6, fix.speed / 10, fix.direction % 360, fix.status, vehicle,
        )
        for vehicle, fix in sorted(places.items())
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(_NEWER, rows)
