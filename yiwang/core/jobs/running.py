"""What the worker does with a job, and what happens to one whose worker died (F35).

A job is claimed by one UPDATE and fenced by its count of attempts, so that two entries in the queue, or a worker that was
taken for dead, do no harm. The work itself is outside any transaction of ours.
"""

from __future__ import annotations

import traceback
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django_tasks import task

from yiwang.core.jobs import alive, hearing, kinds, queue
from yiwang.core.jobs.models import Job, JobState
from yiwang.core.ledger.post import post
from yiwang.kit.refusal import Refusal

#: Seconds until the second attempt; each further one waits four times as long, at most LONGEST.
FIRST, TIMES, LONGEST = 10, 4, 3600
#: Bytes of a trace that are kept.
TRACE = 6000
#: How long a job may wait in vain before its entry in the queue is looked for.
PATIENCE = timedelta(seconds=30)


def call(job: Job) -> None:
    """Put it into the queue, not before `next_at`."""
    after = job.next_at if job.attempts else None
    job.task = queue.enqueue(run, job.pk, after=after, priority=kinds.priority_of(job.kind))
    Job.objects.filter(pk=job.pk).update(task=job.task)


@task()  # type: ignore[untyped-decorator]
def run(pk: int) -> None:
    """In the worker: one attempt, if the job waits for one and nobody else is at it."""
    with alive.holding(pk) as mine:
        if not mine or not _claimed(pk, timezone.now()):
            return
        job = Job.objects.get(pk=pk)
        try:
            outcome = kinds.get(job.kind).function(kinds.Progress(pk, job.attempts), **job.arguments)
        except kinds.Superseded:
            return
        except Refusal as refusal:
            _end(job, JobState.REFUSED, message=str(refusal))
        except Exception:
            failed(job, traceback.format_exc())
        else:
            done = outcome or kinds.Outcome()
            _end(job, JobState.DONE, message=done.message, url=done.url, done=F("total"))
    if not Job.objects.filter(pk=pk, state__in=(JobState.WAITING, JobState.RUNNING)).exists():
        alive.forget(pk)


def _claimed(pk: int, now: datetime) -> bool:
    waiting = Job.objects.filter(pk=pk, state=JobState.WAITING, next_at__lte=now)
    return bool(waiting.update(state=JobState.RUNNING, attempts=F("attempts") + 1, started_at=now))


def _mine(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, attempts=job.attempts, state=JobState.RUNNING)


@transaction.atomic
def _end(job: Job, state: JobState, *, message: str, url: str = "", **more: Any) -> None:
    if _mine(job).update(state=state, message=message[:500], url=url, finished_at=timezone.now(), **more):
        job.refresh_from_db()
        hearing.tell(job)


@transaction.atomic
def failed(job: Job, error: str) -> None:
    """An attempt that failed: another one later, or parked after the last."""
    now = timezone.now()
    if job.attempts >= job.most:
        said = "多次运行都没有成功,已停放,系统管理员会处理。"
        if _mine(job).update(state=JobState.PARKED, error=error[-TRACE:], message=said, finished_at=now):
            body = {"kind": job.kind, "attempts": job.attempts, "error": error.strip().rpartition("\n")[2][:300]}
            post(actor="system", act="jobs.job.park", obj=f"jobs.job:{job.pk}", body=body)
            job.refresh_from_db()
            hearing.tell(job)
        return
    next_at = now + delay(job.attempts)
    if _mine(job).update(state=JobState.WAITING, error=error[-TRACE:], next_at=next_at):
        job.next_at = next_at
        call(job)


def delay(attempts: int) -> timedelta:
    """How long to wait after so many attempts."""
    return timedelta(seconds=min(FIRST * TIMES ** (attempts - 1), LONGEST))


def recover(now: datetime) -> int:
    """Take up what killed workers left, and entries that the queue lost; how many. Called each minute."""
    count = 0
    for job in Job.objects.filter(state=JobState.RUNNING):
        if not alive.held(job.pk):
            failed(job, f"第 {job.attempts} 次运行时,任务程序中途退出(被结束或内存不足)。")
            count += 1
    for job in Job.objects.filter(state=JobState.WAITING, next_at__lt=now - PATIENCE):
        if kinds.known(job.kind) and not queue.waits(job.task):
            call(job)
            count += 1
    return count
