"""The plan and the bill as papers with number, QR code and a public check; for a plan that was approved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from yiwang.areas.services.events.models import Event, EventLine, EventState
from yiwang.areas.services.events.plans import lines_of
from yiwang.areas.services.events.standards import cost_of
from yiwang.core.flow.models import Task, TaskState
from yiwang.core.orgs.models import Organ
from yiwang.core.papers.kinds import PaperKind, register
from yiwang.core.rights.access import Access

PLAN, BILL = "services.event.plan", "services.event.bill"
_COMMON = {
    "number": "编号",
    "name": "会议(活动)",
    "organ": "主办单位",
    "dates": "日期",
    "class": "类别",
    "people": "人数",
}


def declare() -> None:
    """Register both kinds; called when Django starts."""
    plan = {**_COMMON, "purpose": "事由要求", "lines": "保障内容", "tasks": "任务分工"}
    bill = {**_COMMON, "lines": "费用明细", "sums": "分项", "total": "合计", "payers": "付款方"}
    more: dict[str, Any] = {"organ": _organ, "guard": _guard}
    register(PaperKind(key=PLAN, title="会议(活动)保障方案", word="会保", facts=plan_facts, labels=plan, **more))
    register(PaperKind(key=BILL, title="会议(活动)费用单", word="会费", facts=bill_facts, labels=bill, **more))


def _organ(pk: int) -> Organ:
    return Event.objects.select_related("organ").get(pk=pk).organ


def _guard(access: Access, pk: int) -> bool:
    rows = Event.objects.visible(access).filter(pk=pk, state__in=(EventState.APPROVED, EventState.CLOSED))
    return rows.exists()


def _common(event: Event) -> dict[str, Any]:
    return {
        "number": event.number,
        "name": event.name,
        "organ": str(event.organ),
        "dates": f"{event.first_date} 至 {event.last_date},会期 {event.days:f} 天",
        "class": str(event.get_meeting_class_display()),
        "people": f"{event.participants} 人,其中工作人员 {event.staff} 人",
        "opinions": _opinions(event),
    }


def plan_facts(pk: int) -> dict[str, Any]:
    """What the plan prints."""
    event = Event.objects.select_related("organ").get(pk=pk)
    tasks = event.tasks.order_by("due_at", "pk")
    return {
        **_common(event),
        "purpose": event.purpose,
        "lines": "\n".join(_line(line) for line in lines_of(event)),
        "tasks": "\n".join(
            f"{timezone.localtime(one.due_at):%m-%d %H:%M} {one.what}({one.responsible})" for one in tasks
        ),
    }


def bill_facts(pk: int) -> dict[str, Any]:
    """What the bill prints; money in yuan as text."""
    event = Event.objects.select_related("organ").get(pk=pk)
    lines = lines_of(event)
    return {
        **_common(event),
        "lines": "\n".join(
            f"{_line(line)}:{yuan(line.price)} × {line.quantity:f} = {yuan(line.amount)}" for line in lines
        ),
        "sums": _sums((str(cost_of(line).label), line.amount) for line in lines),
        "total": yuan(sum(line.amount for line in lines)),
        "payers": _sums((line.payer or "未定", line.amount) for line in lines),
    }


def _line(line: EventLine) -> str:
    parts = [
        line.get_kind_display(),
        line.what,
        line.when,
        f"{line.quantity.normalize():f} {line.unit}".strip(),
        line.responsible,
    ]
    return " ".join(part for part in parts if part)


def _sums(pairs: Iterable[tuple[str, int]]) -> str:
    found: dict[str, int] = {}
    for name, amount in pairs:
        found[name] = found.get(name, 0) + amount
    return "\n".join(f"{name} {yuan(amount)}" for name, amount in found.items())


def yuan(fen: int) -> str:
    """1,200.00 元."""
    return f"{fen // 100:,}.{fen % 100:02} 元"


def _opinions(event: Event) -> list[dict[str, str]]:
    """What each step of the approval said."""
    rows = Task.objects.filter(case=event.case, state=TaskState.DONE) if event.case else Task.objects.none()
    return [
        {
            "step": one.step.name,
            "name": _name(one),
            "verdict": str(one.get_verdict_display()) if one.verdict else "",
            "opinion": one.opinion,
            "at": f"{timezone.localtime(one.closed_at):%Y-%m-%d}" if one.closed_at else "",
        }
        for one in rows.select_related("step", "who", "done_by").order_by("closed_at", "pk")
    ]


def _name(task: Task) -> str:
    user = task.done_by or task.who
    return (user.display_name or user.username) if user else ""
