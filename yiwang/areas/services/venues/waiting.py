"""候补: to be told when a span becomes free. The first to book then has it."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.db import transaction
from django.utils import timezone

from yiwang.areas.services.venues import claims, rules
from yiwang.areas.services.venues.models import Booking, Waiting
from yiwang.areas.services.venues.rules import Wanted
from yiwang.core.ledger.post import post
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal

MOST = 20  # that a person may wait for at a time


def wait(*, venue: int, starts_at: datetime, ends_at: datetime, access: Access, now: datetime) -> Waiting:
    """Wait for a span that is taken. Refusals `waiting.free`, `.many`, `.twice`, and those of the shape."""
    with transaction.atomic():
        held = claims.lock(venue)[venue]
        wanted = Wanted(starts_at=starts_at, ends_at=ends_at)
        claims.first_of(rules.shape(wanted, now))
        claims.may_book(access, held, claims.rule_on(held, wanted.day))
        if not Booking.objects.filter(venue=held).live().meeting(starts_at, ends_at).exists():
            raise Refusal("waiting.free", "这个时间没有人约,可以直接预约。")
        assert isinstance(access.user, User)
        mine = Waiting.objects.filter(person=access.user, starts_at__gt=now, told_at=None)
        if mine.count() >= MOST:
            raise Refusal("waiting.many", f"每人最多同时候补 {MOST} 个时段。")
        if mine.filter(venue=held, starts_at=starts_at, ends_at=ends_at).exists():
            raise Refusal("waiting.twice", "您已经在候补这个时段。")
        row = Waiting(
            venue=held, person=access.user, organ=access.organ, starts_at=starts_at, ends_at=ends_at, asked_at=now
        )
        row.place()
        row.save()
        body = {"venue": venue, "starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}
        post(actor=access.actor, act="services.waiting.wait", obj=f"services.waiting:{row.pk}", body=body)
    return row


def freed(booking: Booking, now: datetime) -> list[Waiting]:
    """Those who wait for what this booking held and can have it now; each is told once. Within the caller's transaction."""
    rows = Waiting.objects.filter(
        venue=booking.venue_id,
        told_at=None,
        starts_at__gt=now,
        starts_at__lt=booking.held_to,
        ends_at__gt=booking.held_from,
    )
    told = []
    for row in rows.select_related("person", "venue").order_by("asked_at"):
        if not Booking.objects.filter(venue=row.venue_id).live().meeting(row.starts_at, row.ends_at).exists():
            row.told_at = now
            row.save(update_fields=["told_at"])
            told.append(row)
    return told


def query(row: Waiting) -> str:
    """What opens the form for it."""
    first, last = timezone.localtime(row.starts_at), timezone.localtime(row.ends_at)
    day, start, end = f"{first:%Y-%m-%d}", f"{first:%H:%M}", f"{last:%H:%M}"
    return urlencode({"venue": row.venue_id, "date": day, "start": start, "end": end})


def words(row: Waiting) -> str:
    """第一会议室 12-01 09:00."""
    return f"{row.venue} {timezone.localtime(row.starts_at):%m-%d %H:%M}–{timezone.localtime(row.ends_at):%H:%M}"
