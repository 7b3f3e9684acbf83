"""The verbs on plans. Each: one transaction, the plan's row held first, one entry in the ledger.

Refusals `event.*`: `.gone`, `.state`, `.text`, `.figure`, `.dates`, `.line`, `.empty`, `.booking`; `rights.denied`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction
from django.db.models import F

from yiwang.areas.services.events import approval, catering
from yiwang.areas.services.events.models import EDITABLE, Event, EventLine, EventState, EventTask, LineKind
from yiwang.areas.services.venues import actions as venues
from yiwang.areas.services.venues.models import AREA, OPEN, Booking
from yiwang.core.ledger.post import post
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User, Verb
from yiwang.kit.refusal import Refusal

#: Columns of a plan that its keeper fills in.
COLUMNS = (
    "name",
    "meeting_class",
    "briefing",
    "first_date",
    "last_date",
    "days",
    "arrive_leave_days",
    "participants",
    "staff",
    "banned",
    "purpose",
)
MOST_LINES = 100


def draft(*, access: Access, now: datetime, **values: Any) -> Event:
    """拟稿: a plan of the organ worked for; `values` are COLUMNS."""
    access.need(access.may(Verb.APPLY, AREA) and access.organ is not None, "拟会议保障方案")
    assert isinstance(access.user, User)
    with transaction.atomic():
        row = Event(organ=access.organ, created_by=access.user, created_at=now, **_checked(values))
        row.place()
        row.save()
        _post(access, "draft", row, _said(values))
    return row


def change(*, event: int, access: Access, now: datetime, **values: Any) -> Event:
    """改方案 while it is drafted or was sent back."""
    with transaction.atomic():
        row = editable(event, access, "修改")
        before = _said({name: getattr(row, name) for name in values})
        for name, value in _checked(values, row).items():
            setattr(row, name, value)
        row.save()
        _post(access, "change", row, {"before": before, "after": _said(values)})
    return row


def _checked(values: Mapping[str, Any], row: Event | None = None) -> dict[str, Any]:
    """Refusals `event.text`, `.dates`, `.figure`."""
    kept = {name: values[name] for name in COLUMNS if name in values}
    whole = {name: getattr(row, name) for name in COLUMNS} | kept if row else kept
    if not str(whole.get("name", "")).strip() or len(str(whole["name"])) > 120:
        raise Refusal("event.text", "请填会议(活动)名称,最多 120 个字。")
    if whole["last_date"] < whole["first_date"]:
        raise Refusal("event.dates", "末日不能早于首日。")
    if whole["participants"] <= 0 or not 0 <= whole.get("staff", 0) <= whole["participants"]:
        raise Refusal("event.figure", "参会人数要大于 0,工作人员数不能多于参会人数。")
    length = (whole["last_date"] - whole["first_date"]).days + 1
    if not 0 < whole["days"] <= length:
        raise Refusal("event.figure", f"会期要大于 0,不能超过首日到末日的 {length} 天。")
    return kept


def add_line(
    *,
    event: int,
    kind: str,
    what: str,
    quantity: Decimal,
    price: int,
    access: Access,
    now: datetime,
    **texts: Any,
) -> EventLine:
    """加一项; `price` in fen for one; `texts` are when, unit, payer, responsible, reference. A room: `book_room`."""
    with transaction.atomic():
        row = editable(event, access, "修改")
        return _line(row, access, kind=kind, what=what, quantity=quantity, price=price, **texts)


def _line(row: Event, access: Access, *, kind: str, what: str, quantity: Decimal, price: int, **more: Any) -> EventLine:
    if kind not in LineKind.values or not what.strip():
        raise Refusal("event.line", "请选种类、填内容。")
    _sound(quantity, price)
    if row.lines.count() >= MOST_LINES:
        raise Refusal("event.line", f"一个方案最多 {MOST_LINES} 项。")
    line = EventLine(
        event=row, organ_id=row.organ_id, kind=kind, what=what.strip(), quantity=quantity, price=price,
        amount=amount(quantity, price), **more,
    )  # fmt: skip
    line.place()
    line.save()
    _post(access, "add-line", row, {"line": line.pk, "kind": kind, "what": line.what, "amount": line.amount})
    return line


def _sound(quantity: Decimal, price: int) -> None:
    if quantity <= 0 or price < 0 or quantity >= 10**7 or price >= 10**12:
        raise Refusal("event.figure", "数量要大于 0,单价不能小于 0。")


def recount(row: Event, line: EventLine, quantity: Decimal, access: Access) -> None:
    """Another quantity on a line of the plan that the caller holds. Refusal `event.figure`."""
    _sound(quantity, line.price)
    before, line.quantity = line.quantity, quantity
    line.amount = amount(quantity, line.price)
    line.save(update_fields=["quantity", "amount"])
    body = {"line": line.pk, "quantity": [str(before), str(quantity)], "amount": line.amount}
    _post(access, "change-line", row, body)


def amount(quantity: Decimal, price: int) -> int:
    """What a line costs, in whole fen, half a fen upwards."""
    return int((quantity * price).quantize(Decimal(1), ROUND_HALF_UP))


def book_room(
    *, event: int, venue: int, starts_at: datetime, ends_at: datetime, access: Access, now: datetime, **texts: str
) -> EventLine:
    """A room for the meeting: really booked, and a line with its price. The plan's approval is the booking's."""
    with venues.claiming(), transaction.atomic():
        row = editable(event, access, "修改")
        made = venues.book(
            venue=venue,
            starts_at=starts_at,
            ends_at=ends_at,
            title=row.name,
            participants=row.participants,
            access=access,
            now=now,
            event=row.pk,
            **texts,
        )
        return _line(
            row,
            access,
            kind=LineKind.ROOM,
            what=str(made.venue),
            when=made.times,
            quantity=Decimal(1),
            unit="场",
            price=made.price,
            payer=str(row.organ)[:60],
            reference=made.number,
            booking=made.pk,
        )


def remove_line(*, event: int, line: int, access: Access, now: datetime) -> None:
    """去掉一项; a room is free again, a meal is cancelled. Refusal `meal.deadline`: it is cooked already."""
    with transaction.atomic():
        row = editable(event, access, "修改")
        held = row.lines.filter(pk=line).first()
        if held is None:
            raise Refusal("event.gone", "没有这一项,可能已被去掉,请刷新。")
        if held.booking is not None and Booking.objects.filter(pk=held.booking, state__in=OPEN).exists():
            venues.cancel(booking=held.booking, reason=f"从“{row.name}”的方案中去掉", access=access, now=now)
        catering.give_back(held, f"从“{row.name}”的方案中去掉", access, now)
        _post(access, "remove-line", row, {"what": held.what, "amount": held.amount})
        held.delete()


def add_task(*, event: int, what: str, due_at: datetime, responsible: str, access: Access, now: datetime) -> EventTask:
    """加任务: what, by when, by whom. Also after the approval: plans live."""
    with transaction.atomic():
        row = kept(event, access, "安排任务", *EDITABLE, EventState.ASKED, EventState.APPROVED)
        if not what.strip() or not responsible.strip():
            raise Refusal("event.text", "请填任务和负责人。")
        task = EventTask(
            event=row,
            organ_id=row.organ_id,
            what=what.strip()[:120],
            due_at=due_at,
            responsible=responsible.strip()[:60],
        )
        task.place()
        task.save()
        _post(access, "add-task", row, {"task": task.pk, "what": task.what, "responsible": task.responsible})
    return task


def finish_task(*, event: int, task: int, access: Access, now: datetime) -> EventTask:
    """完成任务: by who keeps the plan or handles services there."""
    with transaction.atomic():
        row = kept(event, access, "完成任务", *EDITABLE, EventState.ASKED, EventState.APPROVED, handlers=True)
        if not row.tasks.filter(pk=task, done_at=None).update(done_at=now, done_by=access.user.pk):
            raise Refusal("event.gone", "没有这项任务,或它已经完成,请刷新。")
        _post(access, "finish-task", row, {"task": task})
    return EventTask.objects.get(pk=task)


def submit(*, event: int, access: Access, on: date, now: datetime) -> Event:
    """报批, for the first time or again after it was sent back. Refusal `event.empty`: no line, or no room or place."""
    with transaction.atomic():
        case = Event.objects.filter(pk=event).values_list("case", flat=True).first()
        approval.hold(case)
        row = editable(event, access, "报批")
        if not row.lines.exists():
            raise Refusal("event.empty", "方案里还没有一项内容,请先加上会场、用餐等再报批。")
        again = row.state == EventState.BACK
        _move(row, EventState.ASKED)
        if again:
            approval.answer(row, access, on, now)
        else:
            approval.ask(row, access, on, now)
        _post(access, "submit", row, {"case": row.case, "again": again, "total": total(row)})
    return Event.objects.get(pk=event)


def cancel(*, event: int, reason: str, access: Access, on: date, now: datetime) -> Event:
    """取消: rooms are free again, meals cancelled as far as their deadlines allow, the case is withdrawn or void."""
    with transaction.atomic():
        case = Event.objects.filter(pk=event).values_list("case", flat=True).first()
        approval.hold(case)
        row = kept(event, access, "取消", *EDITABLE, EventState.ASKED, EventState.APPROVED)
        if not reason.strip():
            raise Refusal("event.text", "取消要写明原因。")
        _move(row, EventState.CANCELLED, now)
        give_back(row, f"会议取消:{reason.strip()}", access, now)
        _post(access, "cancel", row, {"reason": reason.strip()})
        if row.case is not None:
            approval.drop(row, reason.strip(), access, on, now)
    return row


def decide(*, event: int, state: EventState, reason: str = "", access: Access, now: datetime) -> None:
    """What the case came to; called inside its transaction. What is cancelled or closed stays so."""
    row = _locked(event)
    allowed = {
        EventState.BACK: (EventState.ASKED,),
        EventState.ASKED: (EventState.BACK,),
        EventState.APPROVED: (EventState.ASKED,),
        EventState.REFUSED: (EventState.ASKED, EventState.BACK, EventState.APPROVED),
        EventState.CLOSED: (EventState.APPROVED, EventState.ASKED),
    }
    if row.state not in allowed[state]:
        return
    _move(row, state, now if state in (EventState.REFUSED, EventState.CLOSED) else None)
    if state == EventState.APPROVED:
        for pk in _rooms(row):
            venues.decide(booking=pk, approved=True, access=access, now=now)
    if state == EventState.REFUSED:
        give_back(row, reason or "会议未批准", access, now)
    _post(access, state.value.lower(), row, {"reason": reason})


def give_back(row: Event, reason: str, access: Access, now: datetime) -> None:
    """The rooms and meals of a plan that will not be."""
    for pk in _rooms(row):
        venues.release(booking=pk, reason=reason, access=access, now=now)
    catering.release(row, reason, access, now)


def _rooms(row: Event) -> list[int]:
    return list(
        Booking.objects.filter(event=row.pk, state__in=OPEN).order_by("venue_id", "pk").values_list("pk", flat=True)
    )


def total(row: Event) -> int:
    """The bill, in fen."""
    return sum(row.lines.values_list("amount", flat=True))


def kept(event: int, access: Access, doing: str, *states: EventState, handlers: bool = False) -> Event:
    """The plan, held, in one of these states; of who keeps it (or, with `handlers`, who serves at its organ)."""
    if not Event.objects.visible(access).filter(pk=event).exists():
        raise Refusal("event.gone", "没有这个方案,或者它不在您的范围内。")
    row = _locked(event)
    own = row.created_by_id == access.user.pk
    access.need(own or ((handlers or access.may(Verb.WRITE, AREA)) and _serves(access, row)), f"{doing}别人的方案")
    if row.state not in states:
        raise Refusal("event.state", f"方案{row.get_state_display()},不能{doing}。")
    return row


def editable(event: int, access: Access, doing: str) -> Event:
    """The plan, held, while it may be changed."""
    return kept(event, access, doing, *EDITABLE)


def _serves(access: Access, row: Event) -> bool:
    organ = access.organ
    within = organ is not None and getattr(row, f"l{organ.depth}") == organ.pk
    return within and access.may(Verb.HANDLE, AREA)


def _locked(event: int) -> Event:
    """Its row first (the lock), then what it says."""
    Event.objects.filter(pk=event).update(state=F("state"))
    return Event.objects.select_related("organ", "created_by").get(pk=event)


def _move(row: Event, state: EventState, closed_at: datetime | None = None) -> None:
    row.state, row.closed_at = state, closed_at
    row.save(update_fields=["state", "closed_at"])


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, date | Decimal) else value for name, value in values.items()}


def _post(access: Access, verb: str, row: Event, body: dict[str, Any]) -> None:
    post(actor=access.actor, act=f"services.event.{verb}", obj=f"services.event:{row.pk}", body=body)
