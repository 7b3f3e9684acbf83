"""Photos and papers of a trip: kept as attachments about it, seen by whoever sees the trip."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.files.base import File

from yiwang.areas.vehicles.trips.models import Trip
from yiwang.areas.vehicles.trips.powers import visible
from yiwang.core.attachments import actions, guards
from yiwang.core.attachments.models import Attachment
from yiwang.core.rights.access import Access

ABOUT = "vehicles.trip"
#: What a phone's camera and gallery offer.
ACCEPT = "image/jpeg,image/png,image/webp,application/pdf"


def declare() -> None:
    """Who sees the files."""
    guards.register(ABOUT, may_see, may_see)


def may_see(access: Access, pk: int) -> bool:
    """Whoever sees the trip, and nobody else."""
    return visible(access).filter(pk=pk).exists()


def keep(trip: Trip, files: Iterable[File[bytes]], access: Access, now: datetime, label: str = "") -> None:
    """Keep the files with the trip, in the caller's transaction. Refusals `attachment.*`."""
    for file in files:
        actions.keep(file=file, about=f"{ABOUT}:{trip.pk}", access=access, now=now, label=label)


def of(trip: Trip) -> list[Attachment]:
    """What is kept with it, in the order of adding."""
    return actions.of(f"{ABOUT}:{trip.pk}")
