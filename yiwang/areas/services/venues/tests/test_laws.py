"""Whatever people do in whatever order: no two live bookings of a venue overlap, buffers included."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.areas.services.venues import actions, clockwork, factories, repeating
from yiwang.areas.services.venues.models import Booking, BookingState, Frequency, Venue
from yiwang.areas.services.venues.repeating import Series
from yiwang.areas.services.venues.series import Pattern
from yiwang.areas.services.venues.tests.helpers import NOW, at
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role
from yiwang.desk.testing import world
from yiwang.kit.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
QUARTERS = st.integers(0, 24).map(lambda number: 8 + number / 4)
LENGTHS = st.integers(1, 8).map(lambda number: number / 4)
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["book", "move", "extend", "cancel", "refuse", "approve", "check in", "finish", "tick", "series"]),
        st.integers(0, 9), QUARTERS, LENGTHS, st.booleans(),
    ),
    min_size=4, max_size=20,
)  # fmt: skip


class Walk:
    """Two rooms with buffers, one of which asks for approval, and a person who tries things."""

    def __init__(self) -> None:
        we = world()
        self.rooms = [
            factories.venue(we.ours, "甲", code="a", rule={"before_minutes": 15, "after_minutes": 30}),
            factories.venue(
                we.ours, "乙", code="b", rule={"after_minutes": 15, "approval": "ALWAYS", "release_minutes": 15}
            ),
        ]
        self.access: Access = we.access(Role.STAFF)

    def act(self, verb: str, number: int, hour: float, length: float, other: bool) -> None:
        """One try; a refusal is an answer."""
        room, pick = self.rooms[other], self._pick(number)
        when: dict[str, Any] = {"starts_at": at(hour), "ends_at": at(hour + length)}
        who: dict[str, Any] = {"access": self.access, "now": NOW}
        if verb == "book":
            actions.book(venue=room.pk, title="会", participants=1, **when, **who)
        elif verb == "series":
            pattern = Pattern(frequency=Frequency.DAILY, first=at(0).date(), last=at(48).date())
            span = (int(hour * 60), int((hour + length) * 60))
            series = Series(pattern=pattern, span=span, title="会", participants=1, texts={})
            repeating.book_series(venue=room.pk, series=series, only_free=True, **who)
        elif verb == "tick":
            clockwork.tick(at(hour))
        elif pick is not None:
            self._with(pick, verb, room, when, who)

    def _with(self, pick: Booking, verb: str, room: Venue, when: dict[str, Any], who: dict[str, Any]) -> None:
        during = {**who, "now": pick.starts_at + timedelta(minutes=5)}
        if verb == "move":
            actions.move(booking=pick.pk, venue=room.pk, **when, **who)
        elif verb == "extend":
            actions.extend(booking=pick.pk, ends_at=when["ends_at"], **who)
        elif verb == "cancel":
            actions.cancel(booking=pick.pk, **who)
        elif verb == "check in":
            actions.check_in(booking=pick.pk, code=pick.venue.code, **during)
        elif verb == "finish":
            actions.finish(booking=pick.pk, **during)
        else:
            actions.decide(booking=pick.pk, approved=verb == "approve", **who)

    def _pick(self, number: int) -> Booking | None:
        keys = list(Booking.objects.order_by("pk").values_list("pk", flat=True))
        return Booking.objects.select_related("venue").get(pk=keys[number % len(keys)]) if keys else None

    def overlaps(self) -> list[tuple[Booking, Booking]]:
        """Pairs of live bookings of one venue whose holds meet."""
        found = []
        for room in self.rooms:
            rows = list(Booking.objects.filter(venue=room).live().order_by("held_from"))
            found += [(one, two) for one, two in pairwise(rows) if one.held_to > two.held_from]
        return found


@given(ACTS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_no_two_live_bookings_ever_overlap(acts: list[tuple[str, int, float, float, bool]]) -> None:
    with transaction.atomic():
        walk = Walk()
        for one in acts:
            try:
                walk.act(*one)
            except Refusal:
                continue
            finally:
                assert walk.overlaps() == []
        for row in Booking.objects.filter(state__in=(BookingState.PENDING, BookingState.BOOKED)):
            assert row.held_to - row.ends_at == timedelta(minutes=15 if row.venue.code == "b" else 30)
        transaction.set_rollback(True)
