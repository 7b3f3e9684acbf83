"""Counting the verdicts of a step (会签): one, any, all or a share of those who were asked."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal


def decided(rule: str, verdicts: Sequence[bool | None]) -> bool | None:
    """Approved (True), refused (False) or still open (None). `verdicts`: one a person asked, None while he is silent.

    one: the first to answer decides. any: one approval is enough, all must refuse. all: every one must approve, one
    refusal ends it. share:x: approved by at least x of them; refused as soon as that cannot be reached any more.
    """
    total = len(verdicts)
    yes, no = sum(one is True for one in verdicts), sum(one is False for one in verdicts)
    if rule == "one":
        return next((one for one in verdicts if one is not None), None)
    needed = _needed(rule, total)
    if yes >= needed:
        return True
    return False if total - no < needed else None


def _needed(rule: str, total: int) -> int:
    """How many approvals it takes."""
    if rule == "any":
        return 1
    if rule == "all":
        return total
    exact = Decimal(rule.removeprefix("share:")) * total
    return max(1, -int(-exact // 1) if exact == exact.to_integral_value() else int(exact) + 1)
