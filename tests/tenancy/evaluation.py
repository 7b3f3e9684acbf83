"""One of everything of evaluation for a side: an assessment with what was said of an item, a quarter that was published.

And 公务用车公示, which is for whoever has logged in: the province published it, no county did.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils import timezone

from yiwang.areas.evaluation import actions, publishing
from yiwang.areas.evaluation.models import Source
from yiwang.areas.vehicles.stats.models import Publicity
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import access_for
from yiwang.core.rights.models import User
from yiwang.kit.digest import canonical, digest

Named = Callable[[str], str]


def fill(organ: Organ, named: Named, manager: User) -> dict[str, Any]:
    """Ids by name."""
    access, on, now = access_for(manager), timezone.localdate(), timezone.now()
    one = actions.begin(key="CONSERVING", organ=organ, year=on.year - 1, access=access, on=on, now=now)
    mark = one.marks.filter(source=Source.EVIDENCE)[0]
    given: dict[str, Any] = {"points": Decimal(0), "measure": None, "said": named("自评说明"), "left_out": False}
    actions.fill(mark=mark.pk, access=access, now=now, **given)
    row = publishing.publish(year=on.year - 1, quarter=4, reason="", access=access, on=on, now=now)
    return {"assessment": one.pk, "publication": row.pk}


def publicity(organ: Organ, user: User) -> None:
    """A quarter of cars that an organ published."""
    line = {"label": organ.name, "cars": 1, "trips": 1, "km": 1, "cost": 1, "per_km": 1}
    figures = {"organ": organ.name, "total": line, "uses": [line], "organs": [line], "costs": {}}
    row = Publicity(
        organ=organ, year=2026, quarter=1, figures=figures, digest=digest(canonical(figures).encode()).hex()
    )
    row.published_by, row.published_at = user, timezone.now()
    row.place()
    row.save()
