"""What the pages of areas share: a posted verb, a drawing, a file of rows. The frame with its navigation is each area's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest
from django.utils.safestring import SafeString, mark_safe

from yiwang.kit.posted import Posted
from yiwang.kit.refusal import Refusal
from yiwang.kit.sheets.grid import Cell
from yiwang.kit.sheets.write import ColumnSpec, SheetSpec, write_csv, write_workbook

TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def performed(request: HttpRequest, verbs: Mapping[str, Callable[[Posted], str]]) -> Refusal | None:
    """Do the verb that the form posted; its sentence is shown on the next page. The refusal, if it was refused.

    A refusal for want of rights goes through to the middleware.
    """
    try:
        if (verb := verbs.get(request.POST.get("verb", ""))) is None:
            raise Refusal("form.verb", "没有这个操作,请从页面上的按钮办理。")
        said = verb(Posted(request.POST.dict()))
    except Refusal as refusal:
        if refusal.code.startswith("rights."):
            raise
        return refusal
    messages.success(request, said)
    return None


def drawn(chart: str) -> SafeString:
    """A drawing of `kit.svg`, which escapes what it writes, for a template."""
    return mark_safe(chart)  # noqa: S308


def download(name: str, form: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> FileResponse:
    """Rows of texts, days and numbers as a workbook or CSV, complete or refused. 404 for another form."""
    if form not in TYPES:
        raise Http404
    cells: list[list[Cell]] = [[_cell(value) for value in row] for row in rows]
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 (the response closes it)
    try:
        if form == "csv":
            write_csv(file, heads, cells)
        else:
            columns = [ColumnSpec(header=head) for head in heads]
            write_workbook(file, [SheetSpec(name=name[:31], columns=columns, rows=cells)])
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.{form}", content_type=TYPES[form])


def _cell(value: Any) -> Cell:
    """Numbers are written as decimals."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    cell: Cell = Decimal(str(value)) if number else value
    return cell
