"""The states of a work order and what leads from one to the next; the lock under which every verb works.

A verb first updates the order's row: that takes the lock on both databases, so whoever comes second reads the state
that the first has left, and is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from yiwang.areas.services.orders.clocks import CLOCKS
from yiwang.areas.services.orders.models import OrderEvent, OrderState, WorkOrder
from yiwang.core.ledger.post import post
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role, User, Verb
from yiwang.kit.refusal import Refusal

S = OrderState
#: verb → (its word, the states it starts from, the state it leads to; None: it stays).
MACHINE: dict[str, tuple[str, tuple[OrderState, ...], OrderState | None]] = {
    "report": ("报修", (), S.NEW),
    "assign": ("派工", (S.NEW, S.ASSIGNED, S.ACCEPTED), S.ASSIGNED),
    "accept": ("接单", (S.NEW, S.ASSIGNED), S.ACCEPTED),
    "decline": ("退单", (S.ASSIGNED, S.ACCEPTED), S.NEW),
    "hand_over": ("转交", (S.ACCEPTED, S.ARRIVED), S.ASSIGNED),
    "arrive": ("到场", (S.ACCEPTED,), S.ARRIVED),
    "answer": ("答复方案", (S.ACCEPTED, S.ARRIVED, S.PAUSED), None),
    "need_parts": ("转为需购件或外协", (S.ACCEPTED, S.ARRIVED), None),
    "add_part": ("登记配件", (S.ACCEPTED, S.ARRIVED, S.PAUSED), None),
    "pause": ("暂停", (S.ACCEPTED, S.ARRIVED), S.PAUSED),
    "resume": ("恢复", (S.PAUSED,), None),  # to where it was
    "ask": ("报批", (S.ACCEPTED, S.ARRIVED), S.APPROVING),
    "approved": ("批准", (S.APPROVING,), None),
    "refused": ("未批准", (S.APPROVING,), None),
    "finish": ("完工", (S.ARRIVED,), S.FINISHED),
    "confirm": ("确认", (S.FINISHED,), S.CLOSED),
    "rate": ("评价", (S.CLOSED,), None),
    "reopen": ("返修", (S.FINISHED, S.CLOSED), S.ACCEPTED),
    "cancel": ("取消", (S.NEW, S.ASSIGNED, S.ACCEPTED), S.CANCELLED),
    "remark": ("留言", tuple(S), None),
    "escalate": ("逾期升级", (S.NEW, S.ASSIGNED, S.ACCEPTED, S.ARRIVED), None),
    "lapse": ("逾期未确认,自动办结", (S.FINISHED,), S.CLOSED),
}
#: What who asked for it does himself; everything else is work.
ASKING = frozenset({"report", "confirm", "rate", "reopen", "cancel", "remark"})
DISPATCHING = (Role.DISPATCHER, Role.CLERK, Role.MANAGER)
WORDS = {verb: word for verb, (word, _, _) in MACHINE.items()}


def dispatches(access: Access) -> bool:
    """Whether the user gives out work for services: a dispatcher, a clerk or a manager."""
    return any(access.has(role, "services") for role in DISPATCHING)


def repairs(access: Access) -> bool:
    """Whether the user may do what was asked for in services."""
    return access.may(Verb.HANDLE, "services")


def within(access: Access, order: WorkOrder) -> bool:
    """Whether the order is of the organ that the user works for, or below it."""
    organ = access.organ
    return organ is not None and getattr(order, f"l{organ.depth}") == organ.pk


def lock(pk: int) -> None:
    """Update the order's row: nobody else gets past this until the commit."""
    WorkOrder.objects.filter(pk=pk).update(version=F("version") + 1)


