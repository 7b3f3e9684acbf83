"""Places with a QR label: made one by one on the desk, or for all rooms of a building; and their printable sheet."""

from __future__ import annotations

import segno
from django.db import transaction

from yiwang.areas.services.orders.models import Spot, SpotKind
from yiwang.core.ledger.post import post
from yiwang.core.places.models import Building
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.desk import kinds
from yiwang.kit.refusal import Refusal


def label_rooms(*, building: Building, access: Access) -> int:
    """Give every room of the building that has no label a spot of its own; returns how many. One entry.

    Rooms are read from their register by name: this area knows nothing else of it.
    """
    access.need(access.may(Verb.CONFIGURE, "services") and access.holds(building), "制作房间标签")
    try:
        rooms = kinds.get("offices.room").model._default_manager.filter(building=building)
    except KeyError:
        raise Refusal("spot.rooms", "没有房间台账,请在点位台账里逐个登记。") from None
    with transaction.atomic():
        held = set(Spot.objects.filter(building=building).values_list("name", flat=True))
        named = rooms.order_by("number").values_list("number", "floor__label", "organ_id")
        fresh = [
            Spot(building=building, name=number, floor=floor or "", kind=SpotKind.ROOM, organ=building.organ)
            for number, floor, _ in named
            if number not in held
        ]  # fmt: skip
        for row in fresh:
            row.place()
        Spot.objects.bulk_create(fresh)
        if fresh:
            body = {"building": building.pk, "spots": len(fresh)}
            post(actor=access.actor, act="services.spot.label", obj=f"places.building:{building.pk}", body=body)
    return len(fresh)


def qr(address: str) -> str:
    """The address as a QR code: a data URI of an SVG, medium error correction."""
    return str(segno.make(address, error="m").svg_data_uri(scale=4, border=1))
