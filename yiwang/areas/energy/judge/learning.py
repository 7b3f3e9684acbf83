"""How feedback moves a threshold: from the numbers of real and of false alarms, within bounds. Pure.

The share of real alarms is estimated with a prior that holds the figure where it is; above what is wanted the rule may
look more closely, below it must look away. The order of the answers does not matter, and no number of them moves a figure
beyond the bounds.
"""

from __future__ import annotations

#: Share of real alarms that is wanted of a rule (the promise of the whole), and how many answers the prior weighs.
WANTED, PRIOR = 0.75, 8.0
#: How far a figure may move: to these shares of what the lawbook or the organ says.
LOW, HIGH = 0.75, 1.75
#: How much a whole share of false alarms moves it.
REACH = 1.5


def factor(real: int, false: int) -> float:
    """What the figure is multiplied with: 1 without answers, LOW to HIGH. More false alarms: higher, never lower."""
    share = (real + PRIOR * WANTED) / (real + false + PRIOR)
    return min(max(1 + REACH * (WANTED - share), LOW), HIGH)
