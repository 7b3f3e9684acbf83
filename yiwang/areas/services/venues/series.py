"""The dates of a series: a pattern and its exceptions. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from yiwang.areas.services.venues.models import Frequency
from yiwang.kit.refusal import Refusal

MOST = 200  # bookings of one series
LONGEST = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """From `first` to `last`, both included, without the exceptions."""

    frequency: Frequency
    first: date
    last: date
    exceptions: frozenset[date] = frozenset()


def expand(pattern: Pattern, is_workday: Callable[[date], bool]) -> list[date]:
    """The dates, in order. Refusals `series.dates`, `series.long`, `series.many`, `series.empty`, `series.exception`.

    每月同一天 leaves out months that have no such day. An exception that hits nothing is a slip, and is said.
    """
    if pattern.last < pattern.first:
        raise Refusal("series.dates", "末日不能早于首日。")
    if pattern.last - pattern.first > LONGEST:
        raise Refusal("series.long", f"周期预约最长 {LONGEST.days} 天,请把末日提前。")
    every = list(_dates(pattern, is_workday))
    if missed := sorted(pattern.exceptions - set(every)):
        raise Refusal("series.exception", f"除外日期 {missed[0]} 本来就不在这个周期里,请核对。")
    kept = [day for day in every if day not in pattern.exceptions]
    if not kept:
        raise Refusal("series.empty", "这个周期里一天也没有,请改首日、末日或除外日期。")
    if len(kept) > MOST:
        raise Refusal("series.many", f"周期预约一次最多 {MOST} 场,这个周期有 {len(kept)} 场,请分段预约。")
    return kept


def _dates(pattern: Pattern, is_workday: Callable[[date], bool]) -> Iterator[date]:
    step = {Frequency.WEEKLY: 7, Frequency.FORTNIGHTLY: 14}.get(pattern.frequency, 1)
    day = pattern.first
    while day <= pattern.last:
        if _fits(pattern, day, is_workday):
            yield day
        day += timedelta(days=step)


def _fits(pattern: Pattern, day: date, is_workday: Callable[[date], bool]) -> bool:
    if pattern.frequency is Frequency.WORKDAYS:
        return is_workday(day)
    return pattern.frequency is not Frequency.MONTHLY or day.day == pattern.first.day


def exceptions_of(text: str) -> frozenset[date]:
    """Dates that a person typed, separated by blanks or commas. Refusal `series.text`."""
    found = set()
    for word in text.replace(",", " ").replace("、", " ").replace(",", " ").split():
        try:
            found.add(date.fromisoformat(word))
        except ValueError:
            raise Refusal("series.text", f"除外日期“{word}”看不懂,请写成 2026-12-01 这样。") from None
    return frozenset(found)
