"""The verbs of who repairs: accept, decline, hand over, arrive, answer, parts, pause, finish; see `actions.py`.

Refusals besides: `order.parts`, `order.cost`, `order.approval`, `order.pause`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.files.base import File
from django.db.models import F, Sum
from django.utils import timezone

from yiwang.areas.services.catalogue import levels
from yiwang.areas.services.catalogue.models import Urgency
from yiwang.areas.services.orders import notify, photos
from yiwang.areas.services.orders.clocks import CLOCKS
from yiwang.areas.services.orders.machine import (
    dispatches,
    go_on,
    held,
    mine,
    need_text,
    repairs,
    shown,
    stand,
    step,
    within,
)
from yiwang.areas.services.orders.models import OrderPart, PauseReason, TeamMember, WorkOrder
from yiwang.areas.services.orders.teams import works_for
from yiwang.core.registers.writing import follow
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal

#: One part may not cost more than this (fen): beyond, somebody has slipped by a few places.
DEAREST = 100_000_000


def accept(*, order: int, now: datetime, access: Access) -> WorkOrder:
    """接单: by one of the team it was given to, or, while nobody has it, of a team that could do it. The first one gets it."""
    access.need(repairs(access), "接单")
    user = access.user
    assert isinstance(user, User)
    with held(order, access, "accept") as one:
        if one.repairer_id not in (None, user.pk):
            raise Refusal("order.repairer", f"这张工单已指定{shown(one.repairer)}处理。")
        _need_takes(user, one, access, "接单")
        if one.team_id is None and one.supplier_id is None:
            member = TeamMember.objects.filter(user=user, team__state="OPEN").select_related("team__supplier").first()
            one.team = member.team if member else None
            one.supplier = one.team.supplier if one.team else None
        one.repairer, one.accepted_at, one.responded_at = user, now, one.responded_at or now
        step(one, access, "accept", now)
        notify.to_reporter(one, now, "accepted")
    return one


def decline(*, order: int, note: str, now: datetime, access: Access) -> WorkOrder:
    """退单: back to the dispatcher, with the reason."""
    access.need(repairs(access), "退单")
    user = access.user
    assert isinstance(user, User)
    with held(order, access, "decline") as one:
        if one.repairer_id is None:
            _need_takes(user, one, access, "退单")
        else:
            mine(one, access, "退单")
        one.team = one.supplier = one.repairer = one.accepted_at = None
        step(one, access, "decline", now, need_text(note, "退单原因"))
        notify.declined(one, now, note.strip())
    return one


def hand_over(*, order: int, to: User, now: datetime, access: Access, note: str = "") -> WorkOrder:
    """转交: to another one of the team, who still has to accept."""
    with held(order, access, "hand_over") as one:
        mine(one, access, "转交")
        if to.pk == one.repairer_id or not TeamMember.objects.filter(team=one.team_id, user=to).exists():
            raise Refusal("order.team", f"只能转交给同班组的其他人,{shown(to)}不行。")
        one.repairer, one.accepted_at = to, None
        step(one, access, "hand_over", now, note.strip() or f"转交{shown(to)}", to_user=f"user:{to.pk}")
        notify.assigned(one, now)
    return one


def arrive(*, order: int, now: datetime, access: Access) -> WorkOrder:
    """到场."""
    with held(order, access, "arrive") as one:
        mine(one, access, "登记到场")
        one.arrived_at = one.arrived_at or now
        step(one, access, "arrive", now)
    return one


def answer(*, order: int, note: str, now: datetime, access: Access) -> WorkOrder:
    """答复方案: what will be done and when, where parts or others are needed."""
    with held(order, access, "answer") as one:
        mine(one, access, "答复方案")
        one.planned_at = one.planned_at or now
        step(one, access, "answer", now, need_text(note, "处理方案"))
        notify.to_reporter(one, now, "answered", note.strip())
    return one


def need_parts(*, order: int, note: str, now: datetime, access: Access) -> WorkOrder:
    """转为需购件或外协: it cannot be done with what is at hand; from now on a plan is promised, not the end.

    What was promised and already kept stays; the rest is promised anew from the report, moved by the time the clock stood.
    """
    with held(order, access, "need_parts") as one:
        mine(one, access, "转为需购件或外协")
        if one.urgency == Urgency.PARTS:
            raise Refusal("order.state", "这张工单已是需购件或外协。")
        one.urgency = Urgency.PARTS
        anew = levels.promise(one.organ, one.item.code, Urgency.PARTS).instants(
            one.reported_at + timedelta(seconds=one.paused_seconds)
        )
        for by, done, _ in CLOCKS:
            if getattr(one, done) is None:
                setattr(one, by, anew[by])
        step(one, access, "need_parts", now, need_text(note, "需要什么"))
        notify.to_reporter(one, now, "need_parts", note.strip())
    return one


def add_part(*, order: int, name: str, quantity: int, price: int, now: datetime, access: Access) -> WorkOrder:
    """A part used; `price` of one, in fen."""
    with held(order, access, "add_part") as one:
        mine(one, access, "登记配件")
        if quantity < 1 or not 0 <= price <= DEAREST or quantity * price > DEAREST:
            raise Refusal("order.parts", "配件数量要大于 0,单价不能小于 0,合计不超过 100 万元,请核对。")
        OrderPart.objects.create(order=one, name=need_text(name, "配件名称")[:60], quantity=quantity, price=price)
        one.parts_cost = one.parts.aggregate(total=Sum(F("quantity") * F("price")))["total"] or 0
        step(one, access, "add_part", now, f"{name.strip()[:60]} × {quantity}", price=price)
    return one


def pause(*, order: int, reason: str, now: datetime, access: Access, note: str = "") -> WorkOrder:
    """暂停: the clock stands, with its reason (等配件 …)."""
    with held(order, access, "pause") as one:
        mine(one, access, "暂停")
        if reason not in PauseReason.values:
            raise Refusal("order.pause", "请选择暂停原因。")
        if reason == PauseReason.OTHER:
            need_text(note, "暂停原因")
        stand(one, now)
        one.pause_reason = reason
        step(one, access, "pause", now, f"{PauseReason(reason).label} {note.strip()}".strip(), reason=reason)
        notify.to_reporter(one, now, "paused", PauseReason(reason).label)
    return one


def resume(*, order: int, now: datetime, access: Access) -> WorkOrder:
    """恢复: the clock goes on."""
    with held(order, access, "resume") as one:
        mine(one, access, "恢复")
        step(one, access, "resume", now, to=go_on(one, now), stood=one.paused_seconds)
    return one


def finish(
    *,
    order: int,
    solution: str,
    now: datetime,
    access: Access,
    labour: int = 0,
    files: Sequence[File[bytes]] = (),
) -> WorkOrder:
    """完工: what was done, labour in fen, photos. A cost beyond the item's limit needs an approval before."""
    with held(order, access, "finish") as one:
        mine(one, access, "登记完工")
        if not 0 <= labour <= DEAREST:
            raise Refusal("order.cost", "人工费应为 0 至 100 万元,请核对。")
        one.labour_cost = labour
        need_approval(one)
        one.solution, one.finished_at = need_text(solution, "处理情况")[:500], now
        photos.keep(one, files, access, now, "完工")
        step(one, access, "finish", now, one.solution, labour=labour, parts=one.parts_cost)
        notify.to_reporter(one, now, "finished", one.solution)
        follow({"services.work_order": {str(one.pk)}}, on=timezone.localtime(now).date(), actor=access.actor)
    return one


