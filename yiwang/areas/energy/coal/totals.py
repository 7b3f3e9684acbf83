"""Quantities by kind and month as one total: kgce, kgCO₂, cubic metres of water, kilowatt-hours, renewable share. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from yiwang.areas.energy.coal.factors import Basis, factor
from yiwang.areas.energy.words import BOUGHT_POWER, ENERGIES

#: (kind, month, region, quantity in the kind's unit)
Use = tuple[str, date, str, Decimal]


@dataclass
class Total:
    """Sums. `missing`: kinds without a coefficient; `unverified`: clauses that are 待核; `notes`: what a reader must know."""

    kgce: Decimal = Decimal(0)
    kgco2: Decimal = Decimal(0)
    water: Decimal = Decimal(0)
    power: Decimal = Decimal(0)
    solar: Decimal = Decimal(0)
    by_kind: dict[str, Decimal] = field(default_factory=dict)  # kgce
    quantities: dict[str, Decimal] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    unverified: set[str] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)

    @property
    def tce(self) -> Decimal:
        """Tonnes of standard coal."""
        return self.kgce / 1000

    @property
    def tco2(self) -> Decimal:
        """Tonnes of carbon dioxide."""
        return self.kgco2 / 1000

    @property
    def renewable_share(self) -> Decimal | None:
        """Per cent of own renewable power among all energy, by its calorific value; None where nothing was used."""
        own = self.solar * _calorific(self.quantities)
        whole = self.kgce + own
        return 100 * own / whole if whole else None


def _calorific(quantities: dict[str, Decimal]) -> Decimal:
    """kgce of a kilowatt-hour; 0 where there is no own power to count."""
    if not quantities.get("SOLAR"):
        return Decimal(0)
    return factor("ELECTRICITY", date(2020, 1, 1)).kgce or Decimal(0)


def total(uses: Iterable[Use], basis: Basis = Basis.CALORIFIC) -> Total:
    """Add up."""
    found = Total()
    for kind, month, region, quantity in uses:
        found.quantities[kind] = found.quantities.get(kind, Decimal(0)) + quantity
        found.water += quantity * (kind == "WATER")
        found.solar += quantity * (kind == "SOLAR")
        found.power += quantity * (kind in BOUGHT_POWER)
        _converted(found, kind, month, region, quantity, basis)
    return found


def _converted(found: Total, kind: str, month: date, region: str, quantity: Decimal, basis: Basis) -> None:
    if not ENERGIES[kind].word:
        return
    one = factor(kind, month, region, basis)
    if one.kgce is None:
        found.missing.add(ENERGIES[kind].label)
    else:
        found.kgce += quantity * one.kgce
        found.by_kind[kind] = found.by_kind.get(kind, Decimal(0)) + quantity * one.kgce
    found.kgco2 += quantity * (one.kgco2 or 0)
    if not one.verified:
        found.unverified.update(one.clauses)
    if one.note:
        found.notes.add(one.note)
