"""领用: what a cadre asks for, and one request with what may be done about it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.areas.services.faces import performed, shown
from yiwang.areas.services.reach import serves, serving
from yiwang.areas.services.supplies import actions
from yiwang.areas.services.supplies.models import ISSUABLE, RequestState, Store, SupplyRequest
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Role, Verb
from yiwang.kit.posted import Posted

SHOWN = 30


@require_http_methods(["GET", "POST"])
def index(request: AccessRequest) -> HttpResponse:
    """The form of a request over the articles of a store, and one's own requests."""
    access = request.access
    access.need(access.may(Verb.APPLY, "services"), "领用办公用品")
    stores = list(serving(Store.objects.all(), access.organ).select_related("organ").order_by("-organ__depth", "name"))
    typed = request.POST.get("store") or request.GET.get("store", "")
    chosen = next((one for one in stores if str(one.pk) == typed), stores[0] if stores else None)
    refusal = None
    if request.method == "POST":
        refusal = performed(request, {"ask": lambda form: _ask(request, form)})
        if refusal is None:
            return redirect("services:supplies")
    stocks = chosen.stocks.select_related("supply").order_by("supply__category", "supply__sort_key") if chosen else []
    mine = SupplyRequest.objects.filter(user=access.user.pk).prefetch_related("lines__supply").select_related("store")
    context = {
        "stores": stores,
        "chosen": chosen,
        "stocks": [(row, request.POST.get(f"quantity-{row.supply_id}", "")) for row in stocks],
        "mine": mine.order_by("-pk")[:SHOWN],
        "waiting": _waiting(request),
        "refusal": refusal,
    }
    return shown(request, "services/supplies/index.html", context)


def _waiting(request: AccessRequest) -> list[SupplyRequest]:
    """What waits for the user as an approver."""
    if not request.access.may(Verb.APPROVE, "services"):
        return []
    rows = SupplyRequest.objects.visible(request.access).filter(state=RequestState.PENDING)
    return list(rows.exclude(user=request.access.user.pk).select_related("user", "organ").order_by("pk")[:SHOWN])


def _ask(request: AccessRequest, form: Posted) -> str:
    made = actions.ask(
        store=form.key("store", "库房"),
        lines=numbered(form, "quantity-"),
        reason=form.text("reason"),
        access=request.access,
        on=timezone.localdate(),
    )
    return "已提交,等待审批。" if made.state == RequestState.PENDING else "已提交,请到库房领取。"


def numbered(form: Posted, prefix: str) -> list[tuple[int, int]]:
    """(id, whole number) of the fields `prefix<id>` that were filled."""
    return [
        (int(key.removeprefix(prefix)), form.whole(key, "数量"))
        for key, value in form.data.items()
        if key.startswith(prefix) and key.removeprefix(prefix).isdigit() and value.strip()
    ]


@require_http_methods(["GET", "POST"])
def one_request(request: AccessRequest, pk: int) -> HttpResponse:
    """One request: its lines, and the verbs of whoever looks at it."""
    access = request.access
    rows = SupplyRequest.objects.visible(access).select_related("organ", "user", "store__organ", "decided_by")
    one = get_object_or_404(rows, pk=pk)
    refusal = None
    if request.method == "POST":
        refusal = performed(request, _verbs(request, one))
        if refusal is None:
            return redirect("services:supply-request", pk)
        one.refresh_from_db()
    stocks = dict(one.store.stocks.values_list("supply_id", "quantity"))
    lines = [(line, min(line.open, stocks.get(line.supply_id, 0))) for line in one.lines.select_related("supply")]
    keeps = serves(access, Role.KEEPER) and access.organ is not None
    keeps = keeps and getattr(one.store, f"l{access.organ.depth}") == access.organ.pk  # type: ignore[union-attr]
    mine = one.user_id == access.user.pk
    context = {
        "one": one,
        "lines": lines,
        "stocks": stocks,
        "mine": mine,
        "may_cancel": mine and one.state in (RequestState.PENDING, RequestState.APPROVED),
        "may_decide": not mine and one.state == RequestState.PENDING and access.may(Verb.APPROVE, "services"),
        "may_issue": keeps and one.state in ISSUABLE,
        "returnable": [line for line, _ in lines if line.issued > line.returned] if keeps else [],
        "refusal": refusal,
    }
    return shown(request, "services/supplies/request.html", context)


def _verbs(request: AccessRequest, one: SupplyRequest) -> dict[str, Any]:
    access, on = request.access, timezone.localdate()

    def issue(form: Posted) -> str:
        done = actions.issue(request=one.pk, lines=dict(numbered(form, "issue-")), access=access, on=on)
        return "已全部发放。" if done.state == RequestState.DONE else "已发放一部分。"

    def decide(form: Posted) -> str:
        approve = form.text("decision", "审批决定") == "approve"
        actions.decide(request=one.pk, approve=approve, opinion=form.text("opinion"), access=access)
        return "已批准。" if approve else "已退回,不予发放。"

    def cancel(form: Posted) -> str:
        actions.cancel(request=one.pk, access=access)
        return "已取消申请。"

    def close(form: Posted) -> str:
        actions.close(request=one.pk, reason=form.text("reason", "原因"), access=access)
        return "已结束,其余不再发放。"

    def give_back(form: Posted) -> str:
        line = get_object_or_404(one.lines.all(), pk=form.key("line", "用品"))
        actions.give_back(line=line.pk, quantity=form.whole("quantity", "数量"), access=access, on=on)
        return "已退回库房。"

    return {"issue": issue, "decide": decide, "cancel": cancel, "close": close, "give_back": give_back}
