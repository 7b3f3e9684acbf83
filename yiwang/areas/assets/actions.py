"""The verbs of equipment and furniture. Each is one transaction with one entry; findings follow the register."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from yiwang.areas.assets.models import Asset, AssetState
from yiwang.areas.assets.resources import ASSET
from yiwang.core.orgs.models import Organ, Person
from yiwang.core.places.models import Building
from yiwang.core.registers.writing import act, placed
from yiwang.kit.pinyin import sort_key
from yiwang.kit.refusal import Refusal


def register_asset(*, actor: str, organ: Organ, code: str, name: str, item: str, on: date, **facts: Any) -> Asset:
    """登记: a card for one item; `facts` are columns of Asset (price in fen, acquired_date …)."""
    values = {"code": code, "name": name, "sort_key": sort_key(name, limit=200), "item": item, **facts, **placed(organ)}
    made: Asset = act(ASSET, values, actor=actor, verb="register", on=on)
    return made


@transaction.atomic
def transfer_asset(
    *,
    actor: str,
    asset: Asset,
    on: date,
    organ: Organ | None = None,
    holder: Person | None = None,
    building: Building | None = None,
    room_number: str = "",
) -> Asset:
    """调拨: the item goes over to another holder, place or organ; what is not said becomes empty, the organ stays."""
    held = _held(asset)
    values = {"holder_id": holder and holder.pk, "building_id": building and building.pk, "room_number": room_number}
    return _change(held, values | (placed(organ) if organ else {}), actor, "transfer", on)


@transaction.atomic
def scrap_asset(*, actor: str, asset: Asset, on: date, approval: str = "") -> Asset:
    """报废."""
    values = {"state": AssetState.SCRAPPED, "scrapped_date": on, "holder_id": None}
    return _change(_held(asset), values, actor, "scrap", on, approval=approval)


@transaction.atomic
def deposit_asset(*, actor: str, asset: Asset, on: date) -> Asset:
    """入仓: into the pool of items for others to draw."""
    return _change(_held(asset), {"state": AssetState.POOLED, "holder_id": None}, actor, "deposit", on)


@transaction.atomic
def draw_asset(*, actor: str, asset: Asset, organ: Organ, on: date, holder: Person | None = None) -> Asset:
    """出仓: out of the pool. Of two who draw the same item, one gets it. Refusal `asset.not-pooled`."""
    taken = Asset.objects.filter(pk=asset.pk, state=AssetState.POOLED).update(state=AssetState.POOLED)
    if not taken:
        raise Refusal("asset.not-pooled", f"“{asset}”不在公物仓,可能已被领用。")
    values = {"state": AssetState.IN_USE, "holder_id": holder and holder.pk, **placed(organ)}
    return _change(asset, values, actor, "draw", on)


def _held(asset: Asset) -> Asset:
    held = Asset.objects.select_for_update().get(pk=asset.pk)
    if held.state == AssetState.SCRAPPED:
        raise Refusal("asset.scrapped", f"“{held}”已于 {held.scrapped_date} 报废。")
    return held


def _change(asset: Asset, values: dict[str, Any], actor: str, verb: str, on: date, **body: Any) -> Asset:
    changed: Asset = act(ASSET, values, actor=actor, verb=verb, on=on, row=asset, **body)
    return changed
