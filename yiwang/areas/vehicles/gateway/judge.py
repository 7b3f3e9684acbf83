"""Whether a reported position can be true. Pure.

What is refused here is answered like any other (the terminal would send it for ever), flagged with its reason and kept
apart. A car may have been carried: when several reports in a row agree with each other, they are believed.
"""

from __future__ import annotations

from math import cos, radians

from yiwang.areas.vehicles.gateway.location import FIXED, Fix

NO_FIX, ZERO, GLOBE, JUMP, SPEED, FUTURE, OLD, TIME = "nofix", "zero", "globe", "jump", "speed", "future", "old", "time"
#: Seconds that a terminal's clock may be ahead, and how old a report may be.
AHEAD, OLDEST = 600, 90 * 86_400
#: Tenths of km/h that no car on a road drives.
TOO_FAST = 3000
#: Metres a second between two places (250 km/h), and metres that a weak fix may be off.
FASTEST, SLACK = 70.0, 500.0
#: So many reports that agree with each other outweigh what was believed before.
ENOUGH = 3
_METRE = 0.111195  # metres of a millionth of a degree


class Trail:
    """What is believed of a car: its last good place, and a place elsewhere that waits to be believed."""

    __slots__ = ("at", "latitude", "longitude", "odd", "odd_at", "odd_latitude", "odd_longitude")

    def __init__(self) -> None:
        self.at = 0
        self.latitude = self.longitude = 0
        self.odd = 0
        self.odd_at = self.odd_latitude = self.odd_longitude = 0


def judge(fix: Fix, now: float, trail: Trail, *, oldest: int = OLDEST) -> str:
    """ "" for a good position, else the reason. `now`: seconds since 1970. Moves the trail."""
    at, latitude, longitude, _, speed, _, _, status, *_ = fix
    if at is None:
        return TIME
    if not status & FIXED:
        return NO_FIX
    if not -90_000_000 <= latitude <= 90_000_000 or not -180_000_000 <= longitude <= 180_000_000:
        return GLOBE
    if latitude == 0 and longitude == 0:
        return ZERO
    if at > now + AHEAD:
        return FUTURE
    if at < now - oldest:
        return OLD
    if speed > TOO_FAST:
        return SPEED
    if not trail.at or _near(latitude, longitude, at, trail.latitude, trail.longitude, trail.at):
        if at >= trail.at:
            trail.at, trail.latitude, trail.longitude = at, latitude, longitude
        trail.odd = 0
        return ""
    return _odd(latitude, longitude, at, trail)


def _near(latitude: int, longitude: int, at: int, latitude2: int, longitude2: int, at2: int) -> bool:
    """Whether a car can have come from one place to the other in the time between."""
    north, east = abs(latitude - latitude2), abs(longitude - longitude2)
    allowed = FASTEST * abs(at - at2) + SLACK
    if (north + east) * _METRE <= allowed:  # nearly always: no root, no cosine
        return True
    if east > 180_000_000:
        east = 360_000_000 - east
    east *= cos(radians(latitude / 1e6))  # type: ignore[assignment]
    return (north * north + east * east) * _METRE * _METRE <= allowed * allowed


def _odd(latitude: int, longitude: int, at: int, trail: Trail) -> str:
    """A jump; believed when it is the ENOUGH-th in a row that fits the one before."""
    if trail.odd and _near(latitude, longitude, at, trail.odd_latitude, trail.odd_longitude, trail.odd_at):
        trail.odd += 1
    else:
        trail.odd = 1
    trail.odd_at, trail.odd_latitude, trail.odd_longitude = at, latitude, longitude
    if trail.odd < ENOUGH:
        return JUMP
    trail.at, trail.latitude, trail.longitude, trail.odd = at, latitude, longitude, 0
    return ""
