"""One case: its facts beside the clauses, its course, its picture, and what this person may do now."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.core.flow import reading
from yiwang.core.flow.bpmn import Graph, Node, NodeType
from yiwang.core.flow.definitions import graph_of
from yiwang.core.flow.facts import Fact
from yiwang.core.flow.models import Case, CaseState, Party, PartyKind, Step, StepState, Task, TaskState
from yiwang.core.flow.people import APPLICANT
from yiwang.core.papers import actions as papers
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.workdays.current import current
from yiwang.kit.prepared import prepared
from yiwang.kit.refusal import Refusal
from yiwang.portal.cases import acts, course, fields, files, graphs, people, rows
from yiwang.portal.cases.clocks import clock

LIVE = (TaskState.OPEN, TaskState.WAIT)
#: The nodes that are told: gateways are for the picture only.
STOPS = (NodeType.TASK, NodeType.CALL, NodeType.END)


def _seen(request: AccessRequest, pk: int) -> Case:
    """The case if the user may see it, else 404: whether it exists is nobody else's business."""
    cases = Case.objects.visible(request.access).select_related("organ", "applicant", "definition")
    return get_object_or_404(cases.defer("definition__xml"), pk=pk)


@require_http_methods(["GET", "POST"])
def case(request: AccessRequest, pk: int) -> HttpResponse:
    """The page; POST does what a form of it asks."""
    found = _seen(request, pk)
    now = timezone.now()
    if request.method == "GET":
        return _page(request, found, now)
    try:
        said = _perform(request, found, now)
    except Refusal as refusal:
        return _page(request, _seen(request, pk), now, refusal)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("cases:case", args=[pk]) if _still(request, pk) else reverse("cases:desk"))


def _still(request: AccessRequest, pk: int) -> bool:
    return Case.objects.visible(request.access).filter(pk=pk).exists()


def _unread(found: Case, access: Access) -> bool:
    """Whether the case was copied to the user and he has not said that he read it."""
    return bool(_copies(case=found.pk, user=access.user.pk or 0))


@prepared
def _copies(case: int, user: int) -> QuerySet[Party, tuple[Any, ...]]:
    rows = Party.objects.filter(case=case, user=user, kind=PartyKind.COPIED, read_at=None)
    return rows.order_by().values_list("pk")[:1]


@prepared
def _steps(case: int) -> QuerySet[Step]:
    return Step.objects.filter(case=case).order_by("pk")


@prepared
def _live(case: int) -> QuerySet[Task]:
    return Task.objects.filter(case=case, state__in=LIVE).select_related("who", "step").order_by("pk")


def _perform(request: AccessRequest, found: Case, now: datetime) -> str:
    """Do it, with what is attached, all or nothing."""
    access, on = request.access, timezone.localdate(now)
    task = _task(found, access, request.POST.get("task", ""))
    if acts.repeated(request.POST, access):
        return "已经办好,没有重复办理。"
    with transaction.atomic():
        attached = files.keep(found, request.FILES.getlist("file"), access=access, now=now)
        asked = _asked(graph_of(found.definition), task)
        given = acts.Given(found, task, request.POST.dict(), access, on, now, asked, tuple(attached))
        return acts.perform(given)


def _task(found: Case, access: Access, key: str = "") -> Task | None:
    """The task that waits for the user here: the one of the form, else the first."""
    tasks = Task.objects.waiting_for(access).filter(case=found)
    return tasks.filter(pk=int(key)).first() if key.isdigit() else tasks.first()


def _first(graph: Graph) -> str:
    """The applicant's own first step: what he filled in may be corrected there."""
    return graph.ways_out(graph.start.id)[0].target


def _asked(graph: Graph, task: Task | None) -> tuple[Fact, ...]:
    """The facts that the person of the step may fill in."""
    if task is None:
        return ()
    if task.step.node == _first(graph):
        return reading.facts_to_fill(task)
    keys = graph.nodes[task.step.node].asks
    return tuple(fact for fact in graph.facts if fact.key in keys)


