"""The navigation of direct reporting and the frame of its pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yiwang.areas.reporting.opening import AREA
from yiwang.core.registers.pages import guard, page
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.desk.tabs import tabs


def reads(access: Access) -> bool:
    """Whether the user sees returns at all."""
    return access.may(Verb.READ, AREA)


def configures(access: Access) -> bool:
    """Whether he may open periods and edit schemes."""
    return access.may(Verb.CONFIGURE, AREA)


page(AREA, "报表", "reporting:index")
page(AREA, "报表制度", "reporting:schemes")
guard("reporting:index", reads)
guard("reporting:schemes", configures)


def shown(request: AccessRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """A page of the area with its navigation; 422 where a `refusal` is shown."""
    found = {**tabs(request, AREA), "values": request.POST}
    return render(request, template, found | dict(context), status=422 if context.get("refusal") else 200)
