"""The assessments as the dataset `evaluation.assessment`: what was decided, a row an organ and programme."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from yiwang.areas.evaluation.models import Assessment, State
from yiwang.core.verdicts.sources import SourceRow, register_source
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)

DATASET = "evaluation.assessment"


def assessments(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """evaluation.assessment: what was decided by the day, of the programmes whose scheme the lawbook judges whole."""
    rows = Assessment.objects.filter(state__in=(State.REACHED, State.FAILED), decided_on__lte=on).select_related(
        "organ"
    )
    if subjects is not None:
        rows = rows.filter(pk__among=[int(one) for one in subjects if one.isdigit()])
    for one in rows.order_by("pk").iterator(chunk_size=500):
        if not one.declared.scheme or one.decided_on is None:
            continue
        yield SourceRow(
            subject=str(one.pk),
            label=f"{one.organ.name} {one.declared.label} {one.year}",
            organ_id=one.organ_id,
            region=one.organ.region_id,
            on=one.decided_on,
            values={
                "organ": one.organ.name,
                "organ_tier": str(one.organ.get_tier_display()),
                "assessment_scheme": one.declared.scheme,
                "score": one.score,
                "targets_met": "必须完成项" not in one.note,
            },
            url=f"/evaluation/{one.pk}/",
        )


register_source(DATASET, assessments, happened=True)
