"""访客: one's own invitations with their codes; reception's list of the day; figures by day and organ without a name."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.services.codes import qr
from yiwang.areas.services.faces import download, drawn, performed, shown
from yiwang.areas.services.reach import serves, within
from yiwang.areas.services.visitors import actions
from yiwang.areas.services.visitors.models import Visit, VisitState
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Role, Verb
from yiwang.core.rights.naming import plain
from yiwang.kit import svg
from yiwang.kit.posted import Posted

SHOWN, DAYS = 50, 30


@require_http_methods(["GET", "POST"])
def visits(request: AccessRequest) -> HttpResponse:
    """The form of an invitation, and one's own."""
    access = request.access
    access.need(access.may(Verb.APPLY, "services"), "邀请访客")
    refusal = None
    if request.method == "POST":
        refusal = performed(request, {"invite": lambda form: _invite(request, form)})
        if refusal is None:
            return redirect("services:visits")
    context = {
        "mine": Visit.objects.filter(host=access.user.pk).order_by("-on_date", "-pk")[:SHOWN],
        "today": timezone.localdate(),
        "receives": serves(access, Role.RECEPTION),
        "refusal": refusal,
    }
    return shown(request, "services/visitors/index.html", context)


def _invite(request: AccessRequest, form: Posted) -> str:
    made = actions.invite(
        name=form.text("name", "来访人", most=40),
        organ_name=form.text("organ_name", most=80),
        phone=form.text("phone", most=20),
        on=form.day("on", "来访日期"),
        reason=form.text("reason", "事由", most=100),
        plate=form.text("plate", most=12),
        access=request.access,
        now=timezone.now(),
    )
    return f"已邀请 {made.name},请把来访码发给对方。"


@require_http_methods(["GET", "POST"])
def visit(request: AccessRequest, pk: int) -> HttpResponse:
    """One visit: the code for the visitor, and what host and reception may do."""
    access, now = request.access, timezone.now()
    one = get_object_or_404(Visit.objects.visible(access).select_related("host", "organ"), pk=pk)
    phone, refusal = "", None
    if request.method == "POST" and request.POST.get("verb") == "phone":
        phone = actions.phone_of(visit=pk, access=access)
    elif request.method == "POST":
        refusal = performed(request, _verbs(request, one))
        if refusal is None:
            return redirect("services:visit", pk)
        one.refresh_from_db()
    desk = request.build_absolute_uri(f"{reverse('services:reception')}?who={one.code}")
    context = {
        "one": one,
        "phone": phone,
        "qr": qr(desk, "来访码") if one.state == VisitState.INVITED and one.purged_date is None else "",
        "mine": one.host_id == access.user.pk,
        "receives": serves(access, Role.RECEPTION),
        "today": one.on_date == timezone.localdate(now),
        "refusal": refusal,
    }
    return shown(request, "services/visitors/visit.html", context)


def _verbs(request: AccessRequest, one: Visit) -> dict[str, Any]:
    access, now = request.access, timezone.now()

    def cancel(form: Posted) -> str:
        actions.cancel(visit=one.pk, access=access)
        return "已取消邀请。"

    def arrive(form: Posted) -> str:
        actions.arrive(visit=one.pk, access=access, now=now)
        return f"{one.name} 已到访。"

    def leave(form: Posted) -> str:
        actions.leave(visit=one.pk, access=access, now=now)
        return f"{one.name} 已离开。"

    return {"cancel": cancel, "arrive": arrive, "leave": leave}


@require_http_methods(["GET", "POST"])
def reception(request: AccessRequest) -> HttpResponse:
    """前台: by code or name, everybody of today, and who has not left."""
    access, now = request.access, timezone.now()
    access.need(serves(access, Role.RECEPTION), "登记来访")
    refusal = None
    if request.method == "POST":
        key = request.POST.get("visit", "")
        rows = Visit.objects.visible(access)
        one = get_object_or_404(rows, pk=int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0)
        refusal = performed(request, {verb: act for verb, act in _verbs(request, one).items() if verb != "cancel"})
        if refusal is None:
            return redirect("services:reception")
    today = timezone.localdate(now)
    here = Visit.objects.filter(within(access)).select_related("host", "organ").order_by("state", "pk")
    typed = plain(request.GET.get("who", ""))
    found = here.filter(Q(code=typed.upper()) | Q(name=typed, on_date=today))[:SHOWN] if typed else []
    context = {
        "typed": typed,
        "found": found,
        "today": today,
        "rows": here.filter(on_date=today).exclude(state=VisitState.CANCELLED)[:500],
        "late": here.filter(state=VisitState.ARRIVED, on_date__lt=today)[:SHOWN],
        "refusal": refusal,
    }
    return shown(request, "services/visitors/reception.html", context)


def _counted(access: Access, on: date) -> list[tuple[date, str, int, int]]:
    """(day, organ, invited, came) of the last thirty days; counts only, so readers of registers may see them."""
    access.need(access.may(Verb.READ, "services") or serves(access, Role.RECEPTION), "查看来访统计")
    rows = Visit.objects.filter(within(access), on_date__gt=on - timedelta(days=DAYS), on_date__lte=on)
    rows = rows.exclude(state=VisitState.CANCELLED)
    came = Count("pk", filter=Q(state__in=(VisitState.ARRIVED, VisitState.LEFT)))
    found = rows.values("on_date", "organ_id", "organ__name").annotate(invited=Count("pk"), came=came)
    return [
        (row["on_date"], row["organ__name"], row["invited"], row["came"])
        for row in found.order_by("-on_date", "organ__sort_key", "organ_id")
    ]


@require_GET
def figures(request: AccessRequest) -> HttpResponse:
    """Visits by day and organ."""
    on = timezone.localdate()
    rows = _counted(request.access, on)
    days = [on - timedelta(days=back) for back in reversed(range(DAYS))]
    by_day = defaultdict[date, int](int)
    for day, _, _, came in rows:
        by_day[day] += came
    line = svg.Series("到访", [by_day[day] for day in days])
    chart = svg.line([line], [day.isoformat() for day in days], title="每天到访人次", unit="人次")
    return shown(request, "services/visitors/figures.html", {"rows": rows[:500], "chart": drawn(chart), "on": on})


@require_GET
def export(request: AccessRequest, form: str) -> FileResponse:
    """The same rows as a file."""
    on = timezone.localdate()
    return download(f"来访统计-{on}", form, ("日期", "单位", "邀请", "到访"), _counted(request.access, on))
