"""Judging a day: the rules over points batch by batch, the rules over bills and papers; as a nightly job and on demand."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime

from yiwang.areas.vehicles.watch import bills, moves
from yiwang.areas.vehicles.watch import found as kept
from yiwang.areas.vehicles.watch.actions import Kept, keep
from yiwang.areas.vehicles.watch.found import Found
from yiwang.areas.vehicles.watch.loading import BATCH, Batch, batches
from yiwang.areas.vehicles.watch.rules import RULES, Basis

Progress = Callable[[int], None]


def hits(batch: Batch) -> list[Found]:
    """What the rules over points find in a batch; a listed place of an organ that is not above the car's does not count."""
    day = moves.Day(batch.points, batch.table, batch.orders, batch.places)
    return [kept.of_hit(batch, hit) for hit in moves.judge(day) if _concerns(batch, hit)]


def _concerns(batch: Batch, hit: moves.Hit) -> bool:
    return hit.place < 0 or batch.listed[hit.place].organ_id in batch.cars[hit.car].levels


def judge_points(
    day: date,
    *,
    now: datetime,
    on: date,
    vehicles: Collection[int] | None = None,
    actor: str = "system",
    size: int = BATCH,
    told: Progress = lambda _: None,
) -> Kept:
    """Judge the tracks of a day, of all cars or of some; may be run again without harm. Each batch in a transaction."""
    total, judged = Kept(), 0
    for batch in batches(day, vehicles, size=size):
        ids = [car.pk for car in batch.cars]
        total += keep(hits(batch), rules=list(moves.ALL), vehicles=ids, days=(day, day), now=now, on=on, actor=actor)
        judged += len(ids)
        told(judged)
    return total


def judge_books(
    day: date, *, now: datetime, on: date, vehicles: Collection[int] | None = None, actor: str = "system"
) -> Kept:
    """Judge the bills of the month up to a day, and the papers as they are; may be run again without harm."""
    book = bills.Book(day, vehicles)
    month = day.replace(day=1)
    of_bills = [key for key, rule in RULES.items() if rule.basis is Basis.BILLS]
    of_papers = [key for key, rule in RULES.items() if rule.basis is Basis.PAPERS]
    scope = {"vehicles": vehicles, "now": now, "on": on, "actor": actor}
    done = keep(bills.of_bills(book), rules=of_bills, days=(month, bills.last_of(month)), **scope)  # type: ignore[arg-type]
    return done + keep(bills.of_papers(book), rules=of_papers, days=None, **scope)  # type: ignore[arg-type]
