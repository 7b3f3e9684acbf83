"""The grid: venues × hours of a day, or the days of a week of one venue. Rows of segments that fill the hours.

Queries do not grow with the number of venues. Columns are five minutes wide; a segment is one cell.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from yiwang.areas.services.venues import claims, rules
from yiwang.areas.services.venues.calendar import day_kinds
from yiwang.areas.services.venues.hours import DAY, WEEKDAYS, DayKind, Span, clock
from yiwang.areas.services.venues.models import (
    Booking,
    BookingState,
    Venue,
    VenueEquipment,
    VenueRule,
    VenueState,
    YesNo,
)
from yiwang.core.rights.access import Access
from yiwang.kit.refusal import Refusal

UNIT = 5  # minutes of a column
USUAL = (8 * 60, 18 * 60)  # shown at least
HOUR = 60


@dataclass(frozen=True)
class Segment:
    """One cell: kind free, busy, mine, buffer, past or closed; minutes after midnight."""

    kind: str
    first: int
    last: int
    label: str = ""
    booking: int | None = None
    state: str = ""
    movable: bool = False
    query: str = ""  # opens the form of a free one

    @property
    def span(self) -> int:
        """Columns."""
        return (self.last - self.first) // UNIT

    @property
    def times(self) -> str:
        """08:00–09:30."""
        return f"{clock(self.first)}–{clock(self.last)}"


@dataclass(frozen=True)
class Row:
    """A venue of the day, or a day of the venue's week."""

    venue: Venue
    day: date
    label: str
    note: str
    url: str
    segments: list[Segment]
    equipment: list[str] = field(default_factory=list)

    @property
    def free(self) -> list[Segment]:
        """What can be had."""
        return [one for one in self.segments if one.kind == "free"]


@dataclass(frozen=True)
class Grid:
    """Rows under the hours from `first` to `last` (minutes, whole hours)."""

    first: int
    last: int
    rows: list[Row]

    @property
    def hours(self) -> list[str]:
        """The heads of the columns."""
        return [clock(minute) for minute in range(self.first, self.last, HOUR)]

    @property
    def columns(self) -> int:
        """Columns of five minutes."""
        return (self.last - self.first) // UNIT


@dataclass(frozen=True)
class Day:
    """One venue on one day: its rule, when it is open, what is booked."""

    venue: Venue
    day: date
    rule: VenueRule | None
    spans: tuple[Span, ...]
    bookings: list[Booking]


def days_of(venues: Sequence[Venue], days: Sequence[date]) -> list[Day]:
    """Each venue on each day; three queries."""
    kinds = day_kinds(days)
    ruled = _rules(venues, days)
    booked = _bookings(venues, days)
    found = []
    for venue in venues:
        for day in days:
            rule = next((one for one in ruled[venue.pk] if _holds(one, day)), None)
            spans = _spans(rule, venue, day, kinds[day])
            found.append(Day(venue, day, rule, spans, booked[venue.pk, day]))
    return found


def _spans(rule: VenueRule | None, venue: Venue, day: date, kind: DayKind) -> tuple[Span, ...]:
    if rule is None or venue.state != VenueState.OPEN:
        return ()
    try:
        return rules.open_spans(rule, day, kind)
    except Refusal:  # written past the form: this venue is closed until its rule is mended, the others are not
        return ()


def _rules(venues: Sequence[Venue], days: Sequence[date]) -> dict[int, list[VenueRule]]:
    found: dict[int, list[VenueRule]] = defaultdict(list)
    rows = VenueRule.objects.filter(venue__in=[one.pk for one in venues], valid_from__lte=max(days))
    for one in rows.order_by("-valid_from"):
        if one.valid_to is None or one.valid_to > min(days):
            found[one.venue_id].append(one)
    return found


def _holds(rule: VenueRule, day: date) -> bool:
    return rule.valid_from <= day and (rule.valid_to is None or day < rule.valid_to)


def _bookings(venues: Sequence[Venue], days: Sequence[date]) -> dict[tuple[int, date], list[Booking]]:
    """Live bookings by venue and by each local day that their hold touches."""
    first, last = midnight(min(days)), midnight(max(days) + timedelta(days=1))
    rows = Booking.objects.filter(venue__in=[one.pk for one in venues]).live().meeting(first, last)
    found: dict[tuple[int, date], list[Booking]] = defaultdict(list)
    for one in rows.select_related("organ").order_by("held_from"):
        day = timezone.localtime(one.held_from).date()
        while midnight(day) < one.held_to:
            found[one.venue_id, day].append(one)
            day += timedelta(days=1)
    return found


