"""What time alone does to trips: papers become late, what nobody approved in time is off, what nobody confirmed is."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from yiwang.areas.vehicles.trips import actions, approval, claims, telling
from yiwang.areas.vehicles.trips.models import Trip, TripState
from yiwang.core.ledger.post import post
from yiwang.core.workdays.current import current

#: Working days in which a passenger may say something about a trip.
CONFIRM_DAYS = 3


def tick(now: datetime) -> dict[str, int]:
    """Everything that is due at this instant, each trip in a transaction of its own; running it again does nothing."""
    late = Trip.objects.filter(urgent=True, papers_at=None, papers_due__lte=now, told_at=None)
    over = Trip.objects.filter(state=TripState.REQUESTED, starts_at__lte=now)
    return {
        "late": sum(_late(pk, now) for pk in _keys(late.exclude(state=TripState.CANCELLED))),
        "lapsed": sum(_off(pk, now) for pk in _keys(over)),
        "confirmed": sum(actions.lapse(trip=pk, now=now) for pk in _unconfirmed(now)),
    }


def _keys(rows: object) -> list[int]:
    return list(rows.values_list("pk", flat=True))  # type: ignore[attr-defined]


def _late(pk: int, now: datetime) -> int:
    """The papers of an urgent trip are late: said once, to who asked and to his manager."""
    with transaction.atomic():
        row = claims.lock(pk)
        if row.papers_at is not None or row.told_at is not None:
            return 0
        row.told_at = now
        row.save(update_fields=["told_at"])
        post(actor="system", act="vehicles.trip.late", obj=claims.obj(row), body={"due": str(row.papers_due)})
        telling.papers(row, now, late=True)
    return 1


def _off(pk: int, now: datetime) -> int:
    """The hour has come and nobody has approved it."""
    with transaction.atomic():
        approval.hold(Trip.objects.values_list("case", flat=True).get(pk=pk))
        row = claims.lock(pk)
        if row.state != TripState.REQUESTED or row.starts_at > now:
            return 0
        row.state, row.ended_reason = TripState.CANCELLED, "到出发时间还没有批准"
        row.save(update_fields=["state", "ended_reason"])
        post(actor="system", act="vehicles.trip.expire", obj=claims.obj(row), body={"reason": row.ended_reason})
        telling.moved(row, row.ended_reason, now, by=None)
        if row.case is not None:
            approval.drop(row.case, row.ended_reason, approval.system(row.organ), now)
    return 1


def _unconfirmed(now: datetime) -> list[int]:
    """Trips that were over before the working days that a passenger has."""
    limit = current().add_workdays(timezone.localtime(now).date(), -CONFIRM_DAYS)
    done = Trip.objects.filter(state=TripState.DONE, ends_at__lt=now - timedelta(days=CONFIRM_DAYS))
    ended = done.annotate(over=Max("assignments__ended_at")).values_list("pk", "over")
    return [pk for pk, over in ended if over is None or timezone.localtime(over).date() < limit]
