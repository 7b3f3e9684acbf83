"""The frame of the pages: the navigation of the area of energy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from yiwang.areas.energy.judge.actions import AREA
from yiwang.core.orgs.models import LEVELS, Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.desk.tabs import tabs


def shown(request: AccessRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """A page with the tabs of energy; 422 where a `refusal` is shown."""
    frame = {**tabs(request, AREA), "values": request.POST}
    return render(request, template, frame | dict(context), status=422 if context.get("refusal") else 200)


def organ_of(access: Access, text: str) -> Organ:
    """The organ asked for, which must lie within the scope (404), else the one worked for."""
    if text.isascii() and text.isdigit() and len(text) < 18:
        return get_object_or_404(access.organs(), pk=int(text))
    return access.organs().get(pk=access.organ.pk)  # type: ignore[union-attr]


def above(access: Access, organ: Organ) -> list[Organ]:
    """The way down from the organ worked for to this one, without it."""
    keys = [getattr(organ, level) for level in LEVELS[: organ.depth - 1]]
    return list(access.organs().filter(pk__in=keys).order_by("depth"))
