"""用车统计: one month with its shares, the trend, the groups, and the cars behind them; as page, CSV, workbook or JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.vehicles.costs import reading as costs
from yiwang.areas.vehicles.faces import download, drawn, performed, shown
from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.nav import reads
from yiwang.areas.vehicles.stats import jobs, reading
from yiwang.areas.vehicles.stats.cube import following
from yiwang.areas.vehicles.stats.models import MonthRun
from yiwang.areas.vehicles.stats.reading import BY, GROUPS, WORDS, Chosen, Figures
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.kit import svg
from yiwang.kit.paging import page
from yiwang.kit.posted import Posted

#: What files and JSON say of a group: key → (head, the figure). Money in yuan, shares in percent.
COLUMNS: dict[str, tuple[str, Callable[[Figures], Any]]] = {
    "cars": ("车辆数(辆)", lambda one: one.cars),
    "use_rate": ("使用率(%)", lambda one: one.use_rate),
    "trips": ("出车次数(次)", lambda one: one.trips),
    "on_time_share": ("准点率(%)", lambda one: one.on_time_share),
    "pooling_share": ("拼车率(%)", lambda one: one.pooling_share),
    "km": ("行驶里程(公里)", lambda one: one.km),
    "empty_share": ("空驶率(%)", lambda one: one.empty_share),
    "cost": ("费用(元)", lambda one: costs_of(one.cost)),
    "per_km": ("每公里费用(元)", lambda one: costs_of(one.per_km)),
    "per_car": ("每车费用(元)", lambda one: costs_of(one.per_car)),
}


def costs_of(fen: int | None) -> Any:
    """Yuan as written, None where there is nothing."""
    return None if fen is None else f"{fen / 100:.2f}"


@require_http_methods(["GET", "POST"])
def index(request: AccessRequest) -> HttpResponse:
    """A month; `format=csv|xlsx|json` gives the groups as shown. POST: work the month out now."""
    access, today = request.access, timezone.localdate()
    access.need(reads(access), "查看用车统计")
    choice = reading.chosen(access, request.GET, today)
    refusal = None
    if request.method == "POST":
        refusal = performed(request, {"tally": lambda posted: _tally(access, choice.month, posted)})
        if refusal is None:
            return HttpResponseRedirect(_address(choice))
    found = reading.groups(access, choice)
    if form := request.GET.get("format", ""):
        return _file(form, f"用车统计 {choice.month:%Y-%m}", BY[choice.by], found)
    trend = reading.months(access, choice)
    context = {
        **_frame(choice),
        "groups": [(one, _below(choice, one)) for one in found[:GROUPS]],
        "more": max(len(found) - GROUPS, 0),
        "whole": reading.total(found),
        "run": MonthRun.objects.filter(month=choice.month).first(),
        "charts": _charts(trend),
        "may_write": access.may(Verb.WRITE, "vehicles"),
        "refusal": refusal,
    }
    return shown(request, "vehicles/stats/index.html", context)


def _frame(choice: Chosen) -> dict[str, Any]:
    """What the page and the list of cars share."""
    words = [(key, BY[key], WORDS[key].items(), getattr(choice, key)) for key in WORDS]
    return {
        "choice": choice,
        "bys": list(BY.items()),
        "word": BY[choice.by],
        "words": words,
        "query": urlencode(choice.query()),
        "above": choice.organ.superior_id,
    }


def _address(choice: Chosen) -> str:
    return f"{reverse('vehicles:stats')}?{urlencode(choice.query())}"


def _below(choice: Chosen, one: Figures) -> str:
    """Where a group leads: an organ to those below it, a word to the cars."""
    cars = reverse("vehicles:stats-cars")
    if choice.by == "organ":
        below = one.key and one.key != str(choice.organ.pk)
        return f"?{urlencode(choice.query(organ=one.key))}" if below else f"{cars}?{urlencode(choice.query(own=1))}"
    return f"{cars}?{urlencode(choice.query(**{choice.by: one.key}))}"


def _tally(access: Access, month: date, _: Posted) -> str:
    jobs.ask(month=month, access=access, on=timezone.localdate(), now=timezone.now())
    return f"正在统计 {month:%Y-%m},完成后刷新本页。"


def _charts(trend: list[Figures]) -> list[Any]:
    places = [one.label[2:] for one in trend]
    shares = [
        svg.Series("使用率", [one.use_rate for one in trend]),
        svg.Series("空驶率", [one.empty_share for one in trend], dashed=True),
        svg.Series("准点率", [one.on_time_share for one in trend]),
    ]
    money = [svg.Series("每公里费用", [one.per_km and one.per_km / 100 for one in trend])]
    each = [svg.Series("每车费用", [one.per_car and one.per_car / 100 for one in trend])]
    return [
        drawn(svg.line(shares, places, title="使用率、空驶率、准点率", unit="%")),
        drawn(svg.line(money, places, title="每公里费用", unit="元")),
        drawn(svg.line(each, places, title="每车费用", unit="元")),
    ]


def _file(form: str, name: str, word: str, found: list[Figures]) -> HttpResponse:
    if form == "json":
        rows = [
            {"key": one.key, "label": one.label} | {key: _plain(of(one)) for key, (_, of) in COLUMNS.items()}
            for one in found
        ]
        return JsonResponse({"by": word, "rows": rows}, json_dumps_params={"ensure_ascii": False})
    heads = [word, *(head for head, _ in COLUMNS.values())]
    cells = [[one.label, *(of(one) for _, of in COLUMNS.values())] for one in found]
    return download(name, form, heads, cells)  # type: ignore[return-value]


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else str(value)


@require_GET
def cars(request: AccessRequest) -> HttpResponse:
    """The cars behind the figures, a page of them with what each did and cost in the month."""
    access, today = request.access, timezone.localdate()
    access.need(reads(access), "查看用车统计")
    choice = reading.chosen(access, request.GET, today)
    kept = choice.query() | {key: request.GET[key] for key in ("after", "before", "own") if key in request.GET}
    found = page(reading.cars(access, choice, own="own" in request.GET), ["pk"], kept, order="sort_key")
    keys = [row[0] for row in found.rows]
    by_id = Vehicle.objects.select_related("organ").in_bulk(keys)
    figures = costs.by_car(access, choice.month, following(choice.month), keys)
    rows = [(by_id[key], figures.get(key) or costs.Figures("", "")) for key in keys]
    return shown(request, "vehicles/stats/cars.html", {**_frame(choice), "page": found, "rows": rows})
