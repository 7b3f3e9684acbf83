"""The addresses of a return's workbook: the template, the upload with its answer, the marked copy."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO, Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.reporting import actions, grid, workbook
from yiwang.areas.reporting.figures import scheme_of
from yiwang.areas.reporting.models import Return, Source
from yiwang.areas.reporting.nav import shown
from yiwang.areas.reporting.schemes.compiled import Message
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
    return _sent(file, f"{row.organ_name}_{row.period}.xlsx")


def _sent(file: IO[bytes], name: str) -> FileResponse:
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=TYPES["xlsx"])


@require_http_methods(["GET", "POST"])
def upload(request: AccessRequest, pk: int) -> HttpResponse | FileResponse:
    """Take a filled workbook: its figures become the draft, or nothing does and every fault is said by its place."""
    row = grid.visible(request, pk)
    request.access.need(request.access.holds(row, Verb.WRITE), "填报")
    refusal: Refusal | None = None
    found: workbook.Read | None = None
    if request.method == "POST":
        try:
            found = _read(request.FILES.get("file"), row)
            if not found.faults:
                return _taken(request, row, found)
            if request.POST.get("marked"):
                file: IO[bytes] = TemporaryFile()  # noqa: SIM115 (the response closes it)
                workbook.write_marked(file, found)
                return _sent(file, f"{row.organ_name}_{row.period}_核对.xlsx")
            refusal = Refusal("return.workbook", f"表格有 {len(found.faults)} 处问题,没有导入;请改正后重新导入。")
        except Refusal as refused:
            if refused.code.startswith("rights."):
                raise
            refusal = refused
    context = {"row": row, "refusal": refusal, "faults": found.faults[:200] if found else []}
    return shown(request, "reporting/upload.html", context)


def _read(sent: Any, row: Return) -> workbook.Read:
    if sent is None or not sent.size:
        raise Refusal("return.file", "请选择填好的表格文件。")
    if sent.size > LARGEST:
        raise Refusal("return.file", "文件超过 10 MB,不像一份报表。")
    with NamedTemporaryFile(suffix=".xlsx", delete=False) as file:
        for chunk in sent.chunks():
            file.write(chunk)
    try:
        return workbook.read_workbook(Path(file.name), row)
    except Refusal as refusal:  # the name of the copy says nothing to the user
        raise Refusal(refusal.code, refusal.message, clause=refusal.clause) from None
    finally:
        os.unlink(file.name)


def _taken(request: AccessRequest, row: Return, found: workbook.Read) -> HttpResponse:
    """The draft is replaced; with `submit` it is handed in at once if nothing stands against it."""
    access, on = request.access, timezone.localdate()
    done = actions.replace_draft(pk=row.pk, draft=found.draft, access=access, on=on)
    said = actions.said_of(done, scheme_of(row.period.revision), access)
    if request.POST.get("submit") and not said:
        version = actions.submit(pk=row.pk, access=access, on=on, now=timezone.now(), source=Source.WORKBOOK)
        messages.success(request, f"已导入并报送{version}。")
    else:
        messages.success(request, f"已导入表格。{_words(said)}")
    return redirect("reporting:return", row.pk)


def _words(said: list[Message]) -> str:
    hard = sum(1 for one in said if one.hard)
    return f"校验有 {hard} 处须改正、{len(said) - hard} 处须核实。" if said else "校验没有发现问题,可以报送。"
