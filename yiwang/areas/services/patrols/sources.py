"""services.patrol: a row for each building and object that was under a plan all through the last full year."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q

import yiwang.kit.among  # noqa: F401 (registers the look-up)
from yiwang.areas.services.orders.models import JUDGED, PatrolObject
from yiwang.areas.services.patrols.models import PatrolPlan, Round, RoundState
from yiwang.core.orgs.models import Tier
from yiwang.core.verdicts.sources import SourceRow, register_source

_TIERS, _OBJECTS = dict(Tier.choices), dict(PatrolObject.choices)


def patrols(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """Subject: building:object. Judged on the last day of the year; what no clause knows is left out."""
    year = on.year if (on.month, on.day) == (12, 31) else on.year - 1
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    mine = Q(patrol_object__in=JUDGED)
    if subjects is not None:
        heads = {int(head) for head in (one.partition(":")[0] for one in subjects) if head.isdigit()}
        mine &= Q(building_id__among=heads)
    plans = PatrolPlan.objects.filter(mine, valid_from__lte=first).filter(Q(valid_to=None) | Q(valid_to__gte=after))
    done = Round.objects.filter(
        state=RoundState.DONE, start_date__gte=first, start_date__lt=after, plan__patrol_object__in=JUDGED
    )
    if subjects is not None:
        done = done.filter(plan__building_id__among=heads)
    counted = done.order_by().values_list("plan__building_id", "plan__patrol_object").annotate(n=Count("pk"))
    times = {(building, kind): number for building, kind, number in counted}
    columns = ("building_id", "patrol_object", "organ_id", "organ__name", "organ__tier", "organ__region_id")
    for building, kind, organ, name, tier, region, label in plans.order_by("building_id", "patrol_object").values_list(
        *columns, "building__name"
    ):
        subject = f"{building}:{kind}"
        if subjects is not None and subject not in subjects:
            continue
        yield SourceRow(
            subject=subject,
            label=f"{name} · {label} · {_OBJECTS[kind]}",
            organ_id=organ,
            region=region,
            on=date(year, 12, 31),
            values={
                "organ": name,
                "organ_tier": _TIERS[tier],
                "building": label,
                "patrol_object": _OBJECTS[kind],
                "times": Decimal(times.get((building, kind), 0)),
            },
            url=f"/services/patrols/?building={building}&state=",
        )


register_source("services.patrol", patrols)
