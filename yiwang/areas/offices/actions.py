"""The verbs of office space. Each is one transaction with one entry; findings follow the registers.

`on` is the day from which the act holds; periods are half-open. `actor` is how the ledger names who did it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from yiwang.areas.offices.models import Occupancy, Room, RoomState
from yiwang.areas.offices.resources import OCCUPANCY, ROOM
from yiwang.core.orgs.models import Organ, Person
from yiwang.core.registers.writing import Change, act, act_on_many, placed
from yiwang.kit.refusal import Refusal

_CLOSED = {RoomState.LEASED_OUT: "已出租", RoomState.LENT: "已出借", RoomState.DISPOSED: "已处置"}


@transaction.atomic
def occupy_room(
    *, actor: str, room: Room, organ: Organ, on: date, person: Person | None = None, share: Decimal | None = None
) -> Occupancy:
    """入驻: a room is used by an organ, and by a person of it, from the day on.

    `share` is the part of the room that counts for the person. Refusals `room.not-free`, `period.overlap`.
    """
    room = Room.objects.select_for_update().get(pk=room.pk)
    if reason := _CLOSED.get(RoomState(room.state)):
        raise Refusal("room.not-free", f"“{room}”{reason},不能安排使用。")
    values = {"room_id": room.pk, "person_id": person and person.pk, "valid_from": on, "share": share, **placed(organ)}
    _set_state(room, RoomState.IN_USE)
    made: Occupancy = act(OCCUPANCY, values, actor=actor, verb="occupy", on=on)
    return made


@transaction.atomic
def vacate_room(*, actor: str, occupancy: Occupancy, on: date) -> Occupancy:
    """腾退: from the day on the room is no longer used so; it stands idle when nobody is left in it."""
    held = Occupancy.objects.select_for_update().get(pk=occupancy.pk)
    if held.valid_to is not None and held.valid_to <= on:
        raise Refusal("occupancy.ended", f"“{held}”已于 {held.valid_to} 腾退。")
    left: Occupancy = act(OCCUPANCY, {"valid_to": on}, actor=actor, verb="vacate", on=on, row=held)
    if not _in_use(held.room, on).exists():
        _set_state(held.room, RoomState.IDLE)
    return left


@transaction.atomic
def share_room(*, actor: str, room: Room, shares: Mapping[int, Decimal | None], on: date) -> list[Occupancy]:
    """共用: how a room is divided from the day on, by person; None for an equal part of what is left.

    The periods so far end on the day and new ones begin, so that the past keeps its figures. Refusals
    `share.too-much`, `share.stranger`.
    """
    room = Room.objects.select_for_update().get(pk=room.pk)
    held = {one.person_id: one for one in _in_use(room, on).exclude(person=None)}
    if strangers := set(shares) - set(held):
        raise Refusal("share.stranger", f"有 {len(strangers)} 人当日没有使用“{room}”,不能分摊。")
    together = {key: shares.get(key, one.share) for key, one in held.items() if key is not None}
    if sum((part for part in together.values() if part is not None), Decimal(0)) > 1:
        raise Refusal("share.too-much", f"“{room}”的分摊比例合计超过 1,请核对。")
    changes: list[Change] = []
    for key, part in shares.items():
        one = held[key]
        if one.valid_from == on:
            changes.append((one, {"share": part}))
        elif one.share != part:
            begun = {"room_id": room.pk, "person_id": key, "valid_from": on, "valid_to": one.valid_to, "share": part}
            changes += [(one, {"valid_to": on}), (None, begun | placed(one.organ))]
    act_on_many(OCCUPANCY, changes, actor=actor, verb="share", on=on, obj=f"{ROOM.key}:{room.pk}")
    return list(_in_use(room, on).filter(person_id__in=shares).order_by("person_id"))


@transaction.atomic
def change_room(*, actor: str, room: Room, on: date, **changes: Any) -> Room:
    """变更: use, state, measured area or number of a room. A room that is used cannot be let, lent or disposed of."""
    state = changes.get("state", room.state)
    if state != RoomState.IN_USE and _in_use(room, on).exists():
        raise Refusal("room.in-use", f"“{room}”还有人使用,请先腾退。")
    changed: Room = act(ROOM, changes, actor=actor, verb="change", on=on, row=room)
    return changed


def _in_use(room: Room, on: date) -> Any:
    """Who uses the room on the day."""
    return Occupancy.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), room=room, valid_from__lte=on)


def _set_state(room: Room, state: RoomState) -> None:
    """The state that follows from an act; the act's entry says why."""
    Room.objects.filter(pk=room.pk).exclude(state=state).update(state=state)
