"""The shipped catalogue, loaded for an organ: 4 classes of 4 items, as clause SV-DEMO-1 lists them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from yiwang.areas.services.catalogue.models import Item
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ

SHIPPED = Path(__file__).parent / "items.yaml"


@cache
def shipped() -> tuple[dict[str, Any], ...]:
    """The items of the file; columns of Item."""
    return tuple(yaml.safe_load(SHIPPED.read_text(encoding="utf-8")))


@transaction.atomic
def load_catalogue(*, organ: Organ, actor: str) -> int:
    """Give the organ the shipped items that it has not; returns how many. What it has is left as it is. One entry."""
    held = set(Item.objects.filter(organ=organ).values_list("code", flat=True))
    fresh = [Item(organ=organ, **one) for one in shipped() if one["code"] not in held]
    for row in fresh:
        row.place()
    Item.objects.bulk_create(fresh)
    if fresh:
        codes = [row.code for row in fresh]
        post(actor=actor, act="services.item.load", obj=f"orgs.organ:{organ.pk}", body={"codes": codes})
    return len(fresh)
