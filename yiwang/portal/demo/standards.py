"""What the lawbook allows, asked from the judge itself: the province keeps to the standards by construction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from yiwang.core.orgs.models import Tier
from yiwang.core.standards.book import load
from yiwang.core.standards.judge import Judge
from yiwang.core.standards.verdict import Verdict, VerdictKind
from yiwang.portal.demo.shapes import TODAY, Body

Facts = Mapping[str, Any]
HUGE = Decimal(10) ** 9
RANK_COLUMNS = {
    "正部级": "n_minister",
    "副部级": "n_vice_minister",
    "正厅级": "n_director_general",
    "副厅级": "n_deputy_director_general",
    "正处级": "n_director",
    "副处级": "n_deputy_director",
    "正科级": "n_section_chief",
    "副科级": "n_deputy_section_chief",
    "科员": "n_section_staff",
}


class Standards:
    """Limits by topic. Everything is asked of the shipped lawbook, nothing is written down here."""

    def __init__(self) -> None:
        self._rooms: dict[tuple[str, str, str], Decimal] = {}

    @cached_property
    def judge(self) -> Judge:
        """The evaluator for single records."""
        return Judge(load())

    def verdicts(self, dataset: str, facts: Facts, region: str, on: date = TODAY) -> list[Verdict]:
        """All verdicts on a record."""
        return self.judge.judge(dataset, dict(facts), on=on, region=region)

    def limits(self, dataset: str, facts: Facts, region: str, on: date = TODAY) -> dict[str, Decimal]:
        """The tightest limit of each topic that applies, whether the clause is verified or not."""
        found: dict[str, Decimal] = {}
        for verdict in self.verdicts(dataset, facts, region, on):
            if verdict.limit is not None:
                found[verdict.topic] = min(found.get(verdict.topic, HUGE), verdict.limit)
        return found

    def worst(self, dataset: str, facts: Facts, region: str, on: date, topic: str) -> Verdict | None:
        """The verdict of a topic that accuses or warns, if there is one."""
        kinds = (VerdictKind.OVER, VerdictKind.WARNING)
        for verdict in self.verdicts(dataset, facts, region, on):
            if verdict.topic == topic and verdict.kind in kinds:
                return verdict
        return None

    def knows(self, dataset: str, facts: Facts, region: str, on: date = TODAY) -> bool:
        """Whether no clause lacks a fact or a cell for the record."""
        found = self.verdicts(dataset, facts, region, on)
        return all(verdict.kind is not VerdictKind.UNDETERMINED for verdict in found)

    def room(self, body: Body, rank: str) -> Decimal:
        """Square metres that a person of the rank may have there."""
        key = (body.tier, body.region, rank)
        if key not in self._rooms:
            facts = {"organ_tier": Tier(body.tier).label, "rank": rank, "usable_area": Decimal(1)}
            self._rooms[key] = self.limits("offices.person_space", facts, body.region)["offices.person_area"]
        return self._rooms[key]

    def organ_space(self, body: Body) -> dict[str, Decimal]:
        """Office and service area that the organ may have, by topic."""
        return self.limits("offices.organ_space", organ_facts(body), body.region)


def organ_facts(body: Body) -> dict[str, Any]:
    """The organ as a record of offices.organ_space."""
    area = body.area
    counts = {column: Decimal(body.ranks.get(rank, 0)) for rank, column in RANK_COLUMNS.items()}
    basic = ("OFFICE", "SERVICE_ROOM", "EQUIPMENT_ROOM")
    return {
        "organ_tier": Tier(body.tier).label,
        "authorized_headcount": Decimal(body.authorized),
        "actual_headcount": Decimal(sum(body.ranks.values())),
        **counts,
        "total_area": sum((area.get(kind, Decimal(0)) for kind in basic), Decimal(0)),
        "office_area": area.get("OFFICE", Decimal(0)),
        "service_area": area.get("SERVICE_ROOM", Decimal(0)),
        "equipment_area": area.get("EQUIPMENT_ROOM", Decimal(0)),
    }


def tightest(limits: Mapping[str, Decimal], topics: Iterable[str], otherwise: Decimal) -> Decimal:
    """The smallest limit among the topics, or `otherwise`."""
    return min((limits[topic] for topic in topics if topic in limits), default=otherwise)
