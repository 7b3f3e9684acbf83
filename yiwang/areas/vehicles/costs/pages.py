"""The pages of costs: a month with its figures and bills, a bill typed, a bill and its trip, a statement, budgets."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.areas.vehicles.costs import actions, reading
from yiwang.areas.vehicles.costs.declared import admit, receipts, waiting
from yiwang.areas.vehicles.costs.models import Cost, CostBudget, CostKind, DesignatedSupplier
from yiwang.areas.vehicles.costs.statements import Read, bill_of, read
from yiwang.areas.vehicles.faces import drawn, performed, shown
from yiwang.areas.vehicles.nav import reads
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.kit import svg
from yiwang.kit.paging import page
from yiwang.kit.posted import Posted
from yiwang.kit.refusal import Refusal

LARGEST = 20 << 20
#: Groups shown on the page.
MOST = 30


def month_of(text: str, today: date) -> date:
    """The first day of the month given as 2026-11, of today's without. Refusal `cost.month`."""
    if not text:
        return today.replace(day=1)
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Refusal("cost.month", f"“{text}”不是月份,应写成 2026-11。") from None


def following(month: date) -> date:
    """The first day of the next month."""
    return date(month.year + (month.month == 12), month.month % 12 + 1, 1)


@require_http_methods(["GET", "POST"])
def index(request: AccessRequest) -> HttpResponse:
    """A month: what it cost by kind, what a kilometre cost, and the bills. POST: enter a declared expense that waits."""
    access, today = request.access, timezone.localdate()
    access.need(reads(access), "查看用车费用")
    refusal = None
    if request.method == "POST":
        refusal = performed(request, {"admit": lambda posted: _admit(access, posted)})
        if refusal is None:
            return HttpResponseRedirect(reverse("vehicles:costs"))
    month = month_of(request.GET.get("month", ""), today)
    by = request.GET.get("by", "vehicle")
    by = by if by in reading.BY else "vehicle"
    view = request.GET.get("view", "")
    groups = reading.grouped(access, month, following(month), by)
    rows = _of_view(access, view, month)
    kept = {key: request.GET[key] for key in ("month", "by", "view", "after", "before") if key in request.GET}
    found = page(rows, ["pk"], kept, order="day", down=True, size=30)
    whole = reading.total(groups)
    context = {
        "month": month,
        "by": by,
        "bys": [(key, word) for key, (_, word) in reading.BY.items()],
        "word": reading.BY[by][1],
        "groups": groups[:MOST],
        "whole": whole,
        "chart": _chart(whole, month),
        "view": view,
        "unmatched": reading.unmatched(access).count(),
        "declared": reading.declared(access).count(),
        "waiting": list(waiting(access)[:MOST]),
        "refusal": refusal,
        "page": found,
        "costs": _listed([key for key, *_ in found.rows]),
        "budget": CostBudget.objects.filter(organ=access.organ, year=month.year).first(),
        "may_write": access.may(Verb.WRITE, "vehicles"),
    }
    return shown(request, "vehicles/costs/index.html", context)


def _of_view(access: Access, view: str, month: date) -> QuerySet[Cost]:
    if view == "unmatched":
        return reading.unmatched(access)
    if view == "declared":
        return reading.declared(access)
    return reading.visible(access).filter(day__gte=month, day__lt=following(month))


def _admit(access: Access, posted: Posted) -> str:
    done = admit(expense=posted.key("expense", "申报"), access=access)
    return f"已入账 {done.vehicle} 的{done.get_kind_display()}费用。"


def _chart(whole: reading.Figures, month: date) -> str:
    labels = dict(CostKind.choices)
    parts = sorted(whole.kinds.items(), key=lambda each: -each[1])
    bars = [
        svg.Bar(labels[kind], [(amount / 100, svg.COLOURS[0])], f"{amount / 100:,.0f} 元") for kind, amount in parts
    ]
    return drawn(svg.bars(bars, title=f"{month:%Y-%m} 各类费用", unit="元"))


def _listed(keys: list[int]) -> list[Cost]:
    rows = Cost.objects.select_related("vehicle", "organ", "order__trip").in_bulk(keys)
    return [rows[key] for key in keys]


@require_http_methods(["GET", "POST"])
def new(request: AccessRequest) -> HttpResponse:
    """A bill typed."""
    access = request.access
    access.need(access.may(Verb.WRITE, "vehicles"), "登记用车费用")
    refusal = None
    if request.method == "POST":
        refusal = performed(request, {"record": lambda posted: _record(request, posted)})
        if refusal is None:
            return HttpResponseRedirect(reverse("vehicles:costs"))
    context = {"kinds": CostKind.choices, "suppliers": _suppliers(access), "refusal": refusal}
    return shown(request, "vehicles/costs/new.html", context | {"plate": request.GET.get("plate", "")})


def _record(request: AccessRequest, posted: Posted) -> str:
    given = {key: value for key, value in request.POST.items() if isinstance(value, str)}
    posted.text("plate", "车牌号")
    posted.text("number", "凭证号", most=60)
    posted.money("amount", "金额")
    if given.get("kind") not in CostKind.values:
        raise Refusal("cost.kind", "请选择费用类别。")
    cost = actions.record(bill_of(0, given), access=request.access, now=timezone.now())
    order = f",对应派车单 {cost.order.trip.number}" if cost.order else ""
    return f"已登记 {cost.vehicle} 的{cost.get_kind_display()}费用{order}。"


