"""The frame of energy, beside what all pages of areas share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yiwang.areas.energy.nav import nav
from yiwang.core.rights.middleware import AccessRequest
from yiwang.kit.faces import download, drawn, performed


def shown(request: AccessRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """A page of the area with its navigation; 422 where a `refusal` is shown."""
    status = 422 if context.get("refusal") else 200
    return render(request, template, nav(request) | {"values": request.POST} | dict(context), status=status)


__all__ = ["download", "drawn", "performed", "shown"]
