"""The addresses of a workbook for many units: the template of those that the user fills, the upload with its receipts."""

from __future__ import annotations

import os
from tempfile import TemporaryFile
from typing import IO

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.reporting import files, many, period
from yiwang.areas.reporting.models import Outcome, ReportingPeriod
from yiwang.areas.reporting.nav import shown
from yiwang.areas.reporting.opening import AREA
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.kit.refusal import Refusal


def _period(request: AccessRequest, pk: int) -> ReportingPeriod:
    found = period.visible(request, pk)
    request.access.need(request.access.may(Verb.WRITE, AREA), "填报")
    return found


@require_GET
def template(request: AccessRequest, pk: int) -> FileResponse:
    """The workbook of all units whose returns the user may fill now."""
    found = _period(request, pk)
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 (the response closes it)
    many.write_template(file, found, many.fillable(found, request.access))
    return files.sent(file, f"{found}_多个单位.xlsx")


@require_http_methods(["GET", "POST"])
def upload(request: AccessRequest, pk: int) -> HttpResponse | FileResponse:
    """Take the workbook: each unit by itself, with its own receipt; those that are wrong are refused alone."""
    found = _period(request, pk)
    refusal = None
    if request.method == "POST":
        try:
            return _taken(request, found)
        except Refusal as refused:
            if refused.code.startswith("rights."):
                raise
            refusal = Refusal(refused.code, refused.message)  # its place would name the copy
    units = len(many.fillable(found, request.access))
    return shown(
        request, "reporting/book.html", {"period": found, "units": units, "most": many.UNITS, "refusal": refusal}
    )


def _taken(request: AccessRequest, row: ReportingPeriod) -> HttpResponse | FileResponse:
    path, file = files.kept(request.FILES.get("file"))
    try:
        read = many.read_many(path, row, request.access)
    finally:
        os.unlink(path)
    made = many.take_many(
        period=row,
        found=read,
        file=file,
        submit=bool(request.POST.get("submit")),
        access=request.access,
        on=timezone.localdate(),
        now=timezone.now(),
    )
    if request.POST.get("marked") and made.outcome != Outcome.HANDED:
        copy: IO[bytes] = TemporaryFile()  # noqa: SIM115 (the response closes it)
        many.write_marked(copy, read)
        return files.sent(copy, f"{row}_核对.xlsx")
    return redirect("reporting:receipt", made.pk)
