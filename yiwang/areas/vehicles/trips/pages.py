"""我要用车: the form, one's own trips, the trip's own page with whatever may be done about it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.vehicles.faces import shown
from yiwang.areas.vehicles.life.models import Body, Use
from yiwang.areas.vehicles.trips import actions, answers, approval, claims, dispatching, forms, papers, photos
from yiwang.areas.vehicles.trips.driving import CHECKS, next_act
from yiwang.areas.vehicles.trips.grounds import ground
from yiwang.areas.vehicles.trips.models import (
    HOLDING,
    Assignment,
    DriveAct,
    Expense,
    Purpose,
    Trip,
    TripState,
)
from yiwang.areas.vehicles.trips.places import known_places
from yiwang.areas.vehicles.trips.powers import applies, at_wheel, dispatchable, visible
from yiwang.areas.vehicles.trips.resources import DRIVER
from yiwang.areas.vehicles.trips.said import NEXT_WORDS
from yiwang.areas.vehicles.trips.wanted import Wanted, draft, shape
from yiwang.core.papers import actions as issued
from yiwang.core.registers import sight
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal

#: So many trips of one list.
MOST, PAST = 100, 20
#: The uses that a request may name; the others are given by the purpose.
USES = (Use.SPECIALIST, Use.IN_KIND, Use.RETIREE)
#: The way of a trip in words, for the line at the head of its page.
COURSE = (
    ("申请", ()),
    ("审批", (TripState.REQUESTED,)),
    ("派车", (TripState.APPROVED,)),
    ("接单", (TripState.ASSIGNED,)),
    ("行车", (TripState.ACCEPTED, TripState.UNDER_WAY, TripState.WAITING)),
    ("确认", (TripState.DONE,)),
    ("结算", (TripState.CONFIRMED,)),
)


def seen(access: Access, pk: int) -> Trip:
    """The trip, if the user may see it; else 404."""
    row = visible(access).select_related("organ", "applicant").filter(pk=pk).first()
    if row is None:
        raise Http404("没有这次用车")
    return row


@require_http_methods(["GET", "POST"])
def new(request: AccessRequest) -> HttpResponse:
    """The form. `do=check` says how the trip would be served; `do=send` asks. What is refused stays as it was typed."""
    access, now = request.access, timezone.now()
    access.need(applies(access), "申请用车")
    if request.method == "GET":
        return _form(request, {**forms.fresh(now), **request.GET.dict()})
    data = request.POST.dict()
    try:
        wanted = forms.wanted_of(data, _organ(access))
        if data.get("do") == "check":
            return _form(request, data, given=_answers(wanted, access, now))
        files = request.FILES.getlist("file")
        made = actions.request(wanted=wanted, access=access, now=now, key=data.get("key", ""), files=files)
    except Refusal as refusal:
        if refusal.code.startswith("rights."):
            raise
        return _form(request, data, refusal=refusal)
    messages.success(request, "已登记紧急用车,请尽快补办手续。" if made.urgent else "已提交,批准后由调度派车。")
    return HttpResponseRedirect(reverse("vehicles:trip", args=[made.pk]))


def _organ(access: Access) -> Any:
    assert access.organ is not None
    return access.organ


def _answers(wanted: Wanted, access: Access, now: datetime) -> list[answers.Answer]:
    """In short, for the applicant. What is wrong with the form is refused as it would be on sending."""
    assert isinstance(access.user, User)
    for refusal in shape(wanted, now):
        raise refusal
    row = draft(wanted, _organ(access), access.user, now)
    found = answers.answers(row, row.day, now)
    if found[0].refusal is not None and found[0].refusal.code != "answer.none":
        raise found[0].refusal
    return found


def _form(request: AccessRequest, data: dict[str, Any], **more: Any) -> HttpResponse:
    refusal: Refusal | None = more.get("refusal")
    context = {
        "given": {"from": "", "to": "", "via": "", **data},
        "trip": more.get("trip"),
        "key": data.get("key") or secrets.token_urlsafe(16),
        "purposes": Purpose.choices,
        "bodies": Body.choices,
        "uses": [(one.value, one.label) for one in USES],
        "places": sorted(one.name for one in known_places(_organ(request.access))),
        "answers": more.get("given"),
        "refusal": refusal,
        "ground": ground(refusal.clause) if refusal and refusal.clause else None,
        "column": refusal.where.column if refusal else "",
        "accept": photos.ACCEPT,
    }
    return shown(request, "vehicles/trips/new.html", context)


@require_http_methods(["GET", "POST"])
def correct(request: AccessRequest, pk: int) -> HttpResponse:
    """The form again, for what was sent back to the applicant."""
    access, now = request.access, timezone.now()
    row = seen(access, pk)
    if approval.open_task(row, access.user.pk) is None:
        raise Http404("没有退回给您")
    if request.method == "GET":
        return _form(request, forms.given_of(row), trip=row)
    data = request.POST.dict()
    try:
        wanted = forms.wanted_of(data, row.organ)
        if data.get("do") == "check":
            return _form(request, data, trip=row, given=_answers(wanted, access, now))
        actions.correct(trip=pk, wanted=wanted, access=access, now=now)
    except Refusal as refusal:
        if refusal.code.startswith("rights."):
            raise
        return _form(request, data, trip=row, refusal=refusal)
    messages.success(request, "已重新提交。")
    return HttpResponseRedirect(reverse("vehicles:trip", args=[pk]))


@require_GET
def mine(request: AccessRequest) -> HttpResponse:
    """One's own trips: what is to come, what is to be confirmed, what was."""
    access = request.access
    access.need(applies(access), "申请用车")
    rows = Trip.objects.filter(applicant=access.user.pk).select_related("organ")
    open_states = (TripState.REQUESTED, TripState.APPROVED, *HOLDING, TripState.DONE)
    context = {
        "coming": rows.filter(state__in=open_states).order_by("starts_at")[:MOST],
        "past": rows.exclude(state__in=open_states).order_by("-starts_at")[:PAST],
    }
    return shown(request, "vehicles/trips/mine.html", context)


