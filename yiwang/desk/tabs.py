"""The line of tabs of an area: the pages and registers that this user can open."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from yiwang.core.registers.pages import pages
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.desk.kinds import resources


def tabs(request: HttpRequest, area: str) -> dict[str, Any]:
    """What the line needs: pages, kinds (for readers), the present address; under names no page uses."""
    access: Access = request.access  # type: ignore[attr-defined]
    kinds = resources(area) if access.may(Verb.READ, area) else []
    return {"nav": {"pages": pages(area, access), "kinds": kinds}, "here": request.path}
