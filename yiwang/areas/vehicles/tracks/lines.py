"""One car's day from its points: distance, stops, the simplified line and how it is packed. No Django.

Arrays are numpy, one element a point, in the order of time; instants are seconds since 1970.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from struct import Struct
from typing import Any

import numpy

from yiwang.kit import geo

CHINA = timezone(timedelta(hours=8))
#: A car stands when it stays within so many metres for so many seconds; slower than this (km/h) it is not under way.
STOP_METRES, STOP_SECONDS, STOP_SPEED = 60.0, 180, 3.0
#: Between two points: a step of fewer metres while standing is noise; over a gap of more seconds the line is torn.
NOISE, GAP = 15.0, 600
#: Metres that the simplified line may be off.
TOLERANCE = 12.0
_VERTEX = Struct("<iiiH")


@dataclass(frozen=True)
class Stop:
    """The car stood here: instants, and the middle of the places reported."""

    start: int
    end: int
    longitude: float
    latitude: float

    @property
    def seconds(self) -> int:
        """How long."""
        return self.end - self.start


@dataclass(frozen=True)
class Track:
    """A car's points over some time, as arrays of one length, and what follows from them.

    `metres` and `moving` (seconds) leave out noise while standing; over gaps the straight line counts. `simplified`: the
    points are those of a simplified line, the figures those of the whole day.
    """

    at: Any
    longitude: Any
    latitude: Any
    speed: Any
    direction: Any
    mileage: Any
    metres: int
    moving: int
    top_speed: float
    stops: list[Stop] = field(default_factory=list)
    simplified: bool = False

    def __len__(self) -> int:
        return len(self.at)

    def gaps(self, seconds: int = GAP) -> list[tuple[int, int]]:
        """From and to of the times without a point."""
        after = numpy.flatnonzero(numpy.diff(self.at) > seconds)
        return [(int(self.at[one]), int(self.at[one + 1])) for one in after]


def begin(day: date) -> int:
    """The begin of a day in China, in seconds since 1970."""
    return int(datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp())


def day_of(at: int) -> date:
    """The day in China of an instant."""
    return datetime.fromtimestamp(at, UTC).astimezone(CHINA).date()


def track(at: Any, lon: Any, lat: Any, speed: Any, direction: Any = None, mileage: Any = None) -> Track:
    """The track of these points, which are in the order of time."""
    at = numpy.asarray(at, dtype=numpy.int64)
    lon, lat, speed = (numpy.asarray(one, dtype=float) for one in (lon, lat, speed))
    direction = numpy.zeros(len(at), dtype=int) if direction is None else numpy.asarray(direction)
    mileage = numpy.full(len(at), numpy.nan) if mileage is None else numpy.asarray(mileage, dtype=float)
    if len(at) < 2:
        top = float(speed.max()) if len(at) else 0.0
        return Track(at, lon, lat, speed, direction, mileage, 0, 0, top)
    steps = geo.steps(lon, lat)
    seconds = numpy.diff(at)
    stands = (speed[1:] < STOP_SPEED) & (speed[:-1] < STOP_SPEED) & (steps < NOISE)
    driven = numpy.where(stands, 0.0, steps)
    moving = seconds[~stands & (seconds <= GAP)]
    return Track(
        at, lon, lat, speed, direction, mileage, round(float(driven.sum())), int(moving.sum()), float(speed.max()),
        stops(at, lon, lat, speed),
    )  # fmt: skip


def stops(at: Any, lon: Any, lat: Any, speed: Any) -> list[Stop]:
    """Where the car stood at least STOP_SECONDS: runs of slow points near each other."""
    found = []
    slow = numpy.concatenate(([False], speed < STOP_SPEED, [False]))
    edges = numpy.flatnonzero(slow[1:] != slow[:-1])
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        for start, end in _together(lon, lat, int(first), int(last)):
            if at[end - 1] - at[start] >= STOP_SECONDS:
                middle = float(numpy.median(lon[start:end])), float(numpy.median(lat[start:end]))
                found.append(Stop(int(at[start]), int(at[end - 1]), round(middle[0], 6), round(middle[1], 6)))
    return found


def _together(lon: Any, lat: Any, first: int, last: int) -> list[tuple[int, int]]:
    """Cut a run of slow points where the car is elsewhere all of a sudden (it was carried, or sent nothing while driving)."""
    far: Any = (
        numpy.flatnonzero(geo.steps(lon[first:last], lat[first:last]) > STOP_METRES) + 1 if last - first > 1 else []
    )
    cuts = [0, *(int(one) for one in far), last - first]
    return [(first + a, first + b) for a, b in pairwise(cuts)]


def pack(one: Track, day: date) -> bytes:
    """The simplified line: seconds of the day, millionths of a degree, tenths of km/h, compressed."""
    start = begin(day)
    pieces = [
        _VERTEX.pack(
            int(one.at[n]) - start, round(one.longitude[n] * 1e6), round(one.latitude[n] * 1e6),
            min(65_535, round(one.speed[n] * 10)),
        )
        for n in _kept(one)
    ]  # fmt: skip
    return zlib.compress(b"".join(pieces), 6)


def _kept(one: Track) -> list[int]:
    """Which points stand for all: simplified between gaps, and the begin and end of each stop."""
    if not len(one):
        return []
    cuts = [0, *(int(n) + 1 for n in numpy.flatnonzero(numpy.diff(one.at) > GAP)), len(one)]
    kept: set[int] = set()
    for a, b in pairwise(cuts):
        kept.update(a + n for n in geo.simplify(one.longitude[a:b], one.latitude[a:b], TOLERANCE))
    for stop in one.stops:
        kept.update(int(numpy.searchsorted(one.at, instant)) for instant in (stop.start, stop.end))
    return sorted(kept)


def unpack(packed: bytes, day: date) -> tuple[Any, Any, Any, Any]:
    """Instants, longitudes, latitudes, speeds of a packed line."""
    rows = list(_VERTEX.iter_unpack(zlib.decompress(packed)))
    table = numpy.array(rows, dtype=float).reshape(-1, 4)
    return (table[:, 0] + begin(day)).astype(numpy.int64), table[:, 1] / 1e6, table[:, 2] / 1e6, table[:, 3] / 10
