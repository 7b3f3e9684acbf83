"""Integers divided so that the parts add up to the whole, and uses laid out over months by days. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Part:
    """So much between two days, [since, until): quantity in thousandths of a unit, or money in fen."""

    since: date
    until: date
    quantity: int
    estimated: bool = False


@dataclass(slots=True)
class Cell:
    """What falls to a month, of how many of its days there is a figure."""

    quantity: int = 0
    days: int = 0
    estimated: bool = False


def split(total: int, weights: Sequence[int]) -> list[int]:
    """`total` in proportion to the weights (whole, not negative), as integers that add up to it: largest remainder.

    Of equal remainders the first gets more. ValueError where no weight is positive.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("no positive weight")
    sign = -1 if total < 0 else 1
    pairs = [divmod(abs(total) * one, whole) for one in weights]
    found = [quotient for quotient, _ in pairs]
    left = abs(total) - sum(found)
    for place in sorted(range(len(pairs)), key=lambda place: (-pairs[place][1], place))[:left]:
        found[place] += 1
    return [sign * one for one in found]


def first_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def following(month: date) -> date:
    """The first day of the month after the one that begins on `month`."""
    return date(month.year + (month.month == 12), month.month % 12 + 1, 1)


def months(since: date, until: date) -> list[tuple[date, int]]:
    """The months between two days, [since, until), each with how many of its days lie there."""
    found, at = [], since
    while at < until:
        end = min(following(first_of(at)), until)
        found.append((first_of(at), (end - at).days))
        at = end
    return found


def spread(parts: Iterable[Part]) -> dict[date, Cell]:
    """By month: each part falls to its months in proportion to days. The cells add up to the parts."""
    found: dict[date, Cell] = {}
    for part in parts:
        pieces = months(part.since, part.until)
        for (month, days), quantity in zip(pieces, split(part.quantity, [days for _, days in pieces]), strict=True):
            cell = found.setdefault(month, Cell())
            cell.quantity += quantity
            cell.days += days
            cell.estimated |= part.estimated
    return found


@dataclass(frozen=True, slots=True)
class Holding:
    """An organ's part of a meter, in ten-thousandths, over [since, until); None: still."""

    organ: int
    part: int
    since: date
    until: date | None = None


def weights(holdings: Iterable[Holding], month: date) -> dict[int, int]:
    """Organ → its part times the days of the month on which it holds it; {} where nobody shares then."""
    end, found = following(month), dict[int, int]()
    for one in holdings:
        days = (min(one.until or end, end) - max(one.since, month)).days
        if days > 0:
            found[one.organ] = found.get(one.organ, 0) + one.part * days
    return dict(sorted(found.items()))


def uncovered(holdings: Sequence[Holding], whole: int) -> tuple[date, int] | None:
    """The first day from which the parts do not add up to `whole`, with their sum; None where they always do.

    Days before the first holding and after the last one has ended are nobody's business: the owner bears them alone.
    """
    edges = sorted({one.since for one in holdings} | {one.until for one in holdings if one.until})
    for day in edges:
        held = sum(one.part for one in holdings if one.since <= day and (one.until is None or day < one.until))
        if held not in (0, whole):
            return day, held
    return None


def days_between(since: date, until: date) -> Iterable[date]:
    """Each day of [since, until)."""
    return (since + timedelta(days=number) for number in range((until - since).days))
