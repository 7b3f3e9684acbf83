"""Position reports (0x0200) and what follows them. Pure; `read` is the hot path: numbers, no object for each field.

Source: JT/T 808-2013 8.18 and tables 23 to 27, JT/T 808-2019 8.12. Latitude and longitude are millionths of a degree, speed
and mileage tenths (km/h, km), fuel tenths of a litre, time is BCD at UTC+8. South and west are bits of the status.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from struct import Struct
from typing import NamedTuple

BASE = Struct(">IIIIHHH3s3s")
SIZE = BASE.size
CHINA = timezone(timedelta(hours=8))

ACC, FIXED, SOUTH, WEST = 1, 2, 4, 8
MILEAGE, FUEL = 0x01, 0x02
_WORD = Struct(">H").unpack_from
_HEAD = Struct(">HIHH").unpack_from

#: BCD byte → number, 100 where it is none.
_BCD = tuple((b >> 4) * 10 + (b & 15) if b >> 4 < 10 and b & 15 < 10 else 100 for b in range(256))
#: Three BCD bytes of a day → seconds since 1970 at its begin in China, filled as they come; None: no such day.
_DAYS: dict[bytes, int | None] = {}


class Fix(NamedTuple):
    """One report. Coordinates in millionths of a degree, south and west negative; metres; tenths of km/h; degrees.

    `at`: seconds since 1970 (UTC), None where the terminal's clock says nothing possible. `mileage` in tenths of a
    kilometre and `fuel` in tenths of a litre, None where not sent. `rest`: all other extras as they were sent.
    """

    at: int | None
    latitude: int
    longitude: int
    altitude: int
    speed: int
    direction: int
    alarm: int
    status: int
    mileage: int | None
    fuel: int | None
    rest: bytes


#: A third of the time of calling the class.
_new = tuple.__new__


def read(body: bytes, start: int = 0, end: int | None = None) -> Fix | None:
    """The report in body[start:end]; None where it is shorter than a report."""
    end = len(body) if end is None else end
    if end - start < SIZE:
        return None
    alarm, status, latitude, longitude, altitude, speed, direction, day, clock = BASE.unpack_from(body, start)
    if status & SOUTH:
        latitude = -latitude
    if status & WEST:
        longitude = -longitude
    here = start + SIZE
    if end - here >= 10 and body[here] == MILEAGE and (usual := _HEAD(body, here))[0] == 0x0104 and usual[2] == 0x0202:
        _, mileage, _, fuel = usual  # in front, as nearly all terminals send them
        rest = body[here + 10 : end]
    elif here == end:
        mileage, fuel, rest = None, None, b""
    else:
        mileage, fuel, rest = _walk(body, here, end)
    at = instant(day, clock)
    return _new(Fix, (at, latitude, longitude, altitude, speed, direction, alarm, status, mileage, fuel, rest))


def _walk(body: bytes, here: int, end: int) -> tuple[int | None, int | None, bytes]:
    """Mileage, fuel and the rest, in whatever order. A torn extra at the end is kept in the rest."""
    mileage = fuel = None
    rest = b""
    while here + 2 <= end:
        size = body[here + 1]
        then = here + 2 + size
        if then > end:
            break
        kind = body[here]
        if kind == MILEAGE and size == 4:
            mileage = int.from_bytes(body[here + 2 : then], "big")
        elif kind == FUEL and size == 2:
            fuel = int.from_bytes(body[here + 2 : then], "big")
        else:
            rest += body[here:then]
        here = then
    return mileage, fuel, rest + body[here:end]


def instant(day: bytes, clock: bytes) -> int | None:
    """BCD YYMMDD and hhmmss at UTC+8 as seconds since 1970; None where there is no such time."""
    base = _DAYS[day] if day in _DAYS else _day(day)
    hour, minute, second = _BCD[clock[0]], _BCD[clock[1]], _BCD[clock[2]]
    if base is None or hour > 23 or minute > 59 or second > 59:
        return None
    return base + hour * 3600 + minute * 60 + second


def _day(day: bytes) -> int | None:
    """Found, and kept for the next report of the day; a terminal that invents days does not fill the memory."""
    year, month, number = (_BCD[b] for b in day)
    try:
        found = int(datetime(2000 + year, month, number, tzinfo=CHINA).timestamp()) if year < 100 else None
    except ValueError:
        found = None
    if len(_DAYS) > 4000:
        _DAYS.clear()
    _DAYS[bytes(day)] = found
    return found


def write(fix: Fix) -> bytes:
    """The body of a report. Coordinates may be negative; `at` None is sent as zeros."""
    status = fix.status & ~(SOUTH | WEST)
    status |= (SOUTH if fix.latitude < 0 else 0) | (WEST if fix.longitude < 0 else 0)
    stamp = (
        "000000000000" if fix.at is None else f"{datetime.fromtimestamp(fix.at, UTC).astimezone(CHINA):%y%m%d%H%M%S}"
    )
    body = BASE.pack(
        fix.alarm, status, abs(fix.latitude), abs(fix.longitude), fix.altitude, fix.speed, fix.direction,
        bytes.fromhex(stamp[:6]), bytes.fromhex(stamp[6:]),
    )  # fmt: skip
    if fix.mileage is not None:
        body += b"\x01\x04" + fix.mileage.to_bytes(4, "big")
    if fix.fuel is not None:
        body += b"\x02\x02" + fix.fuel.to_bytes(2, "big")
    return body + fix.rest


def extras(rest: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Extras as (kind, value) in the order sent, and what is left of a torn one."""
    found, here = [], 0
    while here + 2 <= len(rest) and here + 2 + rest[here + 1] <= len(rest):
        then = here + 2 + rest[here + 1]
        found.append((rest[here], rest[here + 2 : then]))
        here = then
    return found, rest[here:]


def batch(body: bytes) -> tuple[bool, list[Fix]] | None:
    """0x0704: whether it is a back-fill of a blind spot, and its reports; None where it is torn (2013 8.49).

    What can be read of a torn one is not taken: the terminal is told and sends it again.
    """
    if len(body) < 3:
        return None
    count, kind = _WORD(body)[0], body[2]
    found, here = [], 3
    for _ in range(count):
        if here + 2 > len(body):
            return None
        end = here + 2 + _WORD(body, here)[0]
        fix = read(body, here + 2, end) if end <= len(body) else None
        if fix is None:
            return None
        found.append(fix)
        here = end
    return (kind == 1, found) if here == len(body) and found else None


def write_batch(fixes: list[Fix], *, backfill: bool) -> bytes:
    """The body of 0x0704."""
    items = [write(fix) for fix in fixes]
    joined = b"".join(len(item).to_bytes(2, "big") + item for item in items)
    return len(items).to_bytes(2, "big") + bytes((backfill,)) + joined
