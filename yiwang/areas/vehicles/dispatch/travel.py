"""Travel times and distances between places: great circle with a detour factor, or a routing service behind an HTTP adapter.

A `Travel` is two square matrices of whole metres and seconds; whoever makes it, the planner reads only that.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np

#: Mean radius of the earth, metres (IUGG).
EARTH = 6_371_009.0
Place = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Travel:
    """Square int32 matrices: `metres[a, b]` and `seconds[a, b]` from place a to place b; notes for the reader of the plan."""

    metres: Any
    seconds: Any
    notes: tuple[str, ...] = field(default=())

    @cached_property
    def metre_rows(self) -> list[array[int]]:
        """The same as rows of C ints: reading one is three times faster than from a numpy array."""
        return _rows(self.metres)

    @cached_property
    def second_rows(self) -> list[array[int]]:
        """See `metre_rows`."""
        return _rows(self.seconds)


def _rows(matrix: Any) -> list[array[int]]:
    return [array("i", row.tobytes()) for row in np.ascontiguousarray(matrix, dtype=np.int32)]


class Provider(Protocol):
    """Whoever can tell the ways between places (longitude, latitude; WGS-84)."""

    def matrix(self, places: Sequence[Place]) -> Travel:
        """All ways between all places."""


@dataclass(frozen=True, slots=True)
class Detour:
    """The way is the great circle × `factor`; a short way has also `start` metres of streets. Driven at `kmh`, with `extra` seconds a way."""

    factor: float = 1.35
    kmh: float = 40.0
    extra: int = 60

    def matrix(self, places: Sequence[Place]) -> Travel:
        """All ways, by the great circle."""
        line = lines(places)
        metres = line * self.factor
        seconds = metres / (self.kmh / 3.6) + np.where(line > 0, float(self.extra), 0.0)
        return Travel(np.rint(metres).astype(np.int32), np.rint(seconds).astype(np.int32))


def lines(places: Sequence[Place]) -> Any:
    """Great-circle distances in metres, all to all (haversine)."""
    degrees = np.asarray(places, dtype=float).reshape(-1, 2)
    lon, lat = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    half = np.sin((lat[:, None] - lat[None, :]) / 2) ** 2
    half += np.cos(lat)[:, None] * np.cos(lat)[None, :] * np.sin((lon[:, None] - lon[None, :]) / 2) ** 2
    return 2 * EARTH * np.arcsin(np.sqrt(np.clip(half, 0, 1)))


def line(one: Place, two: Place) -> float:
    """The great circle between two places, metres."""
    return float(lines([one, two])[0, 1])


def great_circle(places: Sequence[Place], *, detour: float = 1.35, kmh: float = 40.0, extra: int = 60) -> Travel:
    """The default travel of places given as (longitude, latitude)."""
    return Detour(detour, kmh, extra).matrix(places)


@dataclass(frozen=True, slots=True)
class Driven:
    """A way that was really driven: from, to, odometer or track metres, seconds."""

    start: Place
    end: Place
    metres: float
    seconds: float


def calibrate(pairs: Iterable[Driven], *, default: Detour | None = None, least: int = 20) -> Detour:
    """The detour factor and speed of one's own tracks: medians, so that a lunch stop or a lost fix does not count.

    Ways shorter than 500 m on the great circle, shorter than it, or slower than 3 km/h are left out (round trips, stops). With fewer
    than `least` usable ways the default stands.
    """
    base = default or Detour()
    found = [each for pair in pairs if (each := usable(pair, base.extra)) is not None]
    if len(found) < least:
        return base
    factor, speed = (median([each[place] for each in found]) for place in (0, 1))
    return Detour(round(factor, 3), round(speed * 3.6, 1), base.extra)


def usable(pair: Driven, extra: float) -> tuple[float, float] | None:
    """(how much longer than the great circle, metres a second) of a way that says something; None of others."""
    straight = line(pair.start, pair.end)
    if straight < 500 or pair.metres < straight * 0.99 or pair.seconds <= 0 or pair.metres / pair.seconds < 3 / 3.6:
        return None
    return pair.metres / straight, pair.metres / max(pair.seconds - extra, 1.0)


def median(values: list[float]) -> float:
    """The middle one, or between the two in the middle."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else math.fsum(ordered[middle - 1 : middle + 1]) / 2
