"""首页 for who asks for services and keeps no registers (干部职工): what waits, what to ask for, how my requests stand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yiwang.areas.services import nav
from yiwang.core.flow.models import Case
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.portal.cases import rows, starting
from yiwang.portal.home import waiting

MOST = 6


def context(access: Access, now: datetime) -> dict[str, Any]:
    """What the page shows. Nothing to ask for where the user may not ask (the three administrators)."""
    if not access.may(Verb.APPLY):
        return {"asks": False}
    mine = Case.objects.opened_by(access).order_by("-pk").values_list(*rows.CASE)[:MOST]
    return {
        "asks": True,
        "tasks": waiting.tasks(access, now),
        "requests": rows.of_cases(mine),
        "groups": starting.groups(access),
        "pages": nav.shown(access),
    }
