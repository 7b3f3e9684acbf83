"""From what a dial showed to what was used: roll-over, replacement, multiplier, estimates. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from yiwang.areas.energy.use.spread import Part
from yiwang.kit.refusal import Refusal

#: A step back counts as a roll-over by itself where it leaves less than so much of the dial's range as use.
NEAR = Decimal("0.2")
#: An interval longer than this is laid out over months by days alone: what falls to each is an estimate.
LONG_DAYS = 62


@dataclass(frozen=True, slots=True)
class Mark:
    """One reading: at the beginning of `day` the dial showed `value`; see `models.Reading`."""

    day: date
    value: Decimal
    start: Decimal | None = None
    multiplier: Decimal | None = None
    rolled: bool = False
    estimated: bool = False


def step(before: Mark, after: Mark, digits: int | None) -> Decimal:
    """Units of the dial between two readings; negative where it went back and nobody said that it rolled over."""
    begin = before.value if before.start is None else before.start
    around = Decimal(10) ** digits if after.rolled and digits else Decimal(0)
    return after.value - begin + around


def parts(marks: Iterable[Mark], multiplier: Decimal, digits: int | None) -> list[Part]:
    """The use between neighbouring readings (in the order of their days), in thousandths of a unit."""
    found = []
    for before, after in pairwise(marks):
        multiplier = before.multiplier or multiplier
        quantity = int((step(before, after, digits) * multiplier * 1000).to_integral_value(ROUND_HALF_UP))
        doubt = before.estimated or after.estimated or (after.day - before.day).days > LONG_DAYS
        found.append(Part(before.day, after.day, quantity, doubt))
    return found


def rolls(before: Mark, after: Mark, digits: int | None) -> bool:
    """Whether a step back is surely a roll-over: what it makes is small against the range of the dial."""
    if not digits or step(before, after, digits) >= 0:
        return False
    span = Decimal(10) ** digits
    return step(before, after, digits) + span < NEAR * span


def check(mark: Mark, before: Mark | None, after: Mark | None, digits: int | None) -> None:
    """Whether a reading may stand between its neighbours. Refusals `reading.digits`, `reading.backward`."""
    for value in (mark.value, mark.start):
        if value is not None and digits and value >= Decimal(10) ** digits:
            raise Refusal("reading.digits", f"读数 {value:f} 超过表盘的 {digits} 位整数,请核对是不是多抄了一位。")
    if mark.rolled and not digits:
        raise Refusal("reading.digits", "这块表没有登记整数位数,不能按过零计算;请先在计量器具里补上。")
    if before is not None and step(before, mark, digits) < 0:
        begin = before.value if before.start is None else before.start
        raise Refusal(
            "reading.backward",
            f"读数 {mark.value:f} 小于 {before.day} 的 {begin:f}:表过零的请勾选“过零”,换了表的请填新表起数,否则请核对。",
        )
    if after is not None and step(mark, after, digits) < 0:
        raise Refusal(
            "reading.backward", f"读数 {mark.value:f} 大于 {after.day} 的 {after.value:f};请核对,或先更正后面的读数。"
        )
