"""Assessments of the demo province at every step, some certified and one that missed its targets, and the 公示 of a quarter.

Through the verbs: the county's clerk fills for its units, and county, city and province give their points.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from yiwang.areas.evaluation import actions
from yiwang.areas.evaluation.models import Assessment, Source
from yiwang.areas.evaluation.publishing import publish
from yiwang.areas.evaluation.tables import Item
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import User

PLACES = ("county", "city", "province")


@dataclass(frozen=True)
class Story:
    """One assessment: of which of the county's units, how far it goes up (0: the self-given score only), how it ends."""

    unit: int
    programme: str
    levels: int
    submitted: bool = True
    refused: bool = False


#: The second unit missed its targets of last year (`energy_watch.SHARES`): the veto speaks, whatever its points.
STORIES = (
    Story(0, "CONSERVING", 3),
    Story(1, "CONSERVING", 3),
    Story(3, "CONSERVING", 2),
    Story(5, "CONSERVING", 1),
    Story(6, "CONSERVING", 0),
    Story(7, "CONSERVING", 0, submitted=False),
    Story(8, "CONSERVING", 1, refused=True),
    Story(0, "WATER", 3),
    Story(3, "DEMONSTRATION", 3),
)


def load_evaluation(*, now: datetime) -> dict[str, int]:
    """How many assessments and publications. Nothing where the county has no units or nobody has an account."""
    names = [f"{place}-manager" for place in PLACES]
    users = {user.username: user for user in User.objects.filter(username__in=[*names, "county-clerk"])}
    if len(users) < 4:
        return {}
    clerk, reviewers = access_for(users["county-clerk"]), [access_for(users[name]) for name in names]
    assert clerk.organ is not None
    units = list(Organ.objects.open().filter(superior=clerk.organ).order_by("pk"))
    stories = [one for one in STORIES if one.unit < len(units)]
    for one in stories:
        _tell(one, units[one.unit], clerk, reviewers, now)
    return {"assessments": len(stories), "publications": _publish(reviewers[0], now)}


def _tell(story: Story, organ: Organ, clerk: Access, reviewers: list[Access], now: datetime) -> None:
    on = timezone.localdate(now)
    one = actions.begin(key=story.programme, organ=organ, year=on.year - 1, access=clerk, on=on, now=now)
    _fill(one, clerk, now)
    if not story.submitted:
        return
    actions.submit(assessment=one.pk, access=clerk, on=on, now=now)
    for access in reviewers[: story.levels]:
        _review(one, story, access, now)


def _fill(one: Assessment, clerk: Access, now: datetime) -> None:
    """What no register proves, by evidence: a little below the full points; what the unit has not is left out."""
    for mark in one.marks.exclude(source=Source.PROVED):
        item = one.table.item(mark.item)
        actions.fill(
            mark=mark.pk, points=_points(item), measure=_measure(item), said="见附件材料", left_out=item.optional,
            access=clerk, now=now,
        )  # fmt: skip


def _points(item: Item) -> Decimal:
    full = item.full or Decimal(1)
    return full if full < 10 else round(full * Decimal("0.95"), 0)


def _measure(item: Item) -> Decimal | None:
    """What gives the points of an item with a formula: per cents near their best, ratios below the average."""
    if item.bands:
        return Decimal("0.86")
    return {"water_saving_devices": Decimal(100), "water_leak_rate": Decimal("4.5")}.get(item.measure)


def _review(one: Assessment, story: Story, access: Access, now: datetime) -> None:
    """The first level takes a point off the longest item."""
    marks = {mark.pk: one.table.item(mark.item) for mark in one.marks.filter(source=Source.EVIDENCE)}
    dear = max(marks, key=lambda pk: marks[pk].full or 0, default=None)
    points = {}
    if dear is not None and not story.refused and (marks[dear].full or 0) > 10:
        points[dear] = _points(marks[dear]) - 1
    actions.review(
        assessment=one.pk,
        verdict="reject" if story.refused else "approve",
        points=points,
        opinion="宣传教育和垃圾分类材料不全,请补充后再报" if story.refused else "材料齐全,现场核对无误",
        access=access,
        on=timezone.localdate(now),
        now=now,
    )


def _publish(access: Access, now: datetime) -> int:
    """The last quarter that is over."""
    on = timezone.localdate(now)
    quarter = (on.month - 1) // 3 or 4
    day = on if on.month > 3 else date(on.year - 1, 12, 31)
    publish(year=day.year, quarter=quarter, reason="", access=access, on=on, now=now)
    return 1
