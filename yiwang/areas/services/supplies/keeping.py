"""库房: what waits to be issued, stock with its warnings, receiving, stocktakes; consumption by organ and month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum
from django.db.models.functions import TruncMonth
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.services.faces import download, drawn, performed, shown
from yiwang.areas.services.reach import serves, serving, within
from yiwang.areas.services.supplies import actions
from yiwang.areas.services.supplies.models import (
    ISSUABLE,
    Movement,
    MovementKind,
    Stock,
    Store,
    Supply,
    SupplyRequest,
)
from yiwang.areas.services.supplies.pages import numbered
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Role, Verb
from yiwang.kit import svg
from yiwang.kit.posted import Posted

SHOWN, MONTHS, BARS = 50, 12, 12


def _kept(access: Access) -> Any:
    """The stores that the user keeps."""
    access.need(serves(access, Role.KEEPER), "管理库房")
    return Store.objects.filter(within(access))


@require_GET
def stores(request: AccessRequest) -> HttpResponse:
    """The keeper's first page: requests that wait, what is short, the stores."""
    kept = _kept(request.access).select_related("organ").order_by("name", "pk")
    waiting = SupplyRequest.objects.filter(store__in=kept, state__in=ISSUABLE).select_related("user", "organ", "store")
    low = Stock.objects.filter(store__in=kept, quantity__lt=F("minimum")).select_related("store", "supply")
    context = {
        "stores": kept[:SHOWN],
        "waiting": waiting.prefetch_related("lines__supply").order_by("pk")[:SHOWN],
        "low": low.order_by("store__name", "supply__sort_key")[:SHOWN],
        "may_write": request.access.may(Verb.WRITE, "services"),
    }
    return shown(request, "services/supplies/stores.html", context)


@require_http_methods(["GET", "POST"])
def store(request: AccessRequest, pk: int) -> HttpResponse:
    """One store: its stock, what came and went, receiving and scrapping."""
    place = get_object_or_404(_kept(request.access).select_related("organ"), pk=pk)
    refusal = None
    if request.method == "POST":
        refusal = performed(request, _verbs(request, place))
        if refusal is None:
            return redirect("services:store", pk)
    context = {
        "place": place,
        "stocks": place.stocks.select_related("supply").order_by("supply__category", "supply__sort_key"),
        "supplies": serving(Supply.objects.all(), place.organ).order_by("sort_key", "pk")[:500],
        "movements": Movement.objects.filter(stock__store=place)
        .select_related("stock__supply", "by", "organ", "line")
        .order_by("-pk")[:SHOWN],
        "stocktakes": place.stocktakes.select_related("by")[:10],
        "refusal": refusal,
    }
    return shown(request, "services/supplies/store.html", context)


def _verbs(request: AccessRequest, place: Store) -> dict[str, Any]:
    access, on = request.access, timezone.localdate()

    def receive(form: Posted) -> str:
        made = actions.receive(
            store=place.pk,
            supply=form.key("supply", "用品"),
            quantity=form.whole("quantity", "数量"),
            price=form.money("price", "单价") if form.text("price") else None,
            note=form.text("note"),
            access=access,
            on=on,
        )
        return f"已入库,结存 {made.balance}。"

    def scrap(form: Posted) -> str:
        stock = get_object_or_404(place.stocks.all(), pk=form.key("stock", "用品"))
        quantity, note = form.whole("quantity", "数量"), form.text("note", "报废原因")
        made = actions.scrap(stock=stock.pk, quantity=quantity, note=note, access=access, on=on)
        return f"已报废,结存 {made.balance}。"

    return {"receive": receive, "scrap": scrap}


@require_http_methods(["GET", "POST"])
def stocktake(request: AccessRequest, pk: int) -> HttpResponse:
    """盘点: what was counted; differences are booked at once."""
    place = get_object_or_404(_kept(request.access), pk=pk)
    refusal = None
    if request.method == "POST":
        refusal = performed(request, {"count": lambda form: _count(request, place, form)})
        if refusal is None:
            return redirect("services:store", pk)
    stocks = place.stocks.select_related("supply").order_by("supply__category", "supply__sort_key")
    filled = [(row, request.POST.get(f"count-{row.pk}", "")) for row in stocks]
    return shown(request, "services/supplies/count.html", {"place": place, "stocks": filled, "refusal": refusal})


