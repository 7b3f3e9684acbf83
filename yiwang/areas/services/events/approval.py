"""Approval of plans by the standard process 会议(活动)审批: the clauses are judged at its gates on the plan's own figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from yiwang.areas.services.events.models import Event, EventState, MeetingClass
from yiwang.areas.services.events.standards import facts_of
from yiwang.areas.services.venues.approval import hold, system
from yiwang.core.flow import actions as flow
from yiwang.core.flow import processes
from yiwang.core.flow.models import Case, CaseState, Task, TaskState
from yiwang.core.flow.processes import Gate
from yiwang.core.flow.signals import Moment
from yiwang.core.rights.access import Access

PROCESS = "engagements.meeting"
SUBJECT = "services.event"
GATE = "engagements.meeting"
#: The step of the applicant, and the one whose consent is the approval.
FIRST, LAST = "apply", "leader"
__all__ = ["PROCESS", "answer", "ask", "declare", "drop", "hold"]


def declare() -> None:
    """Hang the plan on the standard process; called once when Django starts."""
    processes.extend(PROCESS, gates={GATE: Gate(GATE, rows)}, on_end=_ended, on_event=_moved)


def rows(case: Case, facts: Mapping[str, Any], on: date) -> list[dict[str, Any]]:
    """The dataset's row: of a plan everything it says, of a case without one its own facts."""
    event = _event(case)
    return [dict(facts) if event is None else {**facts, **facts_of(event)}]


def _event(case: Case) -> Event | None:
    """The plan that a case is about."""
    if case.subject_kind != SUBJECT:
        return None
    mine = Q(case=case.pk) | Q(case=None)  # None: while the case is being opened
    return Event.objects.select_related("organ").filter(mine, pk=case.subject_id).first()


def case_facts(event: Event) -> dict[str, Any]:
    """What the process asks for, from the plan; JSON values."""
    known = facts_of(event)
    names = [line.what for line in event.lines.all() if line.kind == "ROOM"]
    return {
        "meeting": event.name,
        "meeting_class": event.meeting_class or MeetingClass.FOURTH.value,
        "briefing": known["briefing"],
        "participants": event.participants,
        "staff": event.staff,
        "days": str(event.days),
        "open_date": event.first_date.isoformat(),
        "venue": "、".join(dict.fromkeys(names)) or "见方案",
        "meals": any(line.kind == "MEAL" for line in event.lines.all()),
        **{name: _text(known[name]) for name in ("total_cost", "lodging_cost", "meal_cost")},
    }


def _text(value: Decimal) -> str:
    return f"{value:.2f}"


def ask(event: Event, access: Access, on: date, now: datetime) -> None:
    """Open the case and keep its id on the plan."""
    case = flow.open_case(
        process=PROCESS,
        title=f"{event.name}保障方案",
        organ=event.organ,
        access=access,
        facts=case_facts(event),
        on=on,
        now=now,
        subject=(SUBJECT, str(event.pk)),
    )
    Event.objects.filter(pk=event.pk).update(case=case.pk)
    event.case = case.pk


def answer(event: Event, access: Access, on: date, now: datetime) -> None:
    """Hand the corrected plan in again: the applicant's own task of the case."""
    task = Task.objects.get(case=event.case, step__node=FIRST, state=TaskState.OPEN)
    flow.act(task=task.pk, verdict="approve", opinion="已修改", facts=case_facts(event), access=access, on=on, now=now)


def drop(event: Event, reason: str, access: Access, on: date, now: datetime) -> None:
    """The plan will not be: its case ends."""
    case = Case.objects.get(pk=event.case or 0)
    if case.state == CaseState.OPEN:
        flow.void(case=case.pk, reason=reason, access=system(event.organ), on=on, now=now)


def _moved(*, case: Case, event: Moment, access: Access, on: date, now: datetime) -> None:
    """Sent back to the applicant: the plan may be changed, until it is handed in again. The leader agrees: approved."""
    from yiwang.areas.services.events import actions

    plan = _event(case)
    if plan is None or plan.case != case.pk:
        return
    if event.kind == "entered" and event.node == FIRST:
        actions.decide(event=plan.pk, state=EventState.BACK, access=access, now=now)
    if event.kind == "left" and event.node == FIRST and event.verdict.upper() == "APPROVE":
        actions.decide(event=plan.pk, state=EventState.ASKED, access=access, now=now)
    if event.kind == "left" and event.node == LAST and event.verdict.upper() == "APPROVE":
        actions.decide(event=plan.pk, state=EventState.APPROVED, access=access, now=now)


def _ended(*, case: Case, access: Access, on: date, now: datetime) -> None:
    """Closed after the bill, or refused: then the rooms are free again."""
    from yiwang.areas.services.events import actions

    plan = _event(case)
    if plan is None or plan.case != case.pk:
        return
    state = EventState.CLOSED if case.state == CaseState.DONE else EventState.REFUSED
    reason = f"{case.get_state_display()}({case.number})"
    actions.decide(event=plan.pk, state=state, reason=reason, access=access, now=now)
