"""The clocks of steps: due instants by working days or office hours, halted while a case is paused."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from yiwang.core.flow.models import Case, CaseState, Step, StepState
from yiwang.core.workdays.calendar import WorkCalendar
from yiwang.core.workdays.current import current

CHUNK = 500


def start(step: Step, *, days: int | None, hours: str, now: datetime, paused: bool) -> None:
    """Set a step's clock going; in a paused case it waits for the resuming. Unsaved."""
    step.days, step.hours = days, Decimal(hours) if hours else None
    if (days or hours) and not paused:
        step.clock_from = now
        step.due_at = due(step, current())


def due(step: Step, calendar: WorkCalendar) -> datetime | None:
    """When the step is due by its own clock; None without one."""
    if step.clock_from is None:
        return None
    if step.hours is not None:
        return calendar.add_work_hours(step.clock_from, step.hours)
    return calendar.due_after(step.clock_from, days=step.days or 0)


def halt(case: Case, now: datetime) -> None:
    """Stop the clocks of the open steps: what is left of each stays in days or hours."""
    calendar = current()
    for step in case.steps.filter(state=StepState.OPEN, due_at__isnull=False):
        assert step.due_at is not None
        if step.hours is not None:
            left = calendar.work_time(now, step.due_at).total_seconds() / 3600
            step.hours = Decimal(str(round(left, 2)))
        else:
            step.days = max(calendar.workdays_between(_day(now), _day(step.due_at)), 0)
        step.clock_from = step.due_at = None
        step.save(update_fields=["days", "hours", "clock_from", "due_at"])


def resume(case: Case, now: datetime) -> None:
    """Let the clocks of the open steps run on with what was left."""
    calendar = current()
    for step in case.steps.filter(state=StepState.OPEN, due_at=None):
        if step.days is not None or step.hours is not None:
            step.clock_from = now
            step.due_at = due(step, calendar)
            step.save(update_fields=["clock_from", "due_at"])


def recompute() -> None:
    """After a change of the calendar: every running clock is due anew."""
    calendar, changed = current(), []
    rows = Step.objects.filter(state=StepState.OPEN, clock_from__isnull=False, case__state=CaseState.OPEN)
    for step in rows.order_by("pk").iterator(chunk_size=2000):
        new = due(step, calendar)
        if new != step.due_at:
            step.due_at = new
            changed.append(step)
    Step.objects.bulk_update(changed, ["due_at"], batch_size=CHUNK)


def _day(moment: datetime):  # type: ignore[no-untyped-def]
    from django.utils import timezone

    return timezone.localtime(moment).date()
