"""The page 数据质量: outliers, spot checks, joint review."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from secrets import randbelow

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.areas.reporting import period as pages
from yiwang.areas.reporting import quality, watching
from yiwang.areas.reporting.models import ReportingPeriod, SpotCheckLine
from yiwang.areas.reporting.nav import shown
from yiwang.areas.reporting.opening import AREA
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.kit.faces import performed
from yiwang.kit.posted import Posted


@require_http_methods(["GET", "POST"])
def page(request: AccessRequest, pk: int) -> HttpResponse:
    """What stands out below an organ, what was drawn to be checked on the spot, who reviews jointly."""
    period, access = pages.visible(request, pk), request.access
    organ = pages.place_of(request, period)
    watching.depth_of(period, organ)
    refusal = None
    if request.method == "POST":
        refusal = performed(request, _verbs(request, period, organ))
        if refusal is None:
            return redirect(request.get_full_path())
    lines = SpotCheckLine.objects.filter(spot_check__in=access.scope(period.spot_checks.all()))
    return shown(
        request,
        "reporting/quality.html",
        {
            "period": period,
            "organ": organ,
            "found": quality.standing_out(period, organ, access),
            "checks": access.scope(period.spot_checks.select_related("user", "organ")).order_by("-pk")[:20],
            "lines": lines.select_related("return_row").order_by("-spot_check", "pk")[:200],
            "joint": quality.joint(period, organ, access),
            "may_draw": access.may(Verb.APPROVE, AREA),
            "refusal": refusal,
        },
    )


def _verbs(request: AccessRequest, period: ReportingPeriod, organ: int) -> dict[str, Callable[[Posted], str]]:
    access, now = request.access, timezone.now()

    def draw(form: Posted) -> str:
        share = form.needed("share", "抽查比例") / Decimal(100)
        seed = form.key("seed") or randbelow(10**9) + 1
        made = quality.draw(period=period, organ=organ, share=share, seed=seed, access=access, now=now)
        return f"已从 {made.population} 份中抽取 {made.lines.count()} 份,种子 {seed}。"

    def note(form: Posted) -> str:
        sound = form.text("sound", "结果") == "yes"
        quality.note(line=form.key("line", "报表"), sound=sound, text=form.text("note"), access=access)
        return "已记录抽查结果。"

    return {"draw": draw, "note": note}
