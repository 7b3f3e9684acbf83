"""The ancestor columns l1…l5 of organs and of every Scoped table: set for one row, shifted for a subtree, checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from django.apps import apps
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value

from yiwang.core.orgs.models import LEVELS, TREE_DEPTH, Organ, Scoped


def scoped_models() -> Iterator[type[Scoped]]:
    """Every concrete model whose rows belong to an organ, in a fixed order."""
    found = (model for model in apps.get_models() if issubclass(model, Scoped))
    return iter(sorted(found, key=lambda model: model._meta.label))


def columns_below(superior: Organ | None, organ_id: int) -> dict[str, int | None]:
    """The depth and the ancestor columns of an organ that stands right below `superior`."""
    above = [getattr(superior, level) for level in LEVELS[: superior.depth]] if superior else []
    chain = [*above, organ_id]
    return {"depth": len(chain)} | dict(zip(LEVELS, chain + [None] * (TREE_DEPTH - len(chain)), strict=True))


def columns_of(organ: Organ) -> dict[str, int | None]:
    """The ancestor columns of the organ, as a Scoped row of it repeats them."""
    return {level: getattr(organ, level) for level in LEVELS}


def move_subtree(organ: Organ, superior: Organ | None) -> int:
    """Put the organ below `superior`: its columns, those of all below it, and of all their rows; number of rows.

    One UPDATE a table: what stood at level k of a row stands at level k + shift afterwards.
    """
    target = columns_below(superior, organ.pk)
    depth = cast(int, target["depth"])
    shift = depth - organ.depth
    values: dict[str, Any] = {level: Value(target[level]) for level in LEVELS[:depth]}
    for number in range(depth + 1, TREE_DEPTH + 1):
        source = number - shift
        values[f"l{number}"] = F(f"l{source}") if source <= TREE_DEPTH else Value(None)
    subtree = {f"l{organ.depth}": organ.pk}
    changed = sum(model._default_manager.filter(**subtree).update(**values) for model in scoped_models())
    below = Organ.objects.filter(**subtree).exclude(pk=organ.pk)
    changed += below.update(depth=F("depth") + shift, **values)
    # The organ's own row in one statement: a root has no superior and depth 1, by constraint.
    return changed + Organ.objects.filter(pk=organ.pk).update(superior=superior, **target)


def misplaced() -> dict[str, int]:
    """How many rows of each Scoped table do not repeat their organ's columns; empty when all is well."""
    counts = {model._meta.label: _misplaced(model).count() for model in scoped_models()}
    return {label: count for label, count in counts.items() if count}


def put_in_place() -> int:
    """Repair what `misplaced` counts: a writer that read an organ just before it moved. Returns the number of rows."""
    repaired = 0
    for model in scoped_models():
        organ = Organ.objects.filter(pk=OuterRef("organ_id"))
        values = {level: Subquery(organ.values(level)) for level in LEVELS}
        wrong = _misplaced(model).values("pk")
        repaired += model._default_manager.filter(pk__in=wrong).update(**values)
    return repaired


def _misplaced(model: type[Scoped]) -> models.QuerySet[Scoped]:
    """Rows of which some column differs from the organ's, NULL being a value of its own."""
    differs = Q()
    for level in LEVELS:
        theirs = f"organ__{level}"
        both = {f"{level}__isnull": False, f"{theirs}__isnull": False}
        differs |= Q(**both) & (Q(**{f"{level}__lt": F(theirs)}) | Q(**{f"{level}__gt": F(theirs)}))
        differs |= Q(**(both | {f"{level}__isnull": True})) | Q(**(both | {f"{theirs}__isnull": True}))
    return model._default_manager.filter(differs)
