"""发起申请: what one may ask for, the form of a process, the verdicts while it is filled."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.core.datasets import Kind
from yiwang.core.flow import actions, processes
from yiwang.core.flow.actions.opening import opening_facts
from yiwang.core.flow.bpmn import Graph
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.kit.refusal import Refusal
from yiwang.portal.cases import fields, files, graphs

#: So long may the title of a case be.
TITLE = 200


@require_GET
def index(request: AccessRequest) -> HttpResponse:
    """The processes in force here that this person may begin, by area."""
    return render(request, "cases/start.html", {"groups": groups(request.access)})


def groups(access: Access) -> list[tuple[str, list[graphs.Summary]]]:
    """(area, processes): those that may be begun at the organ and that the user may ask for."""
    if access.organ is None:
        return []
    labels = graphs.areas()
    found: dict[str, list[graphs.Summary]] = {}
    for kind, graph in graphs.offered(access.organ.region_id, timezone.localdate()):
        if access.may(kind.verb, kind.area):
            found.setdefault(labels.get(kind.area, kind.area), []).append(graphs.summary(graph))
    return sorted(found.items())


def _process(request: AccessRequest, key: str) -> Graph:
    """The process as it may be begun here; 404 where there is none, `rights.denied` where it is not for this user."""
    access = request.access
    place = access.organ.region_id if access.organ else ""
    found = {kind.key: (kind, graph) for kind, graph in graphs.offered(place, timezone.localdate())} if place else {}
    if key not in found:
        raise Http404
    kind, graph = found[key]
    access.need(access.may(kind.verb, kind.area), f"申请{kind.label}")
    return graph


@require_http_methods(["GET", "POST"])
def new(request: AccessRequest, key: str) -> HttpResponse:
    """The form; POST opens the case, once for each form however often it is sent."""
    graph = _process(request, key)
    if page := processes.get(key).page:
        return HttpResponseRedirect(reverse(page))
    if request.method == "GET":
        return _form(request, graph, request.GET.dict(), fields.Typed({}, {}))
    typed = fields.read(opening_facts(graph), request.POST.dict())
    if typed.errors:
        return _form(request, graph, request.POST.dict(), typed)
    try:
        pk = _open(request, graph, typed.facts)
    except Refusal as refusal:
        return _form(request, graph, request.POST.dict(), typed, refusal)
    messages.success(request, "已提交,可以在这里看办理进展。")
    return HttpResponseRedirect(reverse("cases:case", args=[pk]))


def _open(request: AccessRequest, graph: Graph, facts: dict[str, Any]) -> int:
    """Open the case with what is attached, all or nothing; its key."""
    access, now, values = request.access, timezone.now(), request.POST
    assert access.organ is not None
    on, key = timezone.localdate(now), values.get("idempotency", "")[:64]
    with transaction.atomic():
        case = actions.open_case(
            process=graph.key,
            title=_title(graph, values, facts),
            organ=access.organ,
            access=access,
            facts=facts,
            on=on,
            now=now,
            key=key,
        )
        if case.opened_at == now:  # else it is the answer to a second click, whose files are there already
            files.keep_with(case, request.FILES.getlist("file"), access=access, on=on, now=now)
    return int(case.pk)


def _title(graph: Graph, values: Mapping[str, str], facts: Mapping[str, Any]) -> str:
    """What the list shows: the title that was typed, else the first text among the facts."""
    if given := values.get("title", "").strip():
        return given[:TITLE]
    texts = (facts.get(fact.key) for fact in opening_facts(graph) if not fact.choices and fact.kind is Kind.TEXT)
    first = next((text for text in texts if isinstance(text, str) and text), "")
    return f"{graph.name}:{first}"[:TITLE] if first else graph.name


def _form(
    request: AccessRequest,
    graph: Graph,
    values: Mapping[str, str],
    typed: fields.Typed,
    refusal: Refusal | None = None,
) -> HttpResponse:
    found = _judged(request, graph, values) if values else []
    shown = fields.fields(opening_facts(graph), values, typed.errors, found)
    context = {
        "flow": graph,
        "fields": shown,
        "wrong": [field for field in shown if field.error],
        "refusal": refusal,
        "key": values.get("idempotency") or secrets.token_urlsafe(16),
        "title": values.get("title", ""),
        "steps": [one for one in graphs.stages(graph) if one.role != "申请人"],
        "judged": graphs.has_gates(graph),
        "verdicts": found,
        "missing": _missing(shown),
    }
    return render(request, "cases/new.html", context, status=422 if refusal or typed.errors else 200)


def _missing(shown: list[fields.Field]) -> list[str]:
    return [field.label for field in shown if field.required and field.value in ("", None)]


def _judged(request: AccessRequest, graph: Graph, values: Mapping[str, str]) -> list[Any]:
    """The verdicts, once everything that must be there is there."""
    organ, typed = request.access.organ, fields.read(opening_facts(graph), values)
    if organ is None or typed.errors:
        return []
    return graphs.judged(graph, typed.facts, organ, timezone.localdate())


@require_POST
def preview(request: AccessRequest, key: str) -> HttpResponse:
    """What the clauses at the gates say to what is typed so far; nothing is written."""
    graph = _process(request, key)
    values = request.POST.dict()
    found = _judged(request, graph, values)
    shown = fields.fields(opening_facts(graph), values, None, found)
    context = {"verdicts": found, "missing": _missing(shown), "fields": shown, "oob": True}
    return render(request, "cases/_preview.html", context)
