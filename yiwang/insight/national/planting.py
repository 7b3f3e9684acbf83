"""Faults planted in the made-up nation, each known: what an early warning ought to find, and what it ought not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from yiwang.insight.national.shape import CARRIERS, MONTHS


class Fault(StrEnum):
    """What is wrong with a month."""

    UNIT = "UNIT"  # a figure in the wrong unit: a thousand times
    DOUBLE = "DOUBLE"  # a reading counted twice
    LEAK = "LEAK"  # water that runs on from a month to the year's end
    MISSING = "MISSING"  # no row for a month


#: Share of the institutions that have one.
RATES = {Fault.UNIT: 0.0001, Fault.DOUBLE: 0.001, Fault.LEAK: 0.001, Fault.MISSING: 0.001}
_WATER = CARRIERS.index("WATER")
_POWER = CARRIERS.index("ELECTRICITY")


@dataclass(frozen=True)
class Planted:
    """One fault a row, by institution: its carrier (place in CARRIERS), its first month (1–12) and by what it is multiplied."""

    institution: np.ndarray
    fault: np.ndarray
    carrier: np.ndarray
    month: np.ndarray
    factor: np.ndarray

    def within(self, first: int, stop: int) -> Planted:
        """Those of the institutions from `first` to before `stop`."""
        here = slice(int(np.searchsorted(self.institution, first)), int(np.searchsorted(self.institution, stop)))
        return Planted(
            self.institution[here], self.fault[here], self.carrier[here], self.month[here], self.factor[here]
        )


def plant(users: np.ndarray, seed: int) -> Planted:
    """Choose the faults; no institution has two. Unit errors fall on small institutions, where they are as likely missed."""
    rng = np.random.default_rng([seed, 3])
    size = len(users)
    counts = {fault: max(1, round(rate * size)) for fault, rate in RATES.items()}
    small = np.flatnonzero(users <= np.median(users))
    units = rng.choice(small, counts[Fault.UNIT], replace=False)
    rest = np.setdiff1d(np.arange(size), units)
    others = rng.choice(rest, sum(counts.values()) - len(units), replace=False)
    institution = np.concatenate([units, others])
    fault: np.ndarray = np.repeat([one.value for one in counts], list(counts.values()))
    month = rng.integers(1, MONTHS + 1, len(institution))
    carrier = np.where(fault == Fault.LEAK, _WATER, _POWER)
    factor = np.select(
        [fault == Fault.UNIT, fault == Fault.DOUBLE, fault == Fault.LEAK],
        [1000.0, 2.0, rng.uniform(3, 8, len(institution)).round(2)],
        0.0,
    )
    order = np.argsort(institution, kind="stable")
    return Planted(*(one[order] for one in (institution, fault, carrier, month, factor)))


def spoil(quantity: np.ndarray, planted: Planted, first: int) -> np.ndarray:
    """Multiply in place; `quantity`: institution × month × carrier, from institution `first`. Which rows are absent (bool)."""
    absent: np.ndarray = np.zeros(quantity.shape, dtype=bool)
    for at, fault, carrier, month, factor in zip(
        planted.institution - first, planted.fault, planted.carrier, planted.month, planted.factor, strict=True
    ):
        if fault == Fault.LEAK:
            quantity[at, month - 1 :, carrier] *= factor
        else:
            quantity[at, month - 1, carrier] *= factor
            absent[at, month - 1, carrier] = fault == Fault.MISSING
    return absent
