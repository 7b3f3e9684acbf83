"""工作日历: the year at a glance, one day with what would change, and changing it."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.core.flow.models import Case, Step, StepState
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.core.workdays import actions
from yiwang.core.workdays.calendar import SATURDAY, WorkCalendar
from yiwang.core.workdays.current import current
from yiwang.core.workdays.models import Holiday
from yiwang.kit.refusal import Refusal

#: The years that have a page.
YEARS = range(2010, 2100)
#: So many moved deadlines are named.
NAMED = 20


@dataclass(frozen=True)
class Day:
    """A cell of the year. kind: off | holiday | makeup | "" (a working day as any)."""

    day: date
    kind: str
    name: str
    today: bool


def may_edit(access: Access) -> bool:
    """The calendar is one for all: it is kept by who may configure at the top."""
    return access.organ is not None and access.organ.depth == 1 and access.may(Verb.CONFIGURE)


@require_GET
def year(request: AccessRequest) -> HttpResponse:
    """The twelve months of a year."""
    today = timezone.localdate()
    text = request.GET.get("year", str(today.year))
    if not text.isdigit() or int(text) not in YEARS:
        raise Http404
    number = int(text)
    holidays = {one.day: one for one in Holiday.objects.filter(day__year=number)}
    weeks, calendar = months.Calendar(), current()
    shown = [
        (
            month,
            [
                [_day(day, holidays, today) if day.month == month else None for day in week]
                for week in weeks.monthdatescalendar(number, month)
            ],
        )
        for month in range(1, 13)
    ]
    context = {
        "year": number,
        "months": shown,
        "holidays": sorted(holidays.values(), key=lambda one: one.day),
        "unverified": any(not one.verified for one in holidays.values()),
        "working": sum(calendar.is_workday(date.fromordinal(at)) for at in _days_of(number)),
        "editable": may_edit(request.access),
    }
    return render(request, "cases/workdays.html", context)


def _days_of(number: int) -> range:
    return range(date(number, 1, 1).toordinal(), date(number + 1, 1, 1).toordinal())


def _day(day: date, holidays: dict[date, Holiday], today: date) -> Day:
    row = holidays.get(day)
    kind = ("makeup" if row.works else "holiday") if row else "off" if day.weekday() >= SATURDAY else ""
    return Day(day, kind, row.name if row else "", day == today)


@require_http_methods(["GET", "POST"])
def one_day(request: AccessRequest, day: str) -> HttpResponse:
    """One day: what it is, what another answer would change; POST changes it."""
    at = _parsed(day)
    row = Holiday.objects.filter(day=at).first()
    if request.method == "GET":
        return _day_page(request, at, row, {})
    try:
        said = _change(request, at)
    except Refusal as refusal:
        return _day_page(request, at, row, request.POST.dict(), refusal)
    messages.success(request, said)
    return HttpResponseRedirect(f"{reverse('cases:workdays')}?year={at.year}")


def _parsed(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if day.year not in YEARS:
        raise Http404
    return day


def _change(request: AccessRequest, day: date) -> str:
    """Set or clear; the sentence that says what moved."""
    access, values = request.access, request.POST
    allowed = may_edit(access)
    before = _due()
    if values.get("do") == "clear":
        actions.clear_day(day=day, allowed=allowed, actor=access.actor)
    else:
        if values.get("works") not in ("0", "1"):
            raise Refusal("workdays.works", "请选择这一天放假还是上班。")
        name, number = values.get("name", "")[:40], values.get("number", "")[:60]
        works = values["works"] == "1"
        actions.set_day(day=day, works=works, name=name, number=number, allowed=allowed, actor=access.actor)
    after = _due()
    moved = sum(before[key] != after.get(key) for key in before)
    return f"{day} 已登记,{moved} 个在办环节的期限随之调整。" if moved else f"{day} 已登记,没有在办环节的期限受影响。"


def _due() -> dict[int, datetime | None]:
    return dict(Step.objects.filter(state=StepState.OPEN, due_at__isnull=False).values_list("pk", "due_at"))


def _day_page(
    request: AccessRequest, day: date, row: Holiday | None, values: dict[str, str], refusal: Refusal | None = None
) -> HttpResponse:
    calendar = current()
    works = calendar.is_workday(day)
    moved = _moved(request.access, calendar, replace(calendar, days={**calendar.days, day: not works}))
    context: dict[str, Any] = {
        "day": day,
        "row": row,
        "works": works,
        "values": values or {"name": row.name if row else "", "number": row.number if row else ""},
        "chosen": values.get("works", "0" if works else "1"),
        "moved": moved[:NAMED],
        "count": len(moved),
        "editable": may_edit(request.access),
        "refusal": refusal,
    }
    return render(request, "cases/day.html", context, status=422 if refusal else 200)


@dataclass(frozen=True)
class Moved:
    """A step whose deadline another calendar puts elsewhere."""

    case: Case
    step: str
    before: datetime
    after: datetime


def _moved(access: Access, before: WorkCalendar, after: WorkCalendar) -> list[Moved]:
    """The open steps, of cases that the user may see, whose deadline differs; by the present deadline."""
    steps = Step.objects.filter(state=StepState.OPEN, due_at__isnull=False, clock_from__isnull=False)
    steps = steps.filter(case__in=Case.objects.visible(access).values("pk"), case__paused_at=None)
    found = []
    for step in steps.select_related("case").order_by("due_at", "pk"):
        was, then = _ends(step, before), _ends(step, after)
        if was is not None and then is not None and was != then:
            found.append(Moved(step.case, step.name, was, then))
    return found


def _ends(step: Step, calendar: WorkCalendar) -> datetime | None:
    if step.clock_from is None:
        return None
    if step.days is not None:
        return calendar.due_after(step.clock_from, days=step.days)
    return calendar.add_work_hours(step.clock_from, step.hours) if step.hours is not None else None
