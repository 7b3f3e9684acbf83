"""Trying out and writing, at once or in the tasks worker: a file above LARGE bytes or MANY rows is not for a request."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django_tasks import task

from yiwang.core.notices.actions import send
from yiwang.core.notices.models import Notice
from yiwang.desk import importing
from yiwang.desk.kinds import get
from yiwang.desk.models import ImportJob, ImportState
from yiwang.kit.refusal import Refusal
from yiwang.portal.intake import marking, survey

LARGE = 2 * 2**20
MANY = 5_000


def try_out(job: ImportJob) -> None:
    """Try a file out now, or let the worker do it."""
    survey.forget(job)
    if job.file.size > LARGE:
        try_out_later.enqueue(job.pk)
    else:
        tried_out(job)


@task()  # type: ignore[untyped-decorator]
def try_out_later(pk: int) -> None:
    """In the worker."""
    tried_out(ImportJob.objects.get(pk=pk))


def tried_out(job: ImportJob) -> None:
    """The dry run and the survey. A file that cannot be read leaves its reason on the job."""
    found = None
    if job.result:  # of an earlier dry run
        job.result.delete(save=False)
    try:
        found = survey.survey(job)
        trial = importing.trial(job)
        if found is not None:
            found.notes = trial.notes
    except Refusal as refusal:
        job.state, job.errors, job.error_count = ImportState.UPLOADED, [refusal.as_dict()], 1
        job.save()
    survey.keep(job, found)


def write(job: ImportJob) -> None:
    """Write a confirmed file now, or let the worker do it."""
    if job.file.size > LARGE or job.total > MANY:
        write_later.enqueue(job.pk)
    else:
        written(job.pk)


@task()  # type: ignore[untyped-decorator]
def write_later(pk: int) -> None:
    """In the worker; who asked for it has gone on to something else and is told."""
    job, now = written(pk)
    tell(job, now)


def tell(job: ImportJob, now: datetime) -> None:
    """Tell the uploader what came of it; once, though a worker may come to the job twice."""
    about = f"desk.import:{job.pk}"
    if Notice.objects.filter(about=about).exists():
        return
    shared: dict[str, Any] = {
        "to": [job.user],
        "about": about,
        "url": f"/intake/{job.pk}/",
        "now": now,
        "name": job.name,
    }
    if job.state == ImportState.DONE:
        kind = get(job.kind).label
        send(template="import.done", **shared, kind=kind, created=job.created, changed=job.changed)
    elif job.state == ImportState.FAILED:
        send(template="import.failed", **shared, errors=job.error_count)


def written(pk: int) -> tuple[ImportJob, datetime]:
    """Write, then make the workbook that goes back. The job, and when it was."""
    now = datetime.now(UTC)
    job = importing.execute(pk, now=now)
    if job.state == ImportState.DONE and not job.result:
        marking.mark(job)
    return job, now


def resume() -> int:
    """Enqueue what a killed worker has left; how many. Writing twice writes nothing twice."""
    pending = list(importing.unfinished())
    for job in pending:
        write_later.enqueue(job.pk)
    return len(pending)
