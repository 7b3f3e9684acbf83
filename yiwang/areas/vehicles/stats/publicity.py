"""公示: a bureau publishes what its cars did in a quarter. The figures stay as they were; a correction is the next version.

No name of a person and no plate is in them: organs, uses, sums.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils import timezone

from yiwang.areas.vehicles.costs.elsewhere import ELSEWHERE, unbilled
from yiwang.areas.vehicles.costs.models import Cost, CostKind
from yiwang.areas.vehicles.stats import reading
from yiwang.areas.vehicles.stats.cube import following
from yiwang.areas.vehicles.stats.models import FleetMonth, MonthRun, Publicity
from yiwang.areas.vehicles.stats.reading import SUMS, Chosen, Figures
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User, Verb
from yiwang.kit.digest import canonical, digest
from yiwang.kit.refusal import Refusal

AREA = "vehicles"


def months_of(year: int, quarter: int) -> list[date]:
    """The first days of its months."""
    return [date(year, 3 * quarter - 2 + step, 1) for step in range(3)]


def over(year: int, quarter: int) -> date:
    """The day after the quarter."""
    return following(months_of(year, quarter)[-1])


def publish(*, year: int, quarter: int, reason: str = "", access: Access, on: date, now: datetime) -> Publicity:
    """公示 of the user's organ and all below it. A second one of a quarter says why, and that something has changed.

    Refusals `rights.denied`, `publicity.quarter`, `.early`, `.tally`, `.reason`, `.same`, `.moved`.
    """
    access.need(access.approves(AREA), "发布公务用车公示")
    organ = access.organ
    assert organ is not None
    assert isinstance(access.user, User)
    _ready(year, quarter, on)
    figures = drawn_up(organ, year, quarter, access)
    mark = digest(canonical(figures).encode()).hex()
    last = Publicity.objects.filter(organ=organ, year=year, quarter=quarter).order_by("-version").first()
    if last is not None and not reason.strip():
        raise Refusal("publicity.reason", "这个季度已经公示过;更正请写明更正说明,原来的一版保留。")
    if last is not None and last.digest == mark:
        raise Refusal("publicity.same", "数据同已公示的一版完全一样,不用更正。")
    row = Publicity(
        organ=organ, year=year, quarter=quarter, version=last.version + 1 if last else 1, figures=figures, digest=mark,
        reason=reason.strip()[:200] if last else "", published_by=access.user, published_at=now,
    )  # fmt: skip
    row.place()
    try:
        with transaction.atomic():
            row.save()
            body = {"quarter": f"{year}Q{quarter}", "version": row.version, "digest": mark, "reason": row.reason}
            obj = f"vehicles.publicity:{row.pk}"
            post(
                actor=access.actor,
                act="vehicles.publicity.publish",
                obj=obj,
                body=access.facts(Verb.APPROVE, AREA, **body),
            )
    except IntegrityError as error:
        raise Refusal("publicity.moved", "别人刚刚公示了这个季度,请刷新后再看。") from error
    return row


def _ready(year: int, quarter: int, on: date) -> None:
    if quarter not in (1, 2, 3, 4) or not 2000 <= year <= 2100:
        raise Refusal("publicity.quarter", "请选择年度和季度。")
    end = over(year, quarter)
    if on < end:
        raise Refusal("publicity.early", f"{year} 年第 {quarter} 季度还没有过完,{end} 起才能公示。")
    done = dict(MonthRun.objects.filter(month__in=months_of(year, quarter)).values_list("month", "at"))
    open_ = [month for month in months_of(year, quarter) if not _whole(month, done.get(month))]
    if open_:
        words = "、".join(f"{month:%Y-%m}" for month in open_)
        raise Refusal("publicity.tally", f"{words} 还没有统计完整,请先在“用车统计”里重新统计,完成后再公示。")


def _whole(month: date, at: datetime | None) -> bool:
    """Whether the month was worked out after its end."""
    return at is not None and timezone.localtime(at).date() >= following(month)


def drawn_up(organ: Organ, year: int, quarter: int, access: Access) -> dict[str, Any]:
    """The figures of a quarter: the whole, by use, by organ one level down, and what was paid by kind (fen). Whole numbers and texts only."""
    last = months_of(year, quarter)[-1]
    choice = Chosen(organ, last)
    rows = reading.rows(access, choice).filter(month__in=months_of(year, quarter))
    below = f"l{organ.depth + 1}" if organ.depth < 5 else "organ"
    return {
        "organ": organ.name,
        "year": year,
        "quarter": quarter,
        "total": _line(organ.name, _sums(rows, last)),
        "uses": [_line(label, _sums(rows.filter(use=use), last)) for use, label in _uses(rows)],
        "organs": [
            _line(label, _sums(rows.filter(**{below: key}), last)) for key, label in _organs(rows, below, organ)
        ],
        "costs": _costs(access, organ, year, quarter),
    }


def _uses(rows: QuerySet[FleetMonth]) -> list[tuple[str, str]]:
    there = set(rows.values_list("use", flat=True))
    return [(use, label) for use, label in reading.WORDS["use"].items() if use in there]


def _organs(rows: QuerySet[FleetMonth], path: str, organ: Organ) -> list[tuple[int | None, str]]:
    """One level down, the organ's own first."""
    keys = set(rows.values_list(path, flat=True).distinct())
    names = (
        Organ.objects.filter(pk__in=[key for key in keys if key]).order_by("sort_key", "pk").values_list("pk", "name")
    )
    own: list[tuple[int | None, str]] = [(None, f"{organ.name}本级")] if None in keys else []
    return own + list(names)


