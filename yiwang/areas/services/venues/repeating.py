"""Series of bookings: what can be had is said first, date by date; then all are booked, or those that are free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from yiwang.areas.services.venues import actions, claims
from yiwang.areas.services.venues.calendar import is_workday
from yiwang.areas.services.venues.claims import Claim
from yiwang.areas.services.venues.hours import Span
from yiwang.areas.services.venues.models import Booking, BookingSeries, BookingState, Venue, VenueRule
from yiwang.areas.services.venues.rules import Wanted
from yiwang.areas.services.venues.series import Pattern, expand
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal


@dataclass(frozen=True)
class Date:
    """One date of a series with what stands against it (None: it can be had)."""

    day: date
    refusal: Refusal | None


@dataclass(frozen=True, kw_only=True)
class Series:
    """What is asked for: the pattern, the local span of each day in minutes, and the texts of each booking."""

    pattern: Pattern
    span: Span
    title: str
    participants: int
    texts: dict[str, str]


def plan(*, venue: int, series: Series, access: Access, now: datetime) -> list[Date]:
    """Each date and whether it can be had. Writes nothing; what it says may be stale when one books."""
    found = Venue.objects.select_related("organ", "building").filter(pk=venue).first()
    if found is None:
        raise Refusal("venue.gone", "没有这个场所,或者它不向您开放,请从场所列表中重新选择。")
    return [tried.date for tried in _try(found, series, access, now)]


def book_series(
    *, venue: int, series: Series, only_free: bool, access: Access, now: datetime
) -> tuple[BookingSeries, list[Booking]]:
    """周期预约: every date, or with `only_free` those that can be had. Refusals `series.taken`, `series.none`."""
    with actions.claiming(), transaction.atomic():
        held = claims.lock(venue)[venue]
        tried = _try(held, series, access, now)
        free = [one for one in tried if one.date.refusal is None]
        bad = [one.date for one in tried if one.date.refusal is not None]
        if bad and not only_free:
            raise Refusal("series.taken", _said(bad))
        if not free:
            raise Refusal("series.none", f"这个周期里没有一天约得到。{_said(bad)}")
        made = _series(held, series, access)
        rows = [actions.written(one.claim, one.rule, _values(series, made), access, now) for one in free]
        body = {"dates": [str(one.date.day) for one in free], "left": [str(one.day) for one in bad]}
        post(actor=access.actor, act="services.booking.series", obj=f"services.booking_series:{made.pk}", body=body)
    return made, rows


def cancel_rest(*, series: int, reason: str, access: Access, now: datetime) -> int:
    """取消 what is left of a series, from now on; how many. One that cannot be cancelled any more is left as it is."""
    with transaction.atomic():
        rows = Booking.objects.filter(series=series, starts_at__gt=now).visible(access)
        rows = rows.filter(state__in=(BookingState.PENDING, BookingState.BOOKED)).order_by("starts_at")
        done = 0
        for pk in list(rows.values_list("pk", flat=True)):
            try:
                actions.cancel(booking=pk, reason=reason, access=access, now=now)
            except Refusal as refusal:
                if refusal.code != "booking.late":
                    raise
            else:
                done += 1
    return done


@dataclass(frozen=True)
class _Tried:
    date: Date
    claim: Claim
    rule: VenueRule


def _try(venue: Venue, series: Series, access: Access, now: datetime) -> list[_Tried]:
    """Every date judged by the rule of its own day; the number a person may hold counts the series itself."""
    organ, person = access.organ, access.user
    access.need(organ is not None and isinstance(person, User), "预约场所")
    assert organ is not None
    assert isinstance(person, User)
    tried: list[_Tried] = []
    free = 0
    for day in expand(series.pattern, is_workday):
        claim = Claim(venue=venue, organ=organ, person=person, wanted=_wanted(venue, organ, series, day))
        refusal, rule = _judge(claim, access, now, free + 1)
        free += refusal is None
        tried.append(_Tried(Date(day, refusal), claim, rule))
    return tried


def _judge(claim: Claim, access: Access, now: datetime, more: int) -> tuple[Refusal | None, VenueRule]:
    rule = VenueRule()
    try:
        rule = claims.rule_on(claim.venue, claim.wanted.day)
        claims.may_book(access, claim.venue, rule)
        claims.first_of(claims.refusals(claim, rule, now, count=False))
        claims.first_of(claims.too_many(claim, rule, more=more))
    except Refusal as refusal:
        if refusal.code.startswith("rights."):
            raise
        return refusal, rule
    return None, rule


def _wanted(venue: Venue, organ: Organ, series: Series, day: date) -> Wanted:
    midnight = datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())
    first, last = series.span
    return Wanted(
        starts_at=midnight + timedelta(minutes=first),
        ends_at=midnight + timedelta(minutes=last),
        participants=series.participants,
        outside=claims.outside(venue, organ),
    )


def _series(venue: Venue, series: Series, access: Access) -> BookingSeries:
    pattern = series.pattern
    assert isinstance(access.user, User)
    row = BookingSeries(
        venue=venue,
        organ=access.organ,
        title=actions.title_of(series.title),
        frequency=pattern.frequency,
        first_date=pattern.first,
        last_date=pattern.last,
        starts_minute=series.span[0],
        ends_minute=series.span[1],
        exceptions=sorted(str(day) for day in pattern.exceptions),
        booked_by=access.user,
    )
    row.place()
    row.save()
    return row


def _values(series: Series, made: BookingSeries) -> dict[str, Any]:
    return {**actions.texts_of(series.texts), "title": made.title, "series": made}


def _said(bad: Sequence[Date]) -> str:
    """The dates that cannot be had, with the first reason of each; the first five."""
    some = ";".join(f"{one.day}:{one.refusal.message if one.refusal else ''}" for one in bad[:5])
    more = f" 等 {len(bad)} 天" if len(bad) > 5 else ""
    return f"有 {len(bad)} 天约不到{more}:{some}"
