"""The pages of contracts: what is due, one contract with all that happened to it, its terms."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.services.faces import drawn, performed, shown
from yiwang.areas.services.suppliers import actions, payments
from yiwang.areas.services.suppliers.models import (
    AcceptanceResult,
    Contract,
    Evaluation,
    Frequency,
    Payment,
    PaymentStage,
    PaymentState,
)
from yiwang.areas.services.suppliers.resources import CONTRACT
from yiwang.areas.services.suppliers.standard import Standard, standard
from yiwang.core.attachments import actions as attachments
from yiwang.core.places.models import Building
from yiwang.core.registers import history
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Role, Verb
from yiwang.core.rights.naming import plain
from yiwang.kit import svg
from yiwang.kit.paging import page
from yiwang.kit.posted import Posted
from yiwang.kit.refusal import Refusal

#: Empty rows that the form of terms offers beside what is there.
SPARE = 3
SHOWN, MOST = 20, 1000


def _needed(request: AccessRequest) -> None:
    access = request.access
    access.need(access.may(Verb.READ, "services") or access.may(Verb.APPROVE, "services"), "查看合同")


@require_GET
def index(request: AccessRequest) -> HttpResponse:
    """Contracts that end soon, payments that wait, stages that are due; and all contracts."""
    _needed(request)
    on, rows = timezone.localdate(), Contract.objects.visible(request.access)
    typed = plain(request.GET.get("q", ""))
    if typed:
        rows = rows.filter(Q(number__icontains=typed) | Q(name__icontains=typed) | Q(supplier__name__icontains=typed))
    found = page(rows, ["pk"], {**_place(request), **({"q": typed} if typed else {})}, order="end_date", down=True)
    by_id = Contract.objects.select_related("supplier", "organ").in_bulk([key for key, *_ in found.rows])
    mine = Contract.objects.visible(request.access)
    soon = list(mine.running(on).filter(end_date__lte=on + timedelta(days=actions.AHEAD[0])))
    waiting = Payment.objects.filter(contract__in=mine, state__in=(PaymentState.PROPOSED, PaymentState.APPROVED))
    due = _due(mine, on)
    context = {
        "page": found,
        "rows": [by_id[key] for key, *_ in found.rows],
        "on": on,
        "q": typed,
        "expiring": actions.expiring(soon, on),
        "waiting": waiting.select_related("contract", "contract__supplier", "acceptance")[:SHOWN],
        "due": due[:SHOWN],
        "due_count": len(due),
        "totals": mine.running(on).aggregate(price=Sum("price"), accepted=Sum("accepted"), paid=Sum("paid")),
        "may_write": request.access.may(Verb.WRITE, "services"),
    }
    return shown(request, "services/suppliers/index.html", context)


def _place(request: AccessRequest) -> dict[str, str]:
    return {key: request.GET[key] for key in ("after", "before") if key in request.GET}


def _due(contracts: Any, on: date) -> list[PaymentStage]:
    """Stages whose day has come and for which nothing was approved yet."""
    settled = (PaymentState.APPROVED, PaymentState.RECORDED)
    stages = PaymentStage.objects.filter(contract__in=contracts, due_date__lte=on)
    open_ones = stages.exclude(payments__state__in=settled).select_related("contract")
    return list(open_ones.order_by("due_date", "pk")[:MOST])


@require_http_methods(["GET", "POST"])
def contract(request: AccessRequest, pk: int) -> HttpResponse:
    """One contract; POST does one of its verbs."""
    _needed(request)
    rows = Contract.objects.visible(request.access).select_related("supplier", "organ")
    one = get_object_or_404(rows, pk=pk)
    refusal = None
    if request.method == "POST":
        refusal = performed(request, _verbs(request, one))
        if refusal is None:
            return redirect("services:contract", pk)
        one.refresh_from_db()
    return shown(request, "services/suppliers/contract.html", _context(request, one) | {"refusal": refusal})


def _verbs(request: AccessRequest, one: Contract) -> dict[str, Any]:
    """What may be done with a contract, by the name that its form sends."""
    return _serving(request, one) | _filing(request, one) | _paying(request, one)


def _serving(request: AccessRequest, one: Contract) -> dict[str, Any]:
    """Acceptance, evaluation, end."""
    access, on = request.access, timezone.localdate()

    def accept(form: Posted) -> str:
        made = actions.accept(
            contract=one.pk,
            valid_from=form.day("valid_from", "开始日期"),
            valid_to=form.day("valid_to", "终止日期"),
            result=form.text("result", "验收结论"),
            amount=form.money("amount", "验收金额"),
            quantity=form.figure("quantity", "数量"),
            unit=form.text("unit", most=20),
            defects=form.text("defects", most=500),
            access=access,
            on=on,
        )
        return f"已登记验收,金额 {made.amount / 100:,.2f} 元。"

    def evaluate(form: Posted) -> str:
        names = [key for key in form.data if key.startswith("points-")]
        found = {key.removeprefix("points-"): form.figure(key, key.removeprefix("points-")) for key in names}
        made = actions.evaluate(
            contract=one.pk,
            frequency=form.text("frequency", "评价频次"),
            valid_from=form.day("valid_from", "开始日期"),
            valid_to=form.day("valid_to", "终止日期"),
            points={word: points for word, points in found.items() if points is not None},
            users=form.needed("users", "服务对象评分"),
            access=access,
            on=on,
        )
        return f"已评价:{made.score} 分,{made.grade}。"

    def terminate(form: Posted) -> str:
        day = form.day("end_date", "终止日期")
        actions.terminate(contract=one.pk, end_date=day, reason=form.text("reason", "理由"), access=access)
        return f"合同将于 {day} 终止。"

    return {"accept": accept, "evaluate": evaluate, "terminate": terminate}


def _filing(request: AccessRequest, one: Contract) -> dict[str, Any]:
    """What is asked to be paid, and files."""
    access, on = request.access, timezone.localdate()

    def propose(form: Posted) -> str:
        payments.propose(
            acceptance=form.key("acceptance", "验收"),
            amount=form.money("amount", "付款金额"),
            stage=form.key("stage"),
            reason=form.text("reason", most=300),
            access=access,
            on=on,
        )
        return "已提交付款申请,等待审批。"

    def file(form: Posted) -> str:
        access.need(access.may(Verb.WRITE, "services"), "添加合同文件")
        sent = request.FILES.getlist("file")
        if not sent:
            raise Refusal("form.missing", "请选择文件。")
        with transaction.atomic():
            for one_file in sent:
                about = f"services.contract:{one.pk}"
                attachments.keep(
                    file=one_file, about=about, access=access, now=timezone.now(), label=form.text("label", most=60)
                )
        return f"已添加 {len(sent)} 个文件。"

    return {"propose": propose, "file": file}


def _paying(request: AccessRequest, one: Contract) -> dict[str, Any]:
    """The verbs on payments of this contract."""
    access, on = request.access, timezone.localdate()

    def key(form: Posted) -> int:
        found = form.key("payment", "付款")
        if not one.payments.filter(pk=found).exists():
            raise Refusal("rights.denied", "没有这笔付款,或不在您管理的范围内。")
        return found

    def decide(form: Posted) -> str:
        approve = form.text("decision", "审批决定") == "approve"
        opinion = form.text("opinion", most=300)
        payments.decide(payment=key(form), approve=approve, opinion=opinion, access=access, on=on)
        return "已批准付款。" if approve else "已驳回付款申请。"

    def record(form: Posted) -> str:
        day, voucher = form.day("paid_date", "付款日期"), form.text("voucher", "凭证号", most=60)
        payments.record(payment=key(form), paid_date=day, voucher=voucher, access=access)
        return "已登记付款。"

    def void(form: Posted) -> str:
        payments.void(payment=key(form), reason=form.text("reason", "理由", most=300), access=access)
        return "已作废,金额退回可付。"

    return {"decide": decide, "record": record, "void": void}


def _context(request: AccessRequest, one: Contract) -> dict[str, Any]:
    access, on = request.access, timezone.localdate()
    acceptances = list(one.acceptances.select_related("by"))
    for row in acceptances:
        row.contract = one
    open_ones = [(row, payments.suggest(row)) for row in acceptances if row.amount > row.paid]
    rules = _standard(on)
    weights, ground = rules.weights(one.weights) if rules else ({}, "")
    evaluations = list(one.evaluations.select_related("by"))
    return {
        "one": one,
        "on": on,
        "left": (one.end_date - on).days,
        "scope": one.scope.select_related("building"),
        "stages": _stages(one),
        "acceptances": acceptances,
        "open_acceptances": open_ones,
        "evaluations": evaluations,
        "chart": _chart(evaluations),
        "payments": one.payments.select_related("acceptance", "proposed_by", "decided_by", "stage"),
        "rules": rules,
        "weights": list(weights.items()),
        "ground": ground,
        "results": AcceptanceResult.choices,
        "frequencies": Frequency.choices,
        "may_write": access.may(Verb.WRITE, "services"),
        "may_approve": access.may(Verb.APPROVE, "services"),
        "may_record": access.may(Verb.WRITE, "services") or access.has(Role.FINANCE, "services"),
        "may_read": access.may(Verb.READ, "services"),
        "attachments": attachments.of(f"services.contract:{one.pk}"),
        "history": history.steps(CONTRACT, one.pk, request.access)[:SHOWN],
    }


def _standard(on: date) -> Standard | None:
    try:
        return standard(on)
    except Refusal:
        return None


def _stages(one: Contract) -> list[PaymentStage]:
    """With what was approved on each."""
    settled = Q(payments__state__in=(PaymentState.APPROVED, PaymentState.RECORDED))
    return list(one.stages.annotate(approved=Sum("payments__amount", filter=settled)).order_by("due_date", "pk"))


def _chart(evaluations: list[Evaluation]) -> str:
    """The scores over time; nothing for less than two."""
    if len(evaluations) < 2:
        return ""
    places = [one.valid_from.isoformat() for one in evaluations]
    lines = [
        svg.Series("得分", [one.score for one in evaluations]),
        svg.Series("服务对象", [one.users for one in evaluations], dashed=True),
    ]
    return drawn(svg.line(lines, places, title="服务评价得分", unit="分"))


@require_http_methods(["GET", "POST"])
def terms(request: AccessRequest, pk: int) -> HttpResponse:
    """The terms of a contract in one form: scope, plan, deductions, weights."""
    access = request.access
    access.need(access.may(Verb.WRITE, "services"), "修改合同约定")
    one = get_object_or_404(Contract.objects.visible(access), pk=pk)
    refusal = None
    if request.method == "POST":
        refusal = performed(request, {"terms": lambda form: _set_terms(request, one, form)})
        if refusal is None:
            return redirect("services:contract", pk)
    rules = _standard(timezone.localdate())
    buildings = access.scope(Building.objects.all()).order_by("sort_key", "pk")
    context = {
        "one": one,
        "scope": [*one.scope.order_by("pk"), *[None] * SPARE],
        "stages": [*((row, f"{row.amount / 100:.2f}") for row in one.stages.all()), *[None] * SPARE],
        "steps": [*one.deductions, *[None] * SPARE],
        "contents": [(word, one.weights.get(word, "")) for word in rules.contents] if rules else [],
        "fixed": rules is not None and rules.weights({})[1] == "条款",
        "rules": rules,
        "buildings": buildings[:500],
        "refusal": refusal,
        "back": reverse("services:contract", args=[pk]),
    }
    return shown(request, "services/suppliers/terms.html", context)


def _set_terms(request: AccessRequest, one: Contract, form: Posted) -> str:
    """Rows are numbered from 0; a row without its first field is left out."""

    def rows(first: str) -> list[int]:
        numbers = (key.rpartition("-") for key, value in form.data.items() if value.strip())
        return sorted(int(number) for name, _, number in numbers if name == first and number.isdigit())

    actions.set_terms(
        contract=one.pk,
        scope=[
            (form.text(f"service-{n}", most=60), form.key(f"building-{n}") or None, form.text(f"requirement-{n}"))
            for n in rows("service")
        ],
        stages=[
            (
                form.text(f"stage-{n}", most=60),
                form.day(f"due-{n}", "计划付款日期"),
                form.money(f"amount-{n}", "计划金额"),
            )
            for n in rows("stage")
        ],
        deductions=[(form.whole(f"score-{n}", "得分"), form.whole(f"percent-{n}", "付款比例")) for n in rows("score")],
        weights={
            key.removeprefix("weight-"): form.whole(key, "权重")
            for key, value in form.data.items()
            if key.startswith("weight-") and value.strip()
        },
        access=request.access,
    )
    return "已保存合同约定。"
