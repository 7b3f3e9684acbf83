"""Self-checks as rows of `evaluation.canteen`: how often a canteen was assessed in each year that is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal

from yiwang.areas.services.canteen.models import Canteen, SelfCheck
from yiwang.core.orgs.models import Tier
from yiwang.core.verdicts.sources import SourceRow, register_source

FIRST = 2024  # the duty begins with 2024
_TIERS = dict(Tier.choices)


def assessments(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """A row for each canteen and whole year; a year that is not over accuses nobody. Subject: canteen:year."""
    done = Counter(SelfCheck.objects.filter(on_date__lte=on).values_list("canteen_id", "year"))
    for place in Canteen.objects.select_related("organ").order_by("pk"):
        for year in range(max(FIRST, place.opened_date.year + 1), on.year):
            subject = f"{place.pk}:{year}"
            if subjects is not None and subject not in subjects:
                continue
            yield SourceRow(
                subject=subject,
                label=f"{place.organ.name} · {place.name} · {year} 年",
                organ_id=place.organ_id,
                region=place.organ.region_id,
                on=date(year, 12, 31),
                values={
                    "organ": place.organ.name,
                    "organ_tier": _TIERS[place.organ.tier],
                    "canteen": place.name,
                    "year": Decimal(year),
                    "internal_assessments": Decimal(done[place.pk, year]),
                },
                url=f"/services/canteen/{place.pk}/checks/",
            )


register_source("evaluation.canteen", assessments)
