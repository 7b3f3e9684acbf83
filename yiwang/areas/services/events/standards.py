"""A plan before the meeting clauses: its row of the dataset `engagements.meeting`, and the verdicts on it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from yiwang.areas.services.events.models import Cost, Event, EventLine, LineKind
from yiwang.areas.services.venues.models import YesNo
from yiwang.core.orgs.models import Tier
from yiwang.core.standards.verdict import Verdict
from yiwang.core.verdicts.judging import preview

DATASET = "engagements.meeting"
#: What the clauses forbid: key of the dataset → word.
BANNED: tuple[tuple[str, str], ...] = (
    ("luxury_suites", "高档套房"),
    ("luxury_dishes", "高档菜肴"),
    ("banquet", "宴请"),
    ("alcohol_tobacco", "烟酒"),
    ("flowers", "会场花草"),
    ("backdrop", "背景板"),
    ("fruit", "水果"),
    ("tour", "旅游和无关参观"),
    ("entertainment", "高消费娱乐、健身"),
    ("souvenirs", "纪念品"),
    ("toiletries", "额外洗漱用品"),
)
_COST = {LineKind.LODGING: Cost.LODGING, LineKind.MEAL: Cost.MEAL}


def cost_of(line: EventLine) -> Cost:
    """Which figure of the clauses a line belongs to."""
    return _COST.get(LineKind(line.kind), Cost.OTHER)


def costs(lines: list[EventLine]) -> dict[str, Decimal]:
    """lodging_cost, meal_cost, other_cost, total_cost in yuan."""
    found = {str(cost.value): Decimal(0) for cost in Cost}
    for line in lines:
        found[cost_of(line).value] += Decimal(line.amount) / 100
    return {**found, "total_cost": sum(found.values(), Decimal(0))}


def facts_of(event: Event) -> dict[str, Any]:
    """The row of the dataset. A plan says everything: what is not named among the forbidden is not planned."""
    return {
        "organ": str(event.organ),
        "organ_tier": str(Tier(event.organ.tier).label),
        "meeting": event.name,
        "meeting_class": event.meeting_class or None,
        "briefing": event.briefing == YesNo.YES,
        "participants": Decimal(event.participants),
        "staff": Decimal(event.staff),
        "days": event.days,
        "arrive_leave_days": event.arrive_leave_days,
        **costs(list(event.lines.all())),
        **{key: key in event.banned for key, _ in BANNED},
    }


def verdicts(event: Event) -> list[Verdict]:
    """Every verdict of the clauses in force on the first day, at the organ's place; nothing is stored.

    An activity that is no meeting is not judged by classes: clauses that ask for one then say that it is missing.
    """
    return preview(DATASET, facts_of(event), _day(event), event.organ.region_id)


def _day(event: Event) -> date:
    return event.first_date
