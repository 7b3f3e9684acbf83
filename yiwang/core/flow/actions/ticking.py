"""The clock strikes: what is overdue is told and escalated, each step in its own transaction, once."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import QuerySet

from yiwang.core.flow.engine import Run, add_parties
from yiwang.core.flow.holding import Said, hold, load, record
from yiwang.core.flow.models import (
    CaseState,
    EventVerb,
    PartyKind,
    Step,
    StepState,
    Task,
    TaskKind,
    TaskState,
)
from yiwang.core.flow.people import persons
from yiwang.core.flow.signals import announce
from yiwang.core.rights.access import Access

#: Steps of one call: the next minute takes the rest.
MOST = 500


def tick(*, now: datetime, on: date) -> int:
    """Escalate every open step past its due instant; how many. Calling it again changes nothing."""
    rows = list(_late(now).order_by("due_at").values_list("pk", "case_id")[:MOST])
    return sum(_escalate(step, case, now, on) for step, case in rows)


def overdue(*, now: datetime) -> bool:
    """Whether there is anything for `tick` to do: one question of an index."""
    return _late(now).exists()


def _late(now: datetime) -> QuerySet[Step]:
    late = Step.objects.filter(state=StepState.OPEN, overdue_at=None, due_at__lt=now)
    return late.filter(case__state=CaseState.OPEN, case__paused_at=None)


def _escalate(pk: int, case: int, now: datetime, on: date) -> bool:
    with transaction.atomic():
        hold(case)
        step = Step.objects.filter(pk=pk, state=StepState.OPEN, overdue_at=None, due_at__lt=now).first()
        if step is None:
            return False  # done in the meantime
        run = Run.of(load(case), Access(AnonymousUser(), None), on, now)
        if run.case.paused_at is not None:
            return False
        step.overdue_at = now
        step.save(update_fields=["overdue_at"])
        added = _superiors(run, step)
        holders = list(step.tasks.filter(state=TaskState.OPEN).exclude(who=None).values_list("who_id", flat=True))
        run.tell("overdue", [*holders, run.case.applicant_id], text=step.name)
        record(run, EventVerb.OVERDUE, Said(step.name, step, data={"escalated": added}))
        announce(run.news)
    return True


def _superiors(run: Run, step: Step) -> list[int]:
    """A task for each of the roles to whom an overdue step goes, beside those who have it."""
    node = run.graph.nodes[step.node]
    if not node.escalate:
        return []
    have = set(step.tasks.filter(state__in=(TaskState.OPEN, TaskState.WAIT)).values_list("who_id", flat=True))
    people = [
        user
        for user in persons(node.escalate, run.case.organ, run.case.area, run.on)
        if user.pk not in have and user.pk != run.case.applicant_id
    ]
    for user in people:
        task = Task.objects.create(
            case=run.case, step=step, who=user, role=node.escalate, kind=TaskKind.ESCALATED, opened_at=run.now
        )
        run.tell("task", [user.pk], task=task, text=step.name)
    add_parties(run, people, PartyKind.SIGNER)
    return [user.pk for user in people]
