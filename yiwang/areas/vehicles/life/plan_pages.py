"""配备更新: the plans, and one plan with its cars, what the standards say of each, and what is to be done next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.areas.vehicles.faces import performed, shown
from yiwang.areas.vehicles.life import planning, purchasing, renewal
from yiwang.areas.vehicles.life.balance import of_organ
from yiwang.areas.vehicles.life.models import (
    Body,
    Energy,
    LineState,
    PlanLine,
    PlanState,
    ProvisionPlan,
    PurchaseCase,
    Use,
    Vehicle,
    VehicleState,
)
from yiwang.areas.vehicles.nav import AREA, reads
from yiwang.core.flow.models import Case
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.core.standards.verdict import Verdict, VerdictKind
from yiwang.core.verdicts.judging import preview
from yiwang.kit.posted import Posted
from yiwang.kit.refusal import Refusal

SIZE = 50
OLD_CARS = 60
_WORST = (VerdictKind.WITHIN, VerdictKind.UNVERIFIED, VerdictKind.UNDETERMINED, VerdictKind.WARNING, VerdictKind.OVER)


@dataclass(frozen=True)
class Judged:
    """A car that is wanted, or an old one, with what the standards say of it, the worst first."""

    row: Any
    verdicts: list[Verdict]
    case: Case | None = None

    @property
    def kind(self) -> str:
        """The worst verdict; none where no clause speaks of it."""
        return self.verdicts[0].kind.value if self.verdicts else ""


def worst_first(found: list[Verdict]) -> list[Verdict]:
    """Verdicts in the order in which they matter."""
    return sorted(found, key=lambda one: -_WORST.index(one.kind))


@require_http_methods(["GET", "POST"])
def plans(request: AccessRequest) -> HttpResponse:
    """The plans within scope, the newest year first, and the form of a new one."""
    access, on = request.access, timezone.localdate()
    access.need(reads(access), "查看配备更新计划")
    refusal = None
    if request.method == "POST":
        made: list[int] = []
        refusal = performed(request, {"draft": lambda form: _draft(access, form, on, made)})
        if refusal is None:
            return redirect("vehicles:plan", made[0])
    kept = Q(lines__state__in=[one for one in LineState.values if one != LineState.RELEASED])
    rows = access.scope(ProvisionPlan.objects.select_related("organ")).annotate(
        cars=Count("lines", filter=kept), green=Count("lines", filter=kept & Q(lines__energy=Energy.NEW_ENERGY)),
        budget=Sum("lines__price", filter=kept),
    )  # fmt: skip
    state = request.GET.get("state", "")
    if state in PlanState.values:
        rows = rows.filter(state=state)
    page = Paginator(rows.order_by("-year", "-pk"), SIZE).get_page(request.GET.get("page"))
    context = {
        "page_of": page,
        "states": PlanState.choices,
        "state": state,
        "may_write": access.may(Verb.WRITE, AREA) and access.organ is not None,
        "years": range(on.year, on.year + 2),
        "organ": access.organ,
        "refusal": refusal,
    }
    return shown(request, "vehicles/life/plans.html", context)


def _draft(access: Access, form: Posted, on: date, made: list[int]) -> str:
    organ = access.organ
    if organ is None:
        raise Refusal("rights.denied", "您还没有单位,请联系管理员授权。")
    plan = planning.draft(
        organ=organ, year=form.whole("year", "年度"), reason=form.text("reason", most=500),
        exempt=form.text("exempt") == "yes", exempt_reason=form.text("exempt_reason"), access=access, on=on,
    )  # fmt: skip
    made.append(plan.pk)
    return "已拟定,请逐辆列入。"


@require_http_methods(["GET", "POST"])
def plan(request: AccessRequest, pk: int) -> HttpResponse:
    """One plan: its cars with their verdicts, the year's share of new energy, free places, old cars that may go."""
    access, on = request.access, timezone.localdate()
    row = get_object_or_404(access.scope(ProvisionPlan.objects.select_related("organ")), pk=pk)
    refusal = None
    if request.method == "POST":
        refusal = performed(request, _verbs(access, row))
        if refusal is None:
            return redirect("vehicles:plan", pk)
        row.refresh_from_db()
    lines = _lines(row, on)
    writes = access.holds(row, Verb.WRITE)
    drafting = row.state == PlanState.DRAFT and writes
    context = {
        "plan": row,
        "lines": lines,
        "year": worst_first(preview("vehicles.purchase_year", planning.year_facts(row), on, row.organ.region_id)),
        "balance": [(Use(use).label, one) for use, one in of_organ(row.organ, on=on).items()],
        "old": _old_cars(row.organ, on) if drafting else [],
        "case": Case.objects.visible(access).filter(pk=row.case).first() if row.case else None,
        "drafting": drafting,
        "buying": row.state == PlanState.APPROVED and writes,
        "uses": Use.choices,
        "bodies": Body.choices,
        "energies": Energy.choices,
        "situations": PurchaseCase.choices,
        "today": on,
        "refusal": refusal,
    }
    return shown(request, "vehicles/life/plan.html", context)


