"""What an uploaded sheet looks like beside the register it is for: headers with samples, and who was given to whom.

A survey is made when the file is tried out and kept beside it, so that no page opens a large workbook again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from yiwang.core.intake import mapping as answers
from yiwang.core.intake.evidence import face_of
from yiwang.core.intake.headers import SERIAL, Assignment, Header, assign
from yiwang.core.intake.workbook import Sheet
from yiwang.core.registers import sheets
from yiwang.core.registers.register import Register
from yiwang.core.standards.book import load
from yiwang.desk.kinds import get
from yiwang.desk.models import ImportJob
from yiwang.kit.sheets.grid import Cell

SAMPLES = 3
LONGEST = 24


@dataclass
class SheetColumn:
    """A column of the sheet: `name` is its header path, `given` the register's column it was given to, `sure` how."""

    name: str
    samples: list[str]
    given: str = ""
    label: str = ""  # of the register's column
    sure: str = ""
    hint: str = ""  # a column that it may be, too doubtful to take


@dataclass
class Survey:
    """The table that is read. `rows` counts its data rows; `others` names the sheets that are not read."""

    sheet: str
    fingerprint: str
    rows: int
    columns: list[SheetColumn] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def of(self, key: str) -> SheetColumn | None:
        """The sheet's column that was given to the register's column."""
        return next((one for one in self.columns if one.given == key), None)


def survey(job: ImportJob) -> Survey | None:
    """Look at the file: the table with the most columns of the register; None if there is no table in it.

    Refusals of `kit.sheets` where it cannot be opened.
    """
    register, known = get(job.kind), answers.Mapping.model_validate(job.mapping or {})
    found = [_table(register, sheet, known) for sheet in sheets.opened(job.file) if sheet.table is not None]
    best = max(found, key=lambda one: sum(bool(column.given) for column in one.columns), default=None)
    if best is not None:
        best.others = [one.sheet for one in found if one is not best]
    return best


def _table(register: Register, sheet: Sheet, known: answers.Mapping) -> Survey:
    assert sheet.table is not None
    face = face_of(sheet.file, sheet.grid, sheet.table, load().ladders)
    mark = answers.fingerprint(face.headers)
    layout = known.of(mark)
    given = assign(face.headers, register.sheet, fit=face.fit, known=layout.columns if layout else None)
    rows = [row.cells for row in sheet.table.data()]
    columns = [_column(register, header, given, rows) for header in face.headers if header.leaf not in SERIAL]
    return Survey(sheet.grid.name, mark, len(rows), columns)


def _column(register: Register, header: Header, given: Assignment, rows: Sequence[Sequence[Cell]]) -> SheetColumn:
    match = next(match for match in given.matches if match.header is header)
    values = (row[header.index] for row in rows if header.index < len(row) and row[header.index] is not None)
    samples = [_shown(cell) for _, cell in zip(range(SAMPLES), values, strict=False)]
    hint = next((one.column for one in given.doubtful if one.header is header), "")
    sure = "" if match.column is None else match.how if match.certain else f"猜测 {match.score:.0%}"
    label = register.sheet.column(match.column).label if match.column else ""
    return SheetColumn(header.name, samples, match.column or "", label, sure, hint)


def _shown(cell: Cell) -> str:
    text = format(cell, "f") if isinstance(cell, Decimal) else str(cell.date() if isinstance(cell, datetime) else cell)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


# --- kept beside the file ---------------------------------------------------------------------------------------------------


def _path(job: ImportJob) -> str:
    return f"imports/{job.digest}-{job.pk}.json"


def keep(job: ImportJob, found: Survey | None) -> None:
    """Keep a survey, in place of an earlier one."""
    forget(job)
    data = asdict(found) if found else {}
    default_storage.save(_path(job), ContentFile(json.dumps(data, ensure_ascii=False).encode()))


def forget(job: ImportJob) -> None:
    """Drop the survey: the file is being tried out again."""
    if default_storage.exists(_path(job)):
        default_storage.delete(_path(job))


def kept(job: ImportJob) -> Survey | None:
    """The survey, None where there is none: not tried out yet, or no table in the file."""
    if not looked_at(job):
        return None
    with default_storage.open(_path(job)) as file:
        data: dict[str, Any] = json.loads(file.read())
    if not data:
        return None
    columns = [SheetColumn(**one) for one in data.pop("columns")]
    return Survey(**data, columns=columns)


def looked_at(job: ImportJob) -> bool:
    """Whether the file was tried out since it came or since its columns were answered."""
    return default_storage.exists(_path(job))


# --- answers ------------------------------------------------------------------------------------------------------------------


def answered(job: ImportJob, found: Survey, chosen: Mapping[str, str], units: Mapping[str, str]) -> dict[str, Any]:
    """The job's mapping with these answers: register column → header name; what nobody chose is left out of the import."""
    known = answers.Mapping.model_validate(job.mapping or {})
    by_header = {header: key for key, header in chosen.items() if header}
    layout = answers.Layout(
        fingerprint=found.fingerprint,
        sheet=found.sheet,
        columns={one.name: by_header.get(one.name, "") for one in found.columns},
        units={key: unit for key, unit in units.items() if unit},
    )
    known.put(layout)
    return known.model_dump(exclude_defaults=True)


def remembered(job: ImportJob) -> dict[str, Any]:
    """The answers given for the last file of the same kind by the same organ: they hold for sheets with equal headers."""
    earlier = ImportJob.objects.filter(kind=job.kind, organ_id=job.organ_id).exclude(mapping={}).exclude(pk=job.pk)
    last = earlier.order_by("-pk").first()
    return dict(last.mapping) if last else {}
