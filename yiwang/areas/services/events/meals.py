"""Meals of a meeting: a line of the plan with count and standard (每人标准), ordered of the canteen that serves there."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from yiwang.areas.services.events import actions, catering
from yiwang.areas.services.events.models import EventLine, LineKind
from yiwang.core.rights.access import Access
from yiwang.kit.refusal import Refusal

MEALS = (("BREAKFAST", "早餐"), ("LUNCH", "午餐"), ("DINNER", "晚餐"))


@transaction.atomic
def order(
    *,
    event: int,
    day: date,
    meal: str,
    persons: int,
    standard: int,
    payer: str,
    access: Access,
    now: datetime,
    canteen: int | None = None,
) -> EventLine:
    """A meal for so many persons at `standard` fen each, of the canteen given or of the nearest that serves the organ.

    `reference` of the line is the number of the group order; "" where no canteen serves. Refusals `event.line` for an
    unknown meal; of the canteen `canteen.none`, `canteen.group`, `meal.deadline`.
    """
    words = dict(MEALS)
    if meal not in words:
        raise Refusal("event.line", "请选早餐、午餐或晚餐。")
    line = actions.add_line(
        event=event,
        kind=LineKind.MEAL,
        what=f"会议{words[meal]}",
        when=f"{day:%m-%d} {words[meal]}",
        quantity=Decimal(persons),
        unit="人",
        price=standard,
        payer=payer,
        access=access,
        now=now,
    )
    catering.place(line.event, line, day, meal, canteen, access, now)
    return line


@transaction.atomic
def change(*, event: int, line: int, persons: int, access: Access, now: datetime) -> EventLine:
    """改用餐人数, on the plan and at the canteen. Refusals `event.gone`, `event.figure`; those of the canteen."""
    row = actions.editable(event, access, "修改")
    held = row.lines.filter(pk=line, kind=LineKind.MEAL).first()
    if held is None:
        raise Refusal("event.gone", "没有这一餐,可能已被去掉,请刷新。")
    actions.recount(row, held, Decimal(persons), access)
    catering.resize(held, persons, access, now)
    return held
