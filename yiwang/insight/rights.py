"""Who sees which figures. Rights are querysets: a county sees its own nodes and organs; published totals everybody sees.

What an organ sees of the region tree is the node of its own region and all below it; an organ of the centre (region CN) sees
the nation. Organs one by one it sees where they are below it in the tree of organs, as everywhere.
"""

from __future__ import annotations

from django.db.models import QuerySet

from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.insight.models import Cell, CellQuerySet, OrganFigures

AREA = "energy"


def reads(access: Access) -> bool:
    """Whether the user reads energy figures at all."""
    return access.may(Verb.READ, AREA)


def level_of(code: str) -> int:
    """0 nation, 1 province, 2 city, 3 county, by the zeros of GB/T 2260."""
    if code == "CN":
        return 0
    return 1 if code.endswith("0000") else 2 if code.endswith("00") else 3


def home(access: Access) -> str:
    """The region of the organ worked for; "" without one."""
    return access.organ.region_id if access.organ is not None else ""


def cells(access: Access) -> CellQuerySet:
    """The cells that the user may see."""
    code = home(access)
    if not code or not reads(access):
        return Cell.objects.none()
    return Cell.objects.all().within(code, level_of(code))


def organs(access: Access) -> QuerySet[OrganFigures]:
    """The organs' own figures that the user may see."""
    return access.scope(OrganFigures.objects.all()) if reads(access) else OrganFigures.objects.none()
