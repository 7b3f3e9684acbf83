"""What is over long enough is deleted: jobs by the settings, entries of the queue with them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django_tasks_db.models import DBTaskResult

from yiwang.core.jobs.models import Job, JobState

#: An entry of the queue that ran longer was left by a killed worker; its job was taken up long ago.
QUEUE = timedelta(days=7)


def clear(now: datetime) -> int:
    """Delete finished jobs after JOB_DAYS and parked ones after JOB_PARKED_DAYS; how many."""
    over = Q(state__in=(JobState.DONE, JobState.REFUSED), finished_at__lt=now - timedelta(days=settings.JOB_DAYS))
    parked = Q(state=JobState.PARKED, finished_at__lt=now - timedelta(days=settings.JOB_PARKED_DAYS))
    gone, _ = Job.objects.filter(over | parked).delete()
    DBTaskResult.objects.exclude(status="READY").filter(enqueued_at__lt=now - QUEUE).delete()
    return gone
