"""The figures of the rules on a day: set for an organ or one above it, else by the lawbook; moved by what was answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.db.models import Count, Q

from yiwang.areas.energy.judge.learning import factor
from yiwang.areas.energy.judge.models import Answer, Sign, Threshold
from yiwang.areas.energy.judge.rules import RULES
from yiwang.core.orgs.models import LEVELS, Organ
from yiwang.core.standards.book import load
from yiwang.core.standards.regions import chain
from yiwang.core.standards.rules import period
from yiwang.core.standards.schema import Clause, Document
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)

Key = tuple[str, str]


@lru_cache(maxsize=1)
def _clauses() -> dict[str, list[tuple[Document, Clause]]]:
    """Topic → the clauses that judge it."""
    found: dict[str, list[tuple[Document, Clause]]] = {one.topic: [] for one in RULES.values()}
    for document, clause in load().clauses():
        for topic in {check.topic for check in clause.checks} & found.keys():
            found[topic].append((document, clause))
    return found


@lru_cache(maxsize=4096)
def by_law(region: str, on: date) -> Mapping[Key, Decimal]:
    """The figures of the lawbook at a place on a day; the nearest region wins, figure by figure."""
    found: dict[Key, Decimal] = {}
    rank = {code: number for number, code in enumerate(chain(region))}
    for key, rule in RULES.items():
        best: dict[str, int] = {}
        for document, clause in _clauses()[rule.topic]:
            for row in clause.table:
                start, stop = period(document, clause, row)
                place = rank.get(row.region or document.region)
                name, value = str(row.cells.get("metric", "")), row.cells.get("value")
                if place is None or value is None or not start <= on < stop or place >= best.get(name, len(rank)):
                    continue
                best[name], found[key, name] = place, Decimal(str(value))
    return found


@dataclass(frozen=True)
class Learned:
    """What was answered of a rule for a kind of energy in a tree, and what it does to the figure that learns."""

    real: int = 0
    false: int = 0

    @property
    def factor(self) -> float:
        """What the figure is multiplied with."""
        return factor(self.real, self.false)


def learned(roots: Collection[int]) -> dict[tuple[int, str, str], Learned]:
    """(root, rule, kind of energy) → the answers there. One query."""
    rows = Sign.objects.filter(l1__among=list(roots)).exclude(answer="").order_by()
    found: dict[tuple[int, str, str], dict[str, int]] = {}
    for root, rule, energy, answer, number in rows.values_list("l1", "rule", "energy", "answer").annotate(
        n=Count("pk")
    ):
        found.setdefault((int(root or 0), rule, energy), {})[answer] = number
    return {key: Learned(some.get(Answer.REAL, 0), some.get(Answer.FALSE, 0)) for key, some in found.items()}


class Figures:
    """The figures for some organs on a day. Three queries, whatever their number."""

    def __init__(self, organs: Collection[int], on: date) -> None:
        self.on = on
        held = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
        rows = Threshold.objects.filter(held).values_list("organ_id", "rule", "name", "energy", "value")
        self._set = {(organ, rule, name, energy): value for organ, rule, name, energy, value in rows}
        places = Organ.objects.filter(pk__among=list(organs)).values_list("pk", "region_id", *LEVELS)
        self._places = {pk: (region, levels) for pk, region, *levels in places}
        self._learned = learned({levels[0] for _, levels in self._places.values() if levels[0]})

    def set_or_law(self, organ: int, rule: str, name: str, energy: str) -> Decimal | None:
        """The figure before anything was learned; None where no clause is in force."""
        region, levels = self._places[organ]
        for level in reversed([one for one in levels if one is not None]):
            for kind in (energy, ""):
                if (value := self._set.get((level, rule, name, kind))) is not None:
                    return value
        return by_law(region, self.on).get((rule, name))

    def of(self, organ: int, rule: str, name: str, energy: str) -> float:
        """The figure in force; where no clause is, it is out of reach."""
        value = self.set_or_law(organ, rule, name, energy)
        if value is None:
            return 1e12
        root = self._places[organ][1][0]
        moved = self._learned.get((root, rule, energy)) if RULES[rule].learns == name else None
        return float(value) * (moved.factor if moved else 1.0)
