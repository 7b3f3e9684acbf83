"""The findings that a list shows as a workbook or CSV: complete or refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.utils import timezone
from django.views.decorators.http import require_GET

from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.verdicts.models import Finding, FindingKind, Outcome, State
from yiwang.kit.sheets.grid import Cell
from yiwang.kit.sheets.write import ColumnSpec, SheetSpec, write_csv, write_workbook
from yiwang.portal.findings import listing

#: Header, path, number format.
COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("编号", "pk", ""),
    ("判定", "kind", "@"),
    ("对象", "subject_label", "@"),
    ("单位", "organ__name", "@"),
    ("所测", "label", "@"),
    ("实际", "measure", ""),
    ("标准", "limit", ""),
    ("超出", "excess", ""),
    ("计量单位", "unit", "@"),
    ("制度", "document", "@"),
    ("文号", "number", "@"),
    ("条", "article", "@"),
    ("条款", "clause", "@"),
    ("说明", "message", "@"),
    ("判定日期", "judged_on", "yyyy-mm-dd"),
    ("状态", "state", "@"),
    ("经办人", "handler__display_name", "@"),
    ("整改期限", "due_date", "yyyy-mm-dd"),
    ("发现日期", "opened_date", "yyyy-mm-dd"),
    ("销号日期", "closed_date", "yyyy-mm-dd"),
    ("销号方式", "outcome", "@"),
)
_WORDS = {"kind": dict(FindingKind.choices), "state": dict(State.choices), "outcome": dict(Outcome.choices)}
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@require_GET
def download(request: AccessRequest, form: str) -> FileResponse:
    """All findings that the filters let through."""
    if form not in TYPES:
        raise Http404
    on = timezone.localdate()
    rows = listing.chosen(request.access, listing.given(request.GET.dict()), on)
    name = f"问题-{on}.{form}"
    return FileResponse(written(rows, form), as_attachment=True, filename=name, content_type=TYPES[form])


def written(rows: QuerySet[Finding], form: str) -> IO[bytes]:
    """A file with all rows, at its beginning; it is sent when it is whole."""
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 (the response closes it)
    cells = _cells(rows)
    if form == "csv":
        write_csv(file, [header for header, _, _ in COLUMNS], cells)
    else:
        specs = [ColumnSpec(header=header, format=format_) for header, _, format_ in COLUMNS]
        write_workbook(file, [SheetSpec(name="问题", columns=specs, rows=cells)], large=True)
    file.seek(0)
    return file


def _cells(rows: QuerySet[Finding]) -> Iterator[Sequence[Cell]]:
    paths = [path for _, path, _ in COLUMNS]
    for row in rows.order_by("pk").values_list(*paths).iterator(chunk_size=2000):
        yield [_cell(path, value) for path, value in zip(paths, row, strict=True)]


def _cell(path: str, value: Any) -> Cell:
    if path in _WORDS:
        return str(_WORDS[path].get(value, value))
    cell: Cell = Decimal(value) if isinstance(value, int) else value
    return cell
