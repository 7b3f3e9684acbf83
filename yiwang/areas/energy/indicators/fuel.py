"""Fuel of official vehicles, from the dataset `vehicles.fuel_month`: read by its name, absent where that area is not there."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from yiwang.core.orgs.models import Organ
from yiwang.core.registers.computed import figures, is_computed

DATASET = "vehicles.fuel_month"
#: Its words → our kinds. What cars draw at posts is not part of an organ's own meters and is left alone.
KINDS = {"汽油": "PETROL", "柴油": "DIESEL", "天然气": "GAS"}


def vehicle_fuel(within: Organ | None, since: date, until: date) -> dict[tuple[int, str], Decimal]:
    """(organ, kind) → litres (gas: cubic metres) of [since, until), of the organ and all below; {} where nobody knows."""
    found: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    if within is None or not is_computed(DATASET):
        return found
    for row in figures(DATASET, within=within, since=since, until=until):
        if (kind := KINDS.get(str(row["fuel"]))) is not None:
            found[row["organ_id"], kind] += Decimal(row["quantity"] or 0)
    return found
