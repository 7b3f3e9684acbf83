"""机构变动: what the system administrator does to organs: open, rename, transfer, merge, split, close."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.core.orgs import actions
from yiwang.core.orgs.actions import NewOrgan
from yiwang.core.orgs.models import Organ, Region, Tier, Tree
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Role
from yiwang.core.rights.naming import plain
from yiwang.kit.refusal import Refusal
from yiwang.portal.accounts.common import organ_named
from yiwang.portal.orgs import joining

KINDS = (
    "党的机关",
    "行政机关",
    "人大机关",
    "政协机关",
    "监察机关",
    "审判机关",
    "检察机关",
    "群团机关",
    "事业单位",
    "派出机构",
)


def _need(access: Access) -> None:
    access.need(access.administers is Role.SYSTEM_ADMIN, "维护机构")


@require_http_methods(["GET", "POST"])
def new(request: AccessRequest) -> HttpResponse:
    """设立."""
    _need(request.access)
    refusal = None
    if request.method == "POST":
        try:
            organ = _open(request.POST.dict(), request.access)
        except Refusal as error:
            refusal = error
        else:
            messages.success(request, f"“{organ}”已设立。")
            return redirect("orgs:organ", organ.pk)
    context = _form(request, refusal) | {"tiers": Tier.choices, "kinds": KINDS}
    return render(request, "orgs/new.html", context, status=422 if refusal else 200)


def _open(values: Mapping[str, Any], access: Access) -> Organ:
    above = plain(values.get("organ", ""))
    if not above and (access.organ is None or access.organ.depth > 1):
        raise Refusal("account.organ", "请填写上级单位:只有顶层单位的系统管理员可以设立没有上级的单位。")
    return actions.open_organ(
        actor=access.actor,
        new=NewOrgan(
            name=str(values.get("name", "")),
            credit_code=str(values.get("credit_code", "")),
            tier=str(values.get("tier", "")),
            kind=str(values.get("kind", "")).strip() or "行政机关",
            region=_region(plain(values.get("region", ""))),
        ),
        superior=organ_named(access, above, what="上级单位") if above else None,
        **_when(values),
    )


def _region(text: str) -> str:
    """The code of a region given by code, or by a name that only one has. Refusal `organ.region`."""
    found: QuerySet[Region] = Region.objects.filter(pk=text) or Region.objects.filter(name=text)
    codes = list(found.values_list("pk", flat=True)[:2])
    if len(codes) != 1:
        raise Refusal("organ.region", f"没有行政区划“{text}”,或同名的不止一个;请填六位代码。")
    return codes[0]


def _when(values: Mapping[str, Any]) -> dict[str, Any]:
    """The day from which, the day on which, and the document. Refusal `account.day`."""
    today = timezone.localdate()
    try:
        on = date.fromisoformat(str(values.get("on") or today))
    except ValueError:
        raise Refusal("account.day", "请填写生效日期,写成 2026-11-22。") from None
    return {"on": on, "today": today, "ground": plain(values.get("ground", ""))[:200]}


@require_http_methods(["GET", "POST"])
def change(request: AccessRequest, pk: int) -> HttpResponse:
    """更名、划转、合并、拆分、撤销 of one organ."""
    _need(request.access)
    organ = get_object_or_404(request.access.organs().select_related("superior", "region"), pk=pk)
    refusal = None
    if request.method == "POST":
        try:
            said = _perform(request.POST.dict(), organ, request.access)
        except Refusal as error:
            refusal = error
        else:
            messages.success(request, said)
            return redirect("orgs:organ", pk)
    context = _form(request, refusal) | {
        "one": organ,
        "trees": Tree.choices,
        "parts": [
            (number, request.POST.get(f"name_{number}", ""), request.POST.get(f"credit_code_{number}", ""))
            for number in range(1, joining.PARTS + 1)
        ],
        "below": [(child, request.POST.get(f"child_{child.pk}", "")) for child in joining.children(organ)],
    }
    return render(request, "orgs/change.html", context, status=422 if refusal else 200)


def _form(request: AccessRequest, refusal: Refusal | None) -> dict[str, Any]:
    return {"values": request.POST, "refusal": refusal, "today": timezone.localdate()}


def _perform(values: Mapping[str, Any], organ: Organ, access: Access) -> str:
    act = _ACTS.get(str(values.get("verb", "")))
    if act is None:
        raise Refusal("account.verb", "没有这种办理。")
    return act(values, organ, access)


def _rename(values: Mapping[str, Any], organ: Organ, access: Access) -> str:
    done = actions.rename(actor=access.actor, organ=organ, name=str(values.get("name", "")), **_when(values))
    return f"已更名为“{done}”。"


def _transfer(values: Mapping[str, Any], organ: Organ, access: Access) -> str:
    if access.organ is not None and organ.pk == access.organ.pk:
        raise Refusal("account.organ", "不能划转自己管理范围的顶层单位,请由上级的系统管理员办理。")
    tree = str(values.get("tree", ""))
    if tree not in Tree.values:
        raise Refusal("account.verb", "请选择划转哪一种关系。")
    above = plain(values.get("organ", ""))
    superior = organ_named(access, above, what="新的上级单位") if above else None
    actions.transfer(actor=access.actor, organ=organ, superior=superior, tree=Tree(tree), **_when(values))
    return f"“{organ}”已划转。"


def _close(values: Mapping[str, Any], organ: Organ, access: Access) -> str:
    if access.organ is not None and organ.pk == access.organ.pk:
        raise Refusal("account.organ", "不能撤销自己管理范围的顶层单位,请由上级的系统管理员办理。")
    text = plain(values.get("organ", ""))
    heir = organ_named(access, text, what="接收单位") if text else None
    actions.close_organ(actor=access.actor, organ=organ, heir=heir, **_when(values))
    return f"“{organ}”已撤销。"


_ACTS: dict[str, Callable[[Mapping[str, Any], Organ, Access], str]] = {
    "rename": _rename,
    "transfer": _transfer,
    "close": _close,
    "merge": lambda values, organ, access: joining.merge(values, organ, access, _when(values)),
    "split": lambda values, organ, access: joining.split(values, organ, access, _when(values)),
}
