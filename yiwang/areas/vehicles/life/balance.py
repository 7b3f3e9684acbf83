"""编制 in figures: for every organ and use how many places are granted, taken by cars, held by plans, and free.

A car that has been replaced (its successor is registered) gives its place to the successor, though it still waits for
its disposal. Three queries, whatever the number of organs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from yiwang.areas.vehicles.life.models import (
    HOLDING,
    HOLDS_NO_PLACE,
    FleetQuota,
    PlanLine,
    Vehicle,
    VehiclePurchase,
)
from yiwang.core.orgs.models import Organ

Key = tuple[int | None, str]


@dataclass
class Balance:
    """Places of one use: `granted`, `used` by cars, `planned` (approved, not yet bought)."""

    granted: int = 0
    used: int = 0
    planned: int = 0

    @property
    def free(self) -> int:
        """What is left; negative where there are more cars than places."""
        return self.granted - self.used - self.planned

    @property
    def over(self) -> int:
        """By how many the cars exceed the places."""
        return max(0, -self.free)

    @property
    def empty(self) -> bool:
        """Nothing granted, nothing there."""
        return not (self.granted or self.used or self.planned)

    def __add__(self, other: Balance) -> Balance:
        return Balance(self.granted + other.granted, self.used + other.used, self.planned + other.planned)


def holding() -> QuerySet[Vehicle]:
    """The cars that take a place: on the road or laid up, and not yet replaced by a car of the same organ and use."""
    new = VehiclePurchase.objects.filter(
        replaces=OuterRef("pk"), vehicle__organ=OuterRef("organ"), vehicle__use=OuterRef("use")
    )
    gone = Vehicle.objects.exclude(state__in=HOLDS_NO_PLACE)
    return gone.exclude(Exists(new.exclude(vehicle__state__in=HOLDS_NO_PLACE)))


def planned() -> QuerySet[PlanLine]:
    """The lines that hold a place: approved, not yet registered, and not standing on the place of the car they replace."""
    lines = PlanLine.objects.filter(state__in=HOLDING)
    there = Exists(holding().filter(pk=OuterRef("replaces"), organ=OuterRef("organ"), use=OuterRef("use")))
    return lines.exclude(there)


def balances(within: Organ, *, by: str, on: date) -> dict[Key, Balance]:
    """(value of the column `by`, use) → balance, over the organ and all below it.

    `by` is `organ_id` or an ancestor column such as `l2` (then None stands for the organs above that level).
    """
    below = Q(**{f"l{within.depth}": within.pk})
    holds = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
    found: dict[Key, Balance] = {}
    granted = FleetQuota.objects.filter(below, holds).values_list(by, "use").annotate(n=Sum("number"))
    _take(found, "granted", granted.order_by())
    _take(found, "used", holding().filter(below).values_list(by, "use").annotate(n=Count("pk")).order_by())
    _take(found, "planned", planned().filter(below).values_list(by, "use").annotate(n=Count("pk")).order_by())
    return found


def _take(found: dict[Key, Balance], name: str, rows: Iterable[tuple[int | None, str, int]]) -> None:
    """Enter one kind of figure."""
    for place, use, number in rows:
        setattr(found.setdefault((place, use), Balance()), name, number or 0)


def of_organ(organ: Organ, *, on: date) -> dict[str, Balance]:
    """Use → balance of one organ alone."""
    rows = balances(organ, by="organ_id", on=on)
    return {use: balance for (place, use), balance in rows.items() if place == organ.pk}


def of_use(organ: Organ, use: str) -> Balance:
    """The balance of one organ and use by the quota that holds last. Asked with the organ's row locked, it stays true."""
    mine = {"organ": organ, "use": use}
    held = FleetQuota.objects.filter(**mine, valid_to=None).first()
    number = held.number if held else 0
    return Balance(number, holding().filter(**mine).count(), planned().filter(**mine).count())


__all__ = ["Balance", "balances", "holding", "of_organ", "of_use", "planned"]
