"""Who is told of what happens to an order: in the transaction of the act, rows only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from yiwang.areas.services.orders.models import TeamMember, WorkOrder
from yiwang.core.notices.actions import send
from yiwang.core.notices.templates import Template, Topic, register, register_topic
from yiwang.core.rights.holders import holders
from yiwang.core.rights.models import Role, User

TOPIC = "services"
_PLACE = "{number} {place} {problem}"
#: key → title, text, urgent.
_TEMPLATES = {
    "reported": ("有新报修", f"{_PLACE},待派工。", False),
    "assigned": ("有工单派给您", f"{_PLACE},请接单。", False),
    "declined": ("工单被退回", f"{_PLACE}:{{note}},请重新派工。", False),
    "overdue": ("工单超时", f"{_PLACE} 已超过承诺时限,请督促。", True),
    "accepted": ("报修已接单", f"{_PLACE},{{who}}正在赶来。", False),
    "answered": ("报修有了处理方案", f"{_PLACE}:{{note}}", False),
    "need_parts": ("报修要购件或外协", f"{_PLACE}:{{note}}", False),
    "paused": ("报修暂停处理", f"{_PLACE}:{{note}}", False),
    "finished": ("报修已完工", f"{_PLACE}:{{note}},请确认并评价。", False),
    "reopened": ("工单要返修", f"{_PLACE}:{{note}}", False),
    "cancelled": ("工单已取消", f"{_PLACE}:{{note}}", False),
    "approved": ("维修费用已批准", f"{_PLACE}:{{note}},请继续处理。", False),
    "refused": ("维修费用未批准", f"{_PLACE}:{{note}}", False),
}  # fmt: skip


def declare() -> None:
    """Make the templates known; called when Django starts."""
    register_topic(Topic(TOPIC, "后勤服务"))
    for key, (title, text, urgent) in _TEMPLATES.items():
        register(Template(f"services.order.{key}", title=title, text=text, topic=TOPIC, urgent=urgent))


def _tell(order: WorkOrder, to: Iterable[User | None], what: str, now: datetime, note: str = "") -> None:
    send(
        to=[one for one in to if one is not None],
        template=f"services.order.{what}",
        about=f"services.order:{order.pk}",
        url=reverse("services:order", args=[order.pk]),
        now=now,
        number=order.number,
        place=order.location,
        problem=order.problem,
        note=note,
        who=_who(order),
    )


def _who(order: WorkOrder) -> str:
    """Who comes: of a supplier without a team, the supplier, for which a dispatcher answers here."""
    if order.supplier is not None and order.team_id is None:
        return order.supplier.name
    repairer = order.repairer
    return (repairer.display_name or repairer.username) if repairer else "维修人"


def _dispatchers(order: WorkOrder) -> list[User]:
    """The nearest dispatchers; where there are none, the nearest managers."""
    return holders(Role.DISPATCHER, order.organ, "services") or holders(Role.MANAGER, order.organ, "services")


def reported(order: WorkOrder, now: datetime) -> None:
    """A new order: the dispatchers."""
    _tell(order, _dispatchers(order), "reported", now)


def assigned(order: WorkOrder, now: datetime) -> None:
    """Given to a team or to one of it: who may accept it. A supplier without a team is called by who gave it."""
    if order.repairer_id is not None:
        _tell(order, [order.repairer], "assigned", now)
    elif order.team_id is not None:
        rows = TeamMember.objects.filter(team=order.team_id).select_related("user")
        _tell(order, [one.user for one in rows], "assigned", now)


def declined(order: WorkOrder, now: datetime, note: str) -> None:
    """Given back: the dispatchers."""
    _tell(order, _dispatchers(order), "declined", now, note)


def overdue(order: WorkOrder, now: datetime) -> None:
    """A promise is broken: dispatchers, managers and who repairs it."""
    managers = holders(Role.MANAGER, order.organ, "services")
    _tell(order, [*_dispatchers(order), *managers, order.repairer], "overdue", now)


def to_reporter(order: WorkOrder, now: datetime, what: str, note: str = "") -> None:
    """accepted, answered, need_parts, paused, finished: who asked for it."""
    _tell(order, [order.reporter], what, now, note)


def to_repairer(order: WorkOrder, now: datetime, what: str, note: str = "") -> None:
    """reopened, cancelled, approved, refused: who repairs it."""
    _tell(order, [order.repairer], what, now, note)
