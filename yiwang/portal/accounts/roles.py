"""自定义角色: the installation's own roles, as a table of areas and verbs to tick."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from yiwang.core.rights import granting
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import VERBS, OwnRole, Role, Verb
from yiwang.kit.refusal import Refusal
from yiwang.portal.accounts.common import need_administrator


@require_http_methods(["GET", "POST"])
def index(request: AccessRequest) -> HttpResponse:
    """GET: all roles and what they allow; POST: define one."""
    need_administrator(request.access)
    refusal = None
    if request.method == "POST":
        values = request.POST
        try:
            granting.define_role(
                access=request.access, name=values.get("name", ""), note=values.get("note", ""), pairs=_ticked(request)
            )
        except Refusal as error:
            refusal = error
        else:
            messages.success(request, "角色已定义,可以授予用户了。")
            return redirect("accounts:roles")
    context = {
        "own_roles": OwnRole.objects.annotate(count=Count("grants")).order_by("closed", "name"),
        "built_in": [(role.label, _words(VERBS[role])) for role in Role if VERBS[role]],
        **_table(request, frozenset(_ticks(request))),
        "refusal": refusal,
    }
    return render(request, "accounts/roles.html", context, status=422 if refusal else 200)


@require_http_methods(["GET", "POST"])
def role(request: AccessRequest, pk: int) -> HttpResponse:
    """One role: other powers, or its end."""
    need_administrator(request.access)
    one, refusal = get_object_or_404(OwnRole, pk=pk), None
    if request.method == "POST":
        try:
            if request.POST.get("verb") == "close":
                granting.close_role(access=request.access, role=one)
            else:
                note = request.POST.get("note", "")
                granting.change_role(access=request.access, role=one, pairs=_ticked(request), note=note)
        except Refusal as error:
            refusal = error
        else:
            messages.success(request, "已修改,立即生效。")
            return redirect("accounts:roles")
    ticks = frozenset(_ticks(request)) if request.method == "POST" else frozenset(one.pairs.split())
    context = {"role": one, "refusal": refusal, "count": one.grants.count(), **_table(request, ticks)}
    return render(request, "accounts/role.html", context, status=422 if refusal else 200)


def _words(verbs: frozenset[Verb]) -> str:
    return "、".join(verb.label for verb in Verb if verb in verbs)


def _ticks(request: AccessRequest) -> list[str]:
    return request.POST.getlist("pair")


def _ticked(request: AccessRequest) -> Iterator[tuple[str, Verb]]:
    """The pairs ticked. Refusal `role.area` for what is none."""
    for pair in _ticks(request):
        area, _, verb = pair.partition(":")
        if verb not in set(Verb):
            raise Refusal("role.area", f"没有“{pair}”这项权限。")
        yield ("" if area == "*" else area), Verb(verb)


def _table(request: AccessRequest, ticks: frozenset[str]) -> dict[str, Any]:
    """Rows of areas, columns of verbs."""
    rows = [("*", "全部业务"), *granting.areas().items()]
    return {
        "verbs": [verb.label for verb in Verb],
        "rows": [
            (label, [(f"{area}:{verb}", verb.label, f"{area}:{verb}" in ticks) for verb in Verb])
            for area, label in rows
        ],
        "security": request.access.administers is Role.SECURITY_ADMIN,
    }
