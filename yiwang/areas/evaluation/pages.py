"""The pages: assessments and new ones, one assessment filled and reviewed, shares with tiles, 公示."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.evaluation import actions, picture, publishing, shares
from yiwang.areas.evaluation.judging import most
from yiwang.areas.evaluation.models import Assessment, Level, Mark, Publication, Source, State
from yiwang.areas.evaluation.papers import CERTIFICATE
from yiwang.areas.evaluation.rights import AREA, reads
from yiwang.areas.evaluation.tables import programmes
from yiwang.core.attachments.actions import keep, of_many
from yiwang.core.orgs.models import Organ
from yiwang.core.papers.actions import of as papers_of
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.desk.tabs import tabs
from yiwang.kit.faces import drawn, performed
from yiwang.kit.paging import page
from yiwang.kit.posted import Posted


def shown(request: AccessRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """A page with the tabs of the area; 422 where a `refusal` is shown."""
    frame = {**tabs(request, AREA), "values": request.POST}
    return render(request, template, frame | dict(context), status=422 if context.get("refusal") else 200)


@require_http_methods(["GET", "POST"])
def index(request: AccessRequest) -> HttpResponse:
    """The assessments in scope, by programme. POST: a new one for the organ worked for."""
    access, on = request.access, timezone.localdate()
    access.need(reads(access), "查看创建申报")
    refusal = None
    if request.method == "POST":
        made: list[Assessment] = []
        refusal = performed(request, {"begin": lambda posted: _begin(posted, access, on, made)})
        if refusal is None:
            return HttpResponseRedirect(reverse("evaluation:assessment", args=[made[0].pk]))
    key = request.GET.get("programme", "")
    rows = access.scope(Assessment.objects.all())
    rows = rows.filter(programme=key) if key in programmes() else rows
    kept = {name: request.GET[name] for name in ("programme", "after", "before") if name in request.GET}
    found = page(rows, ["pk"], kept, order="pk", down=True, size=30)
    by_id = Assessment.objects.select_related("organ").in_bulk([pk for pk, *_ in found.rows])
    context = {
        "programmes": programmes().values(),
        "key": key,
        "page": found,
        "rows": [by_id[pk] for pk, *_ in found.rows],
        "may_begin": access.may(Verb.WRITE, AREA),
        "organ": access.organ,
        "years": [on.year - back for back in range(3)],
        "refusal": refusal,
    }
    return shown(request, "evaluation/index.html", context)


def _begin(posted: Posted, access: Access, on: date, made: list[Assessment]) -> str:
    organ: Organ = access.organ  # type: ignore[assignment]
    year = posted.whole("year", "年度")
    key = posted.text("programme", "创建项目", most=20)
    made.append(actions.begin(key=key, organ=organ, year=year, access=access, on=on, now=timezone.now()))
    return "已建立申报,台账能证明的细目已取数。"


@require_http_methods(["GET", "POST"])
def assessment(request: AccessRequest, pk: int) -> HttpResponse:
    """One assessment: every item with its clause, what proves it, and the points of each level."""
    access, on = request.access, timezone.localdate()
    access.need(reads(access), "查看创建申报")
    one = get_object_or_404(access.scope(Assessment.objects.select_related("organ", "case")), pk=pk)
    refusal = None
    if request.method == "POST":
        refusal = performed(
            request,
            {
                "prove": lambda _: (
                    f"已取数,{actions.prove(assessment=pk, access=access, on=on, now=timezone.now())} 项由台账证明。"
                ),
                "fill": lambda posted: _fill(request, posted, one),
                "submit": lambda _: (
                    f"已提交,{actions.submit(assessment=pk, access=access, on=on, now=timezone.now()).number}。"
                ),
                "approve": lambda posted: _review(one, "approve", posted, access, on),
                "reject": lambda posted: _review(one, "reject", posted, access, on),
            },
        )
        if refusal is None:
            return HttpResponseRedirect(request.path)
    task = actions.task_of(one, access)
    context = {
        "one": one,
        "table": one.table,
        "same_table": one.table.digest == one.digest,
        "lines": _lines(one, actions.NODES[task.step.node] if task else None),
        "levels": [level for level in Level if level == Level.SELF or one.case_id],
        "verdict": actions.verdict_of(one),
        "may_fill": one.state == State.DRAFT and access.holds(one, Verb.WRITE),
        "task": task,
        "papers": papers_of(CERTIFICATE, one.pk),
        "certificate": CERTIFICATE,
        "may_issue": one.state == State.REACHED and access.holds(one, Verb.WRITE),
        "refusal": refusal,
    }
    return shown(request, "evaluation/assessment.html", context)


def _lines(one: Assessment, level: Level | None) -> list[dict[str, Any]]:
    """What the table of the page shows; `level`: of the reviewer, whose proposal is what the level below gave."""
    points = actions.points_of(one)
    marks = list(one.marks.all())
    files = of_many([f"evaluation.mark:{mark.pk}" for mark in marks])
    return [
        {
            "mark": mark,
            "item": (item := one.table.item(mark.item)),
            "most": most(item),
            "points": [points[mark.item].get(each) for each in Level],
            "proposal": actions.latest(points[mark.item], below=level) if level else None,
            "files": files.get(f"evaluation.mark:{mark.pk}", []),
            "proved": mark.source == Source.PROVED,
            "filled": Level.SELF in points[mark.item],
        }
        for mark in marks
    ]


def _fill(request: AccessRequest, posted: Posted, one: Assessment) -> str:
    access, now = request.access, timezone.now()
    mark = get_object_or_404(Mark, pk=posted.key("mark", "细目"), assessment=one)
    actions.fill(
        mark=mark.pk, points=posted.figure("points", "得分"), measure=posted.figure("measure", "实测值", places=4),
        said=posted.text("said", most=300), left_out=bool(posted.text("left_out")), access=access, now=now,
    )  # fmt: skip
    if (file := request.FILES.get("file")) is not None:
        keep(
            file=file,
            about=f"evaluation.mark:{mark.pk}",
            access=access,
            now=now,
            label=one.table.item(mark.item).title[:60],
        )
    return f"已保存“{one.table.item(mark.item).title}”。"


def _review(one: Assessment, verdict: Literal["approve", "reject"], posted: Posted, access: Access, on: date) -> str:
    points: dict[int, Decimal] = {}
    for mark in one.marks.all():
        value = posted.figure(f"points-{mark.pk}", one.table.item(mark.item).title)
        if value is not None:
            points[mark.pk] = value
    opinion = posted.text("opinion", "" if verdict == "approve" else "意见", most=200)
    actions.review(
        assessment=one.pk, verdict=verdict, points=points, opinion=opinion, access=access, on=on, now=timezone.now()
    )
    return "已评分,报上一级。" if verdict == "approve" else "已评为不通过。"


@require_GET
def share(request: AccessRequest) -> HttpResponse:
    """The share of organs that reached a programme, on tiles and ranked, against the target."""
    access, on = request.access, timezone.localdate()
    access.need(reads(access), "查看建成比例")
    key = request.GET.get("programme", "CONSERVING")
    key = key if key in programmes() else "CONSERVING"
    organ = get_object_or_404(access.organs(), pk=_key(request.GET.get("organ", ""), access))
    found = shares.places(access, organ, key, on)
    aim = shares.target(on)
    whole = shares.Place(organ, sum(one.organs for one in found), sum(one.reached for one in found))
    context = {
        "organ": organ,
        "programmes": programmes().values(),
        "key": key,
        "places": found,
        "whole": whole,
        "target": aim,
        "tiles": drawn(picture.tiles(found, aim.value)),
        "on": on,
    }
    return shown(request, "evaluation/shares.html", context)


def _key(text: str, access: Access) -> int:
    if text.isascii() and text.isdigit() and len(text) < 18:
        return int(text)
    return access.organ.pk  # type: ignore[union-attr]


@require_http_methods(["GET", "POST"])
def publications(request: AccessRequest) -> HttpResponse:
    """公示 of the organs in scope. POST: publish or correct a quarter."""
    access, on = request.access, timezone.localdate()
    access.need(reads(access), "查看公示")
    refusal = None
    if request.method == "POST":
        refusal = performed(request, {"publish": lambda posted: _publish(posted, access, on)})
        if refusal is None:
            return HttpResponseRedirect(request.path)
    kept = {name: request.GET[name] for name in ("after", "before") if name in request.GET}
    found = page(access.scope(Publication.objects.all()), ["pk"], kept, order="pk", down=True, size=30)
    by_id = Publication.objects.select_related("organ").in_bulk([pk for pk, *_ in found.rows])
    last = (on.year, (on.month - 1) // 3) if on.month > 3 else (on.year - 1, 4)
    context = {
        "page": found,
        "rows": [by_id[pk] for pk, *_ in found.rows],
        "may_publish": access.approves(AREA),
        "organ": access.organ,
        "last": last,
        "refusal": refusal,
    }
    return shown(request, "evaluation/publications.html", context)


def _publish(posted: Posted, access: Access, on: date) -> str:
    row = publishing.publish(
        year=posted.whole("year", "年度"), quarter=posted.whole("quarter", "季度"), reason=posted.text("reason", most=200),
        access=access, on=on, now=timezone.now(),
    )  # fmt: skip
    return f"已公示:{row}。"


@require_GET
def publication(request: AccessRequest, pk: int) -> HttpResponse:
    """One publication as it was, with its hash and the other versions."""
    access = request.access
    access.need(reads(access), "查看公示")
    row = get_object_or_404(access.scope(Publication.objects.select_related("organ", "user")), pk=pk)
    versions = Publication.objects.filter(organ=row.organ_id, year=row.year, quarter=row.quarter).order_by("version")
    facts = publishing.shown(row)
    context = {"row": row, "facts": facts, "intact": publishing.intact(row), "versions": versions}
    return shown(request, "evaluation/publication.html", context)
