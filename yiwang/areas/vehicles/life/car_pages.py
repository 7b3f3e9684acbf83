"""The whole life of one car on one page; and the papers of all cars by the day they run out."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.vehicles.faces import performed, shown
from yiwang.areas.vehicles.life import actions, disposing, renewal
from yiwang.areas.vehicles.life.balance import of_use
from yiwang.areas.vehicles.life.card import CARD
from yiwang.areas.vehicles.life.expiry import AHEAD, due_of, soon
from yiwang.areas.vehicles.life.models import (
    Disposal,
    DisposalMethod,
    Marking,
    PlanLine,
    Vehicle,
    VehiclePurchase,
    VehicleState,
)
from yiwang.areas.vehicles.life.pages import basis
from yiwang.areas.vehicles.life.parts import sections
from yiwang.areas.vehicles.life.plan_pages import worst_first
from yiwang.areas.vehicles.life.resources import VEHICLE
from yiwang.areas.vehicles.nav import reads
from yiwang.core.attachments import actions as attachments
from yiwang.core.flow.models import Case
from yiwang.core.orgs.models import Organ
from yiwang.core.papers import actions as papers
from yiwang.core.registers import history
from yiwang.core.registers.writing import findings_of, touched
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.kit.posted import Posted
from yiwang.kit.refusal import Refusal

LATEST = 10


@require_http_methods(["GET", "POST"])
def vehicle(request: AccessRequest, pk: int) -> HttpResponse:
    """One car: place, purchase, plate, marking, papers, upkeep, what others know of it, findings, history, disposal."""
    access, on = request.access, timezone.localdate()
    car = get_object_or_404(access.scope(Vehicle.objects.select_related("organ")), pk=pk)
    refusal = None
    if request.method == "POST":
        refusal = performed(request, _verbs(request, car))
        if refusal is None:
            return (
                redirect("vehicles:vehicle", pk)
                if access.scope(Vehicle.objects.all()).filter(pk=pk).exists()
                else redirect("vehicles:due")
            )
        car.refresh_from_db()
    there = car.state != VehicleState.RETIRED
    writes = access.holds(car, Verb.WRITE)
    context = {
        "car": car,
        "on": on,
        "balance": of_use(car.organ, car.use) if there else None,
        "basis": basis("ZBF-2017-71/quota", "ZBF-2017-71/marking"),
        "renewal": worst_first(renewal.verdicts(car, on)) if there else [],
        "years": renewal.years_between(car.registered_date, on),
        "due": [(one, one.words(on), one.step(on)) for one in due_of([car.pk]).get(car.pk, [])],
        "sections": sections(access, car, on),
        "findings": findings_of(touched(VEHICLE, [car.pk]), access),
        "history": history.steps(VEHICLE, car.pk, request.access),
        "attachments": attachments.of(f"vehicles.vehicle:{car.pk}"),
        "papers": papers.of(CARD, car.pk) if there else [],
        "paper_kind": CARD,
        "there": there,
        "may_write": writes and there,
        "methods": DisposalMethod.choices,
        "markings": [one for one in Marking.choices if one[0] != Marking.NONE],
        "targets": access.organs().open().exclude(pk=car.organ_id).order_by("sort_key")[:200]
        if writes and there
        else [],
        "refusal": refusal,
    }
    return shown(request, "vehicles/life/vehicle.html", context | _records(car, access))


def _records(car: Vehicle, access: Access) -> dict[str, Any]:
    """What the registers hold about the car, the newest first."""
    bought = VehiclePurchase.objects.filter(vehicle=car).select_related("replaces").first()
    disposals = list(Disposal.objects.filter(vehicle=car).select_related("target").order_by("-pk"))
    line = PlanLine.objects.filter(purchase=bought).select_related("plan").first() if bought else None
    keys = [one.case for one in disposals if one.case] + ([line.case] if line and line.case else [])
    return {
        "bought": bought,
        "line": line,
        "disposals": disposals,
        "cases": {case.pk: case for case in Case.objects.visible(access).filter(pk__in=keys)},
        "documents": list(car.documents.order_by("kind", "-pk")),
        "inspections": list(car.inspections.order_by("-on_date")[:LATEST]),
        "policies": list(car.policies.order_by("-ends_date")[:LATEST]),
        "maintenance": list(car.maintenance.order_by("-on_date", "-pk")[:LATEST]),
        "costs": list(access.scope(car.costs.all()).order_by("-day", "-pk")[:LATEST]),
        "violations": list(car.violations.order_by("-on_date")[:LATEST]),
        "supervisions": list(car.supervisions.order_by("-on_date")[:LATEST]),
        "complaints": list(car.complaints.order_by("-on_date")[:LATEST]),
    }


def _verbs(request: AccessRequest, car: Vehicle) -> dict[str, Any]:
    access, now = request.access, timezone.now()
    on = timezone.localdate(now)

    def writes(doing: str) -> None:
        access.need(access.holds(car, Verb.WRITE), doing)

    def mark(form: Posted) -> str:
        writes("登记标识化")
        day = form.day("marked_date", "日期")
        marking, reason = form.text("marking", "标识化"), form.text("reason", most=100)
        actions.mark_vehicle(actor=access.actor, vehicle=car, marking=marking, on=day, reason=reason)
        return "已登记标识化。"

    def seal(form: Posted) -> str:
        writes("封存车辆")
        verb = actions.lay_up_vehicle if car.state == VehicleState.IN_USE else actions.put_back_vehicle
        verb(actor=access.actor, vehicle=car, on=on)
        return "已封存停驶。" if car.state == VehicleState.IN_USE else "已启封。"

    def dispose(form: Posted) -> str:
        key = form.key("target")
        target = _organ(access, key) if key else None
        case = disposing.ask(
            vehicle=car.pk, method=form.text("method", "处置方式"), reason=form.text("reason", "处置理由", most=300),
            original_value=form.money("original_value", "账面原值"), target=target, approval=form.text("approval", most=80),
            access=access, on=on, now=now,
        )  # fmt: skip
        return f"已申请处置,编号 {case.number}。"

    def file(form: Posted) -> str:
        sent = request.FILES.getlist("file")
        if not sent:
            raise Refusal("form.missing", "请选择要添加的文件。")
        about = f"vehicles.vehicle:{car.pk}"
        with transaction.atomic():
            for one in sent:
                attachments.keep(file=one, about=about, access=access, now=now, label=form.text("label", most=60))
        return f"已添加 {len(sent)} 个文件。"

    return {"mark": mark, "seal": seal, "dispose": dispose, "file": file}


def _organ(access: Access, key: int) -> Organ:
    found = access.organs().open().filter(pk=key).first()
    if found is None:
        raise Refusal("form.missing", "请选择您管理范围内的调入单位。")
    return found


@require_GET
def due(request: AccessRequest) -> HttpResponse:
    """到期提醒: every paper within scope that is over or will be within thirty days, the most urgent first."""
    access, on = request.access, timezone.localdate()
    access.need(reads(access), "查看到期提醒")
    cars = {
        car.pk: car
        for car in access.scope(Vehicle.objects.exclude(state=VehicleState.RETIRED).select_related("organ")).order_by(
            "pk"
        )
    }
    found = [(one, cars[one.vehicle], one.words(on), one.left(on)) for one in soon(list(cars), on)]
    return shown(
        request, "vehicles/life/due.html", {"found": found[:500], "many": len(found), "days": AHEAD[0], "on": on}
    )
