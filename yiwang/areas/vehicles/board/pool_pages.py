"""The pages of suggestions to share a car: those of a day, and one with the answers of its sides."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.areas.vehicles.board import pooling as poolings
from yiwang.areas.vehicles.board.pages import day_of
from yiwang.areas.vehicles.faces import performed, shown
from yiwang.areas.vehicles.trips.powers import dispatches
from yiwang.core.rights.middleware import AccessRequest
from yiwang.kit.posted import Posted
from yiwang.kit.refusal import Refusal

MOST = 100


@require_http_methods(["GET", "POST"])
def index(request: AccessRequest) -> HttpResponse:
    """The suggestions of a day; POST looks for new ones."""
    request.access.need(dispatches(request.access), "提出拼车建议")
    day = day_of((request.POST if request.method == "POST" else request.GET).get("day", ""))
    refusal: Refusal | None = None
    if request.method == "POST":

        def look(_: Posted) -> str:
            made = poolings.suggest(day=day, access=request.access, now=timezone.now())
            return f"新提出 {len(made)} 条拼车建议,已通知申请人。" if made else "没有新的拼车建议。"

        refusal = performed(request, {"suggest": look})
        if refusal is None:
            return HttpResponseRedirect(f"{reverse('vehicles:poolings')}?day={day}")
    rows = poolings.visible(request.access).filter(day=day).select_related("host").order_by("-saving")[:MOST]
    context = {"day": day, "rows": rows.prefetch_related("members__trip__organ"), "refusal": refusal}
    return shown(request, "vehicles/board/pools.html", context)


@require_http_methods(["GET", "POST"])
def pooling(request: AccessRequest, pk: int) -> HttpResponse:
    """One suggestion, for the dispatcher and for whoever asked for one of its trips. 404 for a stranger's."""
    row = get_object_or_404(poolings.visible(request.access).select_related("organ", "host"), pk=pk)
    refusal: Refusal | None = None
    if request.method == "POST":
        verbs = {
            "agree": lambda posted: _answered(request, pk, posted, yes=True),
            "decline": lambda posted: _answered(request, pk, posted, yes=False),
        }
        refusal = performed(request, verbs)
        if refusal is None:
            return HttpResponseRedirect(reverse("vehicles:pooling", args=[pk]))
    members = [
        (one, row.state == "SUGGESTED" and one.agreed_at is None and poolings.may_answer(request.access, one))
        for one in row.members.select_related("trip__organ", "trip__applicant", "agreed_by")
    ]
    context = {"pooling": row, "members": members, "dispatches": dispatches(request.access), "refusal": refusal}
    return shown(request, "vehicles/board/pool.html", context)


def _answered(request: AccessRequest, pk: int, posted: Posted, *, yes: bool) -> str:
    trip = posted.key("trip", "用车")
    row = poolings.answer(pooling=pk, trip=trip, yes=yes, access=request.access, now=timezone.now())
    if not yes:
        return "已答复不拼,各自用车。"
    return f"各方都同意,已拼成一单:{row.host}。" if row.host else "已同意,等其他人答复。"
