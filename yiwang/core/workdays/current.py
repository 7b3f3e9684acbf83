"""The calendar as the table has it now, kept in memory until the table changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from threading import Lock

from django.conf import settings
from django.db.models import QuerySet

from yiwang.core.workdays.calendar import HOURS, Span, WorkCalendar
from yiwang.core.workdays.models import CalendarRevision, Holiday
from yiwang.kit.prepared import prepared

_kept: tuple[str, WorkCalendar] | None = None
_lock = Lock()
_listeners: list[Callable[[], None]] = []


def on_change(callback: Callable[[], None]) -> None:
    """Have `callback()` called inside the transaction of every change of the calendar, after it."""
    if callback not in _listeners:
        _listeners.append(callback)


def changed() -> None:
    """Tell all who keep something that follows from the calendar."""
    for callback in _listeners:
        callback()


@prepared
def _token() -> QuerySet[CalendarRevision, tuple[str]]:
    return CalendarRevision.objects.order_by("pk").values_list("token")[:1]


def current() -> WorkCalendar:
    """The calendar of this moment. One small query; the days are read again only when they have changed."""
    global _kept
    token = next((one for (one,) in _token()), "")
    kept = _kept
    if kept is not None and kept[0] == token and token:
        return kept[1]
    rows = list(Holiday.objects.values_list("day", "works", "verified"))
    unverified = frozenset(day.year for day, _, verified in rows if not verified)
    made = WorkCalendar({day: works for day, works, _ in rows}, office_hours(), unverified)
    with _lock:
        _kept = (token, made)
    return made


def office_hours() -> tuple[Span, ...]:
    """Office hours by settings.WORK_HOURS: pairs of "08:30" texts."""
    given = getattr(settings, "WORK_HOURS", None)
    return tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in given) if given else HOURS
