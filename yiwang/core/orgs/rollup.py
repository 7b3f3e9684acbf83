"""Roll-up of measures over a subtree without a query per node: equality on an ancestor column, one GROUP BY a level.

The present tree answers from the columns l1…l5; a past day answers from the dated edges: one query for the tree, one
GROUP BY organ, and the sums are passed upwards in memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from django.db import models
from django.db.models.aggregates import Aggregate

from yiwang.core.orgs.models import LEVELS, TREE_DEPTH, Organ, Tree
from yiwang.core.orgs.tree import edges_as_of, subtree, within_as_of

M = TypeVar("M", bound=models.Model)
Figures = dict[str, Any]


def total(rows: models.QuerySet[M], organ: Organ, **measures: Aggregate) -> Figures:
    """The measures over the organ and everything below it today; one query."""
    return rows.filter(**{f"l{organ.depth}": organ.pk}).aggregate(**measures)


def by_child(rows: models.QuerySet[M], organ: Organ, **measures: Aggregate) -> dict[int, Figures]:
    """The measures by organ right below, each with its subtree; rows of the organ's own under its own id. One query."""
    if organ.depth == TREE_DEPTH:
        figures = total(rows, organ, **measures)
        return {organ.pk: figures} if any(figures.values()) else {}
    below = f"l{organ.depth + 1}"
    return {key if key is not None else organ.pk: figures for key, figures in _group(rows, organ, below, measures)}


def by_node(rows: models.QuerySet[M], organ: Organ, **measures: Aggregate) -> dict[int, Figures]:
    """The measures of every organ in the subtree, each with its own subtree; one query a level, at most five.

    Organs without rows in their subtree are absent.
    """
    found: dict[int, Figures] = {}
    for level in LEVELS[organ.depth - 1 :]:
        found |= {key: figures for key, figures in _group(rows, organ, level, measures) if key is not None}
    return found


def _group(
    rows: models.QuerySet[M], organ: Organ, level: str, measures: Mapping[str, Aggregate]
) -> list[tuple[int | None, Figures]]:
    """One GROUP BY on an ancestor column."""
    within = rows.filter(**{f"l{organ.depth}": organ.pk}).order_by()
    names = list(measures)
    grouped = within.values(level).annotate(**measures).values_list(level, *names)
    return [(key, dict(zip(names, figures, strict=True))) for key, *figures in grouped]


def total_as_of(rows: models.QuerySet[M], organ: Organ, on: date, **measures: Aggregate) -> Figures:
    """The measures over the subtree as it was on the day. The caller chooses rows that hold on it."""
    return within_as_of(rows, organ.pk, on).aggregate(**measures)


def by_child_as_of(
    rows: models.QuerySet[M], organ: Organ, on: date, tree: str = Tree.ADMINISTRATIVE, **measures: Aggregate
) -> dict[int, Figures]:
    """As `by_child`, in the tree of the day. Measures must add up (Sum, Count). Three queries."""
    above = dict(
        edges_as_of(on, tree)
        .filter(organ_id__in=subtree(organ.pk, on, tree).values("pk"))
        .values_list("organ_id", "superior_id")
    )
    names = list(measures)
    grouped = (within_as_of(rows, organ.pk, on, tree).order_by().values("organ_id").annotate(**measures)).values_list(
        "organ_id", *names
    )
    sums: dict[int, Figures] = {}
    for owner, *figures in grouped:
        held = sums.setdefault(_top(owner, organ.pk, above), dict.fromkeys(names))
        for name, figure in zip(names, figures, strict=True):
            held[name] = figure if held[name] is None else held[name] + (figure or 0)
    return sums


def _top(owner: int, root: int, above: Mapping[int, int]) -> int:
    """The organ right below the root on the way up from the owner, or the root itself."""
    while owner != root and above[owner] != root:
        owner = above[owner]
    return owner
