"""The verbs of who asks and of who gives out work: report, assign, confirm, rate, reopen, cancel; and the clock's own.

Each: one transaction, the order locked (`machine.held`), rights and state checked, one step, one entry. `now` is an
aware instant. Refusals: `rights.denied`, `order.unknown`, `order.state`, `order.item`, `order.place`, `order.text`, `order.team`, `order.supplier`,
`order.repairer`, `order.reporter`, `order.score`.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone

from yiwang.areas.services.catalogue import levels
from yiwang.areas.services.catalogue.models import Item, Urgency
from yiwang.areas.services.orders import notify, photos
from yiwang.areas.services.orders.machine import asked, dispatches, held, need_text, shown, step, within
from yiwang.areas.services.orders.models import OrderState, Origin, Spot, Team, TeamMember, WorkOrder
from yiwang.areas.services.suppliers.models import Supplier, SupplierState
from yiwang.core.orgs.models import Organ
from yiwang.core.places.models import Building
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User, Verb
from yiwang.kit.refusal import Refusal

#: After so long without a word of the reporter a finished order is closed; so long it may be reopened.
CONFIRM_WITHIN, REOPEN_WITHIN = timedelta(days=3), timedelta(days=7)


def report(
    *,
    access: Access,
    item: str,
    problem: str,
    now: datetime,
    urgency: str = Urgency.NORMAL,
    spot: Spot | None = None,
    place: str = "",
    phone: str = "",
    key: str = "",
    files: Sequence[File[bytes]] = (),
) -> WorkOrder:
    """报修. With a spot the order is of the organ that looks after it; without, of the user's own, and `place` is needed.

    The same `key` of the same user gives the order that it made the first time.
    """
    access.need(access.may(Verb.APPLY, "services"), "报修")
    organ = spot.organ if spot else access.organ
    assert organ is not None
    found = levels.item(organ, item)
    if found is None or not found.orders:
        raise Refusal("order.item", "没有这个报修事项,请在服务大厅重新选择。")
    access.need(may_ask(found, access), f"申请“{found}”")
    if not spot and not place.strip():
        raise Refusal("order.place", "请填写地点,或扫房间的二维码报修。")
    return open_order(
        access=access, item=found, problem=problem, now=now, urgency=urgency, organ=organ, spot=spot,
        building=spot.building if spot else None, place=place, phone=phone, key=key, files=files,
    )  # fmt: skip


def may_ask(item: Item, access: Access) -> bool:
    """Whether the user has one of the roles that may ask for the item."""
    wanted = {one.strip() for one in item.roles.split("、") if one.strip()}
    return access.may(Verb.APPLY, "services") and (not wanted or bool(wanted & {role.value for role in access.roles}))


def open_order(
    *,
    access: Access,
    item: Item | str,
    problem: str,
    now: datetime,
    urgency: str = Urgency.NORMAL,
    organ: Organ | None = None,
    spot: Spot | None = None,
    building: Building | None = None,
    place: str = "",
    phone: str = "",
    key: str = "",
    origin: str = Origin.REPORT,
    files: Sequence[File[bytes]] = (),
) -> WorkOrder:
    """An order, however it came about (a report, a patrol, another service), in the caller's transaction or one of its own."""
    place_of = organ or access.organ
    assert place_of is not None
    if isinstance(item, str):
        found = levels.item(place_of, item)
        if found is None:
            raise Refusal("order.item", f"“{place_of}”的服务目录没有编号为 {item} 的事项。")
        item = found
    if urgency not in Urgency.values:
        raise Refusal("order.item", f"没有“{urgency}”这种紧急程度。")
    one = WorkOrder(
        organ=place_of, item=item, urgency=urgency, origin=origin, problem=need_text(problem, "故障情况")[:500],
        spot=spot, building=building or (spot.building if spot else None), phone=phone.strip()[:30], key=key[:60],
        location=(str(spot) + (f" {place.strip()}" if place.strip() else "") if spot else place.strip())[:120],
        reporter_id=access.user.pk, reported_at=now, reported_date=timezone.localtime(now).date(),
        number=uuid.uuid4().hex[:30], **levels.promise(place_of, item.code, urgency).instants(now),
    )  # fmt: skip
    try:
        with transaction.atomic():
            return _inserted(one, access, now, files)
    except IntegrityError:  # the same form sent twice at once: the other one won
        if (twin := _by_key(access, key)) is not None:
            return twin
        raise


def _by_key(access: Access, key: str) -> WorkOrder | None:
    return WorkOrder.objects.filter(reporter=access.user.pk, key=key[:60]).first() if key else None


def _inserted(one: WorkOrder, access: Access, now: datetime, files: Sequence[File[bytes]]) -> WorkOrder:
    if (twin := _by_key(access, one.key)) is not None:
        return twin
    one.place()
    one.save()
    one.number = f"GD{one.reported_date:%Y%m%d}{one.pk:06}"
    photos.keep(one, files, access, now, "报修")
    step(one, access, "report", now, one.problem, item=one.item.code, urgency=one.urgency, organ=one.organ_id)
    notify.reported(one, now)
    return one


def assign(
    *, order: int, team: Team, now: datetime, access: Access, repairer: User | None = None, note: str = ""
) -> WorkOrder:
    """派工: to a team that serves the place, or to one of it by name. That is the response (响应)."""
    access.need(dispatches(access), "派工")
    with held(order, access, "assign") as one:
        access.need(within(access, one), "派这张工单")
        if team.state != "OPEN" or team.organ_id not in levels.above(one.organ):
            raise Refusal("order.team", f"班组“{team}”不服务“{one.organ}”,请另选。")
        if repairer and not TeamMember.objects.filter(team=team, user=repairer).exists():
            raise Refusal("order.team", f"{shown(repairer)}不在班组“{team}”里。")
        who = f"user:{repairer.pk}" if repairer else ""
        body = {"team": team.pk, "repairer": who, "supplier": team.supplier_id}
        return _given(one, access, now, note.strip() or str(team), body, team, team.supplier, repairer)


