"""The trees as of a date. Every question takes the day and the tree; periods are half-open.

The present administrative tree is also in the ancestor columns (`Organ.objects.within`), which is what scope and
roll-up use; this module answers from the dated edges and names and so for any day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from yiwang.core.orgs.models import Organ, OrganEdge, OrganName, Reorganization, Tree

M = TypeVar("M", bound=models.Model)

_BELOW = """
WITH RECURSIVE below(id, height) AS (
  SELECT o.id, 1 FROM orgs_organ o
   WHERE o.id = %s AND o.opened_date <= %s AND (o.closed_date IS NULL OR o.closed_date > %s)
  UNION ALL
  SELECT e.organ_id, b.height + 1 FROM below b JOIN orgs_organedge e ON e.superior_id = b.id
   WHERE e.tree = %s AND e.valid_from <= %s AND (e.valid_to IS NULL OR e.valid_to > %s)
) SELECT id FROM below"""


@dataclass(frozen=True, slots=True)
class Node:
    """An organ as it was on a day: its name, whom it was under, how many it had right below."""

    id: int
    name: str
    tier: str
    kind: str
    superior_id: int | None
    subordinates: int


def holds_on(on: date, prefix: str = "") -> Q:
    """The condition that a dated row holds on the day."""
    return Q(**{f"{prefix}valid_from__lte": on}) & (
        Q(**{f"{prefix}valid_to": None}) | Q(**{f"{prefix}valid_to__gt": on})
    )


def organs_as_of(on: date) -> models.QuerySet[Organ]:
    """The organs that existed on the day."""
    return Organ.objects.filter(Q(opened_date__lte=on) & (Q(closed_date=None) | Q(closed_date__gt=on)))


def edges_as_of(on: date, tree: str = Tree.ADMINISTRATIVE) -> models.QuerySet[OrganEdge]:
    """Who was under whom on the day."""
    return OrganEdge.objects.filter(holds_on(on), tree=tree)


def name_as_of(organ_id: int, on: date) -> str | None:
    """The name of the organ on the day; None before it was opened and after it was closed."""
    return OrganName.objects.filter(holds_on(on), organ_id=organ_id).values_list("name", flat=True).first()


def names_as_of(organ_ids: Collection[int], on: date) -> dict[int, str]:
    """The names of many organs on the day, by id; those that did not exist are absent."""
    rows = OrganName.objects.filter(holds_on(on), organ_id__in=organ_ids)
    return dict(rows.values_list("organ_id", "name"))


def superior_as_of(organ_id: int, on: date, tree: str = Tree.ADMINISTRATIVE) -> int | None:
    """Id of the organ that this one was under on the day."""
    edges = edges_as_of(on, tree).filter(organ_id=organ_id)
    return edges.values_list("superior_id", flat=True).first()


def ancestors_as_of(organ_id: int, on: date, tree: str = Tree.ADMINISTRATIVE) -> list[Node]:
    """The chain above the organ on the day, the root first, the organ itself last; empty if it did not exist."""
    chain = [organ_id]
    while (above := superior_as_of(chain[-1], on, tree)) is not None:
        chain.append(above)
    found = {node.id: node for node in _nodes(organs_as_of(on).filter(pk__in=chain), on, tree)}
    return [found[pk] for pk in reversed(chain) if pk in found]


def subtree(organ_id: int, on: date, tree: str = Tree.ADMINISTRATIVE) -> models.QuerySet[Organ]:
    """The organ and everything below it on the day."""
    ids = RawSQL(_BELOW, [organ_id, on, on, str(tree), on, on])  # noqa: S611 (constant text, bound values)
    return Organ.objects.filter(pk__in=ids)


def subtree_ids(organ_id: int, on: date, tree: str = Tree.ADMINISTRATIVE) -> set[int]:
    """Ids of the organ and everything below it on the day."""
    return set(subtree(organ_id, on, tree).values_list("pk", flat=True))


def within_as_of(
    queryset: models.QuerySet[M], organ_id: int, on: date, tree: str = Tree.ADMINISTRATIVE
) -> models.QuerySet[M]:
    """The rows of a Scoped model whose organ was in the subtree on the day."""
    return queryset.filter(organ_id__in=subtree(organ_id, on, tree).values("pk"))


def roots_as_of(on: date, tree: str = Tree.ADMINISTRATIVE) -> list[Node]:
    """The organs above which there was none, in the order of their names.

    In the vertical and the budget tree only those that have somebody below: the others are not part of it.
    """
    roots = organs_as_of(on).filter(~Exists(edges_as_of(on, tree).filter(organ=OuterRef("pk"))))
    if tree != Tree.ADMINISTRATIVE:
        roots = roots.filter(Exists(edges_as_of(on, tree).filter(superior=OuterRef("pk"))))
    return _nodes(roots, on, tree)


def children_as_of(organ_id: int, on: date, tree: str = Tree.ADMINISTRATIVE) -> list[Node]:
    """The organs right below on the day, in the order of their names."""
    below = edges_as_of(on, tree).filter(superior_id=organ_id)
    return _nodes(Organ.objects.filter(pk__in=below.values("organ_id")), on, tree)


def node_as_of(organ_id: int, on: date, tree: str = Tree.ADMINISTRATIVE) -> Node | None:
    """The organ as it was on the day; None if it did not exist."""
    return next(iter(_nodes(organs_as_of(on).filter(pk=organ_id), on, tree)), None)


def tree_as_of(organ_id: int, on: date, tree: str = Tree.ADMINISTRATIVE) -> list[Node]:
    """The whole subtree on the day, every organ before those below it, siblings in the order of their names."""
    below: dict[int | None, list[Node]] = {}
    for node in _nodes(subtree(organ_id, on, tree), on, tree):
        below.setdefault(node.superior_id if node.id != organ_id else None, []).append(node)
    return list(_walk(below, None))


def _walk(below: dict[int | None, list[Node]], superior: int | None) -> Iterable[Node]:
    """Depth first; at most five deep in the administrative tree."""
    for node in below.get(superior, ()):
        yield node
        yield from _walk(below, node.id)


def _nodes(organs: models.QuerySet[Organ], on: date, tree: str) -> list[Node]:
    """The organs as nodes, in the order of the names they bore on the day."""
    from yiwang.kit.pinyin import sort_key

    names = OrganName.objects.filter(holds_on(on), organ=OuterRef("pk")).values("name")[:1]
    edges = edges_as_of(on, tree)
    above = edges.filter(organ=OuterRef("pk")).values("superior_id")[:1]
    below = edges.filter(superior=OuterRef("pk")).values("superior_id").annotate(n=Count("pk")).values("n")
    rows: Iterable[tuple[Any, ...]] = organs.annotate(
        name_on=Coalesce(Subquery(names), "name"), above=Subquery(above), below=Coalesce(Subquery(below), 0)
    ).values_list("pk", "name_on", "tier", "kind", "above", "below")
    return sorted((Node(*row) for row in rows), key=lambda node: (sort_key(node.name), node.id))


def reorganizations_of(organ_id: int) -> models.QuerySet[Reorganization]:
    """What happened to the organ, oldest first, with the organs that took part."""
    own = Reorganization.objects.filter(parts__organ_id=organ_id).distinct()
    return own.order_by("on_date", "pk").prefetch_related("parts__organ")
