"""Medians over rows with gaps, fast: sorting puts NaN last, so that the middle is found by counting. Pure numpy."""

from __future__ import annotations

from typing import Any

import numpy as np

# Arrays of numbers, of indices, of truths; numpy is not followed by the type checker, its arrays are Any to it.
Floats = Any
Ints = Any
Bools = Any

#: From the median of absolute deviations to the standard deviation of a normal distribution.
NORMAL = 1.4826


def median(values: Floats) -> Floats:
    """The median along the last axis without NaN; NaN where nothing is known."""
    if not values.shape[-1]:
        return np.full(values.shape[:-1], np.nan)
    ordered = np.sort(values, axis=-1)
    known = np.count_nonzero(~np.isnan(values), axis=-1)[..., None]
    low, high = np.maximum((known - 1) // 2, 0), np.minimum(known // 2, values.shape[-1] - 1)
    middle = (np.take_along_axis(ordered, low, -1) + np.take_along_axis(ordered, high, -1)) / 2
    return np.where(known > 0, middle, np.nan)[..., 0]


def spread(residuals: Floats, least: float) -> Floats:
    """The robust standard deviation along the last axis (MAD × 1.4826), never below `least`."""
    return np.fmax(median(np.abs(residuals - median(residuals)[..., None])) * NORMAL, least)


def by_group(values: Floats, group: Ints, groups: int) -> Floats:
    """The median over the rows of each group, column by column: groups × columns."""
    found = np.full((groups, values.shape[1]), np.nan, dtype=values.dtype)
    for number in range(groups):
        rows = values[group == number]
        if len(rows):
            found[number] = median(rows.T)
    return found
