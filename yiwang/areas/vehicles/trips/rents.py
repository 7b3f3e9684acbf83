"""定点租赁 as trips need it: which designated supplier has which body at which prices on a day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from yiwang.areas.vehicles.life.models import Body, RentalContract, RentalRate, SupplierState
from yiwang.core.orgs.models import Organ


@dataclass(frozen=True)
class Rent:
    """A body of a contract; `rates`: unit → fen."""

    contract: RentalContract
    body: str
    rates: dict[str, int]

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.contract.pk}:{self.body}"

    def __str__(self) -> str:
        return f"{self.contract.supplier} {Body(self.body).label}"


def rents(organ: Organ, on: date) -> list[Rent]:
    """What the contracts of the organ, and of those above it, offer on the day. One query."""
    above = [getattr(organ, f"l{level}") for level in range(1, organ.depth + 1)]
    rows = RentalRate.objects.filter(
        contract__organ__in=above,
        contract__starts_date__lte=on,
        contract__ends_date__gt=on,
        contract__supplier__state=SupplierState.ACTIVE,
    ).select_related("contract__supplier")
    found: dict[tuple[int, str], Rent] = {}
    rates: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    for row in rows.order_by("pk"):
        key = (row.contract_id, row.body)
        rates[key][row.unit] = row.price
        found.setdefault(key, Rent(row.contract, row.body, rates[key]))
    return list(found.values())


def rates_of(contract: RentalContract, body: str) -> dict[str, int]:
    """The prices of one body."""
    return dict(RentalRate.objects.filter(contract=contract, body=body).values_list("unit", "price"))
