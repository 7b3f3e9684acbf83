"""What a series will have used at the end of the year: some simple ways, chosen by back-test for each series. Pure numpy.

The ways: the same month of last year (seasonal naive); that, moved by half the growth of the last twelve months; a
seasonal profile shrunk towards that of the kind, times the level of the last twelve or six months; and the mean of the
middle ones. Each is tried on years that are over, from the same month of the year; a series takes the way that erred
least, its own errors weighed with those of its kind, since one year proves little.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from yiwang.areas.energy.judge.robust import Floats, Ints, by_group, median

#: Back-tests that the mean error of the kind weighs against the own ones.
PRIOR = 6.0
#: Months by which the beginnings of the back-tests lie apart, and how many there are.
STEP, ORIGINS = 2, 6
NAIVE = 0


@dataclass(frozen=True)
class Forecast:
    """Series × months ahead; the way each took (index of `WAYS`); `error`: its mean relative error in the back-tests."""

    ahead: Floats
    way: Ints
    error: Floats


def forecast(amount: Floats, kind: Ints, months: int, *, first: int = 1) -> Forecast:
    """The next months of each series. Gaps (NaN) are filled from the same month of the year before, else of the kind.

    Without twelve months behind it a series has no season of its own: it takes its kind's. `error` is NaN where no year
    was over to try.
    """
    known = filled(amount, kind, first)
    tried = _tried(known, kind, months, first)
    every = np.stack([way(known, kind, months, first) for way in WAYS])
    if not tried:
        return Forecast(every[_FALLBACK], np.full(len(known), _FALLBACK), np.full(len(known), np.nan))
    errors = np.nanmean(np.stack(tried), axis=0)
    shared = by_group(errors.T, kind, int(kind.max(initial=-1)) + 1)[kind].T
    score = (errors * len(tried) + shared * PRIOR) / (len(tried) + PRIOR)
    best = np.argmin(score, axis=0)
    rows = np.arange(len(known))
    return Forecast(every[best, rows], best, errors[best, rows])


def _tried(known: Floats, kind: Ints, months: int, first: int) -> list[Floats]:
    """The relative errors of the sum, ways × series, for each beginning that has a year before and the months after."""
    found = []
    for back in range(ORIGINS):
        origin = known.shape[1] - months - back * STEP
        if origin < 24:
            break
        truth = known[:, origin : origin + months].sum(axis=1)
        told = [way(known[:, :origin], kind, months, first).sum(axis=1) for way in WAYS]
        found.append(np.abs(np.stack(told) - truth) / np.maximum(truth, 1e-9).clip(_least(known, months)))
    return found


def _least(known: Floats, months: int) -> Floats:
    """A twentieth of what so many months use: below it an error in per cent says nothing (gas in summer)."""
    return np.maximum(known.mean(axis=1) * months / 20, 1e-9)


def filled(amount: Floats, kind: Ints, first: int) -> Floats:
    """Gaps by the same month a year before or after, then by level and profile of the kind; 0 where nothing is known."""
    found = amount.astype(float)
    for shift in (12, -12):
        gap = np.isnan(found)
        if not gap.any():
            return found
        other = np.full_like(found, np.nan)
        if found.shape[1] > 12:
            if shift > 0:
                other[:, 12:] = found[:, :-12]
            else:
                other[:, :-12] = found[:, 12:]
        found = np.where(gap, other, found)
    gap = np.isnan(found)
    level = median(found)
    place = _place(np.arange(found.shape[1]), first)
    groups = int(kind.max(initial=-1)) + 1
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = np.where(level[:, None] > 0, found / level[:, None], np.nan)
    own = np.stack([median(relative[:, place == month]) for month in range(12)], axis=1)
    shared = np.nan_to_num(by_group(own, kind, groups), nan=1.0)[kind]
    return np.where(gap, np.nan_to_num(level)[:, None] * shared[:, place], found)


def _place(columns: Ints, first: int) -> Ints:
    return np.asarray((columns + first - 1) % 12)


def _naive(known: Floats, kind: Ints, months: int, first: int) -> Floats:
    """The same month of last year; with less than a year, the mean."""
    have = known.shape[1]
    if have < 12:
        return np.repeat(known.mean(axis=1, keepdims=True), months, axis=1)
    return known[:, have - 12 + np.arange(months) % 12]


def _moved(known: Floats, kind: Ints, months: int, first: int) -> Floats:
    """Seasonal naive moved by half the growth of the last twelve months over those before, within ± 30 %."""
    naive = _naive(known, kind, months, first)
    if known.shape[1] < 24:
        return naive
    last, before = known[:, -12:].sum(axis=1), known[:, -24:-12].sum(axis=1)
    growth = np.where(before > 0, last / np.maximum(before, 1e-9), 1.0).clip(0.7, 1.3)
    return naive * np.sqrt(growth)[:, None]


def _profile(known: Floats, kind: Ints, first: int) -> Floats:
    """Series × 12: how much of a usual month each calendar month is; own whole years, shrunk towards the kind's."""
    years = min(known.shape[1] // 12, 3)
    place = _place(np.arange(known.shape[1]), first)
    groups = int(kind.max(initial=-1)) + 1
    if not years:
        return np.ones((len(known), 12))
    recent = known[:, -12 * years :]
    order = np.argsort(place[-12:])
    share = recent.reshape(len(known), years, 12)[:, :, order]
    mean = np.maximum(share.mean(axis=2, keepdims=True), 1e-9)
    own = (share / mean).mean(axis=1)
    shared = by_group(own, kind, groups)[kind]
    weight = years / (years + 1.0)
    mixed = weight * own + (1 - weight) * shared
    return mixed / np.maximum(mixed.mean(axis=1, keepdims=True), 1e-9)


def _levelled(window: int) -> Callable[[Floats, Ints, int, int], Floats]:
    """Profile × what the last months used over what the profile says of them."""

    def way(known: Floats, kind: Ints, months: int, first: int) -> Floats:
        have = known.shape[1]
        profile = _profile(known, kind, first)
        seen = _place(np.arange(max(have - window, 0), have), first)
        told = profile[:, seen].sum(axis=1)
        level = np.where(told > 0.5, known[:, -len(seen) :].sum(axis=1) / np.maximum(told, 1e-9), np.nan)
        level = np.where(np.isnan(level), known[:, -12:].mean(axis=1), level)
        return profile[:, _place(np.arange(have, have + months), first)] * level[:, None]

    return way


def _middle(known: Floats, kind: Ints, months: int, first: int) -> Floats:
    """The mean of the moved year and the levelled profile."""
    return (_moved(known, kind, months, first) + _levelled(12)(known, kind, months, first)) / 2


#: label → way; the first is the seasonal naive.
NAMED: dict[str, Callable[[Floats, Ints, int, int], Floats]] = {
    "上年同月": _naive,
    "上年同月按增幅修正": _moved,
    "季节系数×近12个月水平": _levelled(12),
    "季节系数×近6个月水平": _levelled(6),
    "两法平均": _middle,
}
LABELS, WAYS = tuple(NAMED), tuple(NAMED.values())
_FALLBACK = 2


@dataclass(frozen=True)
class YearEnd:
    """The year's total: what was read so far and what is to come; `low` and `high` by the error of the back-tests."""

    read: float
    total: float
    low: float
    high: float
    way: str


def year_end(amount: Floats, kind: Ints, *, month: int, first: int = 1) -> list[YearEnd]:
    """The total of the running year of each series, of which `month` months (the last columns) are over."""
    left = 12 - month
    known = filled(amount, kind, first)
    read = known[:, known.shape[1] - month :].sum(axis=1) if month else np.zeros(len(known))
    if not left:
        return [YearEnd(float(one), float(one), float(one), float(one), "") for one in read]
    found = forecast(amount, kind, left, first=first)
    ahead = found.ahead.sum(axis=1)
    wide = ahead * np.where(np.isnan(found.error), 0.15, found.error).clip(0.01, 1.0) * 1.5
    return [
        YearEnd(float(a), float(a + b), float(a + max(b - w, 0)), float(a + b + w), LABELS[k])
        for a, b, w, k in zip(read, ahead, wide, found.way, strict=True)
    ]
