"""我的委托: what I have lent to colleagues, what they have lent to me, and the form that lends."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.delegation import Lending, colleagues, delegate, end_delegation
from yiwang.core.rights.held import Held, held_by
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Delegation, OwnRole, Role, User, folded
from yiwang.kit.refusal import Refusal
from yiwang.portal.me.tabs import tabs

RECENT = 20
FEW = 200


@require_http_methods(["GET", "POST"])
def page(request: AccessRequest) -> HttpResponse:
    """GET: the delegations; POST: lend, or end one."""
    access, refusal = request.access, None
    if request.method == "POST":
        try:
            said = _perform(request)
        except Refusal as error:
            refusal = error
        else:
            messages.success(request, said)
            return redirect("me:delegations")
    on = timezone.localdate()
    mine = _lendable(access, on)
    rows = Delegation.objects.filter(Q(lender=access.user.pk) | Q(delegate=access.user.pk))
    found = list(rows.select_related("lender", "delegate", "organ", "own").order_by("-valid_to", "-pk")[: 2 * RECENT])
    context = {
        "tabs": tabs(request.path),
        "lent": [one for one in found if one.lender_id == access.user.pk],
        "borrowed": [one for one in found if one.delegate_id == access.user.pk],
        "roles": [(key_of(one), f"{one.words} · {one.organ}") for one in mine],
        "organs": list(dict.fromkeys(one.organ for one in mine)),
        "colleagues": colleagues(access.organ, on).order_by("display_name")[:FEW] if access.organ and mine else [],
        "today": on,
        "values": request.POST,
        "refusal": refusal,
    }
    return render(request, "me/delegation.html", context, status=422 if refusal else 200)


def _lendable(access: Access, on: date) -> list[Held]:
    """The user's own roles that can be lent."""
    if access.administers is not None:
        return []
    return [one for one in held_by(access.user, on) if one.lender is None and not one.post]


def key_of(one: Held) -> str:
    """How the form names a role at an organ."""
    return f"{one.organ.pk}:{one.role}:{one.own.pk if one.own else ''}"


def _perform(request: AccessRequest) -> str:
    values = request.POST
    if values.get("verb") == "end":
        row = Delegation.objects.filter(pk=_number(values.get("delegation", ""))).first()
        if row is None:
            raise Refusal("delegation.unknown", "没有这项委托,或不是您的。")
        end_delegation(access=request.access, delegation=row, now=timezone.now())
        return "已收回,立即生效。"
    made = delegate(access=request.access, new=_lending(values.dict()), on=timezone.localdate(), now=timezone.now())
    return f"已委托给{made.delegate.label},{made.valid_from} 起生效。"


def _lending(values: dict[str, Any]) -> Lending:
    """What the form says. Refusals `delegation.*`."""
    organ_key, role, own = (*str(values.get("what", "")).split(":"), "", "", "")[:3]
    organ = Organ.objects.filter(pk=_number(organ_key)).first()
    if organ is None or role not in {"", *Role.values}:
        raise Refusal("delegation.not-held", "请选择要委托的角色。")
    return Lending(
        delegate=_user(str(values.get("delegate", ""))),
        organ=organ,
        role=role,
        own=OwnRole.objects.filter(pk=_number(own)).first(),
        since=_day(values, "since"),
        until=_day(values, "until"),
        reason=str(values.get("reason", "")),
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _user(username: str) -> User:
    found = User.objects.filter(name_key=folded(username)).first() if username.strip() else None
    if found is None:
        raise Refusal("delegation.delegate", "只能委托给本单位或上下级单位的同事;管理员不能受托。")
    return found


def _day(values: dict[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(str(values.get(name, "")))
    except ValueError:
        raise Refusal("delegation.period", "请填写委托的起日和止日。") from None
