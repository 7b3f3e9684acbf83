"""Series: the dates of a pattern, what can be had said first, all or the free ones."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.areas.services.venues import factories, repeating
from yiwang.areas.services.venues.models import Booking, BookingSeries, Frequency, Venue
from yiwang.areas.services.venues.repeating import Series
from yiwang.areas.services.venues.series import MOST, Pattern, exceptions_of, expand
from yiwang.areas.services.venues.tests.helpers import NOW, at, booked
from yiwang.core.ledger.models import Entry
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, world
from yiwang.kit.refusal import Refusal

FIRST = date(2026, 12, 1)


def weekday(day: date) -> bool:
    return day.weekday() < 5


def expected(pattern: Pattern) -> list[date]:
    """The definition, day by day, without steps."""
    every = [pattern.first + timedelta(days=n) for n in range((pattern.last - pattern.first).days + 1)]
    holds = {
        Frequency.DAILY: lambda day: True,
        Frequency.WORKDAYS: weekday,
        Frequency.WEEKLY: lambda day: day.weekday() == pattern.first.weekday(),
        Frequency.FORTNIGHTLY: lambda day: (day - pattern.first).days % 14 == 0,
        Frequency.MONTHLY: lambda day: day.day == pattern.first.day,
    }[pattern.frequency]
    return [day for day in every if holds(day) and day not in pattern.exceptions]


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    first = FIRST + timedelta(days=draw(st.integers(0, 400)))
    last = first + timedelta(days=draw(st.integers(0, 190)))
    plain = Pattern(frequency=draw(st.sampled_from(list(Frequency))), first=first, last=last)
    every = expected(plain)
    left_out = draw(st.sets(st.sampled_from(every), max_size=4)) if every else set()
    return Pattern(frequency=plain.frequency, first=first, last=last, exceptions=frozenset(left_out))


@given(patterns())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_series_and_its_exceptions_equal_their_expansion(pattern: Pattern) -> None:
    wanted = expected(pattern)
    if wanted:
        assert expand(pattern, weekday) == wanted
    else:
        with pytest.raises(Refusal, match="一天也没有"):
            expand(pattern, weekday)


@pytest.mark.parametrize(
    ("last", "exceptions", "code"),
    [
        (FIRST - timedelta(days=1), (), "series.dates"),
        (FIRST + timedelta(days=367), (), "series.long"),
        (FIRST + timedelta(days=MOST), (), "series.many"),
        (FIRST + timedelta(days=1), (date(2026, 12, 9),), "series.exception"),
    ],
)
def test_patterns_that_are_none(last: date, exceptions: tuple[date, ...], code: str) -> None:
    with pytest.raises(Refusal) as caught:
        expand(Pattern(frequency=Frequency.DAILY, first=FIRST, last=last, exceptions=frozenset(exceptions)), weekday)
    assert caught.value.code == code


def test_exceptions_as_typed() -> None:
    assert exceptions_of("2026-12-01,2026-12-02 、2026-12-03") == {
        date(2026, 12, 1),
        date(2026, 12, 2),
        date(2026, 12, 3),
    }
    with pytest.raises(Refusal, match="12/1"):
        exceptions_of("12/1")


@pytest.fixture
def we() -> World:
    return world()


def _weekly(*, last: date = date(2026, 12, 29), exceptions: frozenset[date] = frozenset()) -> Series:
    pattern = Pattern(frequency=Frequency.WEEKLY, first=date(2026, 12, 8), last=last, exceptions=exceptions)
    return Series(pattern=pattern, span=(540, 600), title="周例会", participants=6, texts={"equipment": "投影仪"})


@pytest.mark.django_db
def test_what_cannot_be_had_is_said_before_anything_is_written(we: World) -> None:
    room, staff = factories.venue(we.ours), we.access(Role.STAFF)
    booked(room, staff, 9.5, 10, day=15)
    entries = Entry.objects.count()
    planned = repeating.plan(venue=room.pk, series=_weekly(), access=staff, now=NOW)
    assert [one.day.day for one in planned if one.refusal] == [15]
    assert [one.day.day for one in planned if not one.refusal] == [8, 22, 29]
    assert (Booking.objects.count(), Entry.objects.count()) == (1, entries)
    with pytest.raises(Refusal, match="2026-12-15"):
        repeating.book_series(venue=room.pk, series=_weekly(), only_free=False, access=staff, now=NOW)
    assert BookingSeries.objects.count() == 0


@pytest.mark.django_db
def test_the_free_ones_are_booked_and_belong_together(we: World) -> None:
    room, staff = factories.venue(we.ours), we.access(Role.STAFF)
    booked(room, staff, 9.5, 10, day=15)
    series, rows = repeating.book_series(venue=room.pk, series=_weekly(), only_free=True, access=staff, now=NOW)
    assert [(row.starts_at, row.equipment, row.series) for row in rows] == [
        (at(9, day=day), "投影仪", series) for day in (8, 22, 29)
    ]
    assert repeating.cancel_rest(series=series.pk, reason="取消", access=staff, now=at(12, day=8)) == 2
    assert Booking.objects.live().filter(series=series).count() == 1


@pytest.mark.django_db
def test_a_series_counts_for_the_number_one_may_hold(we: World) -> None:
    room = factories.venue(we.ours, rule={"most_open": 2})
    planned = repeating.plan(venue=room.pk, series=_weekly(), access=we.access(Role.STAFF), now=NOW)
    assert [one.refusal.code if one.refusal else "" for one in planned] == ["", "", *["booking.too-many"] * 2]


@pytest.mark.django_db
def test_exceptions_and_strangers(we: World) -> None:
    room: Venue = factories.venue(we.ours)
    short = _weekly(exceptions=frozenset([date(2026, 12, 15)]))
    _, rows = repeating.book_series(venue=room.pk, series=short, only_free=False, access=we.access(), now=NOW)
    assert len(rows) == 3
    stranger = we.access(Role.CLERK, we.theirs)
    with pytest.raises(Refusal, match="没有一天约得到"):
        repeating.book_series(venue=room.pk, series=_weekly(), only_free=True, access=stranger, now=NOW)
    with pytest.raises(Refusal, match="权限"):
        repeating.plan(venue=room.pk, series=_weekly(), access=we.access(Role.AUDITOR), now=NOW)
