"""Who sees and changes what of an assessment."""

from __future__ import annotations

from yiwang.areas.evaluation.models import Assessment, Mark, State
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb

AREA = "evaluation"


def reads(access: Access) -> bool:
    """Whether the user reads the assessments."""
    return access.may(Verb.READ, AREA)


def may_see(access: Access, mark: int) -> bool:
    """Whether the evidence of an item may be read: with its assessment."""
    return access.scope(Assessment.objects.filter(marks=mark)).exists()


def may_add(access: Access, mark: int) -> bool:
    """Whether evidence may be added or removed: while the assessment is being filled, by who may write there."""
    rows = Mark.objects.filter(pk=mark, assessment__state=State.DRAFT).values("assessment")
    return access.scope(Assessment.objects.filter(pk__in=rows), Verb.WRITE).exists()
