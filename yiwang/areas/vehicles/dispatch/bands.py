"""绕行系数 by distance: short ways in town wind more than long ones on the highway. Medians of what was really driven."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from yiwang.areas.vehicles.dispatch.travel import Detour, Driven, Place, Travel, line, lines, median, usable

#: Where the classes begin, metres on the great circle.
BOUNDS = (500, 2_000, 5_000, 15_000, 50_000)
#: A class with fewer ways keeps what was set.
LEAST = 20


@dataclass(frozen=True, slots=True)
class Band:
    """From `least` metres on: the way is the great circle × `factor`, driven at `kmh`; medians of `sample` ways."""

    least: int
    factor: float
    kmh: float
    sample: int


@dataclass(frozen=True, slots=True)
class Banded:
    """The great circle with the factor and the speed of its class; `base` where there is none."""

    bands: Sequence[Band]
    base: Detour = field(default_factory=Detour)

    def matrix(self, places: Sequence[Place]) -> Travel:
        """All ways, by the great circle."""
        straight = lines(places)
        rows = sorted(self.bands, key=lambda one: one.least)
        place = np.searchsorted(np.array([one.least for one in rows]), straight, side="right")
        factor = np.array([self.base.factor, *(one.factor for one in rows)])[place]
        kmh = np.array([self.base.kmh, *(one.kmh for one in rows)])[place]
        metres = straight * factor
        seconds = metres / (kmh / 3.6) + np.where(straight > 0, float(self.base.extra), 0.0)
        return Travel(np.rint(metres).astype(np.int32), np.rint(seconds).astype(np.int32), self.notes())

    def notes(self) -> tuple[str, ...]:
        """What the reader of a plan is told."""
        rows = sorted(self.bands, key=lambda one: one.least)
        said = [f"{one.least / 1000:g} 公里起 ×{one.factor:g}、{one.kmh:g} 公里/小时({one.sample} 段)" for one in rows]
        return (f"路程按自有轨迹校准:直线 {';'.join(said)}。",) if said else ()


def calibrated(pairs: Iterable[Driven], *, base: Detour | None = None, least: int = LEAST) -> list[Band]:
    """The classes that have enough ways: median factor (never under 1) and speed of each."""
    start = base or Detour()
    by_class: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for pair in pairs:
        found = usable(pair, start.extra)
        if found is not None:
            bound = max(one for one in BOUNDS if one <= line(pair.start, pair.end))
            by_class[bound].append(found)
    return [
        Band(
            bound,
            round(max(median([factor for factor, _ in some]), 1.0), 3),
            round(median([speed for _, speed in some]) * 3.6, 1),
            len(some),
        )
        for bound, some in sorted(by_class.items())
        if len(some) >= least
    ]
