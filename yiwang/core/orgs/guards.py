"""What refuses an act on the trees. Each function returns nothing or raises a Refusal with the sentence for the clerk.

An act dated in the past must leave every day since then sound, so rings and depth are looked for over the whole time
from the act's day on: chains upwards and the subtree downwards carry the period in which they held.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from yiwang.core.orgs.models import TREE_DEPTH, Organ, OrganEdge, OrganName, Tree
from yiwang.kit.refusal import Refusal

EVER = date.max

_BELOW = """
WITH RECURSIVE below(id, height, since, until) AS (
  SELECT e.organ_id, 2, {later}(e.valid_from, %s), COALESCE(e.valid_to, %s)
    FROM orgs_organedge e
   WHERE e.superior_id = %s AND e.tree = %s AND COALESCE(e.valid_to, %s) > %s
  UNION ALL
  SELECT e.organ_id, b.height + 1, {later}(e.valid_from, b.since), {sooner}(COALESCE(e.valid_to, %s), b.until)
    FROM below b JOIN orgs_organedge e ON e.superior_id = b.id
   WHERE e.tree = %s AND e.valid_from < b.until AND COALESCE(e.valid_to, %s) > b.since
) SELECT DISTINCT height, since, until FROM below"""


class Link(NamedTuple):
    """An organ at some distance, and the period [since, until) in which it stood there."""

    organ_id: int
    distance: int  # 1 is the organ itself
    since: date
    until: date

    def meets(self, other: Link) -> bool:
        """Whether the two periods share a day."""
        return self.since < other.until and other.since < self.until


def may_act(on: date, today: date, *organs: Organ) -> None:
    """The day has come, and each organ is there: opened before it (or on it) and not closed."""
    if on > today:
        raise Refusal("organ.date-future", f"生效日期 {on} 还没有到,请到当日再办理。")
    for organ in organs:
        if organ.closed_date is not None:
            raise Refusal("organ.closed", f"“{organ}”已于 {organ.closed_date} 撤销,不能再变动。")
        if on < organ.opened_date:
            raise Refusal(
                "organ.before-opening", f"生效日期 {on} 早于“{organ}”的成立日期 {organ.opened_date},请核对日期。"
            )


def name_may_change(organ: Organ, on: date) -> None:
    """Names are history: only the day after the last one began is open."""
    _after(organ, on, OrganName.objects.filter(organ=organ, valid_from__gte=on), "名称")


def edge_may_change(organ: Organ, on: date, tree: str) -> None:
    """So are edges; a day on which one ended may begin the next."""
    later = OrganEdge.objects.filter(Q(valid_from__gte=on) | Q(valid_to__gt=on), organ=organ, tree=tree)
    _after(organ, on, later, Tree(tree).label)


def _after(organ: Organ, on: date, later: object, what: str) -> None:
    """Refuse when there is a later row: the past is not rewritten."""
    if later.exists():  # type: ignore[attr-defined]
        raise Refusal(
            "organ.before-last-change",
            f"“{organ}”在 {on} 当日或之后已有{what}变动,历史不能改写;生效日期应晚于最近一次变动。",
        )


def superior_may_take(organ_id: int | None, superior: Organ, on: date, tree: str) -> None:
    """No ring and, in the administrative tree, no more than five levels, on any day from `on`.

    `organ_id` is None for an organ that is only being opened.
    """
    above = chain_above(superior.pk, on, tree)
    below = [Link(organ_id or 0, 1, on, EVER)]
    if organ_id is not None:
        if any(link.organ_id == organ_id for link in above):
            raise Refusal("organ.ring", f"“{superior}”在 {on} 或之后隶属于本单位,不能再作为其上级。")
        below += periods_below(organ_id, on, tree)
    if tree == Tree.ADMINISTRATIVE:
        _not_too_deep(superior, above, below)


def _not_too_deep(superior: Organ, above: Iterable[Link], below: Iterable[Link]) -> None:
    """At most five levels on any day."""
    for up in above:
        for down in below:
            if up.meets(down) and up.distance + down.distance > TREE_DEPTH:
                raise Refusal(
                    "organ.too-deep",
                    f"放在“{superior}”之下会使隶属层级超过 {TREE_DEPTH} 层,请选择更高一级的上级单位。",
                )


def chain_above(organ_id: int, on: date, tree: str) -> list[Link]:
    """The organ and every organ above it on some day from `on`; one query a level."""
    links = frontier = [Link(organ_id, 1, on, EVER)]
    while frontier:
        frontier = [step for link in frontier for step in _steps_up(link, tree)]
        links = links + frontier
    return links


def _steps_up(link: Link, tree: str) -> list[Link]:
    """The superiors of a link within its period."""
    edges = OrganEdge.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=link.since), organ_id=link.organ_id, tree=tree, valid_from__lt=link.until
    )
    return [
        Link(
            edge.superior_id,
            link.distance + 1,
            max(edge.valid_from, link.since),
            min(edge.valid_to or EVER, link.until),
        )
        for edge in edges
    ]


def periods_below(organ_id: int, on: date, tree: str) -> list[Link]:
    """How far down the subtree reached and when, from `on`: one recursive query, whatever its size."""
    words = ("MAX", "MIN") if connection.vendor == "sqlite" else ("GREATEST", "LEAST")
    sql = _BELOW.format(later=words[0], sooner=words[1])
    with connection.cursor() as cursor:
        cursor.execute(sql, [on, EVER, organ_id, str(tree), EVER, on, EVER, str(tree), EVER])
        return [Link(0, height, _day(since), _day(until)) for height, since, until in cursor.fetchall()]


def _day(value: date | str) -> date:
    """SQLite hands back text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def nobody_below(organ: Organ, on: date) -> None:
    """No organ may be left behind in any of the trees."""
    edges = OrganEdge.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), superior=organ)
    left = list(edges.select_related("organ").order_by("organ__sort_key", "pk")[:4])
    if left:
        names = "、".join(f"“{edge.organ}”" for edge in left[:3]) + ("等" if len(left) > 3 else "")
        raise Refusal("organ.subordinates-left", f"“{organ}”下面还有{names}单位,请先划转或撤销这些单位。")
