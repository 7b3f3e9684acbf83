"""The figures of the rules as the lawbook has them, for those who have no place in mind. Pure.

With a place and a day: `limits.figures`.
"""

from __future__ import annotations

from yiwang.areas.energy.judge.rules import DEVIATIONS

#: What `lawbook/CN/YW-ENERGY-WATCH.yaml` says; a test holds them equal.
DEFAULTS: dict[tuple[str, str], float] = {
    ("UNIT", "上限"): 100.0,
    ("MISSING", "上限"): 0.0,
    ("DOUBLE", "上限"): 1.6,
    ("DOUBLE", DEVIATIONS): 4.5,
    ("LEAK", "上限"): 15.0,
    ("LEAK", "持续"): 3.0,
    ("LEAK", DEVIATIONS): 6.0,
    ("NIGHT", "上限"): 6.0,
    ("NIGHT", DEVIATIONS): 4.5,
    ("TARIFF", "上限"): 5.0,
}


def by_default() -> dict[tuple[str, str], float]:
    """A copy of the figures, one for all series."""
    return dict(DEFAULTS)
