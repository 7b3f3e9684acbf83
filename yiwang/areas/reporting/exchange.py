"""SDMX-CSV 2.0 and JSON for other statisticians: one line an observation, the scheme as structure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from yiwang.areas.reporting import period as pages
from yiwang.areas.reporting.figures import scheme_of
from yiwang.areas.reporting.models import ReportingPeriod, Return, ReturnState
from yiwang.areas.reporting.schemes.schema import Scheme
from yiwang.areas.reporting.watching import returns_of
from yiwang.core.rights.middleware import AccessRequest

HEADS = (
    "STRUCTURE",
    "STRUCTURE_ID",
    "ACTION",
    "REF_AREA",
    "ORGAN",
    "INDICATOR",
    "TIME_PERIOD",
    "OBS_VALUE",
    "UNIT_MEASURE",
    "OBS_STATUS",
)
_STATUS = {ReturnState.ACCEPTED: "A", ReturnState.LOCKED: "A"}


def time_period(period: ReportingPeriod) -> str:
    """As SDMX writes it: 2026-09, 2026-Q3, 2025."""
    start = period.valid_from
    if period.kind == "month":
        return f"{start:%Y-%m}"
    return f"{start.year}-Q{(start.month - 1) // 3 + 1}" if period.kind == "quarter" else str(start.year)


def observations(period: ReportingPeriod, rows: Any, scheme: Scheme) -> Iterator[dict[str, str]]:
    """One a figure; status A where it was accepted, P (provisional) before."""
    some: Any = rows.filter(current__isnull=False).select_related("current", "organ").order_by("pk")
    row: Return
    for row in some.iterator(2000):
        assert row.current is not None
        for key, item in scheme.items.items():
            if item.numeric and key in row.current.facts:
                yield {
                    "REF_AREA": row.organ.region_id,
                    "ORGAN": row.organ.credit_code,
                    "INDICATOR": key.upper(),
                    "TIME_PERIOD": time_period(period),
                    "OBS_VALUE": row.current.facts[key],
                    "UNIT_MEASURE": item.unit,
                    "OBS_STATUS": _STATUS.get(ReturnState(row.state), "P"),
                }


def _structure(scheme: Scheme) -> str:
    return f"YIWANG:{scheme.key.upper().replace('-', '_')}({scheme.revision}.0)"


def _lines(scheme: Scheme, found: Iterator[dict[str, str]]) -> Iterator[str]:
    yield ",".join(HEADS) + "\r\n"
    for one in found:
        out = io.StringIO()
        values = ("dataflow", _structure(scheme), "I", *(one[head] for head in HEADS[3:]))
        csv.writer(out).writerow(values)
        yield out.getvalue()


@require_GET
def sdmx(request: AccessRequest, pk: int, form: str) -> HttpResponse | StreamingHttpResponse:
    """The figures below an organ within the user's scope."""
    row = pages.visible(request, pk)
    scheme = scheme_of(row.revision).scheme
    found = observations(row, returns_of(row, pages.place_of(request, row), request.access), scheme)
    if form == "csv":
        kind = "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8"
        response = StreamingHttpResponse(_lines(scheme, found), content_type=kind)
    elif form == "json":
        body = {"structure": scheme.model_dump(mode="json"), "observations": list(found)}
        response = HttpResponse(json.dumps(body, ensure_ascii=False), content_type="application/json; charset=utf-8")  # type: ignore[assignment]
    else:
        raise Http404
    response["Content-Disposition"] = f'attachment; filename="{scheme.key}-{time_period(row)}.{form}"'
    return response
