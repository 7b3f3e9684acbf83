"""What the points of an assessment come to: total, vetoes, pass mark. Pure.

Only verified figures decide. An item or a pass mark that is 待核 is counted and shown, and never makes anybody fail.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from yiwang.areas.evaluation.tables import Item, Table


@dataclass(frozen=True)
class Verdict:
    """`reached`: True or False where verified figures say so, None where they cannot (待核). `unverified`: points that
    rest on items that are 待核."""

    total: Decimal
    unverified: Decimal
    reached: bool | None
    reasons: tuple[str, ...]

    @property
    def chip(self) -> str:
        """The chip that shows it."""
        return "unverified" if self.reached is None else "within" if self.reached else "over"


def most(item: Item) -> Decimal:
    """The most that may be given: its points, or 1 for 符合 where the text gives none."""
    return item.full if item.full else Decimal(1)


def judge(table: Table, points: Mapping[str, Decimal], left_out: Collection[str] = ()) -> Verdict:
    """The verdict over the points of items (key → points; a missing one is 0). Items left out count for nothing."""
    counted = [one for one in table.items if one.key not in left_out]
    given = {one.key: min(points.get(one.key, Decimal(0)), most(one)) for one in counted}
    total = sum((given[one.key] for one in counted if one.full), Decimal(0))
    unverified = sum((given[one.key] for one in counted if one.full and not one.verified), Decimal(0))
    missed = [one for one in counted if one.veto and not given[one.key]]
    reasons = [f"必须完成项“{one.title}”没有完成" for one in missed]
    below = table.pass_mark is not None and total < table.pass_mark
    if below:
        reasons.append(f"总分 {total.normalize():f} 低于合格线 {table.pass_mark} 分")
    unknown = any(not one.verified for one in counted) or not table.pass_verified
    if any(one.verified for one in missed):
        reached: bool | None = False
    elif below and table.pass_verified and not _open(table, counted):
        reached = False
    elif reasons or unknown:
        reached = None
    else:
        reached = table.pass_mark is not None
    return Verdict(total, unverified, reached, tuple(reasons))


def _open(table: Table, counted: Collection[Item]) -> bool:
    """Whether the text leaves points unsaid that could lift the total over the pass mark."""
    assert table.pass_mark is not None
    known = sum((one.full for one in counted if one.full), Decimal(0))
    return any(one.full is None for one in counted) and known < table.pass_mark
