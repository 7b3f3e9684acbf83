"""What a series should have used each month: seasonal profile × level × growth, all by medians. Pure numpy.

In logarithms, since seasons and growth multiply. The profile of a series is its own where it has years to show one and
that of its kind where it has not (shrunk by the number of years).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yiwang.areas.energy.judge.robust import Bools, Floats, Ints, by_group, median, spread

#: Years that the profile of the kind weighs against the own ones.
PRIOR_YEARS = 1.0
#: The least robust deviation of log residuals: 3 %.
LEAST = 0.03
#: How many series of a kind make a common movement.
PEERS = 20
#: Months on each side over which a level is taken.
WINDOW = 6


@dataclass(frozen=True)
class Panel:
    """Series × months. `amount`: use (NaN: no reading); `kind`: an index, series of one kind share a profile.

    `first`: the calendar month of the first column, 1 to 12. `cost`: what was paid. `night`: share of use at night
    (0 to 1). `expected`: where a reading is due (None: from the first reading on).
    """

    amount: Floats
    kind: Ints
    first: int = 1
    cost: Floats | None = None
    night: Floats | None = None
    expected: Bools | None = None

    def due(self) -> Bools:
        """Where a reading should be."""
        if self.expected is not None:
            return self.expected
        return np.maximum.accumulate(~np.isnan(self.amount), axis=1)


@dataclass(frozen=True)
class Common:
    """What the series of each kind share, in logs: kinds × 12 (season) and kinds × months (weather)."""

    season: Floats
    weather: Floats


@dataclass(frozen=True)
class Fitted:
    """The log of what was to be expected, what is left of the log of the use, and the robust deviation of a series."""

    expected: Floats
    residual: Floats
    deviation: Floats
    common: Common


def logs(amount: Floats) -> Floats:
    """Natural logarithms in float32; NaN where nothing, zero or less was read."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(amount > 0, np.log(amount), np.nan).astype(np.float32)


def fit(panel: Panel, common: Common | None = None) -> Fitted:
    """Expected log use of each month: whole years are laid over each other, then levels follow slowly.

    `common`: what the series of each kind share, where it is known from a greater panel.
    """
    x = logs(panel.amount)
    months = x.shape[1]
    place: Ints = (np.arange(months) + panel.first - 1) % 12
    trend = _growth(x)[:, None] * ((np.arange(months) - (months - 1) / 2) / 12)[None, :]
    level = median(x)[:, None] + trend.astype(np.float32)
    flat = x - level
    own = np.stack([median(flat[:, place == month]) for month in range(12)], axis=1)
    groups = int(panel.kind.max(initial=-1)) + 1
    season = common.season if common else by_group(own, panel.kind, groups)
    level += _season(flat, own, place, season[panel.kind])[:, place]
    level += _slow(x - level)
    residual = x - level
    weather = common.weather if common else _weather(residual, panel.kind, groups)
    level, residual = level + weather[panel.kind], residual - weather[panel.kind]
    return Fitted(level, residual, spread(residual, LEAST), Common(season, weather))


def _growth(x: Floats) -> Floats:
    """Growth a year in logs: the median of all steps over twelve months, held within ± 40 %; 0 without two years."""
    if x.shape[1] <= 12:
        return np.zeros(len(x), dtype=x.dtype)
    return np.clip(np.nan_to_num(median(x[:, 12:] - x[:, :-12])), -0.4, 0.4)


def _season(flat: Floats, own: Floats, place: Ints, shared: Floats) -> Floats:
    """Series × 12: the own median of each calendar month, shrunk towards the kind's by the years there are."""
    years = np.stack([np.count_nonzero(~np.isnan(flat[:, place == month]), axis=1) for month in range(12)], axis=1)
    weight = years / (years + PRIOR_YEARS)
    mixed = np.where(np.isnan(own), shared, weight * own + (1 - weight) * np.where(np.isnan(shared), own, shared))
    return np.nan_to_num(mixed).astype(flat.dtype)


def _slow(left: Floats) -> Floats:
    """A level that follows slowly: the median of the year around a month, held to half of what it says.

    Half, so that a leak of some months is not taken for the new level.
    """
    months = left.shape[1]
    found = np.zeros_like(left)
    for month in range(months):
        low = max(min(month - WINDOW, months - 2 * WINDOW - 1), 0)
        found[:, month] = median(left[:, low : low + 2 * WINDOW + 1])
    return np.nan_to_num(found) / 2


def _weather(residual: Floats, kind: Ints, groups: int) -> Floats:
    """What all series of a kind have in common in a month (weather, a moved holiday); only where twenty can say so."""
    shared = by_group(residual, kind, groups)
    shared[np.bincount(kind, minlength=groups) < PEERS] = 0
    return np.nan_to_num(shared)


__all__ = ["Common", "Fitted", "Panel", "fit", "logs"]
