"""Verbs on geofences. Refusals: those of `shapes`, `fence.gone`, `rights.denied`."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from yiwang.areas.vehicles.maps.models import Geofence, GeofenceKind
from yiwang.areas.vehicles.maps.rights import AREA
from yiwang.areas.vehicles.maps.shapes import polygon_of, text_of
from yiwang.core.ledger.post import post
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.kit.pinyin import sort_key
from yiwang.kit.refusal import Refusal


@transaction.atomic
def open_fence(
    *, name: str, kind: str, polygon: str, valid_from: date, valid_to: date | None = None, access: Access
) -> Geofence:
    """A new fence of the organ worked for, with its polygon (GeoJSON text, WGS-84)."""
    access.need(access.may(Verb.WRITE, AREA), "画电子围栏")
    assert access.organ is not None
    if kind not in GeofenceKind.values:
        raise Refusal("fence.kind", "请选择围栏的类别。")
    if valid_to is not None and valid_to <= valid_from:
        raise Refusal("fence.period", "终止日期要晚于起始日期。")
    text = text_of(polygon_of(polygon))
    if Geofence.objects.filter(organ=access.organ, name=name).exists():
        raise Refusal("fence.name", f"本单位已有名为“{name}”的电子围栏,请换个名称,或在列表中打开它重画。")
    row = Geofence(organ=access.organ, name=name, sort_key=sort_key(name), kind=kind, polygon=text)
    row.valid_from, row.valid_to = valid_from, valid_to
    row.place()
    row.save()
    _post(row, "open", access, {"name": name, "kind": kind, "valid_from": valid_from, "polygon": text})
    return row


@transaction.atomic
def redraw(*, fence: int, polygon: str, access: Access) -> Geofence:
    """Another polygon for a fence; the one before stands in the entry."""
    row = _mine(fence, access)
    before, row.polygon = row.polygon, text_of(polygon_of(polygon))
    row.save(update_fields=["polygon"])
    _post(row, "redraw", access, {"polygon": [before, row.polygon]})
    return row


@transaction.atomic
def end(*, fence: int, on: date, access: Access) -> Geofence:
    """From this day on it counts no more. Refusal `fence.period` where it would end before it began."""
    row = _mine(fence, access)
    if on <= row.valid_from:
        raise Refusal("fence.period", f"围栏从 {row.valid_from} 起有效,终止日期要晚于这一天。")
    row.valid_to = on
    row.save(update_fields=["valid_to"])
    _post(row, "end", access, {"valid_to": on})
    return row


def _mine(fence: int, access: Access) -> Geofence:
    access.need(access.may(Verb.WRITE, AREA), "修改电子围栏")
    row = access.scope(Geofence.objects.all(), Verb.WRITE).filter(pk=fence).select_for_update(of=("self",)).first()
    if row is None:
        raise Refusal("fence.gone", "没有这个电子围栏,或不在您管理的范围内。")
    return row


def _post(row: Geofence, verb: str, access: Access, body: dict[str, object]) -> None:
    facts = access.facts(Verb.WRITE, AREA, **body)
    post(actor=access.actor, act=f"vehicles.geofence.{verb}", obj=f"vehicles.geofence:{row.pk}", body=facts)
