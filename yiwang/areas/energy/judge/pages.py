"""The pages of early warning: what stands by organ, one rule with its figures, one sign with its picture."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.energy.judge import actions, jobs, picture, standing
from yiwang.areas.energy.judge.actions import AREA, DATASET
from yiwang.areas.energy.judge.limits import Learned, by_law, learned
from yiwang.areas.energy.judge.models import Sign, Threshold
from yiwang.areas.energy.judge.nav import above, organ_of, shown
from yiwang.areas.energy.judge.resources import reads
from yiwang.areas.energy.judge.rules import RULES, Rule
from yiwang.core.orgs.models import LEVELS, Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.core.standards.book import load
from yiwang.core.verdicts.models import Finding
from yiwang.kit.faces import drawn, performed
from yiwang.kit.paging import page
from yiwang.kit.posted import Posted


@require_http_methods(["GET", "POST"])
def index(request: AccessRequest) -> HttpResponse:
    """The standing signs, by organ and by rule. POST: judge now."""
    access, on = request.access, timezone.localdate()
    access.need(reads(access), "查看用能预警")
    refusal = None
    if request.method == "POST":
        refusal = performed(request, {"judge": lambda _: _judge(access, on)})
        if refusal is None:
            return HttpResponseRedirect(request.path)
    organ = organ_of(access, request.GET.get("organ", ""))
    rule = request.GET.get("rule", "")
    rows = access.scope(Sign.objects.standing()).filter(**{f"l{organ.depth}": organ.pk})
    rows = rows.filter(rule=rule) if rule in RULES else rows
    kept = {key: request.GET[key] for key in ("organ", "rule", "after", "before") if key in request.GET}
    found = page(rows, ["pk"], kept, order="month", down=True, size=30)
    places = standing.places(access, organ)
    context = {
        "organ": organ,
        "above": above(access, organ),
        "places": places,
        "whole": sum(one.signs for one in places),
        "unanswered": sum(one.unanswered for one in places),
        "feedback": standing.feedback(access),
        "page": found,
        "signs": _listed(access, [key for key, *_ in found.rows]),
        "rules": RULES.values(),
        "rule": rule,
        "may_judge": access.may(Verb.WRITE, AREA),
        "on": on,
        "refusal": refusal,
    }
    return shown(request, "energy_judge/index.html", context)


def _judge(access: Access, on: date) -> str:
    jobs.ask(access=access, on=on, now=timezone.now())
    return "已开始判定,结果出来以后可在“后台任务”里看到。"


def _listed(access: Access, keys: list[int]) -> list[tuple[Sign, Finding | None]]:
    """Signs with the last finding of each, in the order of the keys. Two queries."""
    rows = Sign.objects.select_related("organ").defer("evidence").in_bulk(keys)
    signs = [rows[key] for key in keys]
    findings = access.scope(Finding.objects.filter(dataset=DATASET, subject__in=[one.subject for one in signs]))
    by_subject = {one.subject: one for one in findings.order_by("pk")}
    return [(one, by_subject.get(one.subject)) for one in signs]


@require_GET
def rule(request: AccessRequest, key: str) -> HttpResponse:
    """One rule: its clause, the figures in force here, what was learned for each kind of energy, what it caught."""
    access, on = request.access, timezone.localdate()
    access.need(reads(access), "查看用能预警")
    one = RULES.get(key)
    if one is None:
        raise Http404("没有这条规则")
    kept = {name: request.GET[name] for name in ("after", "before") if name in request.GET}
    found = page(access.scope(Sign.objects.filter(rule=key)), ["pk"], kept, order="month", down=True, size=30)
    context = {
        "rule": one,
        "clause": load().clause(one.clause),
        "figures": _figures(access, one, on),
        "learned": _learned(access, one),
        "feedback": next(each for each in standing.feedback(access) if each.rule.key == key),
        "page": found,
        "signs": _listed(access, [pk for pk, *_ in found.rows]),
        "may_set": access.may(Verb.WRITE, AREA),
        "on": on,
    }
    return shown(request, "energy_judge/rule.html", context)


def _figures(access: Access, one: Rule, on: date) -> list[dict[str, Any]]:
    """Each figure of the rule as it is here: by the lawbook, and what organs on the way down to here have set."""
    organ: Organ = access.organ  # type: ignore[assignment]
    law = by_law(organ.region_id, on)
    way = [getattr(organ, level) for level in LEVELS if getattr(organ, level) is not None]
    rows = Threshold.objects.filter(rule=one.key, organ__in=way, valid_from__lte=on).exclude(valid_to__lte=on)
    known = list(rows.select_related("organ").order_by("organ__depth", "pk"))
    return [
        {
            "name": name,
            "unit": unit,
            "law": law.get((one.key, name)),
            "rows": [row for row in known if row.name == name],
        }
        for name, unit in one.figures
    ]


def _learned(access: Access, one: Rule) -> list[tuple[str, Learned]]:
    """Kind of energy in words → the answers in this tree, where there are any."""
    root: int = access.organ.l1  # type: ignore[union-attr,assignment]
    words = dict(Sign.objects.filter(l1=root, rule=one.key).order_by().values_list("energy", "word").distinct())
    return sorted((words[energy], some) for (_, rule, energy), some in learned([root]).items() if rule == one.key)


@require_http_methods(["GET", "POST"])
def sign(request: AccessRequest, pk: int) -> HttpResponse:
    """One sign: picture, likely cause, figures beside the clause. POST: real, false alarm, or to be put right."""
    access, on = request.access, timezone.localdate()
    access.need(reads(access), "查看用能预警")
    one = get_object_or_404(access.scope(Sign.objects.select_related("organ", "answered_by")), pk=pk)
    refusal = None
    if request.method == "POST":
        verbs = {
            "real": lambda posted: _answer(pk, posted, access, on, real=True),
            "false": lambda posted: _answer(pk, posted, access, on, real=False),
            "rectify": lambda _: _rectify(pk, access, on),
        }
        refusal = performed(request, verbs)
        if refusal is None:
            return HttpResponseRedirect(request.path)
    findings = access.scope(Finding.objects.filter(dataset=DATASET, subject=one.subject)).order_by("-pk")
    context = {
        "sign": one,
        "rule": one.declared,
        "chart": drawn(picture.draw(one)),
        "finding": findings.first(),
        "may_write": access.holds(one, Verb.WRITE),
        "refusal": refusal,
    }
    return shown(request, "energy_judge/sign.html", context)


def _answer(pk: int, posted: Posted, access: Access, on: date, *, real: bool) -> str:
    note = posted.text("note", most=200)
    actions.answer(sign=pk, real=real, note=note, access=access, now=timezone.now(), on=on)
    return "已记为属实。" if real else "已记为误报,线索撤销;这类误报多了,这条规则对这个品种会自动放宽。"


def _rectify(pk: int, access: Access, on: date) -> str:
    found = actions.rectify(sign=pk, access=access, on=on, now=timezone.now())
    who = f",经办 {found.handler.label},{found.due_date} 前完成" if found.handler and found.due_date else ""
    return f"已转整改{who}。"
