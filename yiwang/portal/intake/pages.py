"""The pages of 导入. Whoever may write for the organ sees its imports; for others they do not exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.core.registers import sight
from yiwang.core.registers.register import Bound, Show
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.desk import importing
from yiwang.desk.kinds import Resource, get, resources
from yiwang.desk.models import ImportJob, ImportState
from yiwang.kit.refusal import Refusal
from yiwang.portal.intake import jobs, marking, survey
from yiwang.portal.menu import menu

RECENT = 20
MOST_BYTES = 100 * 2**20
ENDINGS = (".xlsx", ".csv", ".txt")
#: Units that a figure may be in, by the unit of the register.
UNITS = {
    "元": ("元", "万元"),
    "㎡": ("㎡", "万㎡"),
    "平方米": ("㎡", "万㎡"),
    "升": ("升", "毫升"),
    "公里": ("公里", "万公里"),
}


@dataclass(frozen=True)
class Target:
    """A column of the register on the page of columns, with the header that is chosen for it."""

    key: str
    label: str
    unit: str
    kind: str
    required: bool
    natural: bool
    note: str
    chosen: str
    sure: str
    units: tuple[str, ...]
    unit_chosen: str


@require_http_methods(["GET", "POST"])
def index(request: AccessRequest) -> HttpResponse:
    """The imports of the organ, and the form that takes a file."""
    request.access.need(request.access.can_write, "导入")
    if request.method == "POST":
        made = _accept(request)
        return redirect("intake:job", made.pk)
    recent = request.access.scope(ImportJob.objects.select_related("user"), Verb.WRITE).order_by("-pk")[:RECENT]
    context = {
        "areas": [(item.label, resources(item.area)) for item in menu() if request.access.may(Verb.WRITE, item.area)],
        "kind": request.GET.get("kind", ""),
        "jobs": [(one, get(one.kind)) for one in recent],
        "today": timezone.localdate(),
        "most": MOST_BYTES // 2**20,
    }
    return render(request, "intake/index.html", context)


def _accept(request: AccessRequest) -> ImportJob:
    """Keep the file and try it out. Refusals `import.*`."""
    file = request.FILES.get("file")
    if file is None or isinstance(file, list):
        raise Refusal("import.no-file", "请选择要导入的文件。")
    if not (file.name or "").lower().endswith(ENDINGS):
        raise Refusal("import.ending", "只能导入 .xlsx 工作簿或 .csv 文本;老式 .xls 请另存为 .xlsx。")
    if (file.size or 0) > MOST_BYTES:
        raise Refusal("import.too-large", f"文件超过 {MOST_BYTES // 2**20} MB,请拆成几个文件。")
    try:
        kind = get(request.POST.get("kind", "")).key
    except KeyError:
        raise Refusal("import.kind", "请选择要导入哪一种台账。") from None
    made = importing.accept(kind=kind, file=file, access=request.access, on=timezone.localdate(), now=datetime.now(UTC))
    made.mapping = survey.remembered(made)
    made.save()
    jobs.try_out(made)
    return made


def _job(request: AccessRequest, pk: int) -> ImportJob:
    """The import, if it is in the user's scope; otherwise 404, as if there were none."""
    request.access.need(request.access.can_write, "导入")
    found = request.access.scope(ImportJob.objects.filter(pk=pk), Verb.WRITE).select_related("user", "organ").first()
    if found is None:
        raise Http404("没有这次导入")
    if found.user_id != request.access.user.pk:
        sight.need_all(get(found.kind), request.access)  # the file, its samples and its marked copy hold whole rows
    return found


@require_GET
def job(request: AccessRequest, pk: int) -> HttpResponse:
    """One import: what was understood, what is wrong, what comes next."""
    found = _job(request, pk)
    seen = survey.kept(found)
    context = _state(found) | {
        "survey": seen,
        "guesses": [one for one in seen.columns if "猜测" in one.sure] if seen else [],
    }
    context["left_out"] = [one for one in seen.columns if not one.given] if seen else []
    return render(request, "intake/job.html", context)


@require_GET
def state(request: AccessRequest, pk: int) -> HttpResponse:
    """How far it is, for the page that waits; when it is over, the page is loaded anew."""
    found = _job(request, pk)
    context = _state(found)
    answer = render(request, "intake/_waiting.html", context)
    if not context["waits"]:
        answer["HX-Refresh"] = "true"
    return answer


def _state(found: ImportJob) -> dict[str, Any]:
    looked_at = survey.looked_at(found)
    writing = found.state in (ImportState.CONFIRMED, ImportState.RUNNING)
    return {
        "job": found,
        "resource": get(found.kind),
        "waits": writing or (found.state == ImportState.UPLOADED and not looked_at),
        "writing": writing,
        "looked_at": looked_at,
        "wrong": bool(found.error_count),
        "asks": found.state == ImportState.UPLOADED and looked_at and not found.error_count,
        "more": max(0, found.error_count - len(found.errors)),
    }


