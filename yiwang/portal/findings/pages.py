"""The pages of 问题."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.core.datasets import all_datasets
from yiwang.core.orgs.models import Organ
from yiwang.core.papers import actions as papers
from yiwang.core.papers.findings import KEY
from yiwang.core.registers.exchange import seen
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import User
from yiwang.core.standards.book import load
from yiwang.core.verdicts.actions import handlers
from yiwang.core.verdicts.extras import extra_of
from yiwang.core.verdicts.models import Finding, FindingEvent, FindingKind, State, Verb
from yiwang.kit.paging import page
from yiwang.kit.refusal import Refusal
from yiwang.portal.findings import listing
from yiwang.portal.findings.offers import offers, perform, proposed

#: What is still to be done, by state.
AHEAD: dict[str, tuple[str, ...]] = {
    State.OPEN: ("交办", "整改", "复核", "销号"),
    State.ASSIGNED: ("整改", "复核", "销号"),
    State.RECTIFYING: ("提交整改", "复核", "销号"),
    State.REVIEWING: ("复核", "销号"),
    State.APPEALED: ("裁定申诉",),
    State.CLOSED: (),
}


@require_GET
def index(request: AccessRequest) -> HttpResponse:
    """A page of the list; for htmx its table alone."""
    on, filters = timezone.localdate(), listing.given(request.GET.dict())
    rows = listing.chosen(request.access, filters, on)
    kept = {**{key: value for key, value in filters.items() if value}, **_place(request)}
    found = page(rows, ["pk"], kept, down=True)
    by_id = Finding.objects.select_related("organ", "handler").in_bulk([key for key, *_ in found.rows])
    shown = [by_id[key] for key, *_ in found.rows]
    late = {one.pk for one in shown if one.overdue(on)}
    context: dict[str, Any] = {"page": found, "rows": shown, "late": late, "filters": filters}
    if request.headers.get("HX-Target") == "list":
        return render(request, "findings/_list.html", context)
    context |= {
        "views": listing.views(request.access, filters, on),
        "areas": listing.areas(request.access),
        "kinds": FindingKind.choices,
        "query": listing.link(filters),
        "organ": _organ(request, filters["organ"]),
        "more": any(filters[name] for name in ("area", "mine", "since", "until")),
    }
    return render(request, "findings/index.html", context)


def _place(request: AccessRequest) -> dict[str, str]:
    return {key: request.GET[key] for key in ("after", "before") if key in request.GET}


def _organ(request: AccessRequest, key: str) -> Organ | None:
    return request.access.scope(Organ.objects.filter(pk=int(key))).first() if key.isdigit() else None


@require_http_methods(["GET", "POST"])
def detail(request: AccessRequest, pk: int) -> HttpResponse:
    """One finding: facts beside clause, its course, what may be done. POST does it."""
    finding = _mine(request, pk)
    if request.method == "GET":
        return _detail(request, finding)
    try:
        file = request.FILES.get("file")
        said = perform(pk, request.POST.dict(), file, request.access, timezone.localdate())
    except Refusal as refusal:
        return _detail(request, finding, refusal)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("findings:detail", args=[pk]))


def _mine(request: AccessRequest, pk: int) -> Finding:
    request.access.need(request.access.can_read, "查看问题")
    rows = request.access.scope(Finding.objects.select_related("organ", "handler"))
    return get_object_or_404(rows, pk=pk)


def _detail(request: AccessRequest, finding: Finding, refusal: Refusal | None = None) -> HttpResponse:
    on, access = timezone.localdate(), request.access
    events = list(finding.events.order_by("pk"))
    forms = offers(finding, access, submitted_by_me=_submitter(events) == access.actor)
    context = {
        "finding": finding,
        "facts": _facts(finding, request.access),
        "extra": extra_of(finding, access),
        "others": [SimpleNamespace(**{**one, "on": date.fromisoformat(one["on"])}) for one in finding.others],
        "clause_text": _clause_text(finding),
        "revised": _revised(finding),
        "events": _named(events),
        "ahead": AHEAD[finding.state],
        "late": finding.overdue(on),
        "on": on,
        "papers": papers.of(KEY, finding.pk),
        "offers": forms,
        "handlers": handlers(finding) if any(one.verb == "assign" for one in forms) else [],
        "proposed": proposed(finding, on),
        "refusal": refusal,
        "values": request.POST,
    }
    return render(request, "findings/detail.html", context, status=422 if refusal else 200)


def _submitter(events: list[FindingEvent]) -> str:
    """Who submitted last what is to be decided now."""
    return next((one.actor for one in reversed(events) if one.verb in (Verb.RECTIFY, Verb.APPEAL)), "")


def _facts(finding: Finding, access: Access) -> list[tuple[str, Any, str]]:
    """(label, value, unit) of the record as it was judged, in the dataset's order."""
    dataset, facts = all_datasets().get(finding.dataset), seen(finding.dataset, finding.facts, access)
    if dataset is None:
        return [(key, value, "") for key, value in facts.items()]
    skipped = ("on", "region")
    return [
        (column.label, {True: "是", False: "否"}.get(value, value) if isinstance(value, bool) else value, column.unit)
        for column in dataset.columns
        if column.key not in skipped and (value := facts.get(column.key)) is not None
    ]


def _clause_text(finding: Finding) -> str:
    """What the clause says, in the lawbook's words; "" if it is no longer in it."""
    try:
        return load().clause(finding.clause).paraphrase
    except KeyError:
        return ""


def _revised(finding: Finding) -> bool:
    """Whether the clause is no longer as it was when this was found."""
    return load().versions.get(finding.clause) != finding.version


def _named(events: Iterable[FindingEvent]) -> list[tuple[FindingEvent, str]]:
    """Each step with the name of who took it."""
    events = list(events)
    keys = {int(one.actor[5:]) for one in events if one.actor.startswith("user:") and one.actor[5:].isdigit()}
    users = User.objects.filter(pk__in=keys).only("username", "display_name") if keys else []
    names = {"system": "系统", **{f"user:{user.pk}": user.display_name or user.username for user in users}}
    return [(one, names.get(one.actor, one.actor)) for one in events]


@require_GET
def attachment(request: AccessRequest, pk: int, event: int) -> FileResponse:
    """The file of a step: to be saved, never shown, whatever it is."""
    one = get_object_or_404(FindingEvent, pk=event, finding=_mine(request, pk))
    if not one.file:
        raise Http404
    return FileResponse(
        one.file.open(), as_attachment=True, filename=one.file_name, content_type="application/octet-stream"
    )
