"""完整率、及时率、汇总: counted and added along the tree as of the period, level by level; reminders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.db.models import Count, F, OuterRef, Q, Subquery

from yiwang.areas.reporting import telling
from yiwang.areas.reporting.figures import scheme_of
from yiwang.areas.reporting.models import (
    FILLABLE,
    HANDED_IN,
    PATH,
    ReportingPeriod,
    Return,
    ReturnEvent,
    ReturnState,
    ReturnVersion,
)
from yiwang.areas.reporting.opening import AREA
from yiwang.areas.reporting.schemes.compiled import Compiled, round_to
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import LEVELS, Organ
from yiwang.core.orgs.tree import names_as_of
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.kit.refusal import Refusal

REMINDED = 2000


@dataclass(frozen=True)
class Progress:
    """How far the returns below an organ have come. Shares are of all returns; `timely` of those whose time has come or that are in."""

    organ: int
    name: str
    total: int
    handed: int
    in_time: int
    late: int
    accepted: int
    sent_back: int
    missing: int
    amended: int
    leaf: bool

    @property
    def completeness(self) -> int:
        """Handed in, in whole per cent, never rounded up to all."""
        return self.handed * 100 // self.total if self.total else 0

    @property
    def timeliness(self) -> int:
        """Handed in in time, in whole per cent."""
        return self.in_time * 100 // self.total if self.total else 0


def _counts(on: date) -> dict[str, Any]:
    handed = Q(first_date__isnull=False)
    return {
        "total": Count("pk"),
        "handed": Count("pk", filter=Q(state__in=HANDED_IN)),
        "in_time": Count("pk", filter=handed & Q(first_date__lte=F("due_date"))),
        "late": Count("pk", filter=handed & Q(first_date__gt=F("due_date"))),
        "accepted": Count("pk", filter=Q(state__in=(ReturnState.ACCEPTED, ReturnState.LOCKED))),
        "sent_back": Count("pk", filter=Q(state=ReturnState.SENT_BACK)),
        "missing": Count("pk", filter=Q(first_date=None, due_date__lt=on)),
        "amended": Count("pk", filter=Q(amended=True)),
    }


def depth_of(period: ReportingPeriod, organ: int) -> int:
    """At which level of the period's tree an organ stands: 1 is the organ that opened it. Refusal `return.nobody`."""
    for level, column in enumerate(PATH, 1):
        if Return.objects.filter(period=period, **{column: organ}).exists():
            return level
    raise Refusal("return.nobody", "这一期没有这个单位的报表。")


def below(period: ReportingPeriod, organ: int, on: date) -> tuple[Progress, list[Progress]]:
    """The organ with all that was below it in the period, and each organ right below (itself among them). Four queries."""
    level = depth_of(period, organ)
    rows = Return.objects.filter(period=period, **{PATH[level - 1]: organ})
    whole = rows.aggregate(**_counts(on))
    named = {organ}
    groups: list[dict[str, Any]] = []
    if level < len(PATH):
        column = PATH[level]
        groups = list(rows.values(column).order_by(column).annotate(**_counts(on)))
        for group in groups:
            group["organ"] = group.pop(column) or organ
            named.add(group["organ"])
    names = names_as_of(named, period.valid_to)
    names |= dict(Organ.objects.filter(pk__in=named - names.keys()).values_list("pk", "name"))
    found = [
        Progress(name=names[group["organ"]], leaf=group["organ"] == organ or group["total"] == 1, **group)
        for group in groups
    ]
    found.sort(key=lambda one: (one.completeness, one.name))
    return Progress(organ=organ, name=names[organ], leaf=False, **whole), found


def returns_of(period: ReportingPeriod, organ: int, access: Access) -> models.QuerySet[Return]:
    """The returns at and below an organ of the period's tree that the user may read."""
    level = depth_of(period, organ)
    return access.scope(Return.objects.filter(period=period, **{PATH[level - 1]: organ}))


@transaction.atomic
def remind(*, period: ReportingPeriod, organ: int, access: Access, now: datetime) -> int:
    """Tell the clerks of every respondent below that has not handed in; how many returns. One entry."""
    access.need(access.may(Verb.APPROVE, AREA), "催报")
    rows = returns_of(period, organ, access).filter(state__in=FILLABLE).select_related("organ", "period__revision")
    some = list(rows.order_by("pk")[:REMINDED])
    if not some:
        raise Refusal("return.nobody", "没有需要催报的单位。")
    told = sum(1 for row in some if telling.remind(row, now))
    facts: dict[str, Any] = {"verb": "remind", "at": now, "user_id": access.user.pk, "organ": access.organ}
    ReturnEvent.objects.bulk_create([ReturnEvent(return_row=row, **facts) for row in some], batch_size=500)
    post(
        actor=access.actor,
        act="reporting.period.remind",
        obj=f"reporting.period:{period.pk}",
        body={"organ": organ, "returns": len(some), "told": told},
    )
    return len(some)


# ── 汇总 ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Consolidated:
    """The sums over returns: figures by item, derived ones computed anew from the sums; how many returns are in them."""

    units: int
    figures: Mapping[str, Decimal]


def consolidate(one: Compiled, facts: Iterable[Mapping[str, str]]) -> Consolidated:
    """Add what adds. A ratio is that of the sums, not the sum of ratios."""
    keys = [key for key, item in one.scheme.items.items() if item.numeric and item.adds and not item.derived]
    sums: dict[str, Decimal] = {}
    units = 0
    for row in facts:
        units += 1
        for key in keys:
            if key in row:
                sums[key] = sums.get(key, Decimal(0)) + Decimal(row[key])
    known: dict[str, Any] = dict(sums)
    for item, expression, _ in one.derived:
        value = expression.run(known)
        known[item.key] = None if value is None else round_to(value, item.places)
    return Consolidated(units, {key: value for key, value in known.items() if value is not None})


def facts_then(rows: models.QuerySet[Return], moment: datetime | None) -> Iterable[dict[str, str]]:
    """The figures handed in: as they stand now, or (with `moment`) in the version that stood then."""
    if moment is None:
        return rows.filter(current__isnull=False).values_list("current__facts", flat=True).iterator(2000)
    latest = ReturnVersion.objects.filter(return_row=OuterRef("pk"), at__lte=moment).order_by("-number")
    keys = rows.annotate(then=Subquery(latest.values("pk")[:1])).filter(then__isnull=False).values("then")
    return ReturnVersion.objects.filter(pk__in=keys).values_list("facts", flat=True).iterator(2000)


def side_by_side(
    period: ReportingPeriod, organ: int, access: Access, moment: datetime
) -> tuple[Consolidated, Consolidated, Consolidated]:
    """As reported then (versions up to the moment, tree of the period); as restated now in the period's tree, and in today's."""
    one = scheme_of(period.revision)
    rows = returns_of(period, organ, access)
    today = Organ.objects.filter(pk=organ).values_list("depth", flat=True).first() or 1
    moved = access.scope(Return.objects.filter(period=period, **{LEVELS[today - 1]: organ}))
    return (
        consolidate(one, facts_then(rows, moment)),
        consolidate(one, facts_then(rows, None)),
        consolidate(one, facts_then(moved, None)),
    )
