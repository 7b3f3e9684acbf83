"""服务月报, its page and export: a month, the groups of the month, twelve months as charts; every figure leads to its orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from yiwang.areas.services.nav import nav
from yiwang.areas.services.orders import reports
from yiwang.core.rights.middleware import AccessRequest
from yiwang.kit import svg
from yiwang.kit.refusal import Refusal
from yiwang.kit.sheets.grid import Cell
from yiwang.kit.sheets.write import ColumnSpec, SheetSpec, write_csv, write_workbook

HEADS = ("报修", "完成", "在办", "取消", "承诺兑现率(%)", "平均响应(分钟)", "平均完成(分钟)", "九成完成于(分钟)", "返修", "平均评分", "费用(元)")  # fmt: skip
#: Bars in a chart.
MOST = 12


@dataclass(frozen=True)
class Line:
    """A group with the address of its orders."""

    figures: reports.Figures
    url: str


def _month(text: str, today: date) -> date:
    """The first day of the month given as 2026-11, of today's without."""
    if not text:
        return today.replace(day=1)
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Refusal("order.report", f"“{text}”不是月份,应写成 2026-11。") from None


def _next(month: date) -> date:
    return date(month.year + (month.month == 12), month.month % 12 + 1, 1)


def _asked(request: AccessRequest) -> tuple[date, str, list[reports.Figures]]:
    today = timezone.localdate()
    month, by = _month(request.GET.get("month", ""), today), request.GET.get("by", "item")
    return month, by, reports.figures(request.access, month, _next(month), by)


@require_GET
def page(request: AccessRequest) -> HttpResponse:
    """The month."""
    month, by, rows = _asked(request)
    series = reports.months(request.access, _next(month))
    whole, before = series[-1][1], series[-2][1]
    context = {
        **nav(request),
        "month": month,
        "earlier": series[-2][0],
        "by": by,
        "bys": [(key, word) for key, (_, word) in reports.BY.items()],
        "heading": reports.BY[by][1],
        "lines": [Line(one, _orders(one, by, month)) for one in rows],
        "whole": whole,
        "before": before,
        "charts": _charts(rows, by, month, series),
        "query": urlencode({"month": f"{month:%Y-%m}", "by": by}),
    }
    return render(request, "services/orders/month.html", context)


def _orders(one: reports.Figures, by: str, month: date) -> str:
    """The register, narrowed to the orders that a figure counts."""
    last = date.fromordinal(_next(month).toordinal() - 1)
    asked = {"reported_date_from": month.isoformat(), "reported_date_to": last.isoformat()}
    narrowed = {"item": "item_code", "team": "team_id", "organ": "organ_id", "supplier": "supplier_id"}
    if one.key:
        asked[narrowed[by]] = one.key
    return f"{reverse('services:orders')}?{urlencode(asked)}"


def _charts(
    rows: list[reports.Figures], by: str, month: date, series: list[tuple[date, reports.Figures]]
) -> list[tuple[str, SafeString]]:
    """Bars of the promise kept in the month, lines of twelve months."""
    places = [f"{start:%Y-%m}" for start, _ in series]
    bars = [
        svg.Bar(one.label, [(one.kept_share, svg.COLOURS[0])], f"{one.kept_share}%({one.promised} 单)")
        for one in rows[:MOST]
        if one.kept_share is not None
    ]  # fmt: skip
    share = svg.Series("兑现率", [one.kept_share for _, one in series])
    score = svg.Series("评分", [one.score for _, one in series])
    number = svg.Series("报修", [one.reported for _, one in series])
    drawn = [
        ("承诺兑现率", svg.bars(bars, title=f"{month:%Y-%m} 承诺兑现率", unit="%")),
        ("十二个月的兑现率", svg.line([share], places, title="承诺兑现率", unit="%")),
        ("十二个月的报修量", svg.line([number], places, title="报修量", unit="单")),
        ("十二个月的评分", svg.line([score], places, title="平均评分", unit="分")),
    ]
    return [(title, mark_safe(chart)) for title, chart in drawn]  # noqa: S308 (drawn here, escaped there)


def _cells(one: reports.Figures) -> list[Cell]:
    """A row of the export; money in yuan."""
    numbers = (
        one.reported, one.finished, one.running, one.cancelled, one.kept_share, one.mean_respond, one.mean_finish,
        one.p90_finish, one.reopened, one.score,
    )  # fmt: skip
    return [one.label, *(None if n is None else Decimal(str(n)) for n in numbers), Decimal(one.cost) / 100]


@require_GET
def export(request: AccessRequest, form: str) -> FileResponse:
    """The month's table as .xlsx or .csv."""
    if form not in ("xlsx", "csv"):
        raise Http404("没有这种格式")
    month, by, rows = _asked(request)
    heads = [reports.BY[by][1], *HEADS]
    cells = [_cells(one) for one in rows]
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 (the response closes it)
    if form == "csv":
        write_csv(file, heads, cells)
    else:
        specs = [ColumnSpec(header=head, format="@" if head == heads[0] else "General") for head in heads]
        write_workbook(file, [SheetSpec(name="服务月报", columns=specs, rows=cells)], large=True)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"服务月报-{month:%Y%m}.{form}")
