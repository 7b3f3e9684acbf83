"""`/insight/energy/`: the nation, a province, a city or a county at a glance; a click goes one level down, to the bill."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yiwang.core.rights.middleware import AccessRequest
from yiwang.insight import published, rights
from yiwang.insight.codes import KINDS
from yiwang.insight.energy import charts, reading
from yiwang.insight.indicators import INDICATORS
from yiwang.insight.models import Cell, Origin
from yiwang.kit import svg
from yiwang.kit.faces import drawn
from yiwang.kit.refusal import Refusal

#: Regions in the ranking.
RANKED = 12
MAPPED = tuple(one for one in INDICATORS if not one.key.endswith("_change"))


@require_GET
def energy(request: AccessRequest) -> HttpResponse:
    """The page. 404 for a region that is not the user's and of which nothing is published."""
    access, asked = request.access, request.GET
    access.need(rights.reads(access), "查看能耗数据")
    kind = int(asked.get("kind", "0")) if asked.get("kind", "0") in map(str, KINDS) else 0
    try:
        found = reading.context_of(
            access,
            code=asked.get("region", ""),
            year=asked.get("year", ""),
            kind=kind,
            key=asked.get("indicator", ""),
            edition=asked.get("edition", ""),
        )
    except Refusal as refusal:
        return render(
            request, "insight/energy.html", _frame(access_home=rights.home(access)) | {"refusal": refusal}, status=422
        )
    if found is None:
        raise Http404
    keep = {"year": found["year"], "kind": kind or "", "indicator": found["indicator"].key}
    context = found | _frame(access_home=rights.home(access)) | _drawn(found, keep) | {"keep": urlencode(keep)}
    return render(request, "insight/energy.html", context)


def _frame(access_home: str) -> dict[str, object]:
    return {"kinds": KINDS.items(), "indicators": MAPPED, "home": access_home, "demo": Origin.DEMO}


def _href(code: str, keep: dict[str, object]) -> str:
    given = {key: value for key, value in keep.items() if value != ""}
    return f"{reverse('insight:energy')}?{urlencode({'region': code, **given})}"


def _drawn(found: dict[str, Any], keep: dict[str, object]) -> dict[str, object]:
    """The charts of the page."""
    node, indicator = found["node"], found["indicator"]
    children, months, own_years = found["children"], found["months"], found["own_years"]
    mapped = [_tile(one, indicator.key, node, keep) for one in children]
    ranked = sorted((one for one in mapped if one.value is not None), key=lambda one: -(one.value or 0))
    bars = [svg.Bar(one.name, [(one.value or 0, svg.COLOURS[0])], f"{one.value:,.2f}", one.href) for one in ranked]
    title, unit = f"{node.name} {found['year']} 年 {indicator.label}", indicator.unit
    trend = charts.trend(
        published.series(node.code, indicator.published) if indicator.published and not found["kind"] else [],
        own_years,
        published.breaks(),
        title=f"{node.name} {indicator.label}历年",
        unit=unit,
    )
    return {
        "map": drawn(charts.tiles(mapped, title=title, unit=unit, nation=node.level == 0)) if mapped else "",
        "ranking": drawn(svg.bars(bars[:RANKED], title=f"{title}排序", unit=unit)) if bars else "",
        "ranked": len(bars),
        "trend": drawn(trend),
        "through": _through(months),
        "by_month": drawn(_months(months, node.name)) if months else "",
        "breaks": published.breaks(),
        "published_rows": published.series(node.code, indicator.published) if indicator.published else [],
    }


def _through(months: list[Cell]) -> int:
    """The last month that is there, where the year is not whole: it cannot be set beside whole years. 0: whole, or none."""
    last = max((one.month for one in months), default=0)
    return last if last < 12 else 0


def _tile(one: Cell, key: str, node: reading.Node, keep: dict[str, object]) -> charts.Tile:
    """A region below; the organs that belong to none of them stand under the region's own code."""
    if one.region == node.code:
        return charts.Tile(one.region, f"{one.name}本级", getattr(one, key))
    href = _href(one.region, keep)
    return charts.Tile(one.region, one.name, getattr(one, key), href)


def _months(months: list[Cell], name: str) -> str:
    """Energy by month, in tonnes, or in ten thousands of them where they are many."""
    many = max(one.energy_kgce for one in months) >= 10_000_000
    step, unit = (10_000_000, "万吨标准煤") if many else (1000, "吨标准煤")
    values = {one.month: round(one.energy_kgce / step, 2) for one in months}
    series = [svg.Series(f"综合能耗({unit})", [values.get(one) for one in range(1, 13)])]
    return svg.line(series, [f"{one} 月" for one in range(1, 13)], title=f"{name}各月综合能耗", unit=unit)
