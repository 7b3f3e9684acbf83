"""The key figures of an organ and everything below it, in nine queries whatever the size, kept until something changes.

`kept` is what pages call: the figures are computed again only when the ledger has grown since, and not more often
than every `REST` seconds, so that a root with a million rooms is summed up once a minute at most and not per page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import models
from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import TruncMonth

from yiwang.areas.assets.models import Asset, AssetState
from yiwang.areas.offices.models import Room, RoomState
from yiwang.areas.vehicles.models import Energy, FleetQuota, Vehicle, VehicleState
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.models import Organ, Post
from yiwang.core.orgs.tree import holds_on
from yiwang.core.rights.held import narrow
from yiwang.core.verdicts.models import Finding, FindingKind, State

M = TypeVar("M", bound=models.Model)

REST = 60
KEEP = 24 * 3600
MONTHS = 12


@dataclass(frozen=True)
class Month:
    """A month of findings: pending at its end, found and closed in it."""

    label: str
    pending: int
    found: int
    closed: int


@dataclass(frozen=True)
class Topic:
    """A topic with pending findings of the kind `over`, and the clause most of them rest on."""

    topic: str
    label: str
    count: int
    clause: str
    document: str
    number: str
    article: str


@dataclass(frozen=True)
class Figures:
    """Areas in m², money in fen. `pending`: area → kind → count of findings that are not closed."""

    at: datetime
    rooms: int = 0
    room_area: Decimal = Decimal(0)
    idle_area: Decimal = Decimal(0)
    heads: int = 0
    vehicles: int = 0
    new_energy: int = 0
    quota: int = 0
    assets: int = 0
    asset_value: int = 0
    idle_assets: int = 0
    pending: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    overdue: int = 0
    months: tuple[Month, ...] = ()
    topics: tuple[Topic, ...] = ()

    @property
    def area_per_head(self) -> Decimal | None:
        """Usable area a head; None without heads."""
        return self.room_area / self.heads if self.heads else None

    @property
    def new_energy_share(self) -> Decimal | None:
        """Share of new-energy cars in percent; None without cars."""
        return Decimal(100) * self.new_energy / self.vehicles if self.vehicles else None

    def count(self, kind: str) -> int:
        """Pending findings of a kind, all areas."""
        return sum(kinds.get(kind, 0) for kinds in self.pending.values())


def compute(organ: Organ, *, on: date, at: datetime, areas: frozenset[str] | None = None) -> Figures:
    """The figures as they stand, of these areas (None: all). `on`: the day; `at`: the instant that the page shows."""
    findings = _within(Finding.objects.all(), organ)
    findings = findings if areas is None else narrow(findings, areas)
    own: dict[str, Any] = {}
    for area, figure in (("offices", _rooms), ("vehicles", _vehicles), ("assets", _assets)):
        own |= figure(organ, on) if areas is None or area in areas else {}
    return Figures(
        at=at,
        pending=_pending(findings),
        overdue=findings.exclude(state=State.CLOSED).filter(due_date__lt=on).count(),
        months=tuple(_months(findings, on)),
        topics=tuple(_topics(findings)),
        **own,
        heads=_within(Post.objects.filter(holds_on(on)), organ).aggregate(n=Sum("actual_headcount"))["n"] or 0,
    )


def _within(rows: models.QuerySet[M], organ: Organ) -> models.QuerySet[M]:
    """The rows of the organ and everything below it."""
    return rows.filter(**{f"l{organ.depth}": organ.pk}).order_by()


def _rooms(organ: Organ, _on: date) -> dict[str, Any]:
    held = _within(Room.objects.exclude(state=RoomState.DISPOSED), organ)
    idle = Sum("usable_area", filter=Q(state=RoomState.IDLE))
    found = held.aggregate(rooms=Count("pk"), room_area=Sum("usable_area"), idle_area=idle)
    return {name: value or Decimal(0) for name, value in found.items()} | {"rooms": found["rooms"]}


def _vehicles(organ: Organ, on: date) -> dict[str, Any]:
    held = _within(Vehicle.objects.exclude(state=VehicleState.RETIRED), organ)
    found = held.aggregate(vehicles=Count("pk"), new_energy=Count("pk", filter=Q(energy=Energy.NEW_ENERGY)))
    quota = _within(FleetQuota.objects.filter(holds_on(on)), organ).aggregate(n=Sum("number"))["n"]
    return found | {"quota": quota or 0}


def _assets(organ: Organ, _on: date) -> dict[str, Any]:
    held = _within(Asset.objects.exclude(state=AssetState.SCRAPPED), organ)
    idle = Count("pk", filter=Q(state__in=[AssetState.IDLE, AssetState.POOLED]))
    found = held.aggregate(assets=Count("pk"), asset_value=Sum("price"), idle_assets=idle)
    return found | {"asset_value": found["asset_value"] or 0}


def _pending(findings: models.QuerySet[Finding]) -> dict[str, dict[str, int]]:
    """area → kind → count, the areas with the most findings first."""
    rows = findings.exclude(state=State.CLOSED).values_list("dataset", "kind").annotate(n=Count("pk"))
    areas: dict[str, dict[str, int]] = {}
    for dataset, kind, count in rows:
        kinds = areas.setdefault(dataset.partition(".")[0], {})
        kinds[kind] = kinds.get(kind, 0) + count
    return dict(sorted(areas.items(), key=lambda pair: -sum(pair[1].values())))


def _topics(findings: models.QuerySet[Finding], most: int = 5) -> list[Topic]:
    """The topics with the most pending violations, each under its most frequent clause."""
    rows = (
        findings.exclude(state=State.CLOSED)
        .filter(kind=FindingKind.OVER)
        .values_list("topic", "clause", "document", "number", "article")
        .annotate(n=Count("pk"), label=Max("label"))
    )
    topics: dict[str, Topic] = {}
    for topic, clause, document, number, article, count, label in sorted(rows, key=lambda row: -row[5]):
        first = topics.get(topic)
        if first is None:
            topics[topic] = Topic(topic, label, count, clause, document, number, article)
        else:
            topics[topic] = Topic(
                topic, first.label, first.count + count, first.clause, first.document, first.number, first.article
            )
    return sorted(topics.values(), key=lambda one: -one.count)[:most]


def _by_month(findings: models.QuerySet[Finding], column: str) -> dict[date, int]:
    rows = findings.filter(**{f"{column}__isnull": False}).annotate(month=TruncMonth(column)).values_list("month")
    return dict(rows.annotate(n=Count("pk")))


def _months(findings: models.QuerySet[Finding], on: date) -> list[Month]:
    """The last twelve months, the present one last."""
    found, closed = _by_month(findings, "opened_date"), _by_month(findings, "closed_date")
    result = []
    for back in range(MONTHS - 1, -1, -1):
        month = _months_before(on, back)
        pending = sum(n for day, n in found.items() if day <= month) - sum(
            n for day, n in closed.items() if day <= month
        )
        result.append(Month(f"{month:%Y-%m}", pending, found.get(month, 0), closed.get(month, 0)))
    return result


def _months_before(on: date, back: int) -> date:
    """The first day of the month so many months before."""
    number = on.year * 12 + on.month - 1 - back
    return date(number // 12, number % 12 + 1, 1)


def kept(organ: Organ, *, on: date, at: datetime, areas: frozenset[str] | None = None) -> Figures:
    """The figures from the cache while they are fresh; else computed and kept."""
    key = f"figures:{organ.pk}:{on}:{'*' if areas is None else '.'.join(sorted(areas))}"
    mark = Entry.objects.aggregate(last=Max("pk"))["last"]
    held: tuple[int | None, Figures] | None = cache.get(key)
    if held and (held[0] == mark or at - held[1].at < timedelta(seconds=REST)):
        return held[1]
    figures = compute(organ, on=on, at=at, areas=areas)
    cache.set(key, (mark, figures), KEEP)
    return figures
