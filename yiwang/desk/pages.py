"""The generic pages of every kind: list, record, form, export, JSON. What is not generic is a page of its area."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import models
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.core.registers import history, inputs, sheets, sight
from yiwang.core.registers.register import Show
from yiwang.core.registers.writing import delete as remove
from yiwang.core.registers.writing import findings_of, mark, touched, verdicts_of
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.core.rights.naming import suggest
from yiwang.desk import export as files
from yiwang.desk import saving
from yiwang.desk.kinds import Resource, get, pages, resources
from yiwang.desk.listing import Layout, filters_of, list_page, narrowed, searched, sortable, sorted_by
from yiwang.desk.models import Approval, ImportJob
from yiwang.kit.refusal import Refusal

FEW = 20


@dataclass(frozen=True)
class Header:
    """The head of a column: `url` sorts by it."""

    label: str
    numeric: bool
    url: str = ""
    sorted: str = ""


def _kind(request: AccessRequest, area: str, kind: str) -> Resource:
    """The kind at this address; 404 if there is none, refused to who may read nothing."""
    try:
        resource = get(f"{area}.{kind}")
    except KeyError:
        raise Http404("没有这种台账") from None
    request.access.need(request.access.may(Verb.READ, area), "查阅台账")
    return resource


def _context(request: AccessRequest, resource: Resource, **more: Any) -> dict[str, Any]:
    return {
        "resource": resource,
        "kinds": resources(resource.area),
        "pages": pages(resource.area, request.access),
        "may_write": request.access.may(resource.writes, resource.area),
        "today": _today(),
        **more,
    }


def _today() -> date:
    """The day that pages speak of; everything below takes it from here."""
    return timezone.localdate()


@require_GET
def index(request: AccessRequest, area: str) -> HttpResponse:
    """An area opens with its first kind."""
    return redirect(resources(area)[0].url)


@require_GET
def listing(request: AccessRequest, area: str, kind: str) -> HttpResponse:
    """A page of the list; for htmx its table alone; as JSON with `?format=json`."""
    resource, params = _kind(request, area, kind), request.GET.dict()
    if params.get("format") == "json":
        return _json_list(request, resource, params)
    layout, page = list_page(resource, request.access, params)
    context = _context(request, resource, page=page, body=layout.body(page.rows), headers=_headers(layout, params))
    if request.headers.get("HX-Target") == "list":
        return render(request, "desk/_list.html", context)
    context |= {
        "filters": filters_of(resource, request.access, params),
        "q": params.get("q", ""),
        "sort": params.get("sort", ""),
        "hint": "、".join(resource.labels(tuple(searched(resource, request.access)))),
        "export": urlencode({key: value for key, value in params.items() if key not in ("after", "before")}),
        "import_url": f"{reverse('intake:index')}?kind={resource.key}",
    }
    return render(request, "desk/list.html", context)


def _headers(layout: Layout, params: Mapping[str, str] | None = None) -> list[Header]:
    """With params, columns that can be sorted by carry the address that does."""
    chosen, down = sorted_by(layout, params or {})
    kept = {key: value for key, value in (params or {}).items() if key not in ("after", "before", "sort")}
    headers = []
    for bound in (cell.bound for cell in layout.cells):
        label = f"{bound.label}({bound.unit})" if bound.unit else bound.label
        if params is None or not sortable(layout, bound):
            headers.append(Header(label, bound.numeric))
            continue
        mine = bound.key == chosen
        way = f"-{bound.key}" if mine and not down else bound.key
        url = f"{layout.resource.url}?{urlencode({**kept, 'sort': way})}"
        headers.append(Header(label, bound.numeric, url, ("descending" if down else "ascending") if mine else ""))
    return [*headers, Header("问题", numeric=False)] if layout.feeds else headers


def _json_list(request: AccessRequest, resource: Resource, params: dict[str, str]) -> HttpResponse:
    params.pop("format", None)
    layout, page = list_page(resource, request.access, params, brief=False)
    base = f"{resource.file_url}.json?"
    ways = {"next": base + page.after if page.after else None, "previous": base + page.before if page.before else None}
    body = {"kind": resource.key, "count": page.count, **ways, "rows": [layout.data(row) for row in page.rows]}
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


@require_GET
def export(request: AccessRequest, area: str, kind: str, form: str) -> FileResponse | HttpResponse:
    """Everything that the filters let through, as .xlsx, .csv or .json: complete or refused, never cut."""
    resource, params = _kind(request, area, kind), request.GET.dict()
    if form == "json":
        return _json_list(request, resource, params)
    if form == "template":
        return FileResponse(
            sheets.blank(resource, request.access), as_attachment=True, filename=f"{resource.label}-模板.xlsx"
        )
    if form not in files.FORMS:
        raise Http404("没有这种格式")
    rows = narrowed(resource, request.access, params)
    name = f"{resource.label}-{_today():%Y%m%d}.{form}"
    return FileResponse(files.written(resource, request.access, rows, form), as_attachment=True, filename=name)


def _row(request: AccessRequest, resource: Resource, pk: int) -> models.Model:
    """The record, if it is in the user's scope; otherwise 404, as if there were none."""
    found: models.Model | None = request.access.scope(resource.model._default_manager.filter(pk=pk)).first()
    if found is None:
        raise Http404("没有这条记录")
    return found


