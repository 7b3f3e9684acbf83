"""The navigation of the vehicles: the pages and registers that this user can open."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET

from yiwang.core.registers.pages import Page, pages
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.desk.tabs import tabs

AREA = "vehicles"
#: With which page the area opens: the first that the user may open, else his first one.
OPENS = ("vehicles:board", "vehicles:tasks", "vehicles:quota", "vehicles:trip-new")


def reads(access: Access) -> bool:
    """Whether the user reads the registers of vehicles."""
    return access.may(Verb.READ, AREA)


def shown(access: Access) -> tuple[Page, ...]:
    """The pages of the area that the user can open."""
    return pages(AREA, access)


def nav(request: HttpRequest) -> dict[str, Any]:
    """The line of tabs."""
    return tabs(request, AREA)


@require_GET
def index(request: AccessRequest) -> HttpResponse:
    """The area opens with what this person came for. Refusal `rights.denied` to who may open nothing."""
    access = request.access
    found = {one.name: one.url for one in shown(access)}
    access.need(bool(found), "办理公务用车")
    return HttpResponseRedirect(next((found[name] for name in OPENS if name in found), next(iter(found.values()))))
