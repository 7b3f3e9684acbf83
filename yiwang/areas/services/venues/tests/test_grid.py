"""The grid: a row is filled exactly, free is what can be had, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.auth.models import AnonymousUser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.areas.services.venues import grid
from yiwang.areas.services.venues.grid import Day, Segment
from yiwang.areas.services.venues.models import Booking, Venue, VenueRule
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access

DAY = date(2026, 12, 2)
NOBODY = Access(AnonymousUser(), None)
VENUE = Venue(pk=1, name="甲", seats=9, organ=Organ(pk=1, name="局", depth=1, l1=1), l1=1)


def booking(first: int, last: int, before: int, after: int) -> Booking:
    zero = grid.midnight(DAY)
    row = Booking(pk=7, title="会", state="BOOKED", venue=VENUE, organ=VENUE.organ, booked_by_id=1)
    row.starts_at, row.ends_at = zero + timedelta(minutes=first), zero + timedelta(minutes=last)
    row.held_from, row.held_to = row.starts_at - timedelta(minutes=before), row.ends_at + timedelta(minutes=after)
    return row


def cells(day: Day, now_minute: int = 0) -> list[Segment]:
    now = grid.midnight(DAY) + timedelta(minutes=now_minute)
    first, last = grid._window([day])
    return grid._segments(day, NOBODY, now, first, last)


quarters = st.integers(0, 95).map(lambda number: number * 15)


@given(
    st.lists(st.tuples(quarters, st.integers(1, 12)), max_size=4),
    st.integers(0, 40),
    st.integers(0, 40),
    st.integers(0, 1500),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_cells_fill_the_row_and_free_can_be_had(
    asked: list[tuple[int, int]], before: int, after: int, now: int
) -> None:
    rule = VenueRule(hours="x", before_minutes=before, after_minutes=after)
    held: list[Booking] = []
    for first, quarter in asked:
        row = booking(first, min(first + 15 * quarter, 1440), before, after)
        if all(row.held_to <= one.held_from or one.held_to <= row.held_from for one in held):
            held.append(row)
    day = Day(VENUE, DAY, rule, ((480, 720), (840, 1080)), sorted(held, key=lambda one: one.held_from))
    made, (low, high) = cells(day, now), grid._window([day])
    assert [one.first for one in made] == [low, *(one.last for one in made[:-1])]
    assert made[-1].last == high
    assert sum(one.span for one in made) * grid.UNIT == high - low
    for one in made:
        if one.kind == "free":
            assert (one.first >= 480 and one.last <= 720) or (one.first >= 840 and one.last <= 1080)
            assert one.first >= now
            wanted = booking(one.first, one.last, before, after)
            assert all(wanted.held_to <= other.held_from or other.held_to <= wanted.held_from for other in held)


def test_an_hour_is_offered_or_what_the_rule_allows() -> None:
    day = Day(VENUE, DAY, VenueRule(shortest_minutes=30, longest_minutes=45), ((480, 720),), [])
    assert [one.query for one in cells(day) if one.kind == "free"] == [
        "venue=1&date=2026-12-02&start=08%3A00&end=08%3A45"
    ]


def test_without_a_rule_all_is_closed() -> None:
    assert {one.kind for one in cells(Day(VENUE, DAY, None, (), []))} == {"closed"}
