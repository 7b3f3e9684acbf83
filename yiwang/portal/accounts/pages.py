"""账号: the list of users, and the form that opens an account."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.core.rights import actions
from yiwang.core.rights.actions import NewAccount, accounts
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Role, User
from yiwang.kit.refusal import Refusal
from yiwang.portal.accounts.common import day, need_administrator, once, organ_named

PAGE = 50
FEW = 20
STATES = {"on": "在用", "off": "已停用", "idle": "从未登录"}


@require_GET
def index(request: AccessRequest) -> HttpResponse:
    """The users of the administrator's subtree, by name; the audit administrator goes to his own page."""
    access = request.access
    if access.administers is Role.AUDIT_ADMIN:
        return redirect("accounts:audit")
    need_administrator(access)
    given = {name: request.GET.get(name, "").strip() for name in ("q", "organ", "state")}
    rows = _chosen(accounts(access), given, timezone.localdate())
    if after := request.GET.get("after", ""):
        rows = rows.filter(name_key__gt=after)
    shown = list(rows.select_related("organ").prefetch_related("grants__own", "grants__organ")[: PAGE + 1])
    more = urlencode({**given, "after": shown[PAGE - 1].name_key}) if len(shown) > PAGE else ""
    context = {"users": shown[:PAGE], "given": given, "states": STATES, "more": more, "on": timezone.localdate()}
    return render(request, "accounts/index.html", context | {"system": access.administers is Role.SYSTEM_ADMIN})


def _chosen(rows: QuerySet[User], given: dict[str, str], on: date) -> QuerySet[User]:
    if text := given["q"]:
        rows = rows.filter(Q(username__icontains=text) | Q(display_name__icontains=text))
    if given["organ"]:
        rows = rows.filter(organ__name__icontains=given["organ"])
    ended = Q(is_active=False) | Q(valid_to__lte=on)
    if given["state"] == "on":
        rows = rows.exclude(ended)
    elif given["state"] == "off":
        rows = rows.filter(ended)
    elif given["state"] == "idle":
        rows = rows.filter(last_login=None)
    return rows.order_by("name_key")


@require_http_methods(["GET", "POST"])
def new(request: AccessRequest) -> HttpResponse:
    """Open an account; the one-time secret is shown in the answer and nowhere else."""
    access, refusal = request.access, None
    access.need(access.administers is Role.SYSTEM_ADMIN, "开户")
    if request.method == "POST":
        try:
            user, secret = actions.open_account(access=access, new=_given(request), now=timezone.now())
        except Refusal as error:
            refusal = error
        else:
            return once(render(request, "accounts/secret.html", {"one": user, "secret": secret, "fresh": True}))
    context: dict[str, Any] = {"values": request.POST, "refusal": refusal}
    return render(request, "accounts/new.html", context, status=422 if refusal else 200)


def _given(request: AccessRequest) -> NewAccount:
    """What the form says. Only these fields are read, whatever else was sent (A31)."""
    values = request.POST
    organ = values.get("organ", "").strip()
    until = values.get("valid_to", "").strip()
    return NewAccount(
        username=values.get("username", ""),
        name=values.get("name", ""),
        organ=organ_named(request.access, organ) if organ else None,
        staff_number=values.get("staff_number", ""),
        valid_to=day(until, "停用日期") if until else None,
    )


@require_GET
def organs(request: AccessRequest) -> HttpResponse:
    """The list below an input that names an organ (htmx)."""
    access = request.access
    access.need(access.administers in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN), "管理账号")
    text = request.GET.get("organ", "").strip()
    rows = access.organs().open().filter(name__contains=text).order_by("depth", "sort_key", "pk")
    found = list(rows.values_list("name", flat=True)[:FEW]) if text else []
    return render(request, "desk/_suggestions.html", {"found": found})
