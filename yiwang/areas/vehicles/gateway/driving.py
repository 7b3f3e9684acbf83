"""Trips driven on the made-up roads: what a terminal would have reported. Pure; the same drive and seed give the same points.

A car speeds up, slows down for bends and stops, waits now and then at a light; the fix wobbles by some metres; mileage and
fuel run on. What goes wrong on a drive is said beforehand: `Mishap`.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from random import Random

from yiwang.areas.vehicles.gateway.location import ACC, FIXED, Fix
from yiwang.areas.vehicles.gateway.roads import Place, Way, way
from yiwang.kit.geo import bearing, metres

#: Status bit: fixed by Beidou.
_BEIDOU = 1 << 19
OVERSPEED = 1 << 1  # alarm bit
#: Seconds between two reports: under way, and standing.
UNDER_WAY, STANDING = 10, 60


@dataclass(frozen=True, slots=True)
class Mishap:
    """What goes wrong, from and to seconds after the start.

    `silent`: nothing is sent and nothing kept; `offline`: kept, and sent afterwards as a back-fill; `spoofed`: places from
    elsewhere; `unfixed`: no fix; `fast`: 1.6 times the speed of the road; `stop`: the car stands.
    """

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Drive:
    """A car on its way: `via` places are stopped at for `wait` seconds each. Instants are seconds since 1970.

    `mileage` (km) and `fuel` (litres) at the start; `use` litres for 100 km.
    """

    phone: str
    start: int
    places: tuple[Place, ...]
    wait: int = 900
    mishaps: tuple[Mishap, ...] = ()
    mileage: float = 20_000.0
    fuel: float = 45.0
    use: float = 8.5
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """One report: when the terminal measured it is in the fix; `sent` is when it would reach the gateway."""

    fix: Fix
    sent: int
    backfill: bool = False


@dataclass
class _Leg:
    """The progress on one way: metres at each of its places."""

    way: Way
    marks: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.marks = [0.0, *accumulate(self.way.lengths)]

    def at(self, done: float) -> tuple[Place, int, int]:
        """Place, direction and allowed speed so many metres along."""
        piece = min(max(bisect_right(self.marks, done) - 1, 0), len(self.way.lengths) - 1)
        a, b = self.way.places[piece], self.way.places[piece + 1]
        share = min(1.0, (done - self.marks[piece]) / self.way.lengths[piece]) if self.way.lengths[piece] else 1.0
        place = (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
        return place, bearing(*a, *b), self.way.speeds[piece]


def drive(one: Drive) -> list[Report]:
    """All reports of a drive, in the order of measuring."""
    rng = Random(f"{one.phone} {one.start} {one.seed}")  # noqa: S311 (made-up data)
    reports = [_report(one, fix) for fix in _fixes(one, rng)]
    return [report for report in reports if report is not None]


def ends(one: Drive) -> int:
    """When it is over, without mishaps: seconds since 1970."""
    legs = [way(a, b) for a, b in pairwise(one.places)]
    return one.start + round(sum(leg.seconds for leg in legs) * 1.12) + one.wait * (len(legs) - 1)


def _fixes(one: Drive, rng: Random) -> Iterator[Fix]:
    at, mileage = one.start, one.mileage
    for number in range(len(one.places) - 1):
        leg = _Leg(way(one.places[number], one.places[number + 1]))
        done, speed, total = 0.0, 0.0, leg.marks[-1]
        light = 0
        while done < total:
            place, direction, allowed = leg.at(done)
            yield _fix(one, rng, at, place, speed, direction, mileage, allowed)
            stands = light > at or _in(one, "stop", at)
            if not stands and speed and allowed < 50 and rng.random() < 0.03:
                light = at + rng.randint(15, 50)
            target = 0.0 if stands else _target(one, rng, at, allowed, total - done)
            speed = max(0.0, speed + max(-35.0, min(28.0, target - speed)))
            step = min(speed / 3.6 * UNDER_WAY, total - done)
            if not stands and step < 3.0:
                step = min(3.0, total - done)
            done, mileage, at = done + step, mileage + step / 1000, at + UNDER_WAY
        place, direction, allowed = leg.at(total)
        yield _fix(one, rng, at, place, 0.0, direction, mileage, allowed)
        if number + 2 < len(one.places):
            until = at + one.wait
            while at + STANDING < until:
                at += STANDING
                yield _fix(one, rng, at, place, 0.0, direction, mileage, allowed)
            at = until


def _target(one: Drive, rng: Random, at: int, allowed: int, left: float) -> float:
    """The speed that the driver wants: a little below what is allowed, less near the end."""
    factor = 1.6 if _in(one, "fast", at) else rng.uniform(0.85, 0.99)
    return min(allowed * factor, 12 + left / 8)


def _in(one: Drive, kind: str, at: int) -> bool:
    return any(m.kind == kind and m.start <= at - one.start < m.end for m in one.mishaps)


def _fix(
    one: Drive, rng: Random, at: int, place: Place, speed: float, direction: int, mileage: float, allowed: int
) -> Fix:
    lon, lat = place[0] + rng.gauss(0, 2e-5), place[1] + rng.gauss(0, 2e-5)
    status = ACC | FIXED | _BEIDOU
    if _in(one, "spoofed", at):
        lon, lat = lon + 3.1, lat + 2.2
    if _in(one, "unfixed", at):
        status &= ~FIXED
    fuel = max(0.0, one.fuel - (mileage - one.mileage) * one.use / 100)
    rest = b"\x30\x01" + bytes((rng.randint(18, 31),)) + b"\x31\x01" + bytes((rng.randint(7, 16),))
    return Fix(
        at, round(lat * 1e6), round(lon * 1e6), 1890 + round(30 * math.sin(lon * 40)), round(speed * 10), direction,
        OVERSPEED if speed > allowed * 1.2 else 0, status, round(mileage * 10), round(fuel * 10), rest,
    )  # fmt: skip


def _report(one: Drive, fix: Fix) -> Report | None:
    at = fix.at or 0
    for mishap in one.mishaps:
        if mishap.start <= at - one.start < mishap.end:
            if mishap.kind == "silent":
                return None
            if mishap.kind == "offline":
                return Report(fix, one.start + mishap.end, backfill=True)
    return Report(fix, at)


def stand(
    phone: str, place: Place, start: int, end: int, *, mileage: float = 20_000.0, every: int = 300
) -> list[Report]:
    """A car in its yard: engine off, now and then a report."""
    rng = Random(f"{phone} {start}")  # noqa: S311 (made-up data)
    found = []
    for at in range(start, end, every):
        lon, lat = place[0] + rng.gauss(0, 1e-5), place[1] + rng.gauss(0, 1e-5)
        fix = Fix(
            at, round(lat * 1e6), round(lon * 1e6), 1890, 0, 0, 0, FIXED | _BEIDOU, round(mileage * 10), None, b""
        )
        found.append(Report(fix, at))
    return found


def length(reports: Sequence[Report]) -> float:
    """Metres between the places of the reports, as they are."""
    places = [(one.fix.longitude / 1e6, one.fix.latitude / 1e6) for one in reports]
    return float(sum(metres(*a, *b) for a, b in pairwise(places)))
