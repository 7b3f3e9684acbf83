"""Places on the earth: WGS-84 and GCJ-02 both ways, distances, simplified lines. Order everywhere: longitude, latitude, in degrees.

GCJ-02 (the datum of maps published in China) is a smooth shift of WGS-84 by up to some 700 m. The formula is the one in
common use; it has no closed inverse, so the way back iterates until less than a centimetre is left.
Each function takes floats, or numpy arrays of one shape.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

#: Semi-major axis (m) and squared eccentricity of Krassowsky 1940, which the shift is defined on.
_AXIS, _ECCENTRICITY = 6378245.0, 0.00669342162296594323
#: Mean radius of the earth in metres (IUGG).
RADIUS = 6_371_008.8
#: Outside this box (west, south, east, north) nothing is shifted.
BOX = (72.004, 0.8293, 137.8347, 55.8271)
_ROUNDS = 6


def _maths(value: Any) -> Any:
    """The module whose sin and sqrt fit the value; numpy only where arrays come."""
    if isinstance(value, int | float):
        return math
    import numpy

    return numpy


def _shift(lon: Any, lat: Any) -> tuple[Any, Any]:
    """What GCJ-02 adds to a WGS-84 place, in degrees, without regard to the box."""
    m = _maths(lon)
    x, y = lon - 105.0, lat - 35.0
    wave = (20.0 * m.sin(6.0 * x * m.pi) + 20.0 * m.sin(2.0 * x * m.pi)) * 2.0 / 3.0
    root = m.sqrt(abs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    north = north + (20.0 * m.sin(y * m.pi) + 40.0 * m.sin(y / 3.0 * m.pi)) * 2.0 / 3.0
    north = north + (160.0 * m.sin(y / 12.0 * m.pi) + 320.0 * m.sin(y * m.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    east = east + (20.0 * m.sin(x * m.pi) + 40.0 * m.sin(x / 3.0 * m.pi)) * 2.0 / 3.0
    east = east + (150.0 * m.sin(x / 12.0 * m.pi) + 300.0 * m.sin(x / 30.0 * m.pi)) * 2.0 / 3.0
    angle = lat / 180.0 * m.pi
    magic = 1.0 - _ECCENTRICITY * m.sin(angle) ** 2
    north = north * 180.0 / ((_AXIS * (1.0 - _ECCENTRICITY)) / (magic * m.sqrt(magic)) * m.pi)
    east = east * 180.0 / (_AXIS / m.sqrt(magic) * m.cos(angle) * m.pi)
    return east, north


def _inside(lon: Any, lat: Any) -> Any:
    west, south, east, north = BOX
    return (lon > west) & (lon < east) & (lat > south) & (lat < north)


def wgs_to_gcj(lon: Any, lat: Any) -> tuple[Any, Any]:
    """A WGS-84 place on a GCJ-02 map. Outside of BOX it stays."""
    here = _inside(lon, lat)
    east, north = _shift(lon, lat)
    return lon + east * here, lat + north * here


def gcj_to_wgs(lon: Any, lat: Any) -> tuple[Any, Any]:
    """A place on a GCJ-02 map as WGS-84, to less than a centimetre. Outside of BOX it stays."""
    here = _inside(lon, lat)
    x, y = lon, lat
    for _ in range(_ROUNDS):
        east, north = _shift(x, y)
        x, y = lon - east, lat - north
    return lon + (x - lon) * here, lat + (y - lat) * here


def metres(lon1: Any, lat1: Any, lon2: Any, lat2: Any) -> Any:
    """Great-circle distance in metres (haversine on the mean sphere: within 0.5 % of the ellipsoid)."""
    m = _maths(lon1)
    a, b = lat1 * (math.pi / 180), lat2 * (math.pi / 180)
    half = m.sin((b - a) / 2) ** 2 + m.cos(a) * m.cos(b) * m.sin((lon2 - lon1) * (math.pi / 360)) ** 2
    arc = m.asin if m is math else m.arcsin
    return 2 * RADIUS * arc(m.sqrt(half if m is not math else min(1.0, half)))


def steps(lons: Any, lats: Any) -> Any:
    """Metres from each place to the next; arrays in, an array that is one shorter out."""
    return metres(lons[:-1], lats[:-1], lons[1:], lats[1:])


def bearing(lon1: float, lat1: float, lon2: float, lat2: float) -> int:
    """Direction from the first to the second place in whole degrees, 0 is north, 90 east."""
    a, b, c = math.radians(lat1), math.radians(lat2), math.radians(lon2 - lon1)
    x, y = math.sin(c) * math.cos(b), math.cos(a) * math.sin(b) - math.sin(a) * math.cos(b) * math.cos(c)
    return round(math.degrees(math.atan2(x, y))) % 360


def simplify(lons: Sequence[float], lats: Sequence[float], tolerance: float) -> list[int]:
    """Douglas and Peucker (1973): which places to keep so that none is farther than `tolerance` metres from the line.

    Indexes in order, first and last among them. Distances are measured on a plane that touches the earth at the middle
    of the line: good for lines up to some hundred kilometres.
    """
    import numpy

    count = len(lons)
    if count <= 2:
        return list(range(count))
    y = numpy.radians(numpy.asarray(lats, dtype=float))
    x = numpy.radians(numpy.asarray(lons, dtype=float)) * math.cos(float(y.mean())) * RADIUS
    y = y * RADIUS
    keep: Any = numpy.zeros(count, dtype=bool)
    keep[0] = keep[-1] = True
    waiting = [(0, count - 1)]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        far, distance = _farthest(x, y, first, last)
        if distance > tolerance:
            keep[far] = True
            waiting += [(first, far), (far, last)]
    return [int(one) for one in numpy.flatnonzero(keep)]


def _farthest(x: Any, y: Any, first: int, last: int) -> tuple[int, float]:
    """The place between two others that is farthest from the segment between them, and how far."""
    import numpy

    dx, dy = x[last] - x[first], y[last] - y[first]
    px, py = x[first + 1 : last] - x[first], y[first + 1 : last] - y[first]
    length = dx * dx + dy * dy
    along = numpy.clip((px * dx + py * dy) / length, 0, 1) if length else 0.0
    away = numpy.hypot(px - along * dx, py - along * dy)
    best = int(away.argmax())
    return first + 1 + best, float(away[best])
