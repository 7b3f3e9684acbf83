"""我的办事: what waits for me, what I did, what I asked for, what I was told; 查事项; approving many at once; the export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from tempfile import TemporaryFile
from typing import IO, Any

from django.contrib import messages
from django.db.models import DateTimeField, F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from yiwang.core.flow import actions
from yiwang.core.flow.models import Case, CaseState, Task
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.kit.paging import page
from yiwang.kit.refusal import Refusal
from yiwang.kit.sheets.grid import Cell
from yiwang.kit.sheets.write import ColumnSpec, SheetSpec, write_csv, write_workbook
from yiwang.portal.cases import rows
from yiwang.portal.findings.export import TYPES
from yiwang.portal.home import counts

TODO, DONE, MINE, COPIED, UNASSIGNED = "todo", "done", "mine", "cc", "unassigned"
BOXES = {TODO: "待办", DONE: "已办", MINE: "我发起的", COPIED: "抄送我的", UNASSIGNED: "待分派"}
EMPTY = {
    TODO: ("没有等您办的事", "别人提交给您的、退回给您的,都会出现在这里。"),
    DONE: ("还没有办过的事", "您办理过的事项留在这里,随时可查。"),
    MINE: ("还没有发起过申请", "从“发起申请”选一件要办的事。"),
    COPIED: ("没有抄送给您的事", "别人抄送给您的事项会出现在这里。"),
    UNASSIGNED: ("没有等待分派的事", "按角色找不到办理人的环节会出现在这里,打开后用“转办”交给人。"),
}
TIMES = {TODO: "到达", DONE: "发起", MINE: "发起", COPIED: "发起", UNASSIGNED: "到达"}
#: A task without a deadline stands behind those that have one.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
#: So many are approved at one click at most.
MOST = 100
ANSWERS = "cases.answers"


@dataclass(frozen=True)
class Box:
    """One of the four lists, with how many wait in the first."""

    key: str
    label: str
    count: int | None


@require_GET
def desk(request: AccessRequest) -> HttpResponse:
    """One of my four lists; for htmx its table alone."""
    box = request.GET.get("box", TODO)
    if box not in boxes(request.access):
        raise Http404
    filters, now = rows.given(request.GET.dict()), timezone.now()
    kept = {"box": box, **{key: value for key, value in filters.items() if value}, **_place(request)}
    found, shown = _list(request.access, box, filters, kept, now)
    context: dict[str, Any] = {
        "box": box,
        "page": found,
        "rows": shown,
        "filters": filters,
        "here": reverse("cases:desk"),
        "caption": BOXES[box],
        "time_label": TIMES[box],
        "batch": any(one.batch for one in shown),
        "clocks": box in (TODO, UNASSIGNED),
        "empty": EMPTY[box],
    }
    if request.headers.get("HX-Target") == "list":
        return render(request, "cases/_rows.html", context)
    waiting = counts.tasks(request.access)
    context |= {
        "boxes": [Box(key, BOXES[key], waiting if key == TODO else None) for key in boxes(request.access)],
        "findings": counts.lately(request.access).findings,
        "flows": rows.flows(),
        "answers": request.session.pop(ANSWERS, None) if ANSWERS in request.session else None,
    }
    return render(request, "cases/desk.html", context)


def boxes(access: Access) -> list[str]:
    """The lists of a user: who keeps processes also assigns what nobody could be found for."""
    return [key for key in BOXES if key != UNASSIGNED or access.may(Verb.CONFIGURE)]


def _place(request: AccessRequest) -> dict[str, str]:
    return {key: request.GET[key] for key in ("after", "before") if key in request.GET}


def _list(
    access: Access, box: str, filters: dict[str, str], kept: dict[str, str], now: datetime
) -> tuple[Any, list[rows.Row]]:
    """A page of a box and its rows."""
    if box in (TODO, UNASSIGNED):
        tasks = (waiting(access) if box == TODO else unassigned(access)).filter(rows.matching(filters, "case__"))
        found = page(tasks, rows.TASK, kept, order="limit")
        return found, rows.of_tasks(found.rows, now)
    cases = _cases(access, box).filter(rows.matching(filters))
    found = page(cases, rows.CASE, kept, down=True)
    return found, rows.of_cases(found.rows)


def _cases(access: Access, box: str) -> QuerySet[Case]:
    if box == MINE:
        return Case.objects.opened_by(access)
    return Case.objects.handled_by(access) if box == DONE else Case.objects.copied_to(access)


def waiting(access: Access) -> QuerySet[Task]:
    """My open tasks with `limit`, the instant by which a page of them is ordered."""
    return _by_limit(Task.objects.waiting_for(access))


def unassigned(access: Access) -> QuerySet[Task]:
    """The tasks that wait for somebody to be found, likewise."""
    return _by_limit(Task.objects.unassigned(access))


def _by_limit(tasks: QuerySet[Task]) -> QuerySet[Task]:
    never = Value(NEVER, output_field=DateTimeField())
    return tasks.annotate(limit=Coalesce(F("step__due_at"), never))


def first(access: Access, now: datetime, most: int) -> list[rows.Row]:
    """The first of my open tasks, by deadline."""
    mine = Task.objects.waiting_for(access).order_by(F("step__due_at").asc(nulls_last=True), "pk")
    return rows.of_tasks(mine.values_list(*rows.TASK)[:most], now)


@require_POST
def batch(request: AccessRequest) -> HttpResponse:
    """Approve the tasks that were ticked: each for itself, with an answer for each."""
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = reverse("cases:desk")
    keys = [int(key) for key in dict.fromkeys(request.POST.getlist("task")) if key.isdigit()]
    if not keys:
        messages.error(request, "请先选中要办理的事项。")
        return HttpResponseRedirect(back)
    if len(keys) > MOST:
        raise Refusal("case.batch-many", f"一次最多批量办理 {MOST} 件,请分几次办理。")
    now = timezone.now()
    opinion = request.POST.get("opinion", "").strip()
    done = actions.act_many(tasks=keys, opinion=opinion, access=request.access, on=timezone.localdate(now), now=now)
    request.session[ANSWERS] = _answers(request.access, done)
    return HttpResponseRedirect(back)


def _answers(access: Access, done: Sequence[tuple[int, Case | Refusal]]) -> list[dict[str, Any]]:
    """One line a case, for the page that follows; cases that are not the user's to see are not named."""
    refused = [key for key, answer in done if isinstance(answer, Refusal)]
    seen = Case.objects.visible(access).values_list("pk", flat=True)
    tasks = Task.objects.filter(pk__in=refused, case__in=seen).select_related("case")
    cases = {task.pk: task.case for task in tasks}
    found = []
    for key, answer in done:
        case = cases.get(key) if isinstance(answer, Refusal) else answer
        if case is None:
            continue
        sentence = answer.message if isinstance(answer, Refusal) else "已同意"
        line = {"case": case.pk, "number": case.number, "title": case.title}
        found.append({**line, "sentence": sentence, "done": not isinstance(answer, Refusal)})
    return found


