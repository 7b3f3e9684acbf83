"""The verbs on jobs. Refusals: `job.state`, `rights.denied`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from yiwang.core.jobs import kinds, running
from yiwang.core.jobs.models import OPEN, Job, JobState
from yiwang.core.ledger.post import post
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role, User
from yiwang.kit.refusal import Refusal


@transaction.atomic
def start(*, kind: str, access: Access | None, now: datetime, key: str = "", **arguments: Any) -> Job:
    """Have a worker do it, after the commit of the caller's transaction. `arguments`: JSON values.

    With a `key`, an unfinished job of that key is returned instead of a second one. `access` None: the platform's own.
    """
    found = kinds.get(kind)
    if key and (there := _open(key)) is not None:
        return there
    user = access.user if access is not None and isinstance(access.user, User) else None
    job = Job(kind=kind, arguments=arguments, key=key, user=user, most=found.attempts, created_at=now, next_at=now)
    job.organ = access.organ if access is not None else None
    try:
        with transaction.atomic():
            job.save()
    except IntegrityError:  # somebody else was quicker with this key
        if (there := _open(key)) is not None:
            return there
        raise
    actor = access.actor if access is not None else "system"
    post(actor=actor, act="jobs.job.start", obj=f"jobs.job:{job.pk}", body={"kind": kind, "arguments": arguments})
    running.call(job)
    return job


def _open(key: str) -> Job | None:
    return Job.objects.filter(key=key, state__in=OPEN).first()


@transaction.atomic
def run_again(*, job: int, access: Access, now: datetime) -> Job:
    """A system administrator lets a parked job run once more, from its first attempt on."""
    access.need(access.has(Role.SYSTEM_ADMIN), "重新运行任务")
    found = Job.objects.administered(access).filter(pk=job).first()
    if found is None:
        raise Refusal("rights.denied", "没有这个任务,或不在您管理的范围内。")
    parked = Job.objects.filter(pk=job, state=JobState.PARKED)
    if not parked.update(state=JobState.WAITING, attempts=0, next_at=now, finished_at=None, message=""):
        raise Refusal("job.state", f"任务现为“{found.get_state_display()}”,只有已停放的任务才能重新运行。")
    found.refresh_from_db()
    post(actor=access.actor, act="jobs.job.again", obj=f"jobs.job:{job}", body={"kind": found.kind})
    running.call(found)
    return found
