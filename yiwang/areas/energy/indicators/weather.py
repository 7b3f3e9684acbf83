"""Weather normalisation: a month's use a day as base + heating × HDD + cooling × CDD, fitted by least squares.

Own regression and not OpenDSM: see decision 0081. Slopes are never negative; a fit that does not explain is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

#: Fewer months say nothing about a year; a worse fit (CV of the residuals) must not restate a figure.
LEAST, WORST = 12, 0.25


@dataclass(frozen=True, slots=True)
class Month:
    """What was used in a month of so many days, and its degree days."""

    use: float
    days: int
    heating: float
    cooling: float


@dataclass(frozen=True, slots=True)
class Fit:
    """Use a day without weather, use a degree day of heating and cooling; `cv`: residuals against the mean."""

    base: float
    heating: float
    cooling: float
    cv: float


def fit(months: Sequence[Month]) -> Fit | None:
    """The best fit with slopes that are not negative; None with too few months or where weather does not explain."""
    if len(months) < LEAST:
        return None
    use = np.array([one.use for one in months])
    columns = np.array([[one.days, one.heating, one.cooling] for one in months], dtype=float)
    best: Fit | None = None
    for chosen in ((0, 1, 2), (0, 1), (0, 2), (0,)):
        found, *_ = np.linalg.lstsq(columns[:, chosen], use, rcond=None)
        if (found < -1e-9).any():
            continue
        rest = use - columns[:, chosen] @ found
        free = max(len(months) - len(chosen), 1)
        cv = float(np.sqrt((rest**2).sum() / free) / use.mean()) if use.mean() > 0 else float("inf")
        whole = dict.fromkeys((0, 1, 2), 0.0) | dict(zip(chosen, map(float, found), strict=True))
        if best is None or cv < best.cv:
            best = Fit(whole[0], whole[1], whole[2], cv)
    return best if best is not None and best.cv <= WORST else None


def normalised(one: Month, found: Fit, heating: float, cooling: float) -> float:
    """What would have been used with the degree days of a normal month."""
    return one.use - found.heating * (one.heating - heating) - found.cooling * (one.cooling - cooling)
