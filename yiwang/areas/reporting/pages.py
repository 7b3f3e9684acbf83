"""The pages of returns: what waits for whom, and one return with its verbs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.reporting import actions, grid
from yiwang.areas.reporting.changes import changes_of
from yiwang.areas.reporting.figures import scheme_of
from yiwang.areas.reporting.fills import as_stored, may_take, rows_of, taken
from yiwang.areas.reporting.models import FILLABLE, PeriodState, Return, ReturnState
from yiwang.areas.reporting.nav import configures, reads, shown
from yiwang.areas.reporting.opening import AREA
from yiwang.areas.reporting.papers import KEY
from yiwang.areas.reporting.period import concerning
from yiwang.core.datasets import all_datasets
from yiwang.core.papers import actions as papers
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.kit.faces import performed
from yiwang.kit.posted import Posted
from yiwang.kit.refusal import Refusal

SHOWN = 50


@require_GET
def index(request: AccessRequest) -> HttpResponse:
    """What waits: my own returns to fill, those to review, and the periods that are open."""
    access = request.access
    access.need(reads(access), "查阅报表")
    on = timezone.localdate()
    rows = access.scope(Return.objects.select_related("period__revision"))
    own = rows.filter(organ=access.organ, period__state=PeriodState.OPEN).order_by("due_date", "pk")
    mine = list(_to_review(access)[: SHOWN + 1])
    return shown(
        request,
        "reporting/index.html",
        {
            "own": own[:SHOWN],
            "mine": mine[:SHOWN],
            "more": SHOWN if len(mine) > SHOWN else 0,
            "periods": concerning(access).order_by("-valid_from", "-pk")[:SHOWN],
            "configures": configures(access),
            "fillable": FILLABLE,
            "on": on,
        },
    )


def _to_review(access: Access) -> Any:
    if access.organ is None or not access.may(Verb.APPROVE, AREA):
        return Return.objects.none()
    rows = access.scope(Return.objects.select_related("period__revision"), Verb.APPROVE)
    here = {f"reviewer__l{access.organ.depth}": access.organ.pk}
    return rows.filter(state=ReturnState.SUBMITTED, **here).order_by("reviewer__depth", "due_date", "pk")


@require_http_methods(["GET", "POST"])
def one(request: AccessRequest, pk: int) -> HttpResponse:
    """One return: its grid, what was said, its versions; and the verbs of whoever looks at it."""
    row = grid.visible(request, pk)
    refusal = None
    if request.method == "POST":
        refusal = performed(request, _verbs(request, row))
        if refusal is None:
            return redirect("reporting:return", pk)
        row = grid.visible(request, pk)
    access = request.access
    turn = access.holds(row, Verb.APPROVE) and actions.is_turn(row, access)
    own = row.current is not None and row.current.user_id == access.user.pk
    versions = list(row.versions.select_related("user").order_by("-number")[:SHOWN])
    found = {
        "row": row,
        "refusal": refusal,
        "may_review": turn and not own,
        "may_reopen": row.state == ReturnState.ACCEPTED and access.holds(row, Verb.APPROVE) and access.organ is not None and access.organ.pk in row.reviewers,
        "may_withdraw": row.state == ReturnState.SUBMITTED and not row.step and access.holds(row, Verb.WRITE),
        "may_except": row.period.state == PeriodState.CLOSED and configures(access) and row.period.organ_id == getattr(access.organ, "pk", 0),
        "versions": versions,
        "changes": changes_of(row, versions),
        "events": row.events.select_related("user", "organ").order_by("-pk")[:SHOWN],
        "receipts": row.receipts.order_by("-pk")[:SHOWN // 5],
        "opens_period": concerning(access).filter(pk=row.period_id).exists(),
        "papers": papers.of(KEY, row.pk)[:5],
        "kind": KEY,
        "on": timezone.localdate(),
    }  # fmt: skip
    return shown(request, "reporting/return.html", {**grid.context(row, access), **found})


def _verbs(request: AccessRequest, row: Return) -> dict[str, Callable[[Posted], str]]:
    access, on, now = request.access, timezone.localdate(), timezone.now()

    def submit(form: Posted) -> str:
        version = actions.submit(pk=row.pk, access=access, on=on, now=now, reason=form.text("reason"))
        return f"已报送{version},等待审核。" + ("已过报送期限,记为迟报。" if version.late else "")

    def withdraw(form: Posted) -> str:
        actions.withdraw(pk=row.pk, access=access, now=now)
        return "已撤回,可以修改后再报送。"

    def accept(form: Posted) -> str:
        done = actions.accept(pk=row.pk, access=access, now=now, opinion=form.text("opinion"))
        return f"已审核,转由“{done.reviewer}”审核。" if done.reviewer else "已审核通过。"

    def send_back(form: Posted) -> str:
        actions.send_back(pk=row.pk, reason=form.text("opinion"), access=access, now=now)
        return "已退回填报单位。"

    def take(form: Posted) -> str:
        return _take(row, access)

    def make_exception(form: Posted) -> str:
        until, reason = form.day("until", "截止日期"), form.text("reason", "原因")
        actions.make_exception(pk=row.pk, until=until, reason=reason, access=access, on=on, now=now)
        return f"已例外开放至 {until}。"

    return {
        "submit": submit, "withdraw": withdraw, "accept": accept, "send_back": send_back, "take": take,
        "except": make_exception,
    }  # fmt: skip


def _take(row: Return, access: Access) -> str:
    """Put the registers' figures into the cells that are theirs, over what stands there."""
    access.need(access.holds(row, Verb.WRITE), "填报")
    drawn = as_stored(taken(row, scheme_of(row.period.revision), access))
    values = row.draft.get("values", {})
    changes = [actions.Change(key, values.get(key, ""), text) for key, text in drawn.items() if values.get(key) != text]
    if not changes:
        return "台账的数字没有变化。"
    actions.save_cells(pk=row.pk, changes=changes, reasons={}, access=access, on=timezone.localdate())
    return f"已从台账取数 {len(changes)} 项。"


@require_GET
def drill(request: AccessRequest, pk: int, key: str) -> HttpResponse:
    """The rows of the register that an item rests on, each with a link to its record."""
    row = grid.visible(request, pk)
    scheme = scheme_of(row.period.revision)
    item = scheme.scheme.items.get(key)
    if item is None or item.fill is None:
        raise Refusal("return.item", "这个指标不从台账取数。")
    request.access.need(may_take(item.fill, request.access), "查阅这个台账")
    figure = taken(row, scheme, request.access)[key]
    dataset = all_datasets()[item.fill.dataset]
    names = [column for column in dataset.columns if any(one.values.get(column.key) is not None for one in figure.rows)]
    return shown(
        request,
        "reporting/drill.html",
        {
            "row": row,
            "item": item,
            "figure": figure,
            "dataset": dataset,
            "columns": names,
            "lines": [(one, [one.values.get(column.key) for column in names]) for one in figure.rows[:500]],
            "all": len(rows_of(item.fill.dataset, row, request.access)),
        },
    )


@require_GET
def worker(request: AccessRequest) -> HttpResponse:
    """The script that keeps opened pages for work without the network; served here, for its reach is its address."""
    path = Path(__file__).with_name("static") / "reporting-worker.js"
    return HttpResponse(path.read_text(encoding="utf-8"), content_type="text/javascript; charset=utf-8")
