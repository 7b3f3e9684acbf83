"""Imports: a file tried out, confirmed, and written whole or not at all; run again it changes nothing.

`accept` keeps the file, `trial` says what would happen row by row, `confirm` lets it happen, `execute` does it and may
be killed at any moment: the rows, the entry and the job's own state are one transaction. `unfinished` are the jobs that
a worker that was killed has left; executing them again ends them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.core.files.base import ContentFile, File
from django.db import IntegrityError, models, transaction

from yiwang.core.intake.result import Problem
from yiwang.core.registers import sheets
from yiwang.core.registers.drafts import Draft
from yiwang.core.registers.trial import Rows, Trial, checked, tried
from yiwang.core.registers.writing import apply
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import Verb
from yiwang.desk.kinds import Resource, get
from yiwang.desk.models import ImportJob, ImportState
from yiwang.kit import collector
from yiwang.kit.bulk import ranges, refresh_statistics
from yiwang.kit.digest import digest
from yiwang.kit.refusal import Refusal

SHOWN = 200  # refusals that a job keeps; the marked workbook has all


class _Wrong(Exception):
    """Rows are refused: the transaction is undone, the job says why."""

    def __init__(self, errors: list[Refusal]) -> None:
        super().__init__(len(errors))
        self.errors = errors


def accept(*, kind: str, file: File[bytes], access: Access, on: date, now: datetime) -> ImportJob:
    """Keep an uploaded file for a kind. `on` is the business day, `now` the instant."""
    access.need(access.may(get(kind).writes, get(kind).area), "导入")
    assert access.organ is not None
    assert access.user.pk is not None
    content = file.read()
    job = ImportJob(kind=get(kind).key, user_id=access.user.pk, organ=access.organ, on=on, created_at=now)
    job.name, job.digest = (file.name or "台账")[-200:], digest(content).hex()
    job.place()
    job.file.save(f"{job.digest}{_ending(job.name)}", ContentFile(content), save=True)
    return job


def _ending(name: str) -> str:
    return next((end for end in (".xlsx", ".csv") if name.lower().endswith(end)), "")


@collector.paused()
def trial(job: ImportJob) -> Trial:
    """The dry run: nothing is written but the job itself, and the marked workbook where rows are wrong."""
    resource = get(job.kind)
    read = sheets.read(resource, job.file, job.mapping)
    result = tried(checked(resource, _access(job), read.rows, read.problems))
    result.questions, result.notes = read.questions, read.notes
    job.state = ImportState.UPLOADED if result.errors or result.questions else ImportState.CHECKED
    _take(job, result)
    if result.errors:
        with sheets.marked(read, result.errors) as copy:
            job.result.save(f"{job.digest}-标注.xlsx", File(copy), save=False)
    job.save()
    return result


def _access(job: ImportJob) -> Access:
    """The uploader's access, as it is now: who lost the right to write cannot finish an import either."""
    access = access_for(job.user, job.organ_id, on=job.on)
    access.need(access.may(get(job.kind).writes, get(job.kind).area) and access.organ == job.organ, "导入")
    return access


def _take(job: ImportJob, result: Trial) -> None:
    job.total, job.created, job.changed, job.unchanged = result.total, result.created, result.changed, result.unchanged
    job.error_count, job.errors = len(result.errors), [error.as_dict() for error in result.errors[:SHOWN]]


def confirm(job: ImportJob, access: Access) -> None:
    """Let a job that was tried out without errors be executed. Refusal `import.not-checked`."""
    access.need(access.holds(job, get(job.kind).writes), "导入")
    ready = ImportJob.objects.filter(pk=job.pk, state=ImportState.CHECKED)
    if not ready.update(state=ImportState.CONFIRMED):
        raise Refusal("import.not-checked", "这份文件还没有试算通过,不能写入台账。")


def unfinished() -> models.QuerySet[ImportJob]:
    """Jobs that were confirmed and are not in the register yet, the oldest first."""
    return ImportJob.objects.filter(state__in=[ImportState.CONFIRMED, ImportState.RUNNING]).order_by("pk")


@collector.paused()
def execute(pk: int, *, now: datetime) -> ImportJob:
    """Write a confirmed job's rows: all of them, or none and the reason. A job that is done is left alone."""
    if not unfinished().filter(pk=pk).update(state=ImportState.RUNNING):
        return ImportJob.objects.get(pk=pk)
    job = ImportJob.objects.get(pk=pk)
    try:
        read = sheets.read(get(job.kind), job.file, job.mapping)
        job = _written(job, read.rows, read.problems, now)
        refresh_statistics(get(job.kind).model, job.created)
        return job
    except _Wrong as wrong:
        errors = wrong.errors
    except Refusal as refusal:
        errors = [refusal]
    except IntegrityError:
        errors = [Refusal("import.conflict", "写入时与别人刚做的登记冲突,没有写入任何一行,请重新试算后再导入。")]
    job.state, job.finished_at, job.error_count = ImportState.FAILED, now, len(errors)
    job.errors = [error.as_dict() for error in errors[:SHOWN]]
    job.save()
    return job


@transaction.atomic
def _written(job: ImportJob, rows: Rows, problems: Collection[Problem], now: datetime) -> ImportJob:
    """The rows, the entry, the findings and the job, in one transaction."""
    locked = ImportJob.objects.select_for_update().get(pk=job.pk)
    if locked.state == ImportState.DONE:
        return locked
    access = _access(locked)
    drafts = checked(get(job.kind), access, rows, problems)
    result = tried(drafts)
    if result.errors:
        raise _Wrong(result.errors)
    _take(locked, result)
    write(get(job.kind), drafts, access=access, on=job.on, job=locked)
    locked.state, locked.done, locked.finished_at = ImportState.DONE, result.total, now
    locked.save()
    return locked


def write(resource: Resource, drafts: list[Draft], *, access: Access, on: date, job: ImportJob) -> None:
    """Write sound drafts under the job's name; the job gets the entry's number and the ids that were touched."""
    about = access.facts(Verb.WRITE, resource.area, file=job.name, digest=job.digest, rows=len(drafts))
    done, job.entry = apply(
        resource, drafts, actor=access.actor, verb="import", on=on, obj=f"desk.import:{job.pk}", **about
    )
    ids = sorted(done.created + done.changed)
    job.touched = ranges(ids)
    job.first, job.last = (ids[0], ids[-1]) if ids else (None, None)