@contextmanager
def held(pk: int, access: Access | None, verb: str) -> Iterator[WorkOrder]:
    """The order, locked, in a state from which the verb may start, visible to the user (None: the system).

    Refusals `order.unknown`, `order.state`.
    """
    word, states, _ = MACHINE[verb]
    with transaction.atomic():
        lock(pk)
        rows = WorkOrder.objects.filter(pk=pk) if access is None else WorkOrder.objects.visible(access).filter(pk=pk)
        one = rows.select_related("organ", "item", "team__supplier", "repairer", "supplier").first()
        if one is None:
            raise Refusal("order.unknown", "没有这张工单,或不在您管理的范围内。")
        if one.state not in states:
            raise Refusal("order.state", f"工单现为“{one.get_state_display()}”,不能{word}。请刷新后再看。")
        yield one


def step(
    one: WorkOrder, access: Access | None, verb: str, now: datetime, note: str = "", to: str = "", **body: Any
) -> WorkOrder:
    """Store the order, its step and the entry. `to`: the state, where the machine leaves it open; no access: the system.

    Step and entry say for whom (代) a delegate acts.
    """
    _, _, target = MACHINE[verb]
    actor = access.actor if access else "system"
    one.state = to or (target.value if target else one.state)
    one.save()
    behalf = _behalf(one, access, verb)
    told = behalf.get("behalf", "")
    OrderEvent.objects.create(order=one, at=now, actor=actor, behalf=told, verb=verb, state=one.state, note=note[:500])
    post(
        actor=actor,
        act=f"services.order.{verb.replace('_', '-')}",
        obj=f"services.order:{one.pk}",
        body={"number": one.number, "state": one.state, "note": note[:500], **body, **behalf},
    )
    return one


def _behalf(one: WorkOrder, access: Access | None, verb: str) -> dict[str, Any]:
    """`behalf` where the user acts for another: as who asked or who repairs by the right to it, else as a dispatcher,
    which one is by a role.
    """
    if access is None:
        return {}
    if verb in ASKING and one.reporter_id == access.user.pk:
        return access.facts(Verb.APPLY, "services")
    if verb != "assign" and one.repairer_id == access.user.pk:
        return access.facts(Verb.HANDLE, "services")
    roles = [held for held in access.held if held.role in DISPATCHING and held.area in ("", "services")]
    if not roles:
        return access.facts(Verb.HANDLE, "services")
    lenders = [held.lender for held in roles if held.lender]
    return {"behalf": f"user:{lenders[0].pk}"} if len(lenders) == len(roles) else {}


def stand(one: WorkOrder, now: datetime) -> None:
    """The clock stops."""
    one.paused_at = now


def go_on(one: WorkOrder, now: datetime) -> OrderState:
    """The clock goes on: what was promised and not yet kept moves by the time it stood. The state it was in."""
    stood = max(now - (one.paused_at or now), timedelta(0))
    for by, done, _ in CLOCKS:
        if getattr(one, by) is not None and getattr(one, done) is None:
            setattr(one, by, getattr(one, by) + stood)
    one.paused_seconds += int(stood.total_seconds())
    one.paused_at, one.pause_reason = None, ""
    return S.ARRIVED if one.arrived_at else S.ACCEPTED


def mine(one: WorkOrder, access: Access, doing: str) -> None:
    """Only who repairs it, or a dispatcher in his place. Refusal `order.repairer`."""
    if one.repairer_id == access.user.pk or (dispatches(access) and within(access, one)):
        return
    raise Refusal("order.repairer", f"这张工单由{shown(one.repairer) or '别人'}处理,您不能{doing}。")


def asked(one: WorkOrder, access: Access, doing: str) -> None:
    """Only who asked for it, or a dispatcher in his place. Refusal `order.reporter`."""
    if one.reporter_id == access.user.pk or (dispatches(access) and within(access, one)):
        return
    raise Refusal("order.reporter", f"只有报修人或调度可以{doing}。")


def need_text(note: str, what: str) -> str:
    """The text, trimmed. Refusal `order.text`."""
    if not note.strip():
        raise Refusal("order.text", f"请填写{what}。")
    return note.strip()


def shown(user: User | None) -> str:
    """A user's name."""
    return (user.display_name or user.username) if user else ""
