"""Drawn tracks for tests: a few places in kilometres and clock times become a day of the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from shapely.geometry import Polygon

from yiwang.areas.vehicles.watch.moves import Day
from yiwang.areas.vehicles.watch.points import DEGREE, Cars, Orders, Places, Points, no_orders

LON, LAT = 102.7, 25.0
LIMITS = {"MOVED": 50, "HOURS": 1, "AREA": 3, "DETOUR": 40, "STOP": 30, "SPEED": 120, "ODOMETER": 10}
OTHERS = {
    ("MOVED", "前后宽限"): 30, ("HOURS", "起时"): 6, ("HOURS", "止时"): 22, ("DETOUR", "至少多行"): 5,
    ("SPEED", "持续"): 30, ("ODOMETER", "至少相差"): 5,
}  # fmt: skip


def degrees(east: float, north: float) -> tuple[float, float]:
    """A place so many kilometres from the origin."""
    return LON + east * 1000 / DEGREE / np.cos(np.radians(LAT)), LAT + north * 1000 / DEGREE


def clock(text: str | float) -> float:
    """Seconds since midnight of 08:30 or 08:30:15."""
    if isinstance(text, int | float):
        return float(text)
    hours, minutes, *seconds = (float(part) for part in str(text).split(":"))
    return hours * 3600 + minutes * 60 + (seconds[0] if seconds else 0)


def cars(count: int, *, workday: bool = True, limits: Mapping[str, float] | None = None) -> Cars:
    """Cars with the figures of the shipped clauses."""
    figures = {**LIMITS, **(limits or {})}
    return Cars(
        np.arange(1, count + 1, dtype=np.int64),
        {key: np.full(count, float(value)) for key, value in figures.items()},
        {key: np.full(count, float(value)) for key, value in OTHERS.items()},
        workday,
    )


def points(rows: Sequence[tuple[int, float, float, float, float]]) -> Points:
    """From (car, seconds, km east, km north, km/h)."""
    ordered = sorted(rows, key=lambda row: (row[0], row[1]))
    table = np.array(ordered, dtype=float).reshape(-1, 5)
    places = [degrees(east, north) for _, _, east, north, _ in ordered]
    lonlat = np.array(places, dtype=float).reshape(-1, 2)
    return Points(table[:, 0].astype(np.int64), table[:, 1], lonlat[:, 0], lonlat[:, 1], table[:, 4])


def along(track: Sequence[Sequence[Any]], every: float) -> list[tuple[int, float, float, float, float]]:
    """Way points [clock, km east, km north] as a point every so many seconds, with the speed between them."""
    rows: list[tuple[int, float, float, float, float]] = []
    for (one, x0, y0, *_), (two, x1, y1, *_) in zip(track, track[1:], strict=False):  # noqa: RUF007
        start, stop = clock(one), clock(two)
        kmh = float(np.hypot(x1 - x0, y1 - y0)) / (stop - start) * 3600
        for t in np.arange(start, stop, every):
            share = (t - start) / (stop - start)
            rows.append((0, float(t), x0 + (x1 - x0) * share, y0 + (y1 - y0) * share, kmh))
    last = track[-1]
    return [*rows, (0, clock(last[0]), last[1], last[2], 0.0)]


def orders(given: Sequence[Mapping[str, Any]], *, grace: float = 1800) -> Orders:
    """Orders from {from, to, emergency, plan, planned, odometer, stops, car}."""
    if not given:
        return no_orders()
    nan = float("nan")

    def column(name: str, missing: float) -> Any:
        return np.array([float(one.get(name, missing)) for one in given])

    start, end = (np.array([clock(one[key]) for one in given]) for key in ("from", "to"))
    return Orders(
        car=np.array([one.get("car", 0) for one in given], dtype=np.int64),
        start=start - grace,
        end=end + grace,
        emergency=np.array([one.get("emergency", False) for one in given], dtype=bool),
        began=start,
        ended=end,
        planned=column("planned", nan) * 1000,
        odometer=column("odometer", nan),
        plan=[[degrees(*place) for place in one.get("plan", [])] for one in given],
        stops=[frozenset(one.get("stops", [])) for one in given],
    )


def places(given: Sequence[Mapping[str, Any]]) -> Places:
    """Circles from {at: [km east, km north], radius}, polygons from their corners besides."""
    found = [(*degrees(*one["at"]), float(one.get("radius", 150))) for one in given]
    table = np.array(found, dtype=float).reshape(-1, 3)
    shapes = [Polygon([degrees(*at) for at in one["corners"]]) if "corners" in one else None for one in given]
    return Places(table[:, 0], table[:, 1], table[:, 2], shapes)


def day(case: Mapping[str, Any]) -> Day:
    """A case of the YAML file."""
    rows = along(case["track"], case.get("every", 30))
    table = cars(1, workday=case.get("workday", True), limits=case.get("limits"))
    return Day(points(rows), table, orders(case.get("orders", [])), places(case.get("places", [])))