def midnight(day: date) -> datetime:
    """The local beginning of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())


def by_day(venues: Sequence[Venue], day: date, access: Access, now: datetime) -> Grid:
    """Venues × hours."""
    return _grid(days_of(venues, [day]), access, now, _venue_label, _equipment(venues))


def by_week(venue: Venue, monday: date, access: Access, now: datetime) -> Grid:
    """The seven days of a week × hours."""
    days = [monday + timedelta(days=number) for number in range(7)]
    return _grid(days_of([venue], days), access, now, _day_label, {})


def _equipment(venues: Sequence[Venue]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = VenueEquipment.objects.filter(venue__in=[one.pk for one in venues]).order_by("name")
    for venue, name in rows.values_list("venue", "name"):
        found[venue].append(name)
    return found


def _venue_label(one: Day) -> tuple[str, str]:
    return one.venue.name, " · ".join(part for part in (f"{one.venue.seats} 座", one.venue.where) if part)


def _day_label(one: Day) -> tuple[str, str]:
    return f"{one.day:%m-%d}", WEEKDAYS[one.day.weekday()]


def _grid(days: list[Day], access: Access, now: datetime, label: Any, equipment: Mapping[int, list[str]]) -> Grid:
    first, last = _window(days)
    rows = []
    for one in days:
        name, note = label(one)
        segments = _segments(one, access, now, first, last)
        rows.append(Row(one.venue, one.day, name, note, "", segments, equipment.get(one.venue.pk, [])))
    return Grid(first, last, rows)


def _window(days: Iterable[Day]) -> Span:
    """Whole hours that hold every opening time and every booking."""
    edges = [*USUAL]
    for one in days:
        edges += [minute for span in one.spans for minute in span]
        for booking in one.bookings:
            edges += _minutes(booking.starts_at, booking.ends_at, one.day)
    return max(0, min(edges) // HOUR * HOUR), min(DAY, -(-max(edges) // HOUR) * HOUR)


def _minutes(first: datetime, last: datetime, day: date) -> Span:
    """A span of instants within a day, in columns outwards."""
    zero = midnight(day)
    begin = int((first - zero).total_seconds()) // 60 // UNIT * UNIT
    end = -(-int((last - zero).total_seconds()) // (60 * UNIT)) * UNIT
    return max(0, begin), min(DAY, end)


def _segments(one: Day, access: Access, now: datetime, first: int, last: int) -> list[Segment]:
    """The hours of a row, cut where something changes; cells of one kind side by side are one."""
    passed = _passed(one.day, now)
    marks = {first, last, min(max(passed, first), last)}
    layers: list[tuple[Span, Segment]] = []
    for span in one.spans:
        marks |= set(span)
    for booking in one.bookings:
        used, hold = _minutes(booking.starts_at, booking.ends_at, one.day), _blocked(booking, one)
        marks |= {*used, *hold}
        layers.append((used, _shown(booking, one, access, now)))
        layers.append((hold, Segment("buffer", 0, 0, "准备、整理")))
    edges = sorted(mark for mark in marks if first <= mark <= last)
    cells: list[Segment] = []
    for begin, end in itertools.pairwise(edges):
        cell = _cell(begin, end, one, layers, passed)
        if cells and _same(cells[-1], cell):
            before = cells.pop()
            cell = _placed(cell, before.first, end)
        cells.append(cell)
    return [_placed(cell, cell.first, cell.last, _query(one, cell)) for cell in cells]


def _blocked(booking: Booking, one: Day) -> Span:
    """What no other booking can have: the hold, and around it the buffers that the other would bring itself."""
    before = one.rule.before_minutes if one.rule else 0
    after = one.rule.after_minutes if one.rule else 0
    first, last = booking.held_from - timedelta(minutes=after), booking.held_to + timedelta(minutes=before)
    return _minutes(first, last, one.day)


def _cell(begin: int, end: int, one: Day, layers: list[tuple[Span, Segment]], passed: int) -> Segment:
    for (low, high), segment in sorted(layers, key=lambda layer: layer[1].kind == "buffer"):
        if low <= begin < high:
            return _placed(segment, begin, end)
    is_open = any(low <= begin < high for low, high in one.spans)
    kind = "closed" if not is_open else "past" if begin < passed else "free"
    return Segment(kind, begin, end)


def _same(one: Segment, other: Segment) -> bool:
    return (one.kind, one.booking) == (other.kind, other.booking)


def _placed(cell: Segment, first: int, last: int, query: str = "") -> Segment:
    return Segment(cell.kind, first, last, cell.label, cell.booking, cell.state, cell.movable, query)


def _query(one: Day, cell: Segment) -> str:
    """What opens the form of a free cell: an hour, or what the rule allows, from its beginning."""
    if cell.kind != "free" or one.rule is None:
        return ""
    first = -(-cell.first // rules.STEP) * rules.STEP
    wanted = max(HOUR, one.rule.shortest_minutes)
    last = min(first + min(wanted, one.rule.longest_minutes or wanted), cell.last // rules.STEP * rules.STEP)
    if last <= first:
        return ""
    return urlencode({"venue": one.venue.pk, "date": one.day, "start": clock(first), "end": clock(last)})


def _passed(day: date, now: datetime) -> int:
    """How many minutes of the day are over, up to the next quarter of an hour."""
    seconds = int((now - midnight(day)).total_seconds())
    return 0 if seconds <= 0 else min(DAY, -(-seconds // (60 * rules.STEP)) * rules.STEP)


def _shown(booking: Booking, one: Day, access: Access, now: datetime) -> Segment:
    """What a person may see of a booking: of one's own and of venues that one manages all; else the organ, and the title by the rule."""
    mine = booking.booked_by_id == access.user.pk
    known = mine or claims.manages(access, one.venue)
    titled = known or (one.rule is not None and one.rule.titles == YesNo.YES)
    label = f"{booking.title} · {booking.organ}" if titled else f"已占用 · {booking.organ}"
    movable = mine and booking.state in (BookingState.PENDING, BookingState.BOOKED) and booking.starts_at > now
    kind = "mine" if mine else "busy"
    return Segment(kind, 0, 0, label, booking.pk if known else None, str(booking.get_state_display()), movable)