Verb = Callable[[Trip, dict[str, str], AccessRequest, datetime], str]


def _cancel(row: Trip, data: dict[str, str], request: AccessRequest, now: datetime) -> str:
    actions.cancel(trip=row.pk, reason=data.get("reason", ""), access=request.access, now=now)
    return "已取消。"


def _extend(row: Trip, data: dict[str, str], request: AccessRequest, now: datetime) -> str:
    ends_at = forms.instant(data, "ends_at", "新的结束时间")
    actions.extend(trip=row.pk, ends_at=ends_at, reason=data.get("reason", ""), access=request.access, now=now)
    return "已延长。"


def _confirm(row: Trip, data: dict[str, str], request: AccessRequest, now: datetime) -> str:
    stars = forms.whole(data, "stars", "满意度", absent=0)
    actions.confirm(trip=row.pk, stars=stars, comment=data.get("comment", ""), access=request.access, now=now)
    return "已确认,谢谢评价。"


def _papers(row: Trip, data: dict[str, str], request: AccessRequest, now: datetime) -> str:
    files = request.FILES.getlist("file")
    actions.bring_papers(trip=row.pk, document=data.get("document", ""), access=request.access, now=now, files=files)
    return "已补办,等待审批。"


VERBS: dict[str, Verb] = {"cancel": _cancel, "extend": _extend, "confirm": _confirm, "papers": _papers}


@require_http_methods(["GET", "POST"])
def trip(request: AccessRequest, pk: int) -> HttpResponse:
    """One trip: where it stands, who and with what, the clause, the price, what may be done. POST does it."""
    access, now = request.access, timezone.now()
    row = seen(access, pk)
    if request.method == "GET":
        return _trip(request, row, now)
    data = request.POST.dict()
    verb = VERBS.get(data.get("do", "")) or dispatching.VERBS.get(data.get("do", ""))
    try:
        if verb is None:
            raise Refusal("form.verb", "没有这个操作,请从页面上的按钮办理。")
        said = verb(row, data, request, now)
    except Refusal as refusal:
        if refusal.code.startswith("rights."):
            raise
        return _trip(request, seen(access, pk), now, refusal)
    messages.success(request, said)
    still = visible(access).filter(pk=pk).exists()
    return HttpResponseRedirect(reverse("vehicles:trip", args=[pk]) if still else reverse("vehicles:trips-mine"))


def _trip(request: AccessRequest, row: Trip, now: datetime, refusal: Refusal | None = None) -> HttpResponse:
    access = request.access
    own = row.applicant_id == access.user.pk
    live = claims.live_of(row.pk)
    sends = dispatchable(access).filter(pk=row.pk).exists()
    driving = live is not None and at_wheel(live, access)
    context: dict[str, Any] = {
        "trip": row,
        "own": own,
        "calls": own or sends or driving or sight.sees(DRIVER, DRIVER.of("phone"), access),  # who may have to ring up
        "live": live,
        "course": _course(row),
        "stops": list(row.stops.all()),
        "earlier": list(_earlier(row)),
        "acts": list(_acts(row)),
        "expenses": list(Expense.objects.filter(assignment__trip=row)),
        "photos": photos.of(row),
        "accept": photos.ACCEPT,
        "case": row.case if own or sends or approval.sees_case(access, row.case) else None,
        "may_correct": own and approval.open_task(row, access.user.pk) is not None,
        "may_cancel": (own or sends) and row.state in actions.CANCELLABLE,
        "may_extend": (own or sends or driving) and row.state in actions.EXTENSIBLE,
        "may_confirm": own and row.state == TripState.DONE,
        "may_bring": own and row.urgent and row.papers_at is None and row.state != TripState.CANCELLED,
        "late": row.papers_due is not None and row.papers_at is None and now > row.papers_due,
        "drives": driving,
        "ticket": (papers.TICKET, issued.of(papers.TICKET, row.pk)) if live else None,
        "refusal": refusal,
        "ground": ground(refusal.clause) if refusal and refusal.clause else None,
        "sends": sends,
        "given": request.POST if request.method == "POST" else {"ends_at": forms.given_of(row)["ends_at"]},
        "next": next_act(row, live) if live and (driving or sends) else "",
        "checks": CHECKS,
        "next_word": NEXT_WORDS.get(next_act(row, live), "") if live else "",
    }
    if sends:
        context |= dispatching.offered(row, access, now)
    return shown(request, "vehicles/trips/trip.html", context)


def _course(row: Trip) -> list[tuple[str, str]]:
    """Each stage with done, now or todo; what has ended otherwise has no stage that is now."""
    if row.state in (TripState.CANCELLED, TripState.REFUSED, TripState.NO_SHOW, TripState.POOLED):
        return []
    place = next((place for place, (_, states) in enumerate(COURSE) if row.state in states), len(COURSE))
    return [
        (word, "done" if number < place else "now" if number == place else "todo")
        for number, (word, _) in enumerate(COURSE)
    ]


def _earlier(row: Trip) -> Any:
    """Cars that the trip had before."""
    gone = Assignment.objects.filter(trip=row, released_at__isnull=False)
    return gone.select_related("vehicle", "driver").order_by("pk")


def _acts(row: Trip) -> Any:
    return DriveAct.objects.filter(assignment__trip=row).select_related("user").order_by("at", "pk")
