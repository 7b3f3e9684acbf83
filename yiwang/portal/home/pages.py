"""首页, log-in, and the choice of the organ one works for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.core.rights import middleware
from yiwang.core.rights.access import granted_organs, switchable
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.core.standards.book import load
from yiwang.core.standards.schema import Clause, Document
from yiwang.insight import figures
from yiwang.kit import svg
from yiwang.kit.refusal import Refusal
from yiwang.portal.cases import graphs
from yiwang.portal.home import cadre, counts, waiting
from yiwang.portal.home.door import LogIn, LogOut, shut_out

__all__ = ["LogIn", "LogOut", "choose_organ", "healthz", "home", "shut_out"]

CHOICES = 50
#: figure on the first page → the topic whose clause in force stands beside it
GROUNDS = {"rooms": "offices.person_area", "vehicles": "vehicles.fleet_quota", "assets": "assets.minimum_years"}
COLOURS = {"over": "#ad1519", "warning": "#c07a12", "undetermined": "#8a70b8"}
LABELS = {"over": "超标", "warning": "提醒", "undetermined": "无法判定"}


@login_not_required
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """Whether the portal answers and reaches its database: for supervisors, says nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return JsonResponse({"ok": True})


@require_GET
def home(request: AccessRequest) -> HttpResponse:
    """What waits for me, key figures with their clauses, findings by area."""
    access, now = request.access, timezone.localtime()
    context: dict[str, Any] = {"greeting": greeting(now), "organ": access.organ, "now": now}
    if access.organ is not None and not access.can_read:
        return render(request, "portal/cadre.html", context | cadre.context(access, now))
    if access.organ is None:
        return render(request, "portal/home.html", context)
    on = now.date()
    areas = access.areas(Verb.READ)
    found = figures.kept(access.organ, on=on, at=now, areas=areas)
    context |= {
        "figures": found,
        "shown": {area: access.may(Verb.READ, area) for area in ("offices", "vehicles", "assets")},
        "tasks": waiting.tasks(access, now),
        "waiting": waiting.listed(access, on) if access.can_write else [],
        "imports": waiting.imports(access) if access.can_write else [],
        "count": counts.now(access),
        "course": _course(found),
        "areas": _areas(found),
        "grounds": _grounds(access.organ.region_id, now),
        "topics": _topics(found),
        "open": sum(found.count(kind) for kind in LABELS),
    }
    return render(request, "portal/home.html", context)


def greeting(now: datetime) -> str:
    """上午好, by the hour."""
    return next(
        word
        for until, word in ((5, "夜深了"), (12, "上午好"), (14, "中午好"), (18, "下午好"), (24, "晚上好"))
        if now.hour < until
    )


def _course(found: figures.Figures) -> SafeString:
    """Findings over twelve months."""
    lines = [
        svg.Series("未销号", [month.pending for month in found.months]),
        svg.Series("当月销号", [month.closed for month in found.months], dashed=True),
    ]
    drawn = svg.line(lines, [month.label for month in found.months], title="近十二个月的问题", unit="件")
    return mark_safe(drawn)  # noqa: S308 (kit.svg escapes)


def _areas(found: figures.Figures) -> SafeString:
    """Pending findings by area and kind."""
    names = graphs.areas()
    rows = [
        svg.Bar(
            names.get(area, area),
            [(kinds.get(kind, 0), colour) for kind, colour in COLOURS.items()],
            note="、".join(f"{LABELS[kind]} {kinds[kind]:,}" for kind in LABELS if kinds.get(kind)),
        )
        for area, kinds in found.pending.items()
    ]
    return mark_safe(svg.bars(rows, title="各业务未销号的问题", unit="件", label_width=90))  # noqa: S308


def _topics(found: figures.Figures) -> list[dict[str, Any]]:
    """The topics with the most violations, each by the subject of its clause."""
    book, result = load(), []
    for one in found.topics:
        try:
            subject = book.clause(one.clause).subject
        except KeyError:  # a clause that left the lawbook after it was judged by
            subject = one.label or one.topic
        result.append({**vars(one), "subject": subject})
    return result


def _grounds(region: str, now: datetime) -> dict[str, tuple[Document, Clause]]:
    """The clause in force here today for each figure that has one."""
    book = load()
    result = {}
    for name, topic in GROUNDS.items():
        try:
            stream = book.stream(topic)
        except KeyError:
            continue
        for candidate in stream.in_force(region, now.date()):
            result[name] = (candidate.rule.document, candidate.rule.clause)
            break
    return result


def _next(request: HttpRequest) -> str:
    """Where to go after the switch: the page one came from if it is ours, else the first page."""
    url = request.POST.get("next", "")
    return url if url_has_allowed_host_and_scheme(url, {request.get_host()}) else "/"


def _menu(request: AccessRequest) -> HttpResponse:
    """The drop-down of the band: the organs granted, fetched when it is first opened."""
    organs = granted_organs(request.access.user, on=timezone.localdate())
    context = {"organs": organs, "chosen": request.access.organ, "next": request.GET.get("next", "/")}
    return render(request, "portal/_organs.html", context)


def _list(request: AccessRequest) -> HttpResponse:
    """All organs the user may work for, by name."""
    query = request.GET.get("q", "").strip()
    organs = (
        switchable(request.access.user, on=timezone.localdate()).filter(name__contains=query).select_related("superior")
    )
    context = {"organs": organs.order_by("depth", "sort_key", "pk")[:CHOICES], "q": query, "most": CHOICES}
    return render(request, "portal/choose_organ.html", context)


def _switch(request: AccessRequest) -> HttpResponse:
    """Work for another organ from now on."""
    try:
        access = middleware.choose_organ(request, int(request.POST.get("organ", "")))
    except ValueError:
        messages.error(request, "请从列表中选一个单位。")
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"已切换到“{access.organ}”。")
    return HttpResponseRedirect(_next(request))


@require_http_methods(["GET", "POST"])
def choose_organ(request: AccessRequest) -> HttpResponse:
    """GET: the organs one may work for; POST: work for one of them."""
    if request.method == "POST":
        return _switch(request)
    return _menu(request) if request.headers.get("HX-Request") else _list(request)
