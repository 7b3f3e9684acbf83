"""反食品浪费自查: the checks of a canteen, this quarter's form, one check with what is still to be done."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.areas.services.canteen import checks
from yiwang.areas.services.canteen.kitchen import run_by
from yiwang.areas.services.canteen.models import Canteen, ItemResult, SelfCheck
from yiwang.areas.services.faces import performed, shown
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.core.standards.book import load
from yiwang.kit.posted import Posted


def _readable(request: AccessRequest) -> Any:
    """The canteens that the user runs or reads."""
    if request.access.may(Verb.READ, "services"):
        return request.access.scope(Canteen.objects.all())
    return run_by(request)


@require_http_methods(["GET", "POST"])
def index(request: AccessRequest, pk: int) -> HttpResponse:
    """The checks of a canteen; the form of this quarter's, unless it was made."""
    place = get_object_or_404(_readable(request), pk=pk)
    today = timezone.localdate()
    refusal = None
    if request.method == "POST":
        refusal = performed(request, {"check": lambda form: _check(request, place, form)})
        if refusal is None:
            return redirect("services:self-checks", pk)
    made = place.checks.filter(year=today.year, quarter=checks.quarter(today)).exists()
    may = request.access.may(Verb.HANDLE, "services")
    context = {
        "place": place,
        "today": today,
        "quarter": checks.quarter(today),
        "rows": place.checks.select_related("by").prefetch_related("items"),
        "items": [(one, _typed(request, one)) for one in checks.items(today)] if may and not made else [],
        "results": ItemResult.choices,
        "frequency": load().clause("EV-FD-1"),
        "refusal": refusal,
    }
    return shown(request, "services/canteen/checks.html", context)


def _typed(request: AccessRequest, one: checks.Item) -> dict[str, str]:
    return {
        name: request.POST.get(f"{name}-{one.key}", "") for name in ("result", "evidence", "measure", "due", "points")
    }


def _check(request: AccessRequest, place: Canteen, form: Posted) -> str:
    today = timezone.localdate()

    def answer(key: str) -> checks.Answer:
        return checks.Answer(
            result=form.text(f"result-{key}"),
            evidence=form.text(f"evidence-{key}", most=300),
            measure=form.text(f"measure-{key}", most=300),
            due_date=form.day(f"due-{key}", "整改期限") if form.text(f"due-{key}") else None,
            points=form.figure(f"points-{key}", "得分"),
        )

    answers = {one.key: answer(one.key) for one in checks.items(today)}
    made = checks.self_check(canteen=place.pk, answers=answers, access=request.access, on=today)
    return f"已登记 {made}的自查。"


@require_http_methods(["GET", "POST"])
def one_check(request: AccessRequest, pk: int) -> HttpResponse:
    """One check: each item beside its clause; open ones are closed here."""
    rows = SelfCheck.objects.filter(canteen__in=_readable(request)).select_related("canteen__organ", "by")
    one = get_object_or_404(rows, pk=pk)
    refusal = None
    if request.method == "POST":
        refusal = performed(request, {"close": lambda form: _close(request, one, form)})
        if refusal is None:
            return redirect("services:self-check", pk)
    book = load()
    items = [
        (item, book.document_of(item.clause), book.versions.get(item.clause) != item.version)
        for item in one.items.all()
    ]
    context = {
        "one": one,
        "items": items,
        "today": timezone.localdate(),
        "may": request.access.may(Verb.HANDLE, "services"),
        "refusal": refusal,
    }
    return shown(request, "services/canteen/check.html", context)


def _close(request: AccessRequest, one: SelfCheck, form: Posted) -> str:
    item = get_object_or_404(one.items.all(), pk=form.key("item", "项目"))
    outcome = form.text("outcome", "整改结果", most=300)
    checks.close_item(item=item.pk, outcome=outcome, access=request.access, on=timezone.localdate())
    return "已登记整改完成。"
