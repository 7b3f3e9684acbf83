"""The share of organs that reached 节约型机关, by the organs right below, against the target of the day.

Counted are organs of county tier and above (行动方案 一: 县级及以上党政机关) that are open on the day. Targets: 70 % by 2022
(JN-PLAN-2020 一), 80 % by 2025 (PLAN-14 目标).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q

from yiwang.areas.evaluation.models import Assessment, State
from yiwang.core.orgs.models import TREE_DEPTH, Organ, Tier
from yiwang.core.rights.access import Access
from yiwang.core.standards.book import load

_TIERS = (Tier.CENTRAL, Tier.PROVINCE, Tier.CITY, Tier.COUNTY)
#: (first year it is looked at, clause): the later one goes before.
TARGETS = ((2020, "EV-JN20-T"), (2023, "EN-P14-J"))


@dataclass(frozen=True)
class Target:
    """The share to be reached, in per cent, with its clause and whether that is verified."""

    value: Decimal
    clause: str
    verified: bool


@dataclass(frozen=True)
class Place:
    """An organ with those it and all below it has, and how many of them reached the programme."""

    organ: Organ
    organs: int
    reached: int

    @property
    def share(self) -> Decimal | None:
        """Per cent; None without organs."""
        return round(Decimal(100 * self.reached) / self.organs, 1) if self.organs else None


def target(on: date) -> Target:
    """The target of the day."""
    clause = load().clause(max((one for one in TARGETS if one[0] <= on.year), default=TARGETS[0])[1])
    return Target(Decimal(str(clause.table[0].cells["value"])), clause.id, clause.verified)


def places(access: Access, organ: Organ, key: str, on: date) -> list[Place]:
    """Each organ right below with its whole tree, the highest share first; the organ's own where nothing is below. Two queries."""
    level = f"l{min(organ.depth + 1, TREE_DEPTH)}"
    there = Q(closed_date=None) | Q(closed_date__gt=on)
    done = Assessment.objects.filter(organ=OuterRef("pk"), programme=key, state=State.REACHED, decided_on__lte=on)
    rows = (
        access.organs()
        .filter(there, tier__in=_TIERS, opened_date__lte=on, **{f"l{organ.depth}": organ.pk})
        .annotate(done=Exists(done))
        .order_by()
        .values_list(level)
        .annotate(organs=Count("pk"), reached=Count("pk", filter=Q(done=True)))
    )
    counts = {key or organ.pk: (organs, reached) for key, organs, reached in rows}
    found = [Place(one, *counts[one.pk]) for one in Organ.objects.filter(pk__in=list(counts))]
    return sorted(found, key=lambda one: (-(one.share or 0), one.organ.sort_key))
