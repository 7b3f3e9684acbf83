"""The page of targets: the own one and those right below, how they stand, handing down."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.areas.energy.judge import targets
from yiwang.areas.energy.judge.actions import AREA
from yiwang.areas.energy.judge.models import Plan, PlanKind, Target
from yiwang.areas.energy.judge.nav import shown
from yiwang.areas.energy.judge.progress import Progress, progress
from yiwang.areas.energy.judge.resources import reads
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.kit import svg
from yiwang.kit.faces import drawn, performed
from yiwang.kit.posted import Posted
from yiwang.kit.refusal import Refusal

#: What a target may be set for: code and word, with the unit.
KINDS = {
    "ELECTRICITY": "电力(kWh)", "GAS": "天然气(m3)", "HEAT": "热力(GJ)", "WATER": "水(m3)", "COAL": "煤炭(kg)", "PETROL": "汽油(L)",
    "DIESEL": "柴油(L)",
}  # fmt: skip


@require_http_methods(["GET", "POST"])
def index(request: AccessRequest) -> HttpResponse:
    """The targets of a plan and year at the organ worked for. POST: a plan, the whole, a part."""
    access, on = request.access, timezone.localdate()
    access.need(reads(access), "查看节能目标")
    refusal = None
    if request.method == "POST":
        verbs = {
            "plan": lambda p: _plan(p, access),
            "whole": lambda p: _whole(p, access),
            "give": lambda p: _give(p, access),
        }
        refusal = performed(request, verbs)
        if refusal is None:
            return HttpResponseRedirect(request.get_full_path())
    plans = targets.plans_for(access)
    one = next((each for each in plans if str(each.pk) == request.GET.get("plan", "")), plans[0] if plans else None)
    context: dict[str, Any] = {"plans": plans, "plan": one, "on": on, "refusal": refusal, "kinds": KINDS.items()}
    context |= {"organ": access.organ, "plan_kinds": PlanKind.choices, "may_plan": access.may(Verb.APPROVE, AREA)}
    if one is not None:
        context |= _of_plan(access, one, request.GET.get("year", ""), on)
    return shown(request, "energy_judge/targets.html", context)


def _of_plan(access: Access, one: Plan, asked: str, on: date) -> dict[str, Any]:
    """The years, the targets of the chosen one, the national figures beside."""
    organ: Organ = access.organ  # type: ignore[assignment]
    years = list(range(one.first_year, one.last_year + 1))
    year = (
        int(asked)
        if asked.isascii() and asked.isdigit() and int(asked) in years
        else min(max(on.year, years[0]), years[-1])
    )
    below = list(access.organs().filter(superior=organ, closed_date=None).order_by("sort_key"))
    rows = Target.objects.filter(plan=one, year=year, organ__in=[organ, *below]).select_related("organ")
    stand = progress(list(rows.order_by("energy", "organ__depth", "organ__sort_key")), on)
    figures, clause, verified = targets.national(one.kind)
    return {
        "years": years,
        "year": year,
        "below": below,
        "mine": [each for each in stand if each.target.organ_id == organ.pk],
        "parts": [each for each in stand if each.target.organ_id != organ.pk],
        "groups": [[each for each in stand if (each.target.organ_id == organ.pk) is own] for own in (True, False)],
        "chart": _chart(stand),
        "figures": figures,
        "clause": clause,
        "verified": verified,
        "may_whole": one.organ_id == organ.pk and access.may(Verb.APPROVE, AREA),
    }


def _chart(stand: list[Progress]) -> Any:
    """A bar for each target: used and still to come, against 100."""
    colours = {"红": svg.COLOURS[4], "黄": svg.COLOURS[2], "绿": svg.COLOURS[1]}
    bars = []
    for one in stand:
        if one.read is None or one.total is None or not one.target.amount:
            continue
        whole = float(one.target.amount)
        used, ahead = 100 * one.read / whole, 100 * max(one.total - one.read, 0) / whole
        parts = [(round(used, 1), svg.COLOURS[0]), (round(ahead, 1), colours[one.colour])]
        bars.append(svg.Bar(f"{one.target.organ.name} {one.word}", parts, f"预计 {used + ahead:.0f}% {one.colour}"))
    return drawn(svg.bars(bars, title="已用和预计占控制量的百分比", unit="%")) if bars else ""


def _plan(posted: Posted, access: Access) -> str:
    kind = posted.text("kind", "类型", most=4)
    years = None
    if kind == PlanKind.FREE:
        years = (
            posted.whole("base_year", "基年"),
            posted.whole("first_year", "首年"),
            posted.whole("last_year", "末年"),
        )
    ground = posted.text("ground", most=120)
    return f"已建立规划“{targets.plan(name=posted.text('name', most=60), kind=kind, years=years, ground=ground, access=access)}”。"


def _whole(posted: Posted, access: Access) -> str:
    row = targets.set_whole(
        plan=posted.key("plan", "规划"), energy=_energy(posted), year=posted.whole("year", "年度"),
        amount=posted.needed("amount", "控制量"), access=access,
    )  # fmt: skip
    return f"已定 {row.year} 年总量。"


def _give(posted: Posted, access: Access) -> str:
    organ = access.organs().filter(pk=posted.key("organ", "下级单位")).first()
    if organ is None:
        raise Refusal("target.below", "没有这个下级单位。")
    row = targets.give(
        plan=posted.key("plan", "规划"), organ=organ, energy=_energy(posted), year=posted.whole("year", "年度"),
        amount=posted.needed("amount", "控制量"), access=access,
    )  # fmt: skip
    return f"已分给“{row.organ}”。"


def _energy(posted: Posted) -> str:
    energy = posted.text("energy", "能源品种", most=20)
    if energy not in KINDS:
        raise Refusal("target.amount", "请选择能源品种。")
    return energy
