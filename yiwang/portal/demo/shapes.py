"""What the generator keeps in mind of an organ, a person and a unit while it builds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from yiwang.core.orgs.models import Tier

#: The day as of which the province is true. Fixed, so that the same seed gives the same rows.
TODAY = date(2026, 6, 30)
Columns = tuple[int | None, ...]


@dataclass(slots=True)
class Who:
    """A person with the rank that counts and the square metres allowed for it."""

    id: int
    name: str
    rank: str
    allowed: Decimal
    since: date
    rooms: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Body:
    """An organ. `columns` are l1…l5; `profile` decides staff and cars."""

    id: int
    name: str
    tier: Tier
    kind: str
    region: str
    profile: str
    depth: int
    columns: Columns
    opened: date
    classified: bool = False
    closed: date | None = None
    superior: int | None = None
    name_row: int = 0  # ids of the present rows of its history
    edge_row: int = 0
    people: list[Who] = field(default_factory=list)
    ranks: dict[str, int] = field(default_factory=dict)  # main appointments in force
    authorized: int = 0
    building: int = 0
    entitled: Decimal = Decimal(0)  # office area, square metres
    area: dict[str, Decimal] = field(default_factory=dict)  # by kind of room
    offices: list[Office] = field(default_factory=list)
    planted: bool = False  # at most one planted thing an organ, so that one never hides another

    @property
    def row(self) -> tuple[int | None, ...]:
        """`organ_id, l1…l5` of a Scoped row."""
        return (self.id, *self.columns)


@dataclass(slots=True)
class Office:
    """An office and who sits in it."""

    id: int
    area: Decimal
    people: list[Who]


@dataclass(slots=True)
class Unit:
    """What is built and written together."""

    name: str
    region: str
    bodies: list[Body] = field(default_factory=list)

    @property
    def open(self) -> list[Body]:
        """The organs that exist today."""
        return [body for body in self.bodies if body.closed is None]
