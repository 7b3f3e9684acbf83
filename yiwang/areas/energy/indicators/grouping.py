"""By what figures are grouped: kind of institution, region, or the organ right below in the tree of a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from yiwang.areas.energy.indicators.figures import OrganFigures
from yiwang.areas.energy.words import INSTITUTIONS
from yiwang.core.orgs.models import Organ, Region
from yiwang.core.orgs.tree import edges_as_of, names_as_of, subtree

BY = {"below": "下级单位", "kind": "机构类型", "region": "行政区划"}
Keys = dict[int, tuple[str, str]]


def keys(by: str, rows: Iterable[OrganFigures], top: Organ, on: date) -> Keys:
    """Organ → (key, label) of its group. At most three queries."""
    rows = list(rows)
    if by == "kind":
        return {one.organ: (one.kind, INSTITUTIONS.get(one.kind, "不在名录库")) for one in rows}
    if by == "region":
        names = dict(Region.objects.filter(code__in={one.region for one in rows}).values_list("code", "name"))
        return {one.organ: (one.region, names.get(one.region, one.region)) for one in rows}
    return below(top, on)


def below(top: Organ, on: date) -> Keys:
    """Every organ of the subtree as it was on the day → the organ right below `top` on its way up, or `top`."""
    ids = set(subtree(top.pk, on).values_list("pk", flat=True))
    above = dict(edges_as_of(on).filter(organ_id__in=ids).values_list("organ_id", "superior_id"))
    found = {one: _step(one, top.pk, above) for one in ids}
    names = names_as_of(set(found.values()), on)
    return {one: (str(group), names.get(group, "")) for one, group in found.items()}


def _step(one: int, top: int, above: dict[int, int]) -> int:
    while one != top and above[one] != top:
        one = above[one]
    return one