@require_GET
def record(request: AccessRequest, area: str, kind: str, pk: int, form: str = "") -> HttpResponse:
    """One record: facts, live verdicts, findings, what belongs to it, its history."""
    resource = _kind(request, area, kind)
    layout = Layout(resource, request.access)
    row = layout.fetch(request.access.scope(resource.model._default_manager.filter(pk=pk))).first()
    if row is None:
        raise Http404("没有这条记录")
    if form == "json" or request.GET.get("format") == "json":
        return JsonResponse(layout.data(row), json_dumps_params={"ensure_ascii": False})
    subjects = touched(resource, [pk])
    verdicts = verdicts_of(subjects, on=_today())
    own = {feed.dataset for feed in resource.feeds if feed.own}
    context = _context(
        request,
        resource,
        url=f"{resource.url}{pk}/",
        pk=pk,
        name=str(_row(request, resource, pk)),
        facts=layout.facts(row),
        judged=bool(resource.feeds),
        verdicts=verdicts,
        worst=next((verdict for verdict in verdicts if verdict.dataset in own), None),
        findings=findings_of(subjects, request.access) if subjects else [],
        approvals=request.access.scope(Approval.objects.filter(kind=resource.key, record=pk)),
        related=[
            _related(request, one, path, pk)
            for one, path in [(get(key), path) for key, path in resource.related]
            if request.access.may(Verb.READ, one.area)
        ],
        history=history.steps(resource, pk, request.access, ImportJob.entries_of(resource.key, pk)),
    )
    return render(request, "desk/record.html", context)


def _related(request: AccessRequest, resource: Resource, path: str, pk: int) -> dict[str, Any]:
    """Rows of another kind that point to the record."""
    layout = Layout(resource, request.access, brief=True)
    scope = request.access.scope(resource.model._default_manager.filter(**{f"{path}_id": pk}))
    rows = list(layout.fetch(scope.order_by("pk"))[: FEW + 1])
    if layout.feeds and rows:
        layout.look(rows)
    url = f"{resource.url}?{path}_id={pk}" if len(rows) > FEW and path in resource.filters else ""
    return {"resource": resource, "headers": _headers(layout), "body": layout.body(rows[:FEW]), "url": url}


