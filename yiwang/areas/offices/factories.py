"""Rows for tests: buildings, rooms, occupancies. Not for the application."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count

from yiwang.areas.offices.models import Occupancy, Room, RoomKind
from yiwang.core.orgs.models import Organ, Person
from yiwang.core.places.models import Building, Floor, Site, Structure
from yiwang.kit.pinyin import sort_key

_numbers = count(1)


def building(at: Organ, name: str = "A座", *, site: str = "") -> Building:
    """A building on a site of its own, or on the organ's site of this name."""
    label = site or f"大院{next(_numbers)}"
    place = Site.objects.filter(organ=at, name=label).first()
    if place is None:
        place = Site(organ=at, name=label, sort_key=sort_key(label), region=at.region)
        place.place()
        place.save()
    row = Building(organ=at, site=place, name=name, sort_key=sort_key(name), floors=6, structure=Structure.MULTI_STOREY)
    row.gross_floor_area, row.usable_area = Decimal(6000), Decimal(4000)
    row.place()
    row.save()
    return row


def floor(at: Building, number: int = 1) -> Floor:
    """A floor."""
    row = Floor(organ=at.organ, building=at, number=number, label=f"{number}层")
    row.place()
    row.save()
    return row


def room(
    at: Building, number: str = "", area: str = "18", *, organ: Organ | None = None, kind: str = RoomKind.OFFICE
) -> Room:
    """A room of so many square metres."""
    row = Room(organ=organ or at.organ, building=at, number=number or f"{next(_numbers):04}", kind=kind)
    row.usable_area = Decimal(area)
    row.place()
    row.save()
    return row


def occupancy(at: Room, by: Person | None, *, since: date = date(2024, 1, 1), to: date | None = None) -> Occupancy:
    """A room in use, by a person of the person's organ."""
    row = Occupancy(room=at, person=by, organ=by.organ if by else at.organ, valid_from=since, valid_to=to)
    row.place()
    row.save()
    return row
