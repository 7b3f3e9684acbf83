"""流程管理: the processes with their versions, one of them with its picture, uploading, comparing, putting in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.core.flow import definitions
from yiwang.core.flow.bpmn import Node
from yiwang.core.flow.models import Case, CaseState, Definition, DefinitionState
from yiwang.core.flow.people import APPLICANT, SAME, persons
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.core.standards.regions import chain
from yiwang.kit.refusal import Refusal
from yiwang.portal.cases import compare, graphs
from yiwang.portal.cases.rows import called

STATES = {DefinitionState.DRAFT: "plain", DefinitionState.IN_FORCE: "within", DefinitionState.RETIRED: "plain"}
#: A larger file is refused before it is read; the engine says the same to smaller ones.
LARGEST = 2 << 20
NAMED = 3


@dataclass(frozen=True)
class Line:
    """One version on the list."""

    row: Definition
    state: str
    kind: str
    running: int
    first: bool


def mine(access: Access) -> QuerySet[Definition]:
    """The definitions that the user keeps: of his region and of those above it. Refusal `rights.denied`."""
    access.need(access.may(Verb.CONFIGURE), "管理流程")
    assert access.organ is not None
    rows = Definition.objects.filter(region__in=chain(access.organ.region_id))
    areas = access.areas(Verb.CONFIGURE)
    return rows if areas is None else rows.filter(area__in=areas)


@require_http_methods(["GET", "POST"])
def index(request: AccessRequest) -> HttpResponse:
    """All processes with their versions; POST uploads a file."""
    rows = mine(request.access)
    if request.method == "POST":
        try:
            made = _upload(request)
        except Refusal as refusal:
            return _index(request, rows, refusal)
        said = f"已保存为{made.name}第 {made.version} 版" + (
            ",还有几处要完善。" if made.points else ",确认后可以启用。"
        )
        messages.success(request, said)
        return HttpResponseRedirect(reverse("cases:definition", args=[made.pk]))
    return _index(request, rows)


def _upload(request: AccessRequest) -> Definition:
    """Read the file. Refusals `definition.file` and those of `flow.definitions.upload`, which name the element."""
    file, access = request.FILES.get("file"), request.access
    if file is None:
        raise Refusal("definition.file", "请选择一个 BPMN 文件(.bpmn)。")
    if file.size is None or file.size > LARGEST:
        raise Refusal("definition.file", "文件超过 2 MB,不像是一张流程图。")
    assert access.organ is not None
    region = "CN" if access.organ.depth == 1 else access.organ.region_id
    return definitions.upload(xml=file.read(), access=access, now=timezone.now(), region=region)


def _index(request: AccessRequest, rows: QuerySet[Definition], refusal: Refusal | None = None) -> HttpResponse:
    running = Count("cases", filter=Q(cases__state=CaseState.OPEN))
    found = rows.defer("xml", "graph").annotate(running=running).order_by("area", "key", "-version")
    labels, groups = graphs.areas(), []
    for _, versions in groupby(found, key=lambda one: one.key):
        lines = [
            Line(one, state(one, timezone.localdate()), STATES[DefinitionState(one.state)], one.running, at == 0)
            for at, one in enumerate(versions)
        ]
        groups.append((labels.get(lines[0].row.area, lines[0].row.area), lines))
    context = {"groups": groups, "refusal": refusal}
    return render(request, "cases/definitions.html", context, status=422 if refusal else 200)


def state(row: Definition, on: date) -> str:
    """Its state in words, with the day that matters."""
    if row.state == DefinitionState.DRAFT:
        return f"草稿,{len(row.points)} 处待完善" if row.points else "草稿"
    if row.state == DefinitionState.IN_FORCE and row.valid_from and row.valid_from > on:
        return f"{row.valid_from} 起启用"
    if row.valid_to is not None and row.valid_to <= on:
        return f"{row.valid_to} 停用"
    return f"{row.get_state_display()},{row.valid_from} 起"


@require_http_methods(["GET", "POST"])
def one(request: AccessRequest, pk: int) -> HttpResponse:
    """One version: picture, steps with the persons who would act here, open points; POST puts in force or retires."""
    row = get_object_or_404(mine(request.access), pk=pk)
    if request.method == "GET":
        return _one(request, row)
    try:
        said = _act(request, row)
    except Refusal as refusal:
        return _one(request, row, refusal)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("cases:definition", args=[pk]))


def _act(request: AccessRequest, row: Definition) -> str:
    """Put in force or retire."""
    on = timezone.localdate()
    if request.POST.get("do") == "publish":
        day = _day(request.POST.get("day", ""))
        definitions.publish(definition=row.pk, on_from=day, access=request.access, on=on)
        return f"{day} 起启用;在办的事项仍按原来的版本走。"
    definitions.retire(definition=row.pk, access=request.access, on=on)
    return "已停用;在办的事项仍按这一版走完。"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal("definition.day", "请填写日期,写成 2026-11-22。") from None


def _one(request: AccessRequest, row: Definition, refusal: Refusal | None = None) -> HttpResponse:
    graph, on = definitions.graph_of(row), timezone.localdate()
    present = _present(row, on)
    found = compare.changes(definitions.graph_of(present), graph) if present else []
    context: dict[str, Any] = {
        "row": row,
        "state": state(row, on),
        "kind": STATES[DefinitionState(row.state)],
        "stages": [(stage, _who(graph.nodes[stage.node], request.access, row, on)) for stage in graphs.stages(graph)],
        "facts": graph.facts,
        "present": present,
        "changes": len(found),
        "marks": compare.marks(found) if row.state == DefinitionState.DRAFT else {"nodes": {}, "flows": []},
        "running": Case.objects.filter(definition=row, state=CaseState.OPEN).count(),
        "maker": row.made_by,
        "today": on,
        "refusal": refusal,
        "draft": row.state == DefinitionState.DRAFT,
        "retirable": row.state != DefinitionState.RETIRED and not _only(row),
    }
    return render(request, "cases/definition.html", context, status=422 if refusal else 200)


def _present(row: Definition, on: date) -> Definition | None:
    """The version in force of the same process, where it is another one."""
    found = Definition.objects.in_force(row.key, on, row.region)
    return None if found is None or found.pk == row.pk else found


def _only(row: Definition) -> bool:
    """Whether it is in force for the whole nation: such a version is replaced, never taken away."""
    return row.state == DefinitionState.IN_FORCE and row.region == "CN"


def _who(node: Node, access: Access, row: Definition, on: date) -> str:
    """Who would act at this step if the case came from the organ worked for."""
    if access.organ is None or not node.role or node.role == APPLICANT or node.role.startswith(SAME):
        return ""
    names = [called(user) for user in persons(node.role, access.organ, row.area, on)]
    more = f" 等 {len(names)} 人" if len(names) > NAMED else ""
    return "、".join(names[:NAMED]) + more if names else "没有人"


@require_GET
def comparison(request: AccessRequest, pk: int) -> HttpResponse:
    """This version against the one in force (or against `with`)."""
    rows = mine(request.access)
    row = get_object_or_404(rows, pk=pk)
    given = request.GET.get("with", "")
    other = (
        get_object_or_404(rows, pk=int(given), key=row.key) if given.isdigit() else _present(row, timezone.localdate())
    )
    found = compare.changes(definitions.graph_of(other), definitions.graph_of(row)) if other else []
    others = rows.filter(key=row.key).exclude(pk=row.pk).defer("xml", "graph").order_by("-version")
    context = {"row": row, "other": other, "others": others, "changes": found, "marks": compare.marks(found)}
    return render(request, "cases/compare.html", context)


def _readable(request: AccessRequest, pk: int) -> Definition:
    """A definition that the user keeps, may begin, or has a case of."""
    row = get_object_or_404(Definition, pk=pk)
    access = request.access
    if access.may(Verb.CONFIGURE) and mine(access).filter(pk=pk).exists():
        return row
    return get_object_or_404(
        Definition, pk=pk, cases__in=Case.objects.visible(access).filter(definition=pk)[:1].values("pk")
    )


@require_GET
def xml(request: AccessRequest, pk: int) -> HttpResponse:
    """The file for the picture."""
    return HttpResponse(bytes(_readable(request, pk).xml), content_type="application/xml")


@require_GET
def download(request: AccessRequest, pk: int) -> HttpResponse:
    """The file, to be saved."""
    row = get_object_or_404(mine(request.access), pk=pk)
    headers = {"Content-Disposition": f'attachment; filename="{row.key}-{row.version}.bpmn"'}
    return HttpResponse(bytes(row.xml), content_type="application/octet-stream", headers=headers)
