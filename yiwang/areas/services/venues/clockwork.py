"""What time alone does to bookings: no-shows are released, what was not approved in time expires, what is over is over."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from yiwang.areas.services.venues import approval, claims, telling
from yiwang.areas.services.venues.models import Booking, BookingState, VenueRule
from yiwang.core.ledger.post import post


@dataclass
class Ticked:
    """How many bookings were released, expired and closed as used."""

    released: int = 0
    expired: int = 0
    used: int = 0


def tick(now: datetime) -> Ticked:
    """Everything that is due at this instant. Each booking in a transaction of its own; running it again does nothing."""
    done = Ticked()
    begun = Booking.objects.filter(starts_at__lte=now)
    for pk in _keys(begun.filter(state=BookingState.PENDING)):
        done.expired += _one(pk, now, _expire)
    for pk in _keys(begun.filter(state=BookingState.BOOKED)):
        done.released += _one(pk, now, _release)
    over = Booking.objects.filter(ends_at__lte=now, state__in=(BookingState.BOOKED, BookingState.IN_USE))
    for pk in _keys(over):
        done.used += _one(pk, now, _use)
    return done


def _keys(rows: Iterable[Booking]) -> list[int]:
    return [row.pk for row in rows]


def _one(pk: int, now: datetime, verb: Callable[[Booking, datetime], bool]) -> bool:
    """The venue is locked and the booking read again: somebody may have checked in meanwhile."""
    with transaction.atomic():
        venue, case = Booking.objects.values_list("venue_id", "case").get(pk=pk)
        approval.hold(case)
        claims.lock(venue)
        return verb(Booking.objects.select_related("venue", "booked_by").get(pk=pk), now)


def _expire(row: Booking, now: datetime) -> bool:
    if row.state != BookingState.PENDING or row.starts_at > now:
        return False
    _close(row, BookingState.EXPIRED, "到开始时间还没有批准", now, "expire")
    if row.case is not None:
        approval.lapse(row.case, row.reason, now)
    return True


def _release(row: Booking, now: datetime) -> bool:
    limit = release_after(row)
    if row.state != BookingState.BOOKED or limit is None or now < row.starts_at + limit:
        return False
    _close(row, BookingState.NO_SHOW, f"开始 {int(limit.total_seconds()) // 60} 分钟后还没有签到", now, "release")
    return True


def release_after(row: Booking) -> timedelta | None:
    """After how long without check-in it is released by the rule of its day; None: never."""
    day = timezone.localtime(row.starts_at).date()
    rule = VenueRule.objects.in_force(day).filter(venue=row.venue_id).order_by(F("valid_from").desc()).first()
    return timedelta(minutes=rule.release_minutes) if rule and rule.release_minutes is not None else None


def _use(row: Booking, now: datetime) -> bool:
    """Over: in use, or of a venue where nobody need check in."""
    if row.state not in (BookingState.IN_USE, BookingState.BOOKED) or row.ends_at > now:
        return False
    _close(row, BookingState.USED, "", now, "use")
    return True


def _close(row: Booking, state: BookingState, reason: str, now: datetime, verb: str) -> None:
    row.state, row.closed_at, row.reason = state, now, reason
    row.save(update_fields=["state", "closed_at", "reason"])
    post(actor="system", act=f"services.booking.{verb}", obj=f"services.booking:{row.pk}", body={"reason": reason})
    if state != BookingState.USED:
        telling.freed(row, now)