def assign_supplier(*, order: int, supplier: Supplier, now: datetime, access: Access, note: str = "") -> WorkOrder:
    """派给供应商: one that has no team here. The dispatcher calls it and keeps the order in its place."""
    access.need(dispatches(access), "派工")
    with held(order, access, "assign") as one:
        access.need(within(access, one), "派这张工单")
        if supplier.state != SupplierState.ACTIVE or supplier.organ_id not in levels.above(one.organ):
            raise Refusal("order.supplier", f"供应商“{supplier}”已停止合作,或没有由“{one.organ}”或其上级登记,请另选。")
        body = {"supplier": supplier.pk}
        return _given(one, access, now, note.strip() or str(supplier), body, None, supplier, None)


def _given(
    one: WorkOrder,
    access: Access,
    now: datetime,
    note: str,
    body: dict[str, Any],
    team: Team | None,
    supplier: Supplier | None,
    repairer: User | None,
) -> WorkOrder:
    one.team, one.supplier, one.repairer = team, supplier, repairer
    one.responded_at = one.responded_at or now
    step(one, access, "assign", now, note, **body)
    notify.assigned(one, now)
    return one


def confirm(*, order: int, now: datetime, access: Access, score: int | None = None, reason: str = "") -> WorkOrder:
    """确认: the reporter says that it is done, and how well (1 to 5); below 3 a reason is needed."""
    with held(order, access, "confirm") as one:
        asked(one, access, "确认")
        _score(one, score, reason)
        one.closed_at = now
        step(one, access, "confirm", now, reason.strip(), score=score)
    return one


def rate(*, order: int, now: datetime, access: Access, score: int, reason: str = "") -> WorkOrder:
    """评价: once, by who asked for it, of an order that is closed."""
    with held(order, access, "rate") as one:
        if one.reporter_id != access.user.pk:
            raise Refusal("order.reporter", "只有报修人可以评价。")
        if one.score is not None:
            raise Refusal("order.score", "这张工单已经评价过了。")
        _score(one, score, reason)
        step(one, access, "rate", now, reason.strip(), score=score)
    return one


def _score(one: WorkOrder, score: int | None, reason: str) -> None:
    if score is None:
        return
    if not 1 <= score <= 5:
        raise Refusal("order.score", "评分应为 1 至 5 分。")
    if score < 3 and not reason.strip():
        raise Refusal("order.text", "评分低于 3 分请写明原因,好让班组改进。")
    one.score, one.score_reason = score, reason.strip()[:300]


def reopen(*, order: int, note: str, now: datetime, access: Access) -> WorkOrder:
    """返修: it is not done after all; back to who did it, the clock of finishing as it was promised."""
    with held(order, access, "reopen") as one:
        asked(one, access, "要求返修")
        if one.closed_at and now - one.closed_at > REOPEN_WITHIN:
            raise Refusal("order.state", "办结已超过 7 天,不能返修,请重新报修。")
        one.finished_at = one.closed_at = one.score = None
        one.score_reason, one.reopened = "", one.reopened + 1
        step(one, access, "reopen", now, need_text(note, "哪里没有修好"))
        notify.to_repairer(one, now, "reopened", note.strip())
    return one


def cancel(*, order: int, note: str, now: datetime, access: Access) -> WorkOrder:
    """取消: by who asked before anybody has come, or by a dispatcher."""
    with held(order, access, "cancel") as one:
        asked(one, access, "取消")
        if one.state == OrderState.ACCEPTED and not dispatches(access):
            raise Refusal("order.state", "维修人已接单,请先联系维修人或调度再取消。")
        one.closed_at = now
        step(one, access, "cancel", now, need_text(note, "取消原因"))
        notify.to_repairer(one, now, "cancelled", note.strip())
    return one


def remark(*, order: int, note: str, now: datetime, access: Access, files: Sequence[File[bytes]] = ()) -> WorkOrder:
    """留言, with photos if need be."""
    with held(order, access, "remark") as one:
        photos.keep(one, files, access, now)
        step(one, access, "remark", now, need_text(note, "留言"))
    return one


def tick(*, now: datetime) -> dict[str, int]:
    """What the clock does: overdue orders are escalated once, finished ones that nobody confirmed are closed.

    May be called as often as one likes; returns how many of each.
    """
    late = WorkOrder.objects.late(now).filter(escalated_at=None).order_by("pk").values_list("pk", flat=True)
    unconfirmed = WorkOrder.objects.filter(state=OrderState.FINISHED, finished_at__lt=now - CONFIRM_WITHIN)
    done = {"escalated": sum(_escalate(pk, now) for pk in list(late))}
    return done | {"closed": sum(_lapse(pk, now) for pk in list(unconfirmed.values_list("pk", flat=True)))}


def _escalate(pk: int, now: datetime) -> bool:
    try:
        with held(pk, None, "escalate") as one:
            if one.escalated_at is not None or not WorkOrder.objects.late(now).filter(pk=pk).exists():
                return False
            one.escalated_at = now
            step(one, None, "escalate", now, "超过承诺时限,提请调度和主管督促")
            notify.overdue(one, now)
            return True
    except Refusal:  # moved on in the meantime
        return False


def _lapse(pk: int, now: datetime) -> bool:
    try:
        with held(pk, None, "lapse") as one:
            one.closed_at = now
            step(one, None, "lapse", now)
            return True
    except Refusal:
        return False
