"""The pages of the watch: state by organ, one rule, one sign; a day judged on demand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.vehicles.faces import drawn, performed, shown
from yiwang.areas.vehicles.nav import reads
from yiwang.areas.vehicles.watch import jobs, picture, standing
from yiwang.areas.vehicles.watch.actions import DATASET
from yiwang.areas.vehicles.watch.limits import by_law
from yiwang.areas.vehicles.watch.models import Sign, Threshold
from yiwang.areas.vehicles.watch.rules import FIGURES, RULES, Rule
from yiwang.core.orgs.models import LEVELS, Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.core.standards.book import load
from yiwang.core.verdicts.models import Finding
from yiwang.kit.paging import page
from yiwang.kit.posted import Posted

#: How far back the page looks unless said.
DAYS = 90


@require_http_methods(["GET", "POST"])
def index(request: AccessRequest) -> HttpResponse:
    """The state of organs, what each rule caught, the latest signs. POST: judge a day now."""
    access, on = request.access, timezone.localdate()
    access.need(reads(access), "查看用车监督")
    refusal = None
    if request.method == "POST":
        refusal = performed(request, {"judge": lambda posted: _judge(request, posted, on)})
        if refusal is None:
            return HttpResponseRedirect(request.path)
    organ = _organ(access, request.GET.get("organ", ""))
    places = standing.places(access, organ, on)
    rule = request.GET.get("rule", "")
    rows = _signs(access, organ, rule)
    kept = {key: request.GET[key] for key in ("organ", "rule", "after", "before") if key in request.GET}
    found = page(rows, ["pk"], kept, order="day", down=True, size=30)
    context = {
        "organ": organ,
        "above": _above(access, organ),
        "places": places,
        "red": sum(one.red for one in places),
        "yellow": sum(one.yellow for one in places),
        "green": sum(one.green for one in places),
        "feedback": standing.feedback(access, since=on - timedelta(days=DAYS)),
        "days": DAYS,
        "page": found,
        "signs": listed(access, [key for key, *_ in found.rows]),
        "rules": RULES.values(),
        "rule": rule,
        "may_judge": access.may(Verb.WRITE, "vehicles"),
        "yesterday": on - timedelta(days=1),
        "on": on,
        "refusal": refusal,
    }
    return shown(request, "vehicles/watch/index.html", context)


def _judge(request: AccessRequest, posted: Posted, on: date) -> str:
    jobs.ask(day=posted.day("day", "日期"), access=request.access, on=on, now=timezone.now())
    return "已开始判定,结果出来以后可在“后台任务”里看到。"


def _organ(access: Access, text: str) -> Organ:
    if text.isascii() and text.isdigit() and len(text) < 18:
        return get_object_or_404(access.organs(), pk=int(text))
    return access.organs().get(pk=access.organ.pk)  # type: ignore[union-attr]


def _above(access: Access, organ: Organ) -> list[Organ]:
    """The way down from the organ worked for to this one, without it."""
    keys = [getattr(organ, level) for level in LEVELS[: organ.depth - 1]]
    return list(access.organs().filter(pk__in=keys).order_by("depth"))


def _signs(access: Access, organ: Organ | None, rule: str) -> Any:
    rows = access.scope(Sign.objects.filter(withdrawn_at=None))
    if organ is not None:
        rows = rows.filter(**{f"l{organ.depth}": organ.pk})
    return rows.filter(rule=rule) if rule in RULES else rows


def listed(access: Access, keys: Iterable[int]) -> list[tuple[Sign, Finding | None]]:
    """Signs with the last finding of each, in the order of the keys. Two queries."""
    keys = list(keys)
    rows = Sign.objects.select_related("vehicle", "organ").defer("evidence").in_bulk(keys)
    signs = [rows[key] for key in keys]
    findings = access.scope(Finding.objects.filter(dataset=DATASET, subject__in=[one.subject for one in signs]))
    by_subject = {one.subject: one for one in findings.order_by("pk")}
    return [(one, by_subject.get(one.subject)) for one in signs]


@require_GET
def rule(request: AccessRequest, key: str) -> HttpResponse:
    """One rule: its clause and those beside it, the figures in force, what it caught and what became of that."""
    access, on = request.access, timezone.localdate()
    access.need(reads(access), "查看用车监督")
    one = RULES.get(key)
    if one is None:
        raise Http404("没有这条规则")
    kept = {name: request.GET[name] for name in ("after", "before") if name in request.GET}
    found = page(_signs(access, None, key), ["pk"], kept, order="day", down=True, size=30)
    feedback = {each.rule.key: each for each in standing.feedback(access)}
    context = {
        "rule": one,
        "clause": load().clause(one.clause),
        "document": load().document_of(one.clause),
        "grounds": _grounds(one),
        "figures": _figures(access, one, on),
        "feedback": feedback[key],
        "page": found,
        "signs": listed(access, [pk for pk, *_ in found.rows]),
        "may_set": access.may(Verb.WRITE, "vehicles"),
        "on": on,
    }
    return shown(request, "vehicles/watch/rule.html", context)


def _grounds(one: Rule) -> list[tuple[Any, Any]]:
    """The clauses beside, with their documents."""
    book = load()
    return [(book.document_of(clause), book.clause(clause)) for clause in one.grounds]


def _figures(access: Access, one: Rule, on: date) -> list[dict[str, Any]]:
    """Each figure of the rule as it is here: by the lawbook, and what organs on the way down to here have set."""
    organ: Organ = access.organ  # type: ignore[assignment]
    law = by_law(organ.region_id, on)
    above = [getattr(organ, level) for level in LEVELS if getattr(organ, level) is not None]
    held = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
    rows = (
        Threshold.objects.filter(held, rule=one.key, organ__in=above).select_related("organ").order_by("organ__depth")
    )
    set_here = {row.name: row for row in rows}  # the lowest organ is last
    return [
        {"name": name, "unit": unit, "law": law.get((one.key, name)), "row": set_here.get(name)}
        for name, unit in FIGURES[one.key]
    ]


@require_GET
def sign(request: AccessRequest, pk: int) -> HttpResponse:
    """One sign: the picture, the figures beside the clause, the finding made of it."""
    access = request.access
    access.need(reads(access), "查看用车监督")
    rows = access.scope(Sign.objects.select_related("organ", "vehicle", "order__trip"))
    one = get_object_or_404(rows, pk=pk)
    findings = access.scope(Finding.objects.filter(dataset=DATASET, subject=one.subject)).order_by("-pk")
    others = _signs(access, None, "").filter(vehicle=one.vehicle_id, day=one.day).exclude(pk=one.pk)
    context = {
        "sign": one,
        "rule": one.declared,
        "chart": drawn(picture.draw(one)),
        "findings": list(findings),
        "grounds": _grounds(one.declared),
        "others": listed(access, others.order_by("pk").values_list("pk", flat=True)[:10]),
        "track": f"{reverse('vehicles:track-ask')}?vehicle={one.vehicle_id}&day={one.day}",
        "may_track": access.may(Verb.TRACK, "vehicles"),
    }
    return shown(request, "vehicles/watch/sign.html", context)
