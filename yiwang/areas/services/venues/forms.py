"""What the forms of bookings send, read and refused in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from yiwang.areas.services.venues.grid import midnight
from yiwang.areas.services.venues.hours import Span
from yiwang.areas.services.venues.models import Booking, Frequency
from yiwang.areas.services.venues.repeating import Series
from yiwang.areas.services.venues.series import Pattern, exceptions_of
from yiwang.kit.refusal import Refusal, Where

Given = Mapping[str, str]
TEXTS = ("contact", "equipment", "catering", "note")


def day_of(given: Given, name: str = "date", default: date | None = None) -> date:
    """A day. Refusal `form.date`."""
    text = given.get(name, "")
    if not text and default is not None:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal("form.date", f"日期“{text}”不对,请写成 2026-12-01 这样。", where=Where(column=name)) from None


def minute_of(given: Given, name: str) -> int:
    """Minutes after midnight of 09:15; 24:00 and an end at 00:00 are the end of the day. Refusal `form.time`."""
    hour, colon, minute = given.get(name, "").partition(":")
    if not (colon and hour.isdecimal() and minute[:2].isdecimal()) or int(hour) > 24 or int(minute[:2]) > 59:
        text = f"时间“{given.get(name, '')}”不对,请写成 09:15 这样。"
        raise Refusal("form.time", text, where=Where(column=name))
    found = int(hour) * 60 + int(minute[:2])
    return 24 * 60 if name == "end" and found == 0 else found


def number_of(given: Given, name: str, label: str) -> int:
    """A whole number above 0. Refusal `form.number`."""
    text = given.get(name, "").strip()
    if not text.isdecimal() or not 0 < int(text) < 1_000_000:
        raise Refusal("form.number", f"“{label}”要填大于 0 的整数。", where=Where(column=name))
    return int(text)


def span_of(given: Given) -> Span:
    """From when to when."""
    return minute_of(given, "start"), minute_of(given, "end")


def instants(given: Given) -> tuple[datetime, datetime]:
    """Begin and end of one booking."""
    zero, (first, last) = midnight(day_of(given)), span_of(given)
    return zero + timedelta(minutes=first), zero + timedelta(minutes=last)


def booking_of(given: Given) -> dict[str, Any]:
    """What `actions.book` and `actions.change` take, but for the venue."""
    starts_at, ends_at = instants(given)
    return {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "title": given.get("title", ""),
        "participants": number_of(given, "participants", "人数"),
        **{name: given.get(name, "") for name in TEXTS},
    }


def given_of(row: Booking) -> dict[str, Any]:
    """A booking as its form shows it."""
    first, last = timezone.localtime(row.starts_at), timezone.localtime(row.ends_at)
    return {
        "date": f"{first:%Y-%m-%d}",
        "start": f"{first:%H:%M}",
        "end": f"{last:%H:%M}",
        "title": row.title,
        "participants": str(row.participants),
        **{name: getattr(row, name) for name in TEXTS},
    }


def series_of(given: Given) -> Series:
    """A series. Refusal `form.word` for an unknown frequency."""
    try:
        frequency = Frequency(given.get("frequency", ""))
    except ValueError:
        raise Refusal("form.word", "请选周期。", where=Where(column="frequency")) from None
    pattern = Pattern(
        frequency=frequency,
        first=day_of(given),
        last=day_of(given, "until"),
        exceptions=exceptions_of(given.get("exceptions", "")),
    )
    return Series(
        pattern=pattern,
        span=span_of(given),
        title=given.get("title", ""),
        participants=number_of(given, "participants", "人数"),
        texts={name: given.get(name, "") for name in TEXTS},
    )
