"""The addresses of a return's workbook: the template, the upload with its receipt, the marked copy."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO, Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.reporting import grid, receiving, workbook
from yiwang.areas.reporting.models import Receipt, Return
from yiwang.areas.reporting.nav import reads, shown
from yiwang.areas.reporting.receiving import File
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.kit.faces import TYPES
from yiwang.kit.refusal import Refusal

LARGEST = 10 << 20


@require_GET
def template(request: AccessRequest, pk: int) -> FileResponse:
    """The workbook to fill."""
    row = grid.visible(request, pk)
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 (the response closes it)
    workbook.write_template(file, row)
    return sent(file, f"{row.organ_name}_{row.period}.xlsx")


def sent(file: IO[bytes], name: str) -> FileResponse:
    """A workbook to keep."""
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=TYPES["xlsx"])


@require_http_methods(["GET", "POST"])
def upload(request: AccessRequest, pk: int) -> HttpResponse | FileResponse:
    """Take a filled workbook: its figures become the draft, or nothing does and every fault is said by its place."""
    row = grid.visible(request, pk)
    request.access.need(request.access.holds(row, Verb.WRITE), "填报")
    if request.method == "GET":
        return shown(request, "reporting/upload.html", {"row": row})
    try:
        path, file = kept(request.FILES.get("file"))
    except Refusal as refusal:
        return shown(request, "reporting/upload.html", {"row": row, "refusal": refusal})
    try:
        return _answer(request, row, path, file)
    finally:
        os.unlink(path)


def kept(uploaded: Any) -> tuple[Path, File]:
    """A copy of the uploaded file, to be removed by the caller, with its digest. Refusal `return.file`."""
    if uploaded is None or not uploaded.size:
        raise Refusal("return.file", "请选择填好的表格文件。")
    if uploaded.size > LARGEST:
        raise Refusal("return.file", "文件超过 10 MB,不像一份报表。")
    mark = hashlib.sha256()
    with NamedTemporaryFile(suffix=".xlsx", delete=False) as copy:
        for chunk in uploaded.chunks():
            mark.update(chunk)
            copy.write(chunk)
    return Path(copy.name), File(str(uploaded.name), mark.hexdigest())


def _answer(request: AccessRequest, row: Return, path: Path, file: File) -> HttpResponse | FileResponse:
    submit, now = bool(request.POST.get("submit")), timezone.now()
    found: workbook.Read | None = None
    known = receiving.standing(row, file, submit=submit)
    try:
        if known is None:
            found = workbook.read_workbook(path, row)
            if not found.faults:
                given: dict[str, Any] = {"access": request.access, "on": timezone.localdate(), "now": now}
                known = receiving.take(pk=row.pk, read=found, file=file, submit=submit, **given)
        if known is not None:
            return redirect("reporting:receipt", known.pk)
        refusal = None
    except Refusal as refused:
        if refused.code.startswith("rights."):
            raise
        # the name of the copy says nothing to the user
        place = None if refused.code.startswith(("sheet.", "csv.")) else refused.where
        refusal = Refusal(refused.code, refused.message, where=place, clause=refused.clause)
    return _refused(request, row, file, found, refusal)


def _refused(
    request: AccessRequest, row: Return, file: File, found: workbook.Read | None, refusal: Refusal | None
) -> HttpResponse | FileResponse:
    """Nothing was taken: the receipt says why, and the marked copy comes back if it was asked for."""
    faults = [] if refusal or found is None else list(workbook.said(found))
    said = [str(refusal)] if refusal else faults
    made = receiving.refuse(row, file, said, access=request.access, now=timezone.now())
    if faults and found and request.POST.get("marked"):
        copy: IO[bytes] = TemporaryFile()  # noqa: SIM115 (the response closes it)
        workbook.write_marked(copy, found)
        return sent(copy, f"{row.organ_name}_{row.period}_核对.xlsx")
    refusal = refusal or Refusal(
        "return.workbook", f"表格有 {len(faults)} 处问题,没有导入;请改正后重新导入。回执 {made.number}。"
    )
    context = {"row": row, "refusal": refusal, "receipt": made}
    return shown(request, "reporting/upload.html", context)


@require_GET
def receipt(request: AccessRequest, pk: int) -> HttpResponse:
    """The receipt of an upload."""
    request.access.need(reads(request.access), "查阅报表")
    row: Receipt = get_object_or_404(receiving.visible(request.access), pk=pk)
    parts = row.parts.select_related("version").order_by("-outcome", "pk") if row.return_row is None else ()
    return shown(request, "reporting/receipt.html", {"receipt": row, "row": row.return_row, "parts": parts})