def _lines(row: ProvisionPlan, on: date) -> list[Judged]:
    """The cars of a plan with their verdicts: those of buying, and those of renewing the old car."""
    rows = row.lines.select_related("organ", "replaces__organ", "purchase__vehicle").order_by("pk")
    cases = {case.pk: case for case in Case.objects.filter(pk__in=[one.case for one in rows if one.case])}
    found = []
    for line in rows:
        said = preview("vehicles.purchase", planning.purchase_facts(line), on, row.organ.region_id)
        if line.replaces is not None and line.state == LineState.DRAFT:
            said += renewal.verdicts(line.replaces, on, line.approval)
        found.append(Judged(line, worst_first(said), cases.get(line.case or 0)))
    return found


def _old_cars(organ: Organ, on: date) -> list[Judged]:
    """The organ's cars, the oldest first, with what the rules of renewal say of each; those in a plan are left out."""
    taken = PlanLine.objects.exclude(state=LineState.RELEASED).exclude(replaces=None).values("replaces")
    cars = Vehicle.objects.filter(organ=organ).exclude(state=VehicleState.RETIRED).exclude(pk__in=taken)
    rows = cars.select_related("organ").order_by("registered_date", "pk")[:OLD_CARS]
    return [Judged(car, worst_first(renewal.verdicts(car, on))) for car in rows]


def _verbs(access: Access, row: ProvisionPlan) -> dict[str, Any]:
    now = timezone.now()
    on = timezone.localdate(now)

    def add(form: Posted) -> str:
        planning.add_line(
            plan=row.pk, access=access, on=on, replaces=form.key("replaces"), use=_one(form, "use", "用途", Use),
            body=_one(form, "body", "车型", Body), energy=_one(form, "energy", "能源", Energy),
            situation=_one(form, "situation", "情形", PurchaseCase), price=form.money("price", "预算单价"),
            displacement=form.figure("displacement", "排气量"), reason=form.text("reason", "理由", most=300),
            approval=form.text("approval", most=80),
        )  # fmt: skip
        return "已列入一辆。"

    def drop(form: Posted) -> str:
        planning.drop_line(plan=row.pk, line=form.key("line", "车辆"), access=access)
        return "已从计划中去掉。"

    def submit(form: Posted) -> str:
        return f"已报批,编号 {planning.submit(plan=row.pk, access=access, on=on, now=now).number}。"

    def buy(form: Posted) -> str:
        return (
            f"已报批购置,编号 {purchasing.ask(line=form.key('line', '车辆'), access=access, on=on, now=now).number}。"
        )

    def release(form: Posted) -> str:
        purchasing.release(line=form.key("line", "车辆"), access=access)
        return "已取消,编制空出。"

    def enter(form: Posted) -> str:
        car = purchasing.register(
            line=form.key("line", "车辆"), plate=form.text("plate", "车牌号", most=12), access=access, on=on,
            registered_date=form.day("registered_date", "登记日期"), vin=form.text("vin", most=17),
            engine=form.text("engine", most=20), model=form.text("model", most=60), seats=form.key("seats") or None,
        )  # fmt: skip
        return f"{car} 已登记,请办理标识化并打印车辆卡。"

    return {"add": add, "drop": drop, "submit": submit, "buy": buy, "release": release, "enter": enter}


def _one(form: Posted, name: str, label: str, choices: Any) -> str:
    value = form.text(name, label)
    if value not in choices.values:
        raise Refusal("form.missing", f"请选择{label}。")
    return value
