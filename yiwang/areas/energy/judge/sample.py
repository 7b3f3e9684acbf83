"""Made-up months of many meters with planted anomalies and the truth about them, for tests, figures and the demo.

Nothing here knows the detector: levels over four powers of ten, six seasonal habits with months of no use, growth, noise
of each series its own (with heavy tails), weather common to a kind, the Spring Festival that wanders between January and
February, new wings and closed ones (true steps that are no anomaly), single events, late beginnings.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from yiwang.areas.energy.judge.profile import Panel
from yiwang.areas.energy.judge.robust import Floats, Ints

#: Relative use of January … December: office electricity, gas heating, office water, school electricity, petrol, canteen gas.
HABITS = np.array(
    [
        [1.15, 1.05, 0.85, 0.75, 0.85, 1.10, 1.40, 1.40, 1.05, 0.75, 0.80, 1.05],
        [2.9, 2.5, 1.6, 0, 0, 0, 0, 0, 0, 0, 1.5, 2.6],
        [0.85, 0.80, 0.92, 0.98, 1.05, 1.15, 1.22, 1.22, 1.10, 0.98, 0.92, 0.88],
        [0.95, 0.35, 1.15, 1.10, 1.20, 1.35, 0.60, 0.30, 1.25, 1.15, 1.15, 1.20],
        [0.95, 0.80, 1.02, 1.02, 1.03, 1.05, 1.0, 1.0, 1.05, 1.0, 1.05, 1.08],
        [1.2, 0.75, 1.1, 1.0, 0.95, 0.9, 0.85, 0.85, 0.95, 1.0, 1.1, 1.25],
    ]
)
#: How the kinds are mixed, and what one unit costs.
MIX, PRICES = (0.35, 0.12, 0.25, 0.12, 0.08, 0.08), (0.65, 3.2, 4.1, 0.56, 8.1, 3.4)
#: Share of series with an anomaly of each rule.
SHARES = {"UNIT": 0.01, "MISSING": 0.02, "DOUBLE": 0.015, "LEAK": 0.02, "NIGHT": 0.01, "TARIFF": 0.01}
#: Before this column nothing is planted: a series must have shown itself.
FROM = 14


@dataclass
class Sample:
    """A panel and what was planted in it: rule → rows of (series, first column, column after the last)."""

    panel: Panel
    planted: dict[str, Ints] = field(default_factory=dict)


def grow(series: int, months: int = 36, *, seed: int = 1, first: int = 1, planting: bool = True) -> Sample:
    """A panel of that many series and months with anomalies planted in some of them (or none), at most one each."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(len(MIX), series, p=MIX)
    amount = _use(rng, kind, months, first)
    price = np.array(PRICES)[kind][:, None] * np.exp(rng.normal(0, 0.008, (series, months)))
    night = rng.beta(9, 30, (series, 1)) + rng.normal(0, 1, (series, months)) * rng.uniform(0.008, 0.025, (series, 1))
    chosen = rng.permutation(series)
    planted: dict[str, Ints] = {}
    start = 0
    for rule, share in SHARES.items() if planting else ():
        rows = chosen[start : start + int(series * share)]
        start += len(rows)
        if rule == "TARIFF":
            planted[rule] = _tariff(rng, rows, price)
        elif rule == "NIGHT":
            planted[rule] = _night(rng, rows, night)
        else:
            planted[rule] = _PLANTS[rule](rng, rows, amount)
    late = chosen[start : start + series // 25]
    amount[late[:, None], np.arange(months)] = np.where(
        np.arange(months) < rng.integers(3, months - 12, len(late))[:, None], np.nan, amount[late]
    )
    panel = Panel(amount, kind, first, amount * price, np.clip(night, 0, 1))
    return Sample(panel, planted)


def _use(rng: np.random.Generator, kind: Ints, months: int, first: int) -> Floats:
    """Use without anomalies, rounded as meters are read."""
    series, column = len(kind), np.arange(months)
    place: Ints = (column + first - 1) % 12
    own = HABITS[kind] * np.exp(rng.normal(0, 0.1, (series, 12)))
    base = np.exp(rng.normal(np.log(3000), 1.5, (series, 1)))
    growth = np.exp(rng.normal(0.01, 0.06, (series, 1)) * column / 12)
    loud = np.exp(rng.normal(np.log(0.07), 0.35, (series, 1)))
    noise = loud * np.where(rng.random((series, months)) < 0.03, 2.2, 1.0) * rng.normal(0, 1, (series, months))
    weather = rng.normal(0, 0.04, (len(MIX), months))[kind]
    wander = rng.normal(0, 0.12, -(-months // 12))[column // 12]
    festival = np.where(place == 0, wander, np.where(place == 1, -wander, 0.0))
    use = base * own[:, place] * growth * np.exp(noise + weather + festival)
    steps = rng.random(series) < 0.015
    factor = np.exp(rng.choice([-1, 1], series) * rng.uniform(0.2, 0.5, series))
    begins = rng.integers(6, max(months - 2, 7), series)
    use *= np.where(steps[:, None] & (column >= begins[:, None]), factor[:, None], 1.0)
    events = rng.random((series, months)) < 0.0006
    use *= np.where(events, rng.uniform(1.2, 1.7, (series, months)), 1.0)
    return np.round(use, 1)


def _starts(rng: np.random.Generator, rows: Ints, amount: Floats, length: Ints) -> Ints:
    """A column for each row with enough columns behind it; one in use where there is one."""
    months = amount.shape[1]
    found = rng.integers(FROM, np.maximum(months - length + 1, FROM + 1))
    for _ in range(20):
        idle = amount[rows, found] <= 0
        if not idle.any():
            break
        found[idle] = rng.integers(FROM, np.maximum(months - length + 1, FROM + 1))[idle]
    return np.asarray(found)


def _spans(rows: Ints, start: Ints, length: Ints) -> Ints:
    return np.stack([rows, start, start + length], axis=1)


def _unit(rng: np.random.Generator, rows: Ints, amount: Floats) -> Ints:
    start = _starts(rng, rows, amount, np.ones(len(rows), dtype=int))
    amount[rows, start] *= np.where(rng.random(len(rows)) < 0.5, 1000.0, 0.001)
    return _spans(rows, start, np.ones(len(rows), dtype=int))


def _missing(rng: np.random.Generator, rows: Ints, amount: Floats) -> Ints:
    """Nothing at all or, in three of ten of those that are never idle, a zero."""
    start = _starts(rng, rows, amount, np.ones(len(rows), dtype=int))
    busy = (amount[rows] > 0).all(axis=1)
    amount[rows, start] = np.where(busy & (rng.random(len(rows)) < 0.3), 0.0, np.nan)
    return _spans(rows, start, np.ones(len(rows), dtype=int))


def _double(rng: np.random.Generator, rows: Ints, amount: Floats) -> Ints:
    """A bill entered twice; or, in three of ten, a month that was hardly read and came with the next."""
    length = np.where(rng.random(len(rows)) < 0.3, 2, 1)
    start = _starts(rng, rows, amount, length)
    for row, column, long in zip(rows, start, length, strict=True):
        if long == 1:
            amount[row, column] *= 2
        else:
            moved = amount[row, column] * rng.uniform(0.8, 0.98)
            amount[row, column] -= moved
            amount[row, column + 1] += moved
    return _spans(rows, start, length)


def _leak(rng: np.random.Generator, rows: Ints, amount: Floats) -> Ints:
    """The same amount more each month for some months: 30 to 120 % of the mean."""
    length = rng.integers(3, 11, len(rows))
    start = _starts(rng, rows, amount, length)
    more = np.nanmean(amount[rows], axis=1) * rng.uniform(0.3, 1.2, len(rows))
    column = np.arange(amount.shape[1])
    on = (column >= start[:, None]) & (column < (start + length)[:, None])
    amount[rows] += np.where(on, more[:, None], 0.0)
    return _spans(rows, start, length)


def _tariff(rng: np.random.Generator, rows: Ints, price: Floats) -> Ints:
    """Another price from a month on."""
    start = rng.integers(FROM, price.shape[1] - 1, len(rows))
    factor = np.exp(rng.choice([-1, 1], len(rows)) * rng.uniform(0.08, 0.35, len(rows)))
    price[rows] *= np.where(np.arange(price.shape[1]) >= start[:, None], factor[:, None], 1.0)
    return _spans(rows, start, np.ones(len(rows), dtype=int))


def _night(rng: np.random.Generator, rows: Ints, night: Floats) -> Ints:
    """More of it at night for some months."""
    length = rng.integers(2, 7, len(rows))
    start = rng.integers(FROM, night.shape[1] - length + 1)
    column = np.arange(night.shape[1])
    on = (column >= start[:, None]) & (column < (start + length)[:, None])
    night[rows] += np.where(on, rng.uniform(0.08, 0.25, (len(rows), 1)), 0.0)
    return _spans(rows, start, length)


_PLANTS = {"UNIT": _unit, "MISSING": _missing, "DOUBLE": _double, "LEAK": _leak}
