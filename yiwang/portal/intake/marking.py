"""The workbook that goes back after an import: the rows as they came, with what became of each and what the judge says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from tempfile import TemporaryFile
from typing import IO, Any

from django.core.files.base import File

from yiwang.core.registers import sheets
from yiwang.core.registers.drafts import Draft
from yiwang.core.registers.register import Register
from yiwang.core.registers.trial import checked
from yiwang.core.rights.access import access_for
from yiwang.core.standards.verdict import Verdict, VerdictKind
from yiwang.core.verdicts.judging import judge_subjects
from yiwang.desk.kinds import get
from yiwang.desk.models import ImportJob
from yiwang.kit.constraints import chunks
from yiwang.kit.sheets.marking import Mark, mark_workbook

SEVERITY = {VerdictKind.OVER: "error", VerdictKind.WARNING: "warning"}


def mark(job: ImportJob) -> None:
    """Make the workbook of a job that is done, and keep it with the job."""
    register = get(job.kind)
    read = sheets.read(register, job.file, job.mapping)
    drafts = checked(register, access_for(job.user, job.organ_id), read.rows)
    said = verdicts_by_record(register, [draft.pk for draft in drafts if draft.pk is not None], on=job.on)
    marks = list(_marks(read.sheet.grid.name, drafts, said))
    bottom = read.sheet.table.bottom if read.sheet.table else 1
    copy: IO[bytes] = TemporaryFile()  # noqa: SIM115 (closed below)
    with copy:
        mark_workbook(copy, [read.sheet.grid], marks, heads={read.sheet.grid.name: bottom})
        copy.seek(0)
        job.result.save(f"{job.digest}-{job.pk}-判定.xlsx", File(copy), save=True)


def _marks(sheet: str, drafts: Sequence[Draft], said: dict[Any, list[Verdict]]) -> Iterator[Mark]:
    for draft in drafts:
        for verdict in said.get(draft.pk, []):
            text = f"{verdict.subject} {verdict.message}"
            yield Mark(sheet, draft.number, text, severity=SEVERITY.get(verdict.kind, "info"))


def verdicts_by_record(register: Register, keys: Sequence[Any], *, on: date) -> dict[Any, list[Verdict]]:
    """Record → the verdicts on its subjects that are not within."""
    found: dict[Any, list[Verdict]] = defaultdict(list)
    for feed in register.feeds:
        records: dict[str, set[Any]] = defaultdict(set)
        for some in chunks(keys):
            rows = register.model._default_manager.filter(pk__in=some).values_list("pk", *feed.subject).order_by()
            for pk, *parts in rows:
                if None not in parts:
                    records[":".join(map(str, parts))].add(pk)
        for judged in judge_subjects(feed.dataset, sorted(records), on=on) if records else ():
            if judged.verdict.kind is not VerdictKind.WITHIN:
                for pk in records.get(judged.row.subject, ()):
                    found[pk].append(judged.verdict)
    return found
