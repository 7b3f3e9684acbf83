"""The navigation of energy: the pages and registers that this user can open."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET

from yiwang.core.registers.pages import Page, pages
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.desk.tabs import tabs

AREA = "energy"


def reads(access: Access) -> bool:
    """Whether the user reads the registers of energy."""
    return access.may(Verb.READ, AREA)


def writes(access: Access) -> bool:
    """Whether the user enters readings and bills."""
    return access.may(Verb.WRITE, AREA)


def shown(access: Access) -> tuple[Page, ...]:
    """The pages of the area that the user can open."""
    return pages(AREA, access)


def nav(request: HttpRequest) -> dict[str, Any]:
    """The line of tabs."""
    return tabs(request, AREA)


@require_GET
def index(request: AccessRequest) -> HttpResponse:
    """The area opens with its first page. Refusal `rights.denied` to who may open nothing."""
    found = shown(request.access)
    request.access.need(bool(found), "办理公共机构节能")
    return HttpResponseRedirect(found[0].url)