@require_http_methods(["GET", "POST"])
def columns(request: AccessRequest, pk: int) -> HttpResponse:
    """The sheet on the left, the register on the right: drag or choose."""
    found = _job(request, pk)
    if found.state not in (ImportState.UPLOADED, ImportState.CHECKED):
        raise Refusal("import.over", "这次导入已经确认,不能再改对应关系;请重新上传。")
    seen = survey.kept(found)
    if seen is None:
        raise Refusal("import.no-table", "文件里没有找到表头和数据行,请用模板填写后重新上传。")
    resource = get(found.kind)
    if request.method == "POST":
        _answer(request, found, seen, resource)
        return redirect("intake:job", found.pk)
    layout: dict[str, Any] = next(
        (one for one in found.mapping.get("layouts", []) if one["fingerprint"] == seen.fingerprint), {}
    )
    targets = [_target(bound, resource, seen, layout.get("units", {})) for bound in _open(resource, request)]
    context = {"job": found, "resource": resource, "survey": seen, "targets": targets}
    return render(request, "intake/columns.html", context)


def _open(resource: Resource, request: AccessRequest) -> list[Bound]:
    """The columns that the user may fill."""
    closed = sight.closed(resource, request.access)
    return [bound for bound in resource.inputs if bound.key not in closed]


def _target(bound: Bound, resource: Resource, seen: survey.Survey, units: dict[str, str]) -> Target:
    given = seen.of(bound.key)
    kinds = {Show.NUMBER: "数字", Show.MONEY: "金额", Show.DATE: "日期", Show.CHOICE: "选项", Show.LINK: "已登记的名称"}
    note = bound.column.note or "、".join(bound.choices.values())
    return Target(
        key=bound.key,
        label=bound.label,
        unit=bound.unit,
        kind=kinds.get(bound.show, "文字"),
        required=bound.required,
        natural=bound.key in resource.natural,
        note=note,
        chosen=given.name if given else "",
        sure=given.sure if given else "",
        units=UNITS.get(bound.unit, ()),
        unit_chosen=units.get(bound.key, ""),
    )


def _answer(request: AccessRequest, found: ImportJob, seen: survey.Survey, resource: Resource) -> None:
    """Take the answers and try the file out again. Refusal `import.column-twice`."""
    keys = [bound.key for bound in _open(resource, request)]
    names = {one.name for one in seen.columns}
    chosen = {key: name for key in keys if (name := request.POST.get(f"column-{key}", "")) in names}
    twice = {name for name in chosen.values() if list(chosen.values()).count(name) > 1}
    if twice:
        raise Refusal("import.column-twice", f"表头“{'、'.join(sorted(twice))}”选给了两项,一列只能对应一项。")
    allowed = {unit for words in UNITS.values() for unit in words}
    units = {key: unit for key in keys if (unit := request.POST.get(f"unit-{key}", "")) in allowed}
    found.mapping = survey.answered(found, seen, chosen, units)
    found.state = ImportState.UPLOADED
    found.save()
    jobs.try_out(found)


@require_POST
def confirm(request: AccessRequest, pk: int) -> HttpResponse:
    """Write what was tried out; or go on with what a killed worker left, tried out or not."""
    found = _job(request, pk)
    if found.state == ImportState.UPLOADED and not survey.looked_at(found):
        jobs.try_out(found)
        return redirect("intake:job", found.pk)
    if found.state == ImportState.CHECKED:
        importing.confirm(found, request.access)
    elif found.state not in (ImportState.CONFIRMED, ImportState.RUNNING):
        raise Refusal("import.not-checked", "这份文件还没有试算通过,不能写入台账。")
    jobs.write(found)
    found.refresh_from_db()
    if found.state == ImportState.DONE:
        messages.success(request, f"已写入{get(found.kind).label}台账。")
    return redirect("intake:job", found.pk)


@require_GET
def marked(request: AccessRequest, pk: int) -> FileResponse:
    """The marked workbook: with the wrong cells before the import, with the verdicts after it."""
    found = _job(request, pk)
    if not found.result and found.state == ImportState.DONE:
        marking.mark(found)
    if not found.result:
        raise Http404("没有标注工作簿")
    stem = found.name.rsplit(".", 1)[0]
    word = "判定" if found.state == ImportState.DONE else "标注"
    return FileResponse(found.result.open(), as_attachment=True, filename=f"{stem}-{word}.xlsx")