@require_GET
def all_cases(request: AccessRequest) -> HttpResponse:
    """查事项: every case that I may see."""
    filters = rows.given(request.GET.dict())
    kept = {**{key: value for key, value in filters.items() if value}, **_place(request)}
    found = page(rows.seen(request.access, filters), rows.CASE, kept, down=True)
    context = {
        "page": found,
        "rows": rows.of_cases(found.rows),
        "filters": filters,
        "here": reverse("cases:all"),
        "caption": "事项",
        "time_label": "发起",
        "empty": ("没有符合条件的事项", "换一个条件再查;只显示您有权查看的事项。"),
    }
    if request.headers.get("HX-Target") == "list":
        return render(request, "cases/_rows.html", context)
    context |= {"flows": rows.flows(), "states": CaseState.choices, "query": rows.link(filters)}
    return render(request, "cases/all.html", context)


#: Header, path, number format.
COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("编号", "number", "@"),
    ("标题", "title", "@"),
    ("流程", "definition__name", "@"),
    ("单位", "organ__name", "@"),
    ("申请人", "applicant__display_name", "@"),
    ("状态", "state", "@"),
    ("发起时间", "opened_at", "@"),
    ("办结时间", "closed_at", "@"),
)


@require_GET
def download(request: AccessRequest, form: str) -> FileResponse:
    """All cases that the filters let through, whole or not at all."""
    if form not in TYPES:
        raise Http404
    found = rows.seen(request.access, rows.given(request.GET.dict()))
    name = f"事项-{timezone.localdate()}.{form}"
    return FileResponse(_written(found, form), as_attachment=True, filename=name, content_type=TYPES[form])


def _written(found: QuerySet[Case], form: str) -> IO[bytes]:
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 (the response closes it)
    if form == "csv":
        write_csv(file, [header for header, _, _ in COLUMNS], _cells(found))
    else:
        specs = [ColumnSpec(header=header, format=format_) for header, _, format_ in COLUMNS]
        write_workbook(file, [SheetSpec(name="事项", columns=specs, rows=_cells(found))], large=True)
    file.seek(0)
    return file


def _cells(found: QuerySet[Case]) -> Iterator[Sequence[Cell]]:
    states = dict(CaseState.choices)
    paths = [path for _, path, _ in COLUMNS]
    for *texts, state, opened, closed in found.order_by("pk").values_list(*paths).iterator(chunk_size=2000):
        yield [*texts, str(states.get(state, state)), rows.when(opened), rows.when(closed) if closed else None]
