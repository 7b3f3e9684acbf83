"""What the page shows of a node, in a few queries whatever the size: every figure is a row that was reckoned beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from yiwang.core.orgs.models import Region
from yiwang.core.rights.access import Access
from yiwang.core.standards.book import load
from yiwang.insight import published, rights
from yiwang.insight.indicators import BY_KEY, INDICATORS, PUBLISHED, Indicator
from yiwang.insight.models import Cell, Edition, OrganFigures, Origin
from yiwang.kit.refusal import Refusal

#: Organs listed on a page, those that use the most by head first.
MOST = 50


@dataclass(frozen=True)
class Figure:
    """An indicator of the node: own value, the published one of the same year, and what it rests on."""

    indicator: Indicator
    value: float | None
    published: published.Level | None
    change: float | None
    clause_verified: bool
    sure: bool  # the coefficients of the own value were read in a published text
    document: str

    @property
    def shown(self) -> float | Decimal | None:
        """Own where there is one, else the published."""
        return self.value if self.value is not None else self.published.value if self.published else None

    @property
    def unverified(self) -> bool:
        """Whether to mark it 待核: the clause, the coefficients or the published figure that is shown was not read."""
        if self.value is not None:
            return not (self.sure and self.clause_verified)
        return self.published is not None and not self.published.verified


@dataclass(frozen=True)
class Crumb:
    """A node on the way up; `open`: whether the user may look at it."""

    code: str
    name: str
    open: bool


@dataclass(frozen=True)
class Node:
    """The place that the page is about."""

    code: str
    level: int
    name: str
    own: bool  # within what the user sees of the cubes
    crumbs: tuple[Crumb, ...]


def node_of(access: Access, code: str) -> Node | None:
    """The node of a code; None where there is no such region, or the user may not look at it and nothing is published."""
    home = rights.home(access)
    code = code or home or "CN"
    level = rights.level_of(code)
    chain = [*[one for one in ("CN", f"{code[:2]}0000", f"{code[:4]}00", code) if code != "CN"][:level], code]
    chain = list(dict.fromkeys(chain))
    names = dict(Region.objects.filter(pk__in=chain).values_list("code", "name"))
    if code not in names:
        cell = rights.cells(access).filter(region=code).values_list("name", flat=True).first()
        if cell is None:
            return None
        names[code] = cell
    own = within(home, code)
    if not own and not is_published(code):
        return None
    crumbs = tuple(
        Crumb(one, names.get(one, one), within(home, one) or is_published(one)) for one in chain
    )  # fmt: skip
    return Node(code, level, names[code], own, crumbs)


def within(home: str, code: str) -> bool:
    """Whether a region is the home or lies below it."""
    if not home:
        return False
    if home == "CN":
        return True
    digits = 2 * rights.level_of(home)
    return code != "CN" and code[:digits] == home[:digits] and rights.level_of(code) >= rights.level_of(home)


def is_published(code: str) -> bool:
    """Whether some level of the region was made known: those everybody may see."""
    return any(one.scope == code for one in published.published())


def editions(year: int | None = None) -> list[Edition]:
    """All editions, or those of a year; the latest data first, own before the demo's."""
    rows = Edition.objects.all() if year is None else Edition.objects.filter(year=year)
    return sorted(rows, key=lambda one: (one.year, one.origin == Origin.LAKE, one.known_on, one.pk), reverse=True)


def chosen(known: list[Edition], year: str, edition: str) -> Edition | None:
    """The edition asked for, else the latest of the year, else the latest. Refusal `insight.year` for what is no year."""
    if year and not year.isdigit():
        raise Refusal("insight.year", f"“{year[:20]}”不是年份,应写成 2018。")
    kept = [one for one in known if not year or one.year == int(year)]
    named = [one for one in kept if edition.isdigit() and one.pk == int(edition)]
    return next(iter(named or kept), None)


def months(cells: QuerySet[Cell], edition: Edition, node: Node, kind: int) -> dict[int, Cell]:
    """Month (0: the year) → the node's cell."""
    rows = cells.filter(edition=edition, region=node.code, level=node.level, kind=kind)
    return {one.month: one for one in rows}


def children(cells: QuerySet[Cell], edition: Edition, node: Node, kind: int) -> list[Cell]:
    """The nodes right below with their year, in the order of the codes. A municipality's districts lie below its one city."""
    rows = cells.filter(edition=edition, parent=node.code, kind=kind, month=0, level=node.level + 1)
    # Ordered here: asked for the order, SQLite walks the whole edition by region instead of looking the parent up.
    return sorted(rows, key=lambda one: one.region)