@require_http_methods(["GET", "POST"])
def form(request: AccessRequest, area: str, kind: str, pk: int | None = None) -> HttpResponse:
    """A new record or a change; POST saves, and says why where it does not."""
    resource = _kind(request, area, kind)
    request.access.need(request.access.may(resource.writes, area), f"登记{resource.label}")
    row = _row(request, resource, pk) if pk is not None else None
    if request.method == "POST":
        given = saving.Given.of(request.POST.dict(), request.FILES)
        saved = saving.save(resource, request.access, given, pk=pk, on=_today())
        if saved.pk is not None:
            messages.success(request, "已保存。")
            return redirect(f"{resource.url}{saved.pk}/")
        values, status = given.values, 422
    else:
        values, saved, status = inputs.initial(resource, request.access, row, request.GET.dict()), saving.Saved(), 200
    fields = inputs.fields(resource, request.access, row, values, saved.errors)
    wrong = [one for one in fields if one.errors]
    title = f"修改{resource.label}" if row else f"新增{resource.label}"
    here = f"{resource.url}{pk}/" if pk else resource.url
    context = _context(request, resource, title=title, fields=fields, fields_wrong=wrong, back=here)
    context |= {"action": f"{here}change/" if pk else f"{here}new/", "preview_url": f"{here}preview/"}
    context |= _outcome(request, resource, saved, values)
    context["seen"] = values.get("seen") or (mark(row) if row else "")
    return render(request, "desk/form.html", context, status=status)


@require_POST
def preview(request: AccessRequest, area: str, kind: str, pk: int | None = None) -> HttpResponse:
    """What saving the form would be judged: done for real, and undone."""
    resource = _kind(request, area, kind)
    request.access.need(request.access.may(resource.writes, area), f"登记{resource.label}")
    if pk is not None:
        _row(request, resource, pk)
    given = saving.Given.of(request.POST.dict(), {})
    saved = saving.save(resource, request.access, given, pk=pk, on=_today(), keep=False)
    return render(request, "desk/_preview.html", _outcome(request, resource, saved, given.values, trying=True))


def _sentence(error: Refusal) -> str:
    return f"{error.where.column}:{error.message}" if error.where.column else error.message


def _outcome(
    request: AccessRequest, resource: Resource, saved: saving.Saved, values: Mapping[str, str], *, trying: bool = False
) -> dict[str, Any]:
    """What _preview.html shows. After saving only what concerns the whole row: a field's own error is at the field."""
    errors = [error for error in saved.errors if not error.where.column]
    if trying:  # what is missing or needed is asked for, not refused yet; a field's own error is said here too
        held = [error for error in saved.errors if error.code != "value.missing"]
        errors = [error for error in held if not error.code.startswith("verdict.")]
    kept: dict[str, Any] = {key: values.get(key, "") for key in ("approval_number", "reason")}
    kept |= {"may_approve": request.access.approves(resource.area), "errors": [_sentence(error) for error in errors]}
    return {
        "verdicts": saved.verdicts,
        "waiting": trying and saved.errors and not errors and not saved.verdicts,
        "needs": saved.needs,
        **kept,
    }


@require_http_methods(["GET", "POST"])
def delete(request: AccessRequest, area: str, kind: str, pk: int) -> HttpResponse:
    """Take a record that nothing rests on out of the register; the ledger keeps what it said."""
    resource = _kind(request, area, kind)
    request.access.need(request.access.may(resource.writes, area), f"删除{resource.label}")
    row = _row(request, resource, pk)
    if resource.ends:
        raise Refusal("record.ends", f"{resource.label}不能删除,请填写结束日期。")
    if request.method == "POST":
        remove(resource, request.access, row, on=_today())
        messages.success(request, "已删除。")
        return redirect(resource.url)
    context = _context(request, resource, name=str(row), url=f"{resource.url}{pk}/")
    return render(request, "desk/delete.html", context)


@require_GET
def approval(request: AccessRequest, pk: int) -> FileResponse:
    """An approval document, for whoever may see the record."""
    row = request.access.scope(Approval.objects.filter(pk=pk)).first()
    if row is None:
        raise Http404("没有这份文件")
    return FileResponse(row.file.open(), as_attachment=True, filename=row.name)


@require_GET
def suggestions(request: AccessRequest, area: str, kind: str, column: str) -> HttpResponse:
    """The list below an input that names another record."""
    resource = _kind(request, area, kind)
    try:
        bound = resource.of(column)
    except KeyError:
        raise Http404("没有这一列") from None
    asked = bound.show is Show.LINK and bound.key not in sight.hidden(resource, request.access)
    found = suggest(bound.target, request.GET.get(column, ""), request.access) if asked else []
    return render(request, "desk/_suggestions.html", {"found": found})
