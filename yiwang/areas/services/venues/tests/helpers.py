"""What the tests of venues share: a Tuesday morning, and a booking in one line."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from yiwang.areas.services.venues import actions
from yiwang.areas.services.venues.models import Booking, Venue
from yiwang.core.rights.access import Access

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 12, 1, 8, 0, tzinfo=ZONE)  # a Tuesday


def at(hour: float, *, day: int = 2) -> datetime:
    """An hour of a day of December 2026: 9.25 is 09:15."""
    return datetime(2026, 12, day, tzinfo=ZONE) + timedelta(hours=hour)


def booked(venue: Venue, access: Access, first: float, last: float, *, day: int = 2, **more: Any) -> Booking:
    """A booking of `venue` from one hour to another."""
    given: dict[str, Any] = {"title": "例会", "participants": 5, "now": NOW, **more}
    return actions.book(venue=venue.pk, access=access, starts_at=at(first, day=day), ends_at=at(last, day=day), **given)
