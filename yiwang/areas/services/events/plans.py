"""A plan with all that belongs to it: lines, tasks, and the bill cut in two ways."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from yiwang.areas.services.events.catering import ordered
from yiwang.areas.services.events.models import Event, EventLine, EventTask, LineKind
from yiwang.areas.services.events.standards import cost_of
from yiwang.areas.services.venues.models import Booking, BookingState


@dataclass(frozen=True)
class Share:
    """What one payer pays, in fen."""

    payer: str
    amount: int


@dataclass(frozen=True)
class Plan:
    """A plan with all that belongs to it."""

    event: Event
    lines: list[EventLine]
    tasks: list[EventTask]

    @property
    def total(self) -> int:
        """The bill, in fen."""
        return sum(line.amount for line in self.lines)

    @property
    def shares(self) -> list[Share]:
        """By payer."""
        payer = lambda line: line.payer or "未定"  # noqa: E731
        return [
            Share(name, sum(line.amount for line in some))
            for name, some in groupby(sorted(self.lines, key=payer), key=payer)
        ]

    @property
    def bill(self) -> list[tuple[str, list[EventLine], int]]:
        """By figure of the clauses: label, lines, sum in fen."""
        label = lambda line: str(cost_of(line).label)  # noqa: E731
        grouped = groupby(sorted(self.lines, key=label), key=label)
        found = [(name, list(some)) for name, some in grouped]
        return [(name, some, sum(line.amount for line in some)) for name, some in found]


def plan_of(row: Event) -> Plan:
    """Four queries."""
    return Plan(row, lines_of(row), list(row.tasks.select_related("done_by").order_by("due_at", "pk")))


def lines_of(row: Event) -> list[EventLine]:
    """The lines, by kind. Rooms and meals say what became of them: bookings are moved, orders of the canteen cancelled."""
    lines = list(row.lines.order_by("kind", "pk"))
    booked = Booking.objects.select_related("venue").in_bulk([one.booking for one in lines if one.booking is not None])
    for line in lines:
        if (booking := booked.get(line.booking or 0)) is not None:
            settled = booking.state in (BookingState.BOOKED, BookingState.IN_USE, BookingState.USED)
            line.what = str(booking.venue)
            line.when = booking.times if settled else f"{booking.times} {booking.get_state_display()}"
    meals = ordered(lines)
    for line in (one for one in lines if one.kind == LineKind.MEAL):
        made = meals.get(line.pk)
        said = f"{made.canteen} {made.number} {made.get_state_display()}" if made else "未向食堂订餐"
        line.when = f"{line.when} {said}".strip()
    return lines
