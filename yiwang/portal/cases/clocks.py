"""The time a step has left, counted in working days: one chip. Spans in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from yiwang.core.workdays.calendar import WorkCalendar

#: Up to so many working days the time left is a warning.
SOON = 1


@dataclass(frozen=True)
class Clock:
    """How a deadline is shown: never by colour alone."""

    kind: str
    sign: str
    text: str


def clock(due: datetime | None, now: datetime, calendar: WorkCalendar, *, paused: bool = False) -> Clock | None:
    """The chip of a deadline; None where there is none."""
    if due is None:
        return None
    if paused:
        return Clock("plain", "…", "暂停计时")
    today, last = timezone.localdate(now), timezone.localdate(due)
    if due < now:
        late = calendar.workdays_between(last, today)
        return Clock("over", "▲", f"逾期 {late} 个工作日" if late else "刚刚逾期")
    left = calendar.workdays_between(today, last)
    if left == 0:
        return Clock("warning", "!", "今天到期" if last == today else "下个工作日前到期")
    soon = left <= SOON
    return Clock("warning" if soon else "info", "!" if soon else "", f"剩 {left} 个工作日")


def words(took: timedelta) -> str:
    """A span as people say it: 3 小时 5 分, 2 天 4 小时."""
    minutes = int(took.total_seconds() // 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        return f"{days} 天 {hours} 小时" if hours else f"{days} 天"
    if hours:
        return f"{hours} 小时 {minutes} 分" if minutes else f"{hours} 小时"
    return f"{minutes} 分钟" if minutes else "不到 1 分钟"
