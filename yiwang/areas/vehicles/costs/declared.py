"""What drivers declare on their phones becomes a bill, once; the supplier's statement then confirms it and is not counted again.

The bill has a number of its own until the statement brings the supplier's. Whichever comes first, the same litre stands in
one row: a statement's line takes the place of the declared bill, a declaration hangs itself on the line that is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from yiwang.areas.vehicles.costs.budget import spend
from yiwang.areas.vehicles.costs.models import Cost
from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.trips import driving, photos
from yiwang.areas.vehicles.trips.models import Expense
from yiwang.core.attachments.models import Attachment
from yiwang.core.ledger.post import post
from yiwang.core.orgs.ancestors import columns_of
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)
from yiwang.kit.refusal import Refusal

#: A declaration and the line of a statement are one purchase only within so long of one another.
NEAR = timedelta(hours=24)


@dataclass(frozen=True)
class Mark:
    """What a purchase is known by: car, kind, instant, fen, quantity."""

    car: int
    kind: str
    at: datetime
    amount: int
    quantity: Decimal | None

    def apart(self, other: Mark) -> timedelta | None:
        """How far two marks of one purchase lie apart; None where they are not of one."""
        same = (self.car, self.kind) == (other.car, other.kind)
        alike = self.amount == other.amount or (self.quantity is not None and self.quantity == other.quantity)
        far = abs(self.at - other.at)
        return far if same and alike and far <= NEAR else None


def pairs(one: Mapping[int, Mark], other: Mapping[int, Mark]) -> dict[int, int]:
    """Key of `one` → key of `other` that is the same purchase: the nearest first, each at most once."""
    near = [
        (far, a, b) for a, left in one.items() for b, right in other.items() if (far := left.apart(right)) is not None
    ]
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, a, b in sorted(near):
        if a not in found and b not in taken:
            found[a] = b
            taken.add(b)
    return found


def open_bills() -> QuerySet[Cost]:
    """Bills that only a driver has declared."""
    return Cost.objects.filter(expense__isnull=False, statement=None)


def declare() -> None:
    """Hear of the drivers' expenses; called once when Django starts."""
    driving.subscribe(heard)


def heard(*, expense: Expense, access: Access, now: datetime) -> None:
    """A driver has declared an expense. A rented car's are in its rent. Where the budget is used up the expense waits for its bill."""
    if expense.assignment.vehicle_id is None:
        return
    try:
        with transaction.atomic():
            bill(expense, actor=access.actor, body={})
    except Refusal as refusal:
        if refusal.code != "cost.budget":
            raise


def waiting(access: Access) -> QuerySet[Expense]:
    """Declared expenses of cars in scope without a bill: the budget had no room."""
    cars = access.scope(Vehicle.objects.all()).values("pk")
    rows = Expense.objects.filter(bill=None, assignment__vehicle__in=cars)
    return rows.select_related("assignment__vehicle", "assignment__trip").order_by("at", "pk")


@transaction.atomic
def admit(*, expense: int, access: Access) -> Cost:
    """Enter a declared expense that waits. Refusals `rights.denied`, `cost.gone`, `cost.budget`."""
    access.need(access.may(Verb.WRITE, "vehicles"), "登记用车费用")
    cars = access.scope(Vehicle.objects.all(), Verb.WRITE).values("pk")
    row = Expense.objects.select_for_update(of=("self",)).filter(pk=expense, assignment__vehicle__in=cars).first()
    if row is None:
        raise Refusal("cost.gone", "没有这笔申报,或不在您管理的范围内。")
    return bill(row, actor=access.actor, body=access.facts(Verb.WRITE, "vehicles"))


def bill(expense: Expense, *, actor: str, body: Mapping[str, Any]) -> Cost:
    """The bill of an expense: the one that is there, the line of a statement that is the same purchase, or a new one.

    Inside a transaction. Refusal `cost.budget`.
    """
    if (there := Cost.objects.filter(expense=expense).first()) is not None:
        return there
    drive = expense.assignment
    car = Vehicle.objects.select_related("organ").get(pk=drive.vehicle_id or 0)
    mark = Mark(car.pk, expense.kind, expense.at, expense.amount, expense.quantity)
    row = _line_of(mark)
    if row is None:
        day = timezone.localtime(expense.at).date()
        spend(car.organ_id, day.year, expense.amount)
        row = Cost(
            kind=expense.kind, vehicle=car, number=f"SB{expense.pk}", at=expense.at, day=day, amount=expense.amount,
            quantity=expense.quantity, organ=car.organ, note=expense.note, **columns_of(car.organ),
        )  # fmt: skip
    row.expense, row.order = expense, drive
    row.save()
    facts = {"expense": expense.pk, "trip": drive.trip_id, "amount": row.amount, **body}
    post(actor=actor, act="vehicles.cost.declare", obj=f"vehicles.cost:{row.pk}", body=facts)
    return row


def _line_of(mark: Mark) -> Cost | None:
    """The line of a statement that is this purchase and that nobody has declared yet."""
    rows = Cost.objects.filter(vehicle=mark.car, kind=mark.kind, expense=None, statement__isnull=False)
    near = {row.pk: row for row in rows.filter(at__gte=mark.at - NEAR, at__lte=mark.at + NEAR)}
    found = pairs({0: mark}, {pk: _mark(row) for pk, row in near.items()})
    return near[found[0]] if found else None


def _mark(row: Cost) -> Mark:
    return Mark(row.vehicle_id, row.kind, row.at, row.amount, row.quantity)


def confirmed(marks: Sequence[Mark]) -> dict[int, Cost]:
    """Place in `marks` → the declared bill that it is the statement of; the rows are held until the commit. One query."""
    if not marks:
        return {}
    first, last = min(mark.at for mark in marks) - NEAR, max(mark.at for mark in marks) + NEAR
    rows = open_bills().select_for_update(of=("self",)).filter(vehicle__among=[mark.car for mark in marks])
    held = {row.pk: row for row in rows.filter(at__gte=first, at__lte=last).order_by("pk")}
    found = pairs(dict(enumerate(marks)), {pk: _mark(row) for pk, row in held.items()})
    return {place: held[pk] for place, pk in found.items()}


def receipts(cost: Cost, access: Access) -> list[Attachment]:
    """The photos that the driver kept with his trip under the kind of the expense, for who sees the trip's files."""
    if cost.expense is None or cost.order is None or not photos.may_see(access, cost.order.trip_id):
        return []
    label = str(cost.expense.get_kind_display())
    return [one for one in photos.of(cost.order.trip) if one.label == label]
