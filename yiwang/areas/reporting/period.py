"""The page of a period: completeness by level, who is missing, the sums; and its verbs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.reporting import opening, watching
from yiwang.areas.reporting.figures import scheme_of
from yiwang.areas.reporting.models import FILLABLE, PATH, PeriodState, ReportingPeriod, Return, ReturnState
from yiwang.areas.reporting.nav import configures, reads, shown
from yiwang.areas.reporting.opening import AREA
from yiwang.areas.reporting.schemes.schema import Scheme
from yiwang.core.orgs.models import LEVELS
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.kit.faces import download, performed
from yiwang.kit.posted import Posted

SHOWN = 200
FILTERS = {
    "missing": "逾期未报", "due": "未报", "waiting": "待审核", "back": "已退回", "late": "迟报", "amended": "更正",
}  # fmt: skip


def concerning(access: Access) -> QuerySet[ReportingPeriod]:
    """The periods whose pages are the user's: his organ or one above it opened them."""
    above = [getattr(access.organ, level) for level in LEVELS] if access.organ else []
    rows = ReportingPeriod.objects.select_related("revision", "organ")
    return rows.filter(organ__in=[key for key in above if key])


def visible(request: AccessRequest, pk: int) -> ReportingPeriod:
    """A period that concerns the user's organ. 404 otherwise."""
    request.access.need(reads(request.access), "查阅报表")
    return get_object_or_404(concerning(request.access), pk=pk)


def place_of(request: AccessRequest, period: ReportingPeriod) -> int:
    """The organ whose returns are looked at: that of the address if it lies within the user's scope, else his own."""
    access = request.access
    assert access.organ is not None
    asked = request.GET.get("at", "")
    known = asked.isascii() and asked.isdigit() and len(asked) < 18
    return int(asked) if known and _within(access, access.organ.pk, period, int(asked)) else access.organ.pk


def _within(access: Access, home: int, period: ReportingPeriod, organ: int) -> bool:
    """Whether an organ stood at or below the user's in the period. Those above him have neighbours in them."""
    rows = access.scope(Return.objects.filter(period=period))
    for level, column in enumerate(PATH):
        if (mine := rows.filter(**{column: home})).exists():
            return any(mine.filter(**{below: organ}).exists() for below in PATH[level:])
    return rows.filter(organ=organ).exists()


@require_http_methods(["GET", "POST"])
def one(request: AccessRequest, pk: int) -> HttpResponse:
    """Completeness and timeliness below an organ, level by level, and the returns that a filter picks."""
    period, access = visible(request, pk), request.access
    organ, on = place_of(request, period), timezone.localdate()
    refusal = None
    if request.method == "POST":
        refusal = performed(request, _verbs(request, period, organ))
        if refusal is None:
            return redirect(request.get_full_path())
    known = Return.objects.filter(period=period, organ__isnull=False)
    none = not access.scope(known).exists()
    whole, parts = (None, []) if none else watching.below(period, organ, on)
    pick = request.GET.get("pick", "missing" if period.due_date < on else "due")
    rows = [] if none else _picked(watching.returns_of(period, organ, access), pick, on)[:SHOWN]
    return shown(
        request,
        "reporting/period.html",
        {
            "period": period,
            "whole": whole,
            "parts": parts,
            "organ": organ,
            "home": access.organ.pk if access.organ else 0,
            "pick": pick,
            "filters": FILTERS,
            "rows": rows,
            "on": on,
            "open": period.state == PeriodState.OPEN,
            "may_fill": access.may(Verb.WRITE, AREA) and period.state == PeriodState.OPEN,
            "may_remind": access.may(Verb.APPROVE, AREA),
            "may_close": configures(access) and access.organ is not None and period.organ_id == access.organ.pk,
            "refusal": refusal,
        },
    )


def _picked(rows: QuerySet[Return], pick: str, on: date) -> QuerySet[Return]:
    conditions: dict[str, dict[str, Any]] = {
        "missing": {"first_date": None, "due_date__lt": on},
        "due": {"state__in": FILLABLE},
        "waiting": {"state": ReturnState.SUBMITTED},
        "back": {"state": ReturnState.SENT_BACK},
        "late": {"first_date__gt": F("due_date")},
        "amended": {"amended": True},
    }
    return rows.filter(**conditions.get(pick, {"state__in": FILLABLE})).order_by("organ_name", "pk")


def _verbs(request: AccessRequest, period: ReportingPeriod, organ: int) -> dict[str, Callable[[Posted], str]]:
    access, now = request.access, timezone.now()

    def remind(form: Posted) -> str:
        return f"已催报 {watching.remind(period=period, organ=organ, access=access, now=now)} 个单位。"

    def close(form: Posted) -> str:
        opening.close_period(period=period.pk, access=access, now=now)
        return "已锁定,不再接收填报。"

    return {"remind": remind, "close": close}


@require_GET
def sums(request: AccessRequest, pk: int) -> HttpResponse:
    """The sums below an organ: as reported by a moment, as restated now, and in today's tree, side by side."""
    period = visible(request, pk)
    organ = place_of(request, period)
    moment, day = _moment(request, period)
    then, now, today = watching.side_by_side(period, organ, request.access, moment)
    one = scheme_of(period.revision).scheme
    lines = [
        (item, then.figures.get(key), now.figures.get(key), today.figures.get(key))
        for key, item in one.items.items()
        if item.numeric
    ]
    context = {"period": period, "lines": lines, "then": then, "now": now, "today": today, "day": day, "organ": organ}
    return shown(request, "reporting/sums.html", {**context, "breaks": one.breaks})


def _moment(request: AccessRequest, period: ReportingPeriod) -> tuple[datetime, str]:
    """The end of the day asked for (else of the due day), in local time."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = period.due_date
    return datetime.combine(day, time.max, tzinfo=timezone.get_current_timezone()), day.isoformat()


@require_GET
def export(request: AccessRequest, pk: int, form: str) -> FileResponse:
    """Every return below the organ with its state and figures."""
    period = visible(request, pk)
    scheme = scheme_of(period.revision).scheme
    rows = watching.returns_of(period, place_of(request, period), request.access)
    heads = [
        "单位",
        "状态",
        "首次报送",
        "版次",
        *(f"{i.label}({i.unit})" if i.unit else i.label for i in scheme.items.values()),
    ]
    lines = (
        [row.organ_name, row.word, row.first_date, row.number, *_figures(row, scheme)]
        for row in rows.select_related("current").order_by("organ_name", "pk").iterator(2000)
    )
    return download(str(period), form, heads, lines)


def _figures(row: Return, scheme: Scheme) -> Iterator[Any]:
    facts = row.current.facts if row.current else {}
    for key, item in scheme.items.items():
        text = facts.get(key)
        yield Decimal(text) if text is not None and item.numeric else text