def _count(request: AccessRequest, place: Store, form: Posted) -> str:
    made = actions.count(
        store=place.pk,
        counts=dict(numbered(form, "count-")),
        note=form.text("note"),
        access=request.access,
        on=timezone.localdate(),
    )
    return f"已盘点 {len(made.lines)} 种,其中 {made.differences} 种有差异,已调整。"


def _months(on: date) -> list[date]:
    """The first days of the last twelve months, the present one last."""
    number = on.year * 12 + on.month - 1
    return [date(one // 12, one % 12 + 1, 1) for one in range(number - MONTHS + 1, number + 1)]


def used(access: Access, on: date) -> list[dict[str, Any]]:
    """Consumption: issued less returned, by organ, article and month of the last twelve, as the user may see it.

    Cost in fen, by the article's reference price. Readers see their organ's, keepers what their stores gave.
    """
    rows = Movement.objects.filter(kind__in=(MovementKind.ISSUE, MovementKind.RETURN), on_date__gte=_months(on)[0])
    rows = rows.filter(on_date__lte=on)
    if access.may(Verb.READ, "services"):
        rows = rows.filter(within(access, "organ__"))
    else:
        access.need(serves(access, Role.KEEPER), "查看用品消耗")
        rows = rows.filter(within(access, "stock__"))
    names = ("organ__name", "stock__supply__name", "stock__supply__unit", "stock__supply__price")
    summed = rows.annotate(month=TruncMonth("on_date")).values("month", "organ_id", "stock__supply_id", *names)
    found = summed.annotate(quantity=-Sum("quantity")).order_by("-month", "organ__sort_key", "stock__supply__sort_key")
    return [
        {
            "month": row["month"],
            "organ": row["organ__name"],
            "supply": row["stock__supply__name"],
            "unit": row["stock__supply__unit"],
            "quantity": row["quantity"],
            "cost": row["quantity"] * row["stock__supply__price"],
        }
        for row in found
        if row["quantity"]
    ]


@require_GET
def consumption(request: AccessRequest) -> HttpResponse:
    """The figures by organ and month, with two charts."""
    on = timezone.localdate()
    rows, months = used(request.access, on), _months(on)
    by_month, by_organ = defaultdict[date, int](int), defaultdict[str, int](int)
    for row in rows:
        by_month[row["month"]] += row["cost"]
        by_organ[row["organ"]] += row["cost"]
    top = sorted(by_organ.items(), key=lambda pair: -pair[1])[:BARS]
    line = svg.Series("金额", [by_month[month] // 100 for month in months])
    bars = [svg.Bar(name, [(cost // 100, svg.COLOURS[0])]) for name, cost in top]
    context = {
        "rows": rows[:500],
        "total": sum(by_month.values()),
        "months": months,
        "by_month": drawn(
            svg.line([line], [month.strftime("%Y-%m") for month in months], title="每月消耗金额", unit="元")
        ),
        "by_organ": drawn(svg.bars(bars, title="各单位消耗金额", unit="元")),
    }
    return shown(request, "services/supplies/consumption.html", context)


@require_GET
def export(request: AccessRequest, form: str) -> FileResponse:
    """The same rows as a file."""
    on = timezone.localdate()

    def rows() -> Iterator[list[Any]]:
        for row in used(request.access, on):
            yield [
                row["month"].strftime("%Y-%m"),
                row["organ"],
                row["supply"],
                row["quantity"],
                row["unit"],
                Decimal(row["cost"]) / 100,
            ]

    return download(f"用品消耗-{on}", form, ("月份", "单位", "用品", "数量", "计量单位", "参考金额(元)"), list(rows()))
