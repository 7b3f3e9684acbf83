"""The figures of the rules on a day: set for an organ or one above it, else what the lawbook's clause says there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.db.models import Q

from yiwang.areas.vehicles.watch.models import Threshold
from yiwang.areas.vehicles.watch.rules import FIGURES, RULES
from yiwang.core.orgs.models import LEVELS, Organ
from yiwang.core.standards.book import load
from yiwang.core.standards.regions import chain
from yiwang.core.standards.rules import period
from yiwang.core.standards.schema import Clause, Document
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)

#: (rule, name) → figure.
Figures = dict[tuple[str, str], Decimal]


@lru_cache(maxsize=1)
def _clauses() -> dict[str, list[tuple[Document, Clause]]]:
    """Topic → the clauses that judge it."""
    found: dict[str, list[tuple[Document, Clause]]] = {one.topic: [] for one in RULES.values()}
    for document, clause in load().clauses():
        for topic in {check.topic for check in clause.checks} & found.keys():
            found[topic].append((document, clause))
    return found


@lru_cache(maxsize=4096)
def by_law(region: str, on: date) -> Mapping[tuple[str, str], Decimal]:
    """The figures of the lawbook at a place on a day; the nearest region wins, figure by figure."""
    found: Figures = {}
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


def figures(organs: Collection[int], on: date) -> dict[int, Figures]:
    """The figures for each organ on a day. Two queries, whatever the number of organs."""
    held = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
    set_for: dict[int, Figures] = {}
    for organ, rule, name, value in Threshold.objects.filter(held).values_list("organ_id", "rule", "name", "value"):
        set_for.setdefault(organ, {})[rule, name] = value
    rows = Organ.objects.filter(pk__among=list(organs)).values_list("pk", "region_id", *LEVELS)
    return {pk: _nearest(set_for, levels) | _missing(region, on, set_for, levels) for pk, region, *levels in rows}


def _nearest(set_for: Mapping[int, Figures], levels: Iterable[int | None]) -> Figures:
    """What organs from the top down have set; the lower one wins."""
    found: Figures = {}
    for level in levels:
        if level is not None:
            found |= set_for.get(level, {})
    return found


def _missing(region: str, on: date, set_for: Mapping[int, Figures], levels: Iterable[int | None]) -> Figures:
    set_here = _nearest(set_for, levels)
    return {key: value for key, value in by_law(region, on).items() if key not in set_here}


def limit_of(found: Figures, rule: str) -> Decimal | None:
    """The limit of a rule; None where no clause is in force."""
    return found.get((rule, FIGURES[rule][0][0]))