def _page(request: AccessRequest, found: Case, now: datetime, refusal: Refusal | None = None) -> HttpResponse:
    access, values = request.access, request.POST
    task = _task(found, access)
    may = set(reading.may(found, task, access)) | ({"mark_read"} if _unread(found, access) else set())
    graph = graph_of(found.definition)
    steps = _steps(case=found.pk)
    at_gate = _gate(steps, task)
    verdicts = _verdicts(at_gate)
    asked = _asked(graph_of(found.definition), task)
    live = _live(case=found.pk)
    open_steps = _open(steps, live, found, now)
    at = reading.current(found, steps)
    coming = [graph.nodes[key] for key in at.possible if graph.nodes[key].type in STOPS]
    ahead = [node.name or "办结" for node in coming]
    context: dict[str, Any] = {
        "case": found,
        "state": (
            rows.STATE_KINDS[CaseState(found.state)],
            rows.state_words(found.state, paused=found.paused_at is not None),
        ),
        "clock": open_steps[0].clock if len(open_steps) == 1 else None,
        "task": task,
        "behalf": rows.called(task.who) if task and task.who_id not in (None, access.user.pk) else "",
        "may": may,
        "yes": _yes(graph, task),
        "offers": acts.offers(may - ({"urge"} if task and {one.who_id for one in live} <= {task.who_id} else set())),
        "asked": fields.fields(asked, values if values else found.facts),
        "facts": fields.shown(graph.facts, found.facts, verdicts),
        "verdicts": verdicts if task else [],
        "judged": [] if task else verdicts,
        "judged_at": at_gate.name if at_gate else "",
        "over": any(one.kind == "over" for one in verdicts),
        "timeline": course.of(found, graph),
        "live": [one for one in live if one.state == TaskState.OPEN],
        "open": open_steps,
        "ahead": ahead,
        "marks": _marks(at, coming, open_steps),
        "picture_words": _told(open_steps, ahead),
        "files": files.of(found),
        "papers": papers.of(files.KIND, found.pk),
        "places": acts.PLACES,
        "backs": reading.back_targets(task) if task and "send_back" in may else [],
        "key": secrets.token_urlsafe(16),
        "refusal": refusal,
        "values": values,
    }
    return render(request, "cases/case.html", context, status=422 if refusal else 200)


def _gate(steps: Sequence[Step], task: Task | None) -> Step | None:
    """The step whose verdicts are shown: mine, else the last one that has any."""
    if task is not None and task.step.verdicts:
        return task.step
    return next((step for step in reversed(steps) if step.verdicts), None)


def _verdicts(step: Step | None) -> list[Any]:
    """Kept verdicts with the attributes of a Verdict."""
    return [graphs.verdict(one) for one in step.verdicts] if step else []


def _yes(graph: Graph, task: Task | None) -> str:
    """What the main button says: one's own request is sent again or confirmed, another's is agreed to."""
    if task is None or graph.nodes[task.step.node].role != APPLICANT:
        return "同意"
    return "重新提交" if task.step.node == _first(graph) else "确认"


def _open(steps: Iterable[Step], live: Iterable[Task], found: Case, now: datetime) -> list[Any]:
    """The steps that are being worked on: name, by whom, clock."""
    by_step: dict[int, list[Task]] = {}
    for task in live:
        by_step.setdefault(task.step_id, []).append(task)
    calendar, paused = current(), found.paused_at is not None
    return [
        SimpleNamespace(
            node=step.node,
            name=step.name,
            who="、".join(_holder(task) for task in by_step.get(step.pk, ())),
            clock=clock(step.due_at, now, calendar, paused=paused),
        )
        for step in steps
        if step.state == StepState.OPEN
    ]


def _holder(task: Task) -> str:
    name = rows.called(task.who) or "待分派"
    note = rows.note(task.kind, handed_over=task.taken_from_id is not None)
    return f"{name}({note})" if note else name


def _marks(at: reading.Position, coming: Iterable[Node], open_steps: Iterable[Any]) -> dict[str, Any]:
    """What the picture marks: done, present (with who), possible next."""
    nodes = {node.id: {"mark": "is-next", "sign": "可能"} for node in coming}
    nodes |= {key: {"mark": "is-done", "sign": "✓"} for key in at.done}
    nodes |= {key: {"mark": "is-open", "sign": "在办"} for key in at.open}
    nodes |= {step.node: {"mark": "is-open", "sign": f"在办 {step.who}"[:20]} for step in open_steps}
    return {"nodes": nodes, "flows": []}


def _told(open_steps: Sequence[Any], ahead: Sequence[str]) -> str:
    """The picture in words."""
    here = "、".join(step.name for step in open_steps)
    words = f"现在在{here}" if here else "已经结束"
    return f"{words},下一步可能是{'、'.join(ahead)}" if ahead else words


@require_GET
def suggestions(request: AccessRequest, pk: int) -> HttpResponse:
    """Persons to hand this case to, as typed so far."""
    found = people.suggested(_seen(request, pk), request.access, request.GET.get("who", "").strip()[:60])
    return render(request, "desk/_suggestions.html", {"found": found})
