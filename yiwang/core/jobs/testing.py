"""For tests: the worker, at once."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from yiwang.core.jobs import running
from yiwang.core.jobs.models import Job, JobState


def work_off(*, attempts: int = 1) -> list[Job]:
    """Run every job that waits, whenever it is due, up to so many times each; the jobs, as they are then."""
    keys = list(Job.objects.filter(state=JobState.WAITING).order_by("pk").values_list("pk", flat=True))
    for _ in range(attempts):
        for pk in keys:
            Job.objects.filter(pk=pk, state=JobState.WAITING).update(next_at=timezone.now() - timedelta(seconds=1))
            running.run.func(pk)
    return list(Job.objects.filter(pk__in=keys).order_by("pk"))