def organs(access: Access, edition: Edition, node: Node, kind: int) -> list[OrganFigures]:
    """The organs of the node's own region that the user may see, most energy by head first."""
    rows = rights.organs(access).filter(edition=edition, region=node.code).select_related("organ")
    rows = rows.filter(kind=kind) if kind else rows
    return sorted(rows[:1000], key=lambda one: -(one.energy_per_head or 0))[:MOST]


def own_years(
    cells: QuerySet[Cell], known: list[Edition], node: Node, kind: int, key: str
) -> dict[int, tuple[Decimal, bool]]:
    """Year → own level of the latest edition, and whether its coefficients are verified."""
    latest: dict[int, Edition] = {}
    for one in known:
        latest.setdefault(one.year, one)
    by_pk = {one.pk: one for one in latest.values()}
    rows = cells.filter(edition__in=list(by_pk), region=node.code, level=node.level, kind=kind, month=0)
    return {
        by_pk[pk].year: (Decimal(str(round(value, 4))), by_pk[pk].verified)
        for pk, value in rows.values_list("edition_id", key)
        if value is not None
    }


def figures(node: Node, year: int, now: Cell | None, edition: Edition | None) -> list[Figure]:
    """The indicators of the node in the year, published ones beside own."""
    found = []
    for one in INDICATORS:
        level = published.level(node.code, one.published, year) if one.published else None
        clause = load().clause(one.clause)
        found.append(
            Figure(
                indicator=one,
                value=getattr(now, one.key) if now is not None else None,
                published=level,
                change=_change(one, now),
                clause_verified=clause.verified,
                sure=edition is not None and edition.verified,
                document=load().document_of(one.clause).title,
            )
        )
    return found


def _change(one: Indicator, now: Cell | None) -> float | None:
    """Against the year before, where the same rows say it: users and area of that year are not known, so totals only."""
    if now is None:
        return None
    return now.water_change if one.key == "water_per_head" else now.energy_change if "energy" in one.key else None


@dataclass(frozen=True)
class Restated:
    """The same year by another edition: what was reported then beside what it is now."""

    edition: Edition
    values: tuple[float | None, ...]


def restated(cells: QuerySet[Cell], known: list[Edition], node: Node, kind: int) -> list[Restated]:
    """Every edition of the year, the earliest first; empty where there is only one."""
    if len(known) < 2:
        return []
    rows = cells.filter(edition__in=known, region=node.code, level=node.level, kind=kind, month=0)
    by_edition = {one.edition_id: one for one in rows}
    found = []
    for one in sorted(known, key=lambda each: (each.known_on, each.pk)):
        cell = by_edition.get(one.pk)
        found.append(Restated(one, tuple(getattr(cell, each.key, None) for each in PUBLISHED)))
    return found


def indicator_of(key: str) -> Indicator:
    """The indicator that map and ranking show; the first where it is not known."""
    return BY_KEY.get(key, PUBLISHED[0])


def context_of(access: Access, *, code: str, year: str, kind: int, key: str, edition: str) -> dict[str, Any] | None:
    """All that the page needs; None where the node is not the user's. Refusal `insight.year`."""
    node = node_of(access, code)
    if node is None:
        return None
    known = editions()
    picked = chosen(known, year, edition)
    at = picked.year if picked else int(year) if year else max(one.year for one in published.published())
    cells, indicator = rights.cells(access), indicator_of(key)
    mine = months(cells, picked, node, kind) if picked and node.own else {}
    return {
        "node": node,
        "year": at,
        "edition": picked,
        "indicator": indicator,
        "kind": kind,
        "now": mine.get(0),
        "figures": figures(node, at, mine.get(0), picked),
        "months": [mine[one] for one in sorted(mine) if one],
        "children": children(cells, picked, node, kind) if picked and node.own else [],
        "organs": organs(access, picked, node, kind) if picked and node.own and node.level >= 1 else [],
        "restated": restated(cells, [one for one in known if one.year == at], node, kind) if node.own else [],
        "own_years": own_years(cells, known, node, kind, indicator.key) if node.own else {},
        "years": sorted({one.year for one in known} | {one.year for one in published.published()}, reverse=True),
    }
