"""What the canteen knows of a plan's meals: a line's group order is found by the line, and follows it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from yiwang.areas.services.canteen import actions as canteens
from yiwang.areas.services.canteen.models import Canteen, GroupKind, GroupOrder, OrderState
from yiwang.areas.services.events.models import Event, EventLine, LineKind
from yiwang.areas.services.reach import above
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.kit.refusal import Refusal


def serving(organ: Organ, on: date) -> list[Canteen]:
    """The canteens that serve the organ on the day, its own before those of the organs above it."""
    found = list(canteens.canteens_for(organ).filter(opened_date__lte=on).order_by("name", "pk"))
    ids = above(organ)
    return sorted(found, key=lambda one: ids.index(one.organ_id), reverse=True)


def ordered(lines: Iterable[EventLine]) -> dict[int, GroupOrder]:
    """Line → its order, for the meals that were ordered. One query, none without a meal."""
    keys = {_key(line): line.pk for line in lines if line.kind == LineKind.MEAL}
    if not keys:
        return {}
    rows = GroupOrder.objects.filter(key__in=list(keys)).select_related("canteen")
    return {keys[one.key or ""]: one for one in rows}


def place(row: Event, line: EventLine, on: date, meal: str, canteen: int | None, access: Access, now: datetime) -> None:
    """Order the line's meal of this canteen, else of the nearest. Without any that serves, the line stays a line.

    Refusals of `order_group`: `canteen.none`, `canteen.group`, `meal.deadline`, `rights.denied`.
    """
    known = serving(row.organ, on)
    if not known and canteen is None:
        return
    made = canteens.order_group(
        canteen=known[0].pk if canteen is None else canteen,
        on=on,
        meal=meal,
        kind=GroupKind.MEETING,
        persons=int(line.quantity),
        standard=line.price,
        purpose=row.name,
        about=f"services.event:{row.pk}",
        key=_key(line),
        organ=row.organ,
        access=access,
        now=now,
    )
    line.reference = made.number
    line.save(update_fields=["reference"])


def resize(line: EventLine, persons: int, access: Access, now: datetime) -> None:
    """So many eat now. Refusals `canteen.state`, `canteen.group`, `meal.deadline`."""
    if (one := ordered([line]).get(line.pk)) is not None:
        canteens.resize_group(order=one.pk, persons=persons, access=access, now=now)


def give_back(line: EventLine, reason: str, access: Access, now: datetime) -> None:
    """The line goes, and its order with it. Refusal `meal.deadline`: the canteen cooks it already."""
    one = ordered([line]).get(line.pk)
    if one is not None and not canteens.release_group(order=one.pk, reason=reason, access=access, now=now):
        raise Refusal("meal.deadline", f"{one.canteen}的订餐截止时间已过,这一餐不能去掉;请与食堂联系。")


def release(row: Event, reason: str, access: Access, now: datetime) -> None:
    """The orders of a plan that will not be, as far as their deadlines allow: what is cooked already stays ordered."""
    for one in sorted(ordered(row.lines.all()).values(), key=lambda order: order.pk):
        canteens.release_group(order=one.pk, reason=reason, access=access, now=now)


def left(row: Event) -> list[GroupOrder]:
    """What the canteen still has of the plan."""
    return [one for one in ordered(row.lines.all()).values() if one.state == OrderState.ORDERED]


def _key(line: EventLine) -> str:
    return f"services.event_line:{line.pk}"
