"""The sections of a vehicle's page that other topics fill: trips, costs, tracks … each declares its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.core.rights.access import Access


@dataclass(frozen=True, kw_only=True)
class Part:
    """A section. `key` is its anchor, `context` what `template` shows (None: nothing to show to this reader)."""

    key: str
    label: str
    template: str
    context: Callable[[Access, Vehicle, date], dict[str, Any] | None]
    order: int = 50


@dataclass(frozen=True)
class Section:
    """A part with what it shows."""

    part: Part
    data: dict[str, Any]


_parts: dict[str, Part] = {}


def register_part(part: Part) -> None:
    """Declare a section; the same key again replaces it."""
    _parts[part.key] = part


def sections(access: Access, car: Vehicle, on: date) -> list[Section]:
    """What other topics show of a car, in their order."""
    found = []
    for part in sorted(_parts.values(), key=lambda one: (one.order, one.key)):
        data = part.context(access, car, on)
        if data is not None:
            found.append(Section(part, data))
    return found
