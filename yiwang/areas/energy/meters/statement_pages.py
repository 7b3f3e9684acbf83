"""The page on which a utility's statement is taken in: its columns, what is refused and why, the bad rows back as a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.areas.energy.faces import shown
from yiwang.areas.energy.meters.models import UtilityForm, UtilityStatement
from yiwang.areas.energy.meters.statements import Taken, lines, remembered, take
from yiwang.core.orgs.models import Organ
from yiwang.core.registers.statements import StatementRows
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.kit.posted import Posted
from yiwang.kit.refusal import Refusal

LARGEST = 20 << 20


@require_http_methods(["GET", "POST"])
def statement(request: AccessRequest) -> HttpResponse:
    """A statement, and those taken in lately."""
    access = request.access
    access.need(access.may(Verb.WRITE, "energy"), "导入能源对账单")
    context: dict[str, Any] = {
        "suppliers": sorted(set(access.scope(UtilityForm.objects.all()).values_list("supplier", flat=True))),
        "latest": list(access.scope(UtilityStatement.objects.select_related("user")).order_by("-pk")[:10]),
        "refusal": None,
    }
    if request.method == "POST":
        try:
            found, taken = _take(request)
        except Refusal as refusal:
            if refusal.code.startswith("rights."):
                raise
            return shown(request, "energy/meters/statement.html", context | {"refusal": refusal})
        if taken is not None and taken.statement is not None and not taken.refused:
            messages.success(request, _said(taken))
            return HttpResponseRedirect(reverse("energy:statement"))
        context |= {"read": found, "taken": taken}
    return shown(request, "energy/meters/statement.html", context)


def _said(taken: Taken) -> str:
    assert taken.statement is not None
    if taken.again:
        day = timezone.localtime(taken.statement.taken_at)
        return f"这份文件已在 {day:%Y-%m-%d} 导入过({taken.statement.kept} 笔),没有重复入账。"
    return f"已入账 {taken.kept} 笔,共 {taken.statement.amount / 100:,.2f} 元。"


def _take(request: AccessRequest) -> tuple[StatementRows, Taken | None]:
    posted, access = Posted(request.POST.dict()), request.access
    supplier = posted.text("supplier", "供应单位", most=80)
    file = request.FILES.get("file")
    if file is None or file.size is None or file.size > LARGEST:
        raise Refusal("bill.file", f"请选择对账单文件(.xlsx 或 .csv,不超过 {LARGEST >> 20} MB)。")
    organ: Organ = access.organ  # type: ignore[assignment]
    chosen = {key[7:]: value for key, value in posted.data.items() if key.startswith("column-") and value}
    content, name = file.read(), file.name or "对账单"
    found, read = lines(content, name, chosen or remembered(organ, supplier))
    if read.missing:
        return read, None
    taken = take(
        found,
        supplier=supplier,
        name=name,
        content=content,
        columns=read.columns,
        good_only=bool(request.POST.get("good_only")),
        access=access,
        now=timezone.localtime(),
    )
    return read, taken