def need_approval(one: WorkOrder) -> None:
    """Refusal `order.approval` where the cost is beyond the item's limit and what was approved."""
    most = max(one.item.approval_limit, one.approved_cost or 0)
    if one.cost > most:
        raise Refusal(
            "order.approval", f"维修费 {one.cost / 100:,.2f} 元,超过 {most / 100:,.2f} 元须先报批,请点“报批大额维修”。"
        )


def may_take(user: User, one: WorkOrder, access: Access) -> bool:
    """Whether the page offers the order to the user: the verb itself asks again."""
    return repairs(access) and one.repairer_id in (None, user.pk) and takes(user, one, access)


def takes(user: User, one: WorkOrder, access: Access) -> bool:
    """Whether the order is the user's to take: his team's; what a supplier has that has no team, the dispatcher keeps."""
    if one.supplier_id is not None and one.team_id is None:
        return dispatches(access) and within(access, one)
    return works_for(user, one)


def _need_takes(user: User, one: WorkOrder, access: Access, doing: str) -> None:
    if takes(user, one, access):
        return
    if one.supplier_id is not None and one.team_id is None:
        raise Refusal("order.team", f"这张工单交给了供应商“{one.supplier}”,由调度{doing}。")
    raise Refusal("order.team", f"您不在这张工单的班组里,不能{doing}。")


def may_work(one: WorkOrder, access: Access) -> bool:
    """Whether the page offers what only the repairer, or a dispatcher in his place, may do."""
    return one.repairer_id == access.user.pk or (dispatches(access) and within(access, one))
