"""The share of use at night from hourly readings, all series at once. Pure numpy."""

from __future__ import annotations

import numpy as np

from yiwang.areas.energy.judge.robust import Floats, Ints

#: Hours that are night: 23 to 6.
HOURS = (23, 0, 1, 2, 3, 4, 5)


def share_by_month(hours: Floats, month: Ints) -> Floats:
    """Series × months: use at night over all use (0 to 1). `hours`: series × days × 24, NaN where not read; `month`: the
    column of each day, from 0 on. NaN where nothing was read or used."""
    months = int(month.max(initial=-1)) + 1
    night = np.nansum(hours[:, :, HOURS], axis=2)
    whole = np.nansum(hours, axis=2)
    belongs = (month[:, None] == np.arange(months)).astype(float)
    used = whole @ belongs
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(used > 0, (night @ belongs) / used, np.nan)