def _suppliers(access: Access) -> list[str]:
    """Names of the designated suppliers in scope, as suggestions."""
    rows = access.scope(DesignatedSupplier.objects.all()).order_by("sort_key").values_list("name", flat=True)
    return list(dict.fromkeys(rows[:200]))


@require_http_methods(["GET", "POST"])
def cost(request: AccessRequest, pk: int) -> HttpResponse:
    """One bill and the trip that it belongs to. POST: another trip, or none."""
    access = request.access
    access.need(reads(access), "查看用车费用")
    one = get_object_or_404(
        reading.visible(access).select_related("vehicle", "organ", "order__trip", "statement", "expense"), pk=pk
    )
    refusal = None
    if request.method == "POST":
        refusal = performed(request, {"match": lambda posted: _match(access, pk, posted)})
        if refusal is None:
            return HttpResponseRedirect(request.path)
    context = {
        "cost": one,
        "orders": list(reading.candidates(one)),
        "receipts": receipts(one, access),
        "may_write": access.may(Verb.WRITE, "vehicles"),
        "refusal": refusal,
    }
    return shown(request, "vehicles/costs/cost.html", context)


def _match(access: Access, pk: int, posted: Posted) -> str:
    done = actions.match(cost=pk, order=posted.key("order"), access=access)
    return f"已对应到派车单 {done.order.trip.number}。" if done.order else "已注明这笔费用不属于哪次行程。"


@require_http_methods(["GET", "POST"])
def statement(request: AccessRequest) -> HttpResponse:
    """A supplier's statement: how its columns are read, what is refused and why, and what was kept."""
    access = request.access
    access.need(access.may(Verb.WRITE, "vehicles"), "导入对账单")
    context: dict[str, Any] = {"kinds": CostKind.choices, "suppliers": _suppliers(access), "refusal": None}
    if request.method == "POST":
        try:
            found, taken = _take(request)
        except Refusal as refusal:
            if refusal.code.startswith("rights."):
                raise
            return shown(request, "vehicles/costs/statement.html", context | {"refusal": refusal})
        if taken is not None and taken.statement is not None and not taken.refused:
            messages.success(request, f"已入账 {len(taken.kept)} 笔,共 {taken.statement.amount / 100:,.2f} 元。")
            return HttpResponseRedirect(reverse("vehicles:costs"))
        context |= {"read": found, "taken": taken}
    return shown(request, "vehicles/costs/statement.html", context)


def _take(request: AccessRequest) -> tuple[Read, actions.Taken | None]:
    posted, access = Posted(request.POST.dict()), request.access
    merchant, kind = posted.text("merchant", "商户", most=80), request.POST.get("kind", "")
    if kind not in CostKind.values:
        raise Refusal("cost.kind", "请选择费用类别。")
    file = request.FILES.get("file")
    if file is None or file.size is None or file.size > LARGEST:
        raise Refusal("cost.file", f"请选择对账单文件(.xlsx 或 .csv,不超过 {LARGEST >> 20} MB)。")
    organ: Organ = access.organ  # type: ignore[assignment]
    chosen = {key[7:]: value for key, value in posted.data.items() if key.startswith("column-") and value}
    columns = chosen or actions.remembered(organ, merchant, kind)
    content, name = file.read(), file.name or "对账单"
    found = read(content, name, merchant=merchant, kind=kind, columns=columns)
    if found.missing:
        return found, None
    taken = actions.take(
        found.bills,
        merchant=merchant,
        kind=kind,
        name=name,
        content=content,
        columns=found.columns,
        good_only=bool(request.POST.get("good_only")),
        access=access,
        now=timezone.now(),
    )
    return found, taken


@require_http_methods(["GET", "POST"])
def budgets(request: AccessRequest) -> HttpResponse:
    """The budgets of a year; a manager sets those of the organ worked for and of those below."""
    access, today = request.access, timezone.localdate()
    access.need(reads(access), "查看用车经费预算")
    refusal = None
    if request.method == "POST":
        refusal = performed(request, {"set": lambda posted: _set(access, posted)})
        if refusal is None:
            return HttpResponseRedirect(reverse("vehicles:cost-budgets"))
    rows = access.scope(CostBudget.objects.all())
    kept = {key: request.GET[key] for key in ("after", "before") if key in request.GET}
    found = page(rows, ["pk"], kept, order="year", down=True)
    by_id = CostBudget.objects.select_related("organ").in_bulk([key for key, *_ in found.rows])
    context = {
        "page": found,
        "budgets": [(one, one.amount - one.spent, _share(one)) for key, *_ in found.rows for one in (by_id[key],)],
        "may_set": access.approves("vehicles"),
        "organ": access.organ,
        "year": today.year,
        "refusal": refusal,
    }
    return shown(request, "vehicles/costs/budgets.html", context)


def _share(one: CostBudget) -> int:
    return round(100 * one.spent / one.amount) if one.amount else 0


def _set(access: Access, posted: Posted) -> str:
    organ = access.organs().filter(name=posted.text("organ", "单位", most=120)).first()
    if organ is None:
        raise Refusal("cost.organ", "没有这个单位,或不在您管理的范围内。")
    year = posted.whole("year", "年度")
    if not 2000 <= year <= 2100:
        raise Refusal("cost.year", "年度不对,请写四位数字。")
    amount = posted.money("amount", "预算")
    actions.set_budget(organ=organ, year=year, amount=amount, approval=posted.text("approval", most=80), access=access)
    return f"已设定“{organ}” {year} 年用车经费预算。"
