"""How good the rules are on a sample whose truth is known: precision and recall. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from yiwang.areas.energy.judge.detect import Hits
from yiwang.areas.energy.judge.robust import Bools, Ints


@dataclass(frozen=True)
class Score:
    """Counts. `right`: hits on an anomaly of that very rule; `told`: hits on any anomaly; `caught`: anomalies found."""

    hits: int
    right: int
    told: int
    planted: int
    caught: int

    @property
    def precision(self) -> float:
        """Share of the hits that were on something planted, whatever the rule said it was."""
        return self.told / self.hits if self.hits else 1.0

    @property
    def strict(self) -> float:
        """Share of the hits that named the right rule."""
        return self.right / self.hits if self.hits else 1.0

    @property
    def recall(self) -> float:
        """Share of the anomalies that their own rule found."""
        return self.caught / self.planted if self.planted else 1.0

    def __add__(self, other: Score) -> Score:
        mine = (self.hits, self.right, self.told, self.planted, self.caught)
        theirs = (other.hits, other.right, other.told, other.planted, other.caught)
        return Score(*(a + b for a, b in zip(mine, theirs, strict=True)))


def score(found: Mapping[str, Hits], planted: Mapping[str, Ints], series: int, months: int) -> dict[str, Score]:
    """Each rule's score; a hit is on an anomaly when they share a month of a series."""
    truth = {rule: _cells(spans, series, months) for rule, spans in planted.items()}
    anything = np.logical_or.reduce([*truth.values()])
    scores = {}
    for rule, hits in found.items():
        spans = planted.get(rule, np.zeros((0, 3), dtype=int))
        seen = _cells(np.stack([hits.series, hits.start, hits.stop], axis=1), series, months)
        mine = truth.get(rule, np.zeros((series, months), dtype=bool))
        right, told, caught = (_meet(hits, mine), _meet(hits, anything), _overlaps(spans, seen))
        scores[rule] = Score(len(hits), right, told, len(spans), caught)
    return scores


def _cells(spans: Ints, series: int, months: int) -> Bools:
    mask: Bools = np.zeros((series, months), dtype=bool)
    for row, start, stop in spans:
        mask[row, start:stop] = True
    return mask


def _meet(hits: Hits, truth: Bools) -> int:
    return _overlaps(np.stack([hits.series, hits.start, hits.stop], axis=1), truth)


def _overlaps(spans: Ints, mask: Bools) -> int:
    total = np.concatenate([np.zeros((len(mask), 1), dtype=int), mask.cumsum(axis=1)], axis=1)
    return int(np.count_nonzero(total[spans[:, 0], spans[:, 2]] > total[spans[:, 0], spans[:, 1]]))
