"""One account: who it is, what he may do where (权限视图), and what an administrator may change of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.core.rights import actions, granting
from yiwang.core.rights.access import Access
from yiwang.core.rights.actions import accounts
from yiwang.core.rights.held import Held, held_by
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Grant, OwnRole, Role, User, Verb
from yiwang.kit.refusal import Refusal
from yiwang.portal.accounts.common import day, need_administrator, once, organ_named


@dataclass(frozen=True)
class Line:
    """One line of what a user may do: where, as what, what that is, and where it comes from."""

    held: Held
    area: str
    doing: str
    source: str


def lines(user: User, access: Access) -> list[Line]:
    """What the user holds today at organs that the administrator may see."""
    names, found = granting.areas(), []
    seen = set(access.organs().values_list("pk", flat=True))
    for one in held_by(user, timezone.localdate()):
        if one.organ.pk not in seen:
            continue
        by_area: dict[str, list[Verb]] = {}
        for verb, area in one.powers:
            by_area.setdefault(area, []).append(verb)
        source = f"代{one.lender.name}" if one.lender else "任职" if one.post else "授权"
        for area, verbs in sorted(by_area.items()) or [("", [])]:
            doing = "、".join(verb.label for verb in Verb if verb in verbs) or _AS[one.role]
            found.append(Line(one, names.get(area, area) if area else "全部业务", doing, source))
    return found


_AS = {
    Role.SYSTEM_ADMIN: "开户、停用、机构维护",
    Role.SECURITY_ADMIN: "授权、收回、自定义角色",
    Role.OWN: "(角色已停用)",
}


@require_http_methods(["GET", "POST"])
def detail(request: AccessRequest, pk: int) -> HttpResponse:
    """GET: the account; POST: one of its verbs."""
    access = request.access
    need_administrator(access)
    user = get_object_or_404(accounts(access).select_related("organ", "person"), pk=pk)
    refusal = None
    if request.method == "POST":
        try:
            said = _perform(request.POST, user, access)
        except Refusal as error:
            refusal = error
            user = get_object_or_404(accounts(access).select_related("organ", "person"), pk=pk)
        else:
            if request.POST.get("verb") == "reset":
                return once(render(request, "accounts/secret.html", {"one": user, "secret": said}))
            messages.success(request, said)
            return redirect("accounts:detail", pk)
    return render(request, "accounts/detail.html", _context(request, user, refusal), status=422 if refusal else 200)


def _context(request: AccessRequest, user: User, refusal: Refusal | None) -> dict[str, Any]:
    access, on = request.access, timezone.localdate()
    grants = Grant.objects.filter(user=user, organ__in=access.organs()).select_related("organ", "own")
    return {
        "one": user,
        "lines": lines(user, access),
        "grants": grants.order_by("organ__depth", "organ__sort_key", "pk"),
        "areas": granting.areas(),
        "roles": [(role.value, role.label) for role in Role if role is not Role.OWN],
        "own_roles": OwnRole.objects.filter(closed=False).order_by("name"),
        "system": access.administers is Role.SYSTEM_ADMIN,
        "security": access.administers is Role.SECURITY_ADMIN,
        "myself": user.pk == access.user.pk,
        "expired": user.expired(on),
        "refusal": refusal,
        "values": request.POST,
    }


def _perform(values: QueryDict, user: User, access: Access) -> str:
    """Do what a form asks; the sentence that says it is done (the secret, for a reset). Refusal `account.verb`."""
    verb = _VERBS.get(values.get("verb", ""))
    if verb is None:
        raise Refusal("account.verb", "没有这种办理。")
    return verb(values.dict(), user, access)


def _disable(values: Mapping[str, Any], user: User, access: Access) -> str:
    actions.disable(access=access, user=user, reason=values.get("reason", ""))
    return "已停用。"


def _enable(values: Mapping[str, Any], user: User, access: Access) -> str:
    actions.enable(access=access, user=user, reason=values.get("reason", ""), now=timezone.now())
    return "已恢复。"


def _end(values: Mapping[str, Any], user: User, access: Access) -> str:
    text = str(values.get("valid_to", "")).strip()
    until = day(text, "停用日期") if text else None
    actions.set_end(access=access, user=user, valid_to=until, on=timezone.localdate())
    return "停用日期已改。" if until else "停用日期已取消。"


def _link(values: Mapping[str, Any], user: User, access: Access) -> str:
    actions.link_person(access=access, user=user, staff_number=values.get("staff_number", ""))
    return "人员关联已改。"


def _reset(values: Mapping[str, Any], user: User, access: Access) -> str:
    return actions.reset_secret(access=access, user=user, now=timezone.now())


def _grant(values: Mapping[str, Any], user: User, access: Access) -> str:
    organ = organ_named(access, values.get("organ", ""))
    asked = str(values.get("role", ""))
    if asked.startswith("own-"):
        own = OwnRole.objects.filter(pk=int(asked[4:]) if asked[4:].isdigit() else 0).first()
        granting.grant(access=access, user=user, organ=organ, role=Role.OWN, own=own)
    elif asked in Role.values:
        granting.grant(access=access, user=user, organ=organ, role=Role(asked), area=values.get("area", ""))
    else:
        raise Refusal("grant.role", "请选择一个在用的角色。")
    return "已授权,立即生效。"


def _revoke(values: Mapping[str, Any], user: User, access: Access) -> str:
    key = str(values.get("grant", ""))
    found = Grant.objects.filter(user=user, pk=int(key) if key.isdigit() else 0).first()
    if found is None:
        raise Refusal("grant.unknown", "没有这项授权,或不在您管理的范围内。")
    granting.revoke(access=access, grant=found)
    return "已收回,立即生效。"


_VERBS: dict[str, Callable[[Mapping[str, Any], User, Access], str]] = {
    "disable": _disable,
    "enable": _enable,
    "end": _end,
    "link": _link,
    "reset": _reset,
    "grant": _grant,
    "revoke": _revoke,
}
