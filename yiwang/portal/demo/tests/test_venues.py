"""The demo's rooms keep the rules that they show."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from yiwang.areas.services.events.models import Event
from yiwang.areas.services.events.standards import verdicts
from yiwang.areas.services.venues import rules
from yiwang.areas.services.venues.hours import DayKind
from yiwang.areas.services.venues.models import Booking, BookingState, Venue
from yiwang.areas.services.venues.rules import Wanted
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories
from yiwang.core.rights.models import User
from yiwang.core.standards.verdict import VerdictKind
from yiwang.portal.demo.venues import ROOMS, load_venues

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


@pytest.mark.slow
@pytest.mark.django_db
def test_rooms_and_weeks_of_bookings() -> None:
    province = factories.organ("示例省机关事务管理局", tier="PROVINCE", code="990000")
    for number in range(3):
        factories.organ(f"第{number}市局", province, tier="CITY", code="990100")
    User.objects.create(username="u")
    began = time.process_time()
    counts = load_venues(now=NOW)
    assert time.process_time() - began < 3
    assert counts["services.venue"] == Venue.objects.count() == 4 * len(ROOMS)
    assert counts["services.booking"] == Booking.objects.count() > 300
    states = set(Booking.objects.values_list("state", flat=True))
    assert states == {BookingState.USED, BookingState.NO_SHOW, BookingState.BOOKED}
    for row in Booking.objects.select_related("venue").filter(venue__organ=province):
        wanted = Wanted(starts_at=row.starts_at, ends_at=row.ends_at, participants=row.participants)
        assert list(rules.broken(row.venue.rules.get(), row.venue, wanted, DayKind.WORKDAY, row.booked_at)) == []
    assert not [one for one in verdicts(Event.objects.get()) if one.kind is VerdictKind.OVER]
    assert Entry.objects.get().act == "demo.venues"
    assert load_venues(now=NOW) == {}


@pytest.mark.django_db
def test_an_empty_province_gets_none() -> None:
    assert load_venues(now=NOW) == {}
