"""Outliers of series against their own history, vectorised: z, modified z (median and MAD), and the least and most so far.

A figure is judged against what came before it, never against itself. Fewer than `LEAST` known figures say nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = Any
LEAST = 4
#: The usual bounds: three deviations; 3.5 for the modified z (Iglewicz and Hoaglin 1993); a margin around least and most.
Z, MODIFIED, MARGIN = 3.0, 3.5, 0.5
#: What makes a MAD comparable with a deviation, and a mean absolute deviation where the MAD is nought.
_MAD, _MEAN = 0.6745, 1.253314


@dataclass(frozen=True)
class Outliers:
    """By unit: whether the present figure stands out by each method, the scores, and the median of the history."""

    z: Array
    modified: Array
    beyond: Array
    score: Array
    median: Array

    @property
    def any(self) -> Array:
        """By whichever method."""
        return self.z | self.modified | self.beyond


def outliers(history: Array, present: Array) -> Outliers:
    """`history`: units × periods, `present`: units; NaN where nothing was reported.

    A series that never changed has no deviation: any other figure stands out by least and most, not by z.
    """
    known = ~np.isnan(history)
    count = known.sum(axis=1)
    filled = np.where(known, history, 0)
    enough = (count >= LEAST) & ~np.isnan(present)
    safe = np.maximum(count, 1)
    mean = filled.sum(axis=1) / safe
    off = np.where(known, history - mean[:, None], 0)
    deviation = np.sqrt((off * off).sum(axis=1) / np.maximum(count - 1, 1))
    middle = _median(history, count)
    away = np.abs(history - middle[:, None])
    mad = _median(away, count)
    spread = np.where(mad > 0, mad / _MAD, np.where(known, away, 0).sum(axis=1) / safe * _MEAN)
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(spread > 0, (present - middle) / spread, 0)
        z = np.where(deviation > 0, (present - mean) / deviation, 0)
    low = np.where(known, history, np.inf).min(axis=1)
    high = np.where(known, history, -np.inf).max(axis=1)
    room = MARGIN * np.maximum(high - low, np.abs(middle))
    beyond = enough & ((present < low - room) | (present > high + room))
    return Outliers(enough & (np.abs(z) > Z), enough & (np.abs(score) > MODIFIED), beyond, score, middle)


def _median(values: Array, count: Array) -> Array:
    """The median of what is known in each row: one sort, NaN last."""
    ordered = np.sort(values, axis=1)
    rows = np.arange(len(ordered))
    low, high = np.maximum((count - 1) // 2, 0), np.minimum(count // 2, ordered.shape[1] - 1)
    return (ordered[rows, low] + ordered[rows, high]) / 2
