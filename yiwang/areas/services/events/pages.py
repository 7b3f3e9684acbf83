"""The pages of plans: list, form, the plan with its lines, tasks, bill and verdicts, and the sheets to print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.services.events import actions, catering, meals, papers
from yiwang.areas.services.events.models import (
    EDITABLE,
    Event,
    EventState,
    LineKind,
    MeetingClass,
)
from yiwang.areas.services.events.plans import plan_of
from yiwang.areas.services.events.standards import BANNED, verdicts
from yiwang.areas.services.nav import nav
from yiwang.areas.services.venues import forms
from yiwang.areas.services.venues.models import AREA, Venue, YesNo
from yiwang.areas.services.venues.pages import need_apply
from yiwang.core.flow.models import Case
from yiwang.core.papers import actions as issued
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.core.standards.verdict import Verdict, VerdictKind
from yiwang.kit.paging import page
from yiwang.kit.refusal import Refusal, Where

_ORDER = (VerdictKind.OVER, VerdictKind.WARNING, VerdictKind.UNDETERMINED, VerdictKind.UNVERIFIED, VerdictKind.WITHIN)


@require_GET
def events(request: AccessRequest) -> HttpResponse:
    """Plans that one may see, the newest first; by state."""
    access = need_apply(request)
    given = request.GET.dict()
    rows = Event.objects.visible(access)
    if given.get("state") in EventState.values:
        rows = rows.filter(state=given["state"])
    found = page(rows, ["pk"], given, down=True)
    by_id = Event.objects.select_related("organ", "created_by").in_bulk([key for key, *_ in found.rows])
    context = {
        **nav(request),
        "page": found,
        "rows": [by_id[key] for key, *_ in found.rows],
        "states": EventState.choices,
        "state": given.get("state", ""),
        "may_draft": access.may(Verb.APPLY, AREA),
    }
    return render(request, "services/events/list.html", context)


@require_http_methods(["GET", "POST"])
def new(request: AccessRequest) -> HttpResponse:
    """A new plan."""
    access = need_apply(request)
    access.need(access.may(Verb.APPLY, AREA), "拟会议保障方案")
    if request.method == "GET":
        return _form(request, {})
    try:
        made = actions.draft(access=access, now=timezone.now(), **values_of(request))
    except Refusal as refusal:
        if refusal.code.startswith("rights."):
            raise
        return _form(request, request.POST.dict(), refusal)
    return HttpResponseRedirect(reverse("services:event", args=[made.pk]))


def _form(request: AccessRequest, given: Mapping[str, Any], refusal: Refusal | None = None) -> HttpResponse:
    context = {
        **nav(request),
        **_choices(),
        "given": given,
        "refusal": refusal,
        "chosen": request.POST.getlist("banned"),
    }
    return render(request, "services/events/new.html", context, status=422 if refusal else 200)


def _choices() -> dict[str, Any]:
    return {"classes": MeetingClass.choices, "bans": BANNED}


def values_of(request: AccessRequest) -> dict[str, Any]:
    """The columns of a plan from its form. Refusals `form.*`."""
    given = request.POST.dict()
    known = {key for key, _ in BANNED}
    first = forms.day_of(given, "first_date")
    return {
        "name": given.get("name", "").strip(),
        "meeting_class": given["meeting_class"] if given.get("meeting_class") in MeetingClass.values else "",
        "briefing": YesNo.YES if given.get("briefing") else YesNo.NO,
        "first_date": first,
        "last_date": forms.day_of(given, "last_date", default=first),
        "days": figure(given, "days", "会期", places=1),
        "arrive_leave_days": figure(given, "arrive_leave_days", "报到和离开天数", places=1, empty=True),
        "participants": forms.number_of(given, "participants", "参会人数"),
        "staff": int(figure(given, "staff", "工作人员", places=0, empty=True)),
        "banned": sorted(known.intersection(request.POST.getlist("banned"))),
        "purpose": given.get("purpose", "").strip()[:500],
    }


def figure(given: Mapping[str, str], name: str, label: str, *, places: int, empty: bool = False) -> Decimal:
    """A figure of at most so many places, not below 0; `empty`: nothing is 0. Refusal `form.figure`."""
    text = given.get(name, "").strip().replace(",", "")
    if not text and empty:
        return Decimal(0)
    try:
        value = Decimal(text)
        fits = value.is_finite() and value >= 0 and value == round(value, places) and value < 10**9
    except InvalidOperation:
        fits = False
    if not fits:
        raise Refusal("form.figure", f"“{label}”要填不小于 0 的数,最多 {places} 位小数。", where=Where(column=name))
    return value


@require_http_methods(["GET", "POST"])
def event(request: AccessRequest, pk: int) -> HttpResponse:
    """One plan. POST does one of VERBS."""
    access, now = request.access, timezone.now()
    row = seen(access, pk)
    if request.method == "GET":
        return _event(request, row)
    verb = VERBS.get(request.POST.get("do", ""))
    if verb is None:
        raise Http404
    try:
        said = verb(request, row, now)
    except Refusal as refusal:
        if refusal.code.startswith("rights."):
            raise
        return _event(request, seen(access, pk), refusal)
    if said:
        messages.success(request, said)
    return HttpResponseRedirect(reverse("services:event", args=[pk]))


def seen(access: Access, pk: int) -> Event:
    """A plan that one may see, or 404."""
    row = Event.objects.visible(access).select_related("organ", "created_by").filter(pk=pk).first()
    if row is None:
        raise Http404("没有这个方案")
    return row


def _change(request: AccessRequest, row: Event, now: datetime) -> str:
    actions.change(event=row.pk, access=request.access, now=now, **values_of(request))
    return "方案已改。"


def _add(request: AccessRequest, row: Event, now: datetime) -> str:
    given = request.POST.dict()
    texts = {name: given.get(name, "").strip()[:60] for name in ("when", "payer", "responsible", "reference")}
    actions.add_line(
        event=row.pk,
        kind=given.get("kind", ""),
        what=given.get("what", "")[:120],
        quantity=figure(given, "quantity", "数量", places=2),
        unit=given.get("unit", "").strip()[:10],
        price=int(figure(given, "price", "单价", places=2, empty=True) * 100),
        access=request.access,
        now=now,
        **texts,
    )
    return "已加上。"


def _room(request: AccessRequest, row: Event, now: datetime) -> str:
    given = request.POST.dict()
    starts_at, ends_at = forms.instants(given)
    key = forms.number_of(given, "venue", "场所")
    texts = {name: given.get(name, "") for name in ("equipment", "catering")}
    actions.book_room(
        event=row.pk, venue=key, starts_at=starts_at, ends_at=ends_at, access=request.access, now=now, **texts
    )
    return "会场已订,时间为您留着。"


def _meal(request: AccessRequest, row: Event, now: datetime) -> str:
    given = request.POST.dict()
    line = meals.order(
        event=row.pk,
        day=forms.day_of(given),
        meal=given.get("meal", ""),
        persons=forms.number_of(given, "persons", "用餐人数"),
        standard=int(figure(given, "standard", "每人标准", places=2) * 100),
        payer=given.get("payer", "").strip()[:60],
        canteen=forms.number_of(given, "canteen", "食堂") if given.get("canteen") else None,
        access=request.access,
        now=now,
    )
    if not line.reference:
        return "用餐已列入方案;没有食堂为本单位供餐,请另行安排。"
    return f"用餐已加上,并向食堂订餐({line.reference})。"


def _persons(request: AccessRequest, row: Event, now: datetime) -> str:
    given = request.POST.dict()
    line, persons = (forms.number_of(given, name, label) for name, label in (("line", "项目"), ("persons", "用餐人数")))
    meals.change(event=row.pk, line=line, persons=persons, access=request.access, now=now)
    return "用餐人数已改。"


def _remove(request: AccessRequest, row: Event, now: datetime) -> str:
    key = forms.number_of(request.POST.dict(), "line", "项目")
    actions.remove_line(event=row.pk, line=key, access=request.access, now=now)
    return "已去掉。"


def _task(request: AccessRequest, row: Event, now: datetime) -> str:
    given = request.POST.dict()
    due = timezone.make_aware(datetime.combine(forms.day_of(given), datetime.min.time()))
    due += timedelta(minutes=forms.minute_of(given, "time"))
    actions.add_task(
        event=row.pk,
        what=given.get("what", ""),
        due_at=due,
        responsible=given.get("responsible", ""),
        access=request.access,
        now=now,
    )
    return "任务已安排。"


def _finish(request: AccessRequest, row: Event, now: datetime) -> str:
    key = forms.number_of(request.POST.dict(), "task", "任务")
    actions.finish_task(event=row.pk, task=key, access=request.access, now=now)
    return "任务已完成。"


def _submit(request: AccessRequest, row: Event, now: datetime) -> str:
    actions.submit(event=row.pk, access=request.access, on=timezone.localdate(), now=now)
    return "已提交审批。"


def _cancel(request: AccessRequest, row: Event, now: datetime) -> str:
    reason = request.POST.get("reason", "")
    actions.cancel(event=row.pk, reason=reason, access=request.access, on=timezone.localdate(), now=now)
    if kept := catering.left(row):
        return f"已取消,场所已释放;{'、'.join(one.number for one in kept)} 已过订餐截止时间,请与食堂联系。"
    return "已取消,场所已释放。"


VERBS: dict[str, Callable[[AccessRequest, Event, datetime], str]] = {
    "change": _change,
    "line": _add,
    "room": _room,
    "meal": _meal,
    "persons": _persons,
    "remove": _remove,
    "task": _task,
    "finish": _finish,
    "submit": _submit,
    "cancel": _cancel,
}


def judged(row: Event) -> list[Verdict]:
    """The verdicts, the worst first."""
    return sorted(verdicts(row), key=lambda one: _ORDER.index(one.kind))


def _event(request: AccessRequest, row: Event, refusal: Refusal | None = None) -> HttpResponse:
    access = request.access
    own = row.created_by_id == access.user.pk
    keeps = own or (access.may(Verb.WRITE, AREA) and access.holds(row))
    case = Case.objects.filter(pk=row.case).first() if row.case else None
    found = judged(row)
    context = {
        **nav(request),
        **_choices(),
        "plan": plan_of(row),
        "event": row,
        "refusal": refusal,
        "typed": request.POST,
        "given": row,
        "chosen": row.banned,
        "banned": [word for key, word in BANNED if key in row.banned],
        "verdicts": [one for one in found if one.kind is not VerdictKind.WITHIN],
        "within": [one for one in found if one.kind is VerdictKind.WITHIN],
        "case_url": case_url(case) if case and Case.objects.visible(access).filter(pk=case.pk).exists() else "",
        "back": _back(row, case),
        "papers": [
            (label, key, issued.of(key, row.pk)) for label, key in (("方案", papers.PLAN), ("费用单", papers.BILL))
        ]
        if row.state in (EventState.APPROVED, EventState.CLOSED)
        else [],
        "may_change": keeps and row.state in EDITABLE,
        "may_cancel": keeps and row.state in (*EDITABLE, EventState.ASKED, EventState.APPROVED),
        "may_task": keeps and row.state in (*EDITABLE, EventState.ASKED, EventState.APPROVED),
        "may_finish": own or access.may(Verb.HANDLE, AREA),
        "sorts": [one for one in LineKind.choices if one[0] != LineKind.ROOM],
        "meals": meals.MEALS,
        "canteens": catering.serving(row.organ, row.first_date) if keeps and row.state in EDITABLE else [],
        "venues": _venues(access, row) if keeps and row.state in EDITABLE else [],
    }
    return render(request, "services/events/event.html", context, status=422 if refusal else 200)


def case_url(case: Case) -> str:
    """The page of a case; "" in a portal without one."""
    try:
        return reverse("cases:case", args=[case.pk])
    except NoReverseMatch:
        return ""


def _venues(access: Access, row: Event) -> list[Venue]:
    """Those that seat everybody first."""
    offered = Venue.objects.offered(access, row.first_date).order_by("sort_key", "pk")[:300]
    return sorted(offered, key=lambda one: (one.seats < row.participants, one.seats))


def _back(row: Event, case: Case | None) -> str:
    """Why it was sent back last."""
    if row.state != EventState.BACK or case is None:
        return ""
    last = case.events.filter(verb="SEND_BACK").order_by("-pk").first()
    return str(last.text) if last else ""


@require_GET
def sheet(request: AccessRequest, pk: int, what: str) -> HttpResponse:
    """The plan (`plan`) or the bill (`bill`) as a sheet to print."""
    if what not in ("plan", "bill"):
        raise Http404
    row = seen(request.access, pk)
    context = {
        **nav(request),
        "plan": plan_of(row),
        "event": row,
        "what": what,
        "verdicts": judged(row),
        "now": timezone.now(),
    }
    return render(request, "services/events/sheet.html", context)
