"""结算 to the organ that used the car: what a trip costs, the month's bill of an organ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from yiwang.areas.vehicles.trips import charging, riding
from yiwang.areas.vehicles.trips.answers import tariff_of
from yiwang.areas.vehicles.trips.charging import Driven, Line
from yiwang.areas.vehicles.trips.judging import covers, day_span
from yiwang.areas.vehicles.trips.models import Assignment, Expense, ExpenseKind, Trip, TripState
from yiwang.areas.vehicles.trips.powers import dispatches
from yiwang.areas.vehicles.trips.rents import rates_of
from yiwang.areas.vehicles.trips.terms import Sharing
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.core.workdays.current import current
from yiwang.kit.refusal import Refusal

#: What the using organ pays as it was paid on the way; fuel is in the price of the kilometre.
PASSED_ON = (ExpenseKind.TOLL, ExpenseKind.PARKING)
BILLED = Q(state__in=(TripState.DONE, TripState.CONFIRMED, TripState.SETTLED)) | Q(
    state=TripState.POOLED, charge__isnull=False
)


def charge(trip: Trip) -> int:
    """Work out and keep the charge, by the terms of the day of departure; fen. The trip is locked and over.

    Those that rode with it get their shares.
    """
    lines = [line for row in _driven(trip) for line in _lines(trip, row)]
    lines += _expenses(Expense.objects.filter(assignment__trip=trip, kind__in=PASSED_ON))
    lines = riding.share(trip, lines)
    trip.lines, trip.charge = [one.as_dict() for one in lines], charging.total(lines)
    trip.save(update_fields=["lines", "charge"])
    return trip.charge


def _driven(trip: Trip) -> Iterable[Assignment]:
    """Every car that drove: the one that broke down too."""
    rows = Assignment.objects.filter(trip=trip, ended_at__isnull=False, started_at__isnull=False)
    return rows.select_related("vehicle__organ", "rental").order_by("pk")


def _lines(trip: Trip, row: Assignment) -> list[Line]:
    assert row.started_at is not None
    assert row.ended_at is not None
    far = (row.odometer_end or 0) - (row.odometer_start or 0)
    driven = Driven(max(far, 0), row.started_at, row.ended_at, row.waited_minutes)
    if row.rental is not None:
        return charging.by_rental(rates_of(row.rental, row.rented_body), driven)
    car = row.vehicle
    if car is None:
        return []
    if sharing := _arrangement(trip, car.organ):
        return charging.by_sharing(sharing, driven)
    tariff = tariff_of(car.organ, car.body, trip.day)
    return charging.by_tariff(tariff, driven, current()) if tariff else []


def _arrangement(trip: Trip, lender: Organ) -> Sharing | None:
    """The arrangement by which the car was lent, if it was."""
    loan = trip.loans.filter(state="AGREED").select_related("sharing__organ").first()
    if loan is not None and covers(loan.sharing.organ, lender):
        return loan.sharing
    if trip.provision != "SHARED":
        return None
    rows = Sharing.objects.in_force(trip.day).above(lender).select_related("borrower")
    return next((one for one in rows if covers(one.borrower, trip)), None)


def _expenses(rows: Iterable[Expense]) -> list[Line]:
    return [Line(str(one.get_kind_display()), "1", "笔", one.amount, one.amount) for one in rows]


@dataclass
class Bill:
    """What an organ used in a month: trips, km, fen; `due` is what is confirmed and not settled yet."""

    organ: Organ
    trips: list[Trip] = field(default_factory=list)
    kilometres: int = 0
    amount: int = 0
    due: int = 0
    open: int = 0

    @property
    def yuan(self) -> str:
        """The amount."""
        return f"{self.amount / 100:,.2f}"


def month_span(month: date) -> tuple[datetime, datetime]:
    """From the first midnight of the month to that of the next."""
    first = month.replace(day=1)
    after = (first.replace(year=first.year + 1, month=1)) if first.month == 12 else first.replace(month=first.month + 1)
    return day_span(first)[0], day_span(after)[0]


def may_see(access: Access) -> bool:
    """Who sees bills: who dispatches, who reads the area."""
    return dispatches(access) or access.may(Verb.READ, "vehicles")


def billed(access: Access, month: date) -> QuerySet[Trip]:
    """The trips of a month that cost something, of the organs below the user's."""
    if access.organ is None or not may_see(access):
        return Trip.objects.none()
    first, last = month_span(month)
    rows = Trip.objects.filter(BILLED, starts_at__gte=first, starts_at__lt=last)
    return rows.filter(**{f"l{access.organ.depth}": access.organ.pk})


def bills(access: Access, month: date) -> list[Bill]:
    """One bill an organ, by name; three queries."""
    rows = (
        billed(access, month).select_related("organ", "host").order_by("organ__sort_key", "organ_id", "starts_at", "pk")
    )
    trips = list(rows)
    far = _far(trips)
    found: dict[int, Bill] = {}
    for trip in trips:
        bill = found.setdefault(trip.organ_id, Bill(trip.organ))
        bill.trips.append(trip)
        bill.kilometres += far.get(trip.pk, 0)
        bill.amount += trip.charge or 0
        due = _due(trip)
        bill.due += (trip.charge or 0) if due else 0
        bill.open += due
    return list(found.values())


def _due(trip: Trip) -> bool:
    """Confirmed and not settled; a guest's with its host."""
    rides = trip.state == TripState.POOLED and trip.host is not None and trip.host.state in riding.AGREED
    return trip.state == TripState.CONFIRMED or rides


def _far(trips: Iterable[Trip]) -> dict[int, int]:
    """Kilometres driven by trip."""
    rows = Assignment.objects.filter(trip__in=[one.pk for one in trips], odometer_end__isnull=False)
    found: dict[int, int] = {}
    for trip, first, last in rows.values_list("trip_id", "odometer_start", "odometer_end"):
        found[trip] = found.get(trip, 0) + (last or 0) - (first or 0)
    return found


def settle(*, organ: int, month: date, access: Access, now: datetime) -> tuple[int, int]:
    """结算 what an organ has confirmed in a month: (trips, fen). One entry. Refusals `settle.none`, `rights.denied`."""
    access.need(dispatches(access), "结算用车")
    with transaction.atomic():
        rows = billed(access, month).filter(riding.DUE, organ=organ)
        keys = list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
        if not keys:
            raise Refusal("settle.none", f"这个单位 {month:%Y-%m} 没有待结算的用车:用车人确认以后才能结算。")
        chosen = Trip.objects.filter(riding.DUE, pk__in=keys)
        amount = sum(charge or 0 for charge in chosen.values_list("charge", flat=True))
        number = chosen.update(state=TripState.SETTLED, settled_at=now)
        body = {"month": f"{month:%Y-%m}", "trips": keys, "amount": amount}
        post(actor=access.actor, act="vehicles.trip.settle", obj=f"orgs.organ:{organ}", body=body)
    return number, amount