def _sums(rows: QuerySet[FleetMonth], last: date) -> Figures:
    """The quarter: sums of its months; cars as of its last month."""
    found = rows.aggregate(**{f"s_{one}": Sum(one) for one in SUMS})
    cars = rows.filter(month=last).aggregate(n=Sum("cars"))["n"]
    return Figures("", "", **{one: found[f"s_{one}"] or 0 for one in SUMS} | {"cars": cars or 0})


def _line(label: str, one: Figures) -> dict[str, Any]:
    shares = {"use_rate": one.use_rate, "empty_share": one.empty_share, "on_time_share": one.on_time_share}
    return {
        "label": label,
        "cars": one.cars,
        "trips": one.trips,
        "km": round(one.km),
        "cost": one.cost,
        "per_km": one.per_km,
        **{key: None if value is None else str(value) for key, value in shares.items()},
    }


def _costs(access: Access, organ: Organ, year: int, quarter: int) -> dict[str, int]:
    first, after = months_of(year, quarter)[0], over(year, quarter)
    within = {f"l{organ.depth}": organ.pk}
    bills = Cost.objects.filter(day__gte=first, day__lt=after, **within).order_by()
    sums: dict[str, int] = dict(bills.values_list("kind").annotate(Sum("amount")))
    for kind, (_, path) in ELSEWHERE.items():
        rows = unbilled(kind).filter(**{f"{path}__gte": first, f"{path}__lt": after}, **within)
        sums[kind] = sums.get(kind, 0) + (rows.aggregate(n=Sum("amount"))["n"] or 0)
    return {str(CostKind(kind).label): sums[kind] for kind in CostKind.values if sums.get(kind)}


def published() -> QuerySet[Publicity]:
    """What anybody who has logged in may read; `stale`: a later version has taken its place."""
    later = Publicity.objects.filter(
        organ=OuterRef("organ"), year=OuterRef("year"), quarter=OuterRef("quarter"), version__gt=OuterRef("version")
    )
    return Publicity.objects.annotate(stale=Exists(later))


def sound(row: Publicity) -> bool:
    """Whether the figures are still those that were published."""
    return digest(canonical(row.figures).encode()).hex() == row.digest
