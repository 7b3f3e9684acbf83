"""The verbs on bookings. Each: one transaction, the venue locked first, one entry in the ledger.

Refusals of the rules come from `rules.py` and `claims.py`; here `booking.state`, `booking.own`, `booking.late`,
`booking.window`, `booking.code`, `booking.text`, `rights.denied`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from yiwang.areas.services.venues import approval, claims, rules, telling
from yiwang.areas.services.venues.claims import Claim
from yiwang.areas.services.venues.models import SLOT, Booking, BookingState, Venue, VenueRule
from yiwang.areas.services.venues.rules import Wanted
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal

#: Texts of a booking that its owner fills in.
TEXTS = ("contact", "equipment", "catering", "note")
_MINE = (BookingState.PENDING, BookingState.BOOKED)


def book(
    *,
    venue: int,
    starts_at: datetime,
    ends_at: datetime,
    title: str,
    participants: int,
    access: Access,
    now: datetime,
    event: int | None = None,
    **texts: str,
) -> Booking:
    """预约 a venue; `texts` are contact, equipment, catering, note. Where the rule asks for approval it is held meanwhile."""
    with claiming(), transaction.atomic():
        held = claims.lock(venue)[venue]
        wanted = _wanted(held, _organ(access), starts_at, ends_at, participants)
        claim = Claim(venue=held, organ=_organ(access), person=_user(access), wanted=wanted)
        rule = claims.rule_on(held, wanted.day)
        claims.may_book(access, held, rule)
        claims.first_of(claims.refusals(claim, rule, now))
        values = {**texts_of(texts), "title": title_of(title), "event": event}
        return written(claim, rule, values, access, now)


def written(claim: Claim, rule: VenueRule, values: dict[str, Any], access: Access, now: datetime) -> Booking:
    """The row, its approval where one is needed, its entry."""
    why = "" if claims.manages(access, claim.venue) else rules.needs_approval(rule, claim.wanted)
    made = claims.write(claim, rule, BookingState.PENDING if why else BookingState.BOOKED, now, values)
    post(actor=access.actor, act="services.booking.book", obj=_obj(made), body={**facts(made), "approval": why})
    if why and made.event is None:
        approval.ask(made, why, access, now)
    return made


def change(
    *,
    booking: int,
    venue: int | None = None,
    starts_at: datetime,
    ends_at: datetime,
    title: str,
    participants: int,
    access: Access,
    now: datetime,
    **texts: str,
) -> Booking:
    """改期、换场所、改内容 of one's own booking before it begins. What then needs approval (again) is asked for anew."""
    with claiming(), transaction.atomic():
        row, held = _locked(booking, access, also=venue)
        _state(row, "改期", *_MINE)
        _not_begun(row, now)
        target = held[venue or row.venue_id]
        wanted = _wanted(target, row.organ, starts_at, ends_at, participants)
        rule = claims.rule_on(target, wanted.day)
        moved = (target.pk, wanted.starts_at, wanted.ends_at) != (row.venue_id, row.starts_at, row.ends_at)
        claim = Claim(venue=target, organ=row.organ, person=row.booked_by, wanted=wanted, mine=frozenset([row.pk]))
        if moved or participants != row.participants:
            claims.may_book(access, target, rule)
            claims.first_of(claims.refusals(claim, rule, now, count=target.pk != row.venue_id))
        before = facts(row)
        row.title = title_of(title)
        for name, text in texts_of(texts).items():
            setattr(row, name, text)
        return _moved(row, claim, rule, before, access, now)


def move(
    *, booking: int, venue: int | None = None, starts_at: datetime, ends_at: datetime, access: Access, now: datetime
) -> Booking:
    """Drag: another time or another venue, all else as it is."""
    row = Booking.objects.filter(pk=booking).visible(access).first()
    if row is None:
        raise _gone()
    return change(
        booking=booking,
        venue=venue,
        starts_at=starts_at,
        ends_at=ends_at,
        title=row.title,
        participants=row.participants,
        access=access,
        now=now,
        **{name: getattr(row, name) for name in TEXTS},
    )


def _moved(
    row: Booking, claim: Claim, rule: VenueRule, before: dict[str, Any], access: Access, now: datetime
) -> Booking:
    """Write the change; a booking whose approval is under way or was given is approved anew when it moves."""
    moved = (claim.venue.pk, claim.wanted.starts_at, claim.wanted.ends_at, claim.wanted.participants) != (
        row.venue_id,
        row.starts_at,
        row.ends_at,
        row.participants,
    )
    row.venue, row.participants = claim.venue, claim.wanted.participants
    row.starts_at, row.ends_at = claim.wanted.starts_at, claim.wanted.ends_at
    row.held_from, row.held_to = rules.held(rule, claim.wanted)
    row.price = rules.price(rule, claim.wanted)
    why = "" if claims.manages(access, claim.venue) else rules.needs_approval(rule, claim.wanted)
    old = row.case if moved and row.state == BookingState.PENDING else None
    if moved and row.event is None:  # a room of a plan follows the plan
        row.state = BookingState.PENDING if why else BookingState.BOOKED
        row.case = None
    row.save()
    post(actor=access.actor, act="services.booking.change", obj=_obj(row), body={"before": before, "after": facts(row)})
    if old is not None:
        approval.drop(old, "预约已改", access, now)
    if moved and why and row.event is None:
        approval.ask(row, why, _asking(row, access), now)
    return row


def extend(*, booking: int, ends_at: datetime, access: Access, now: datetime) -> Booking:
    """延长 a booking that is under way or to come, if the venue is free: only the end moves."""
    with claiming(), transaction.atomic():
        row, held = _locked(booking, access)
        _state(row, "延长", BookingState.BOOKED, BookingState.IN_USE)
        if ends_at <= row.ends_at:
            raise Refusal("booking.period", f"延长后的结束时间要晚于现在的 {rules.local(row.ends_at)}。")
        venue = held[row.venue_id]
        wanted = _wanted(venue, row.organ, row.starts_at, ends_at, row.participants)
        rule = claims.rule_on(venue, wanted.day)
        claim = Claim(venue=venue, organ=row.organ, person=row.booked_by, wanted=wanted, mine=frozenset([row.pk]))
        as_of = min(now, row.starts_at - timedelta(minutes=rule.latest_minutes or 0))  # it began in time
        claims.first_of(claims.refusals(claim, rule, as_of, count=False))
        before = facts(row)
        row.ends_at, row.held_to = ends_at, rules.held(rule, wanted)[1]
        row.price = rules.price(rule, wanted)
        row.save(update_fields=["ends_at", "held_to", "price"])
        body = {"before": before, "after": facts(row)}
        post(actor=access.actor, act="services.booking.extend", obj=_obj(row), body=body)
    return row


def cancel(*, booking: int, reason: str = "", access: Access, now: datetime) -> Booking:
    """取消 before the limit of the rule; who manages the venue may until the end, with a reason."""
    with transaction.atomic():
        row, held = _locked(booking, access)
        _state(row, "取消", *_MINE)
        venue = held[row.venue_id]
        if not claims.manages(access, venue):
            _in_time(row, venue, now)
        elif row.booked_by_id != access.user.pk and not reason.strip():
            raise Refusal("booking.text", "取消别人的预约要写明原因。")
        _close(row, BookingState.CANCELLED, reason, access, now, "cancel")
        if row.case is not None:
            approval.drop(row.case, reason or "预约已取消", access, now)
    return row


def _in_time(row: Booking, venue: Venue, now: datetime) -> None:
    rule = VenueRule.objects.in_force(timezone.localtime(row.starts_at).date()).filter(venue=venue).first()
    limit = row.starts_at - timedelta(minutes=rule.cancel_minutes if rule else 0)
    if now > limit:
        lead = rules.length(rule.cancel_minutes if rule else 0)
        raise Refusal("booking.late", f"“{venue}”最晚提前 {lead}取消(到 {rules.local(limit)}),请联系管理单位。")


def check_in(*, booking: int, code: str, access: Access, now: datetime) -> Booking:
    """签到 at the door: `code` is what the QR code there says. Within the window of the rule; by whoever booked or serves there."""
    with transaction.atomic():
        row, held = _locked(booking, access)
        venue = held[row.venue_id]
        if not code or code != venue.code:
            raise Refusal("booking.code", f"这不是“{venue}”门口的二维码,请到门口重新扫码。")
        _state(row, "签到", BookingState.BOOKED)
        rule = claims.rule_on(venue, timezone.localtime(row.starts_at).date())
        first = row.starts_at - timedelta(minutes=rule.early_minutes)
        if not first <= now < row.ends_at:
            text = f"签到时间是 {rules.local(first)} 到 {rules.local(row.ends_at)},现在不能签到。"
            raise Refusal("booking.window", text)
        row.state, row.arrived_at = BookingState.IN_USE, now
        row.save(update_fields=["state", "arrived_at"])
        post(actor=access.actor, act="services.booking.check-in", obj=_obj(row), body={"at": now.isoformat()})
    return row


def finish(*, booking: int, access: Access, now: datetime) -> Booking:
    """提前结束: the rest of the time is free again from the next quarter of an hour on."""
    with transaction.atomic():
        row, held = _locked(booking, access)
        _state(row, "结束", BookingState.IN_USE)
        rule = claims.rule_on(held[row.venue_id], timezone.localtime(row.starts_at).date())
        step = timedelta(minutes=rules.STEP)
        end = row.starts_at + max(1, -(-(now - row.starts_at) // step)) * step
        if end < row.ends_at:
            row.ends_at, row.held_to = end, end + timedelta(minutes=rule.after_minutes)
        row.state, row.closed_at = BookingState.USED, now
        row.save(update_fields=["ends_at", "held_to", "state", "closed_at"])
        post(actor=access.actor, act="services.booking.finish", obj=_obj(row), body=facts(row))
    return row


def _asking(row: Booking, access: Access) -> Access:
    """Who asks for approval of a change: whoever booked, also where somebody else moved it."""
    return access if row.booked_by_id == access.user.pk else replace(access, user=row.booked_by, organ=row.organ)


def decide(*, booking: int, approved: bool, reason: str = "", access: Access, now: datetime) -> Booking:
    """What the approval came to: booked, or free again. Called when its case ends, inside that transaction.

    A booking that is no longer waiting (cancelled meanwhile, expired) stays as it is.
    """
    with transaction.atomic():
        claims.lock(Booking.objects.values_list("venue_id", flat=True).get(pk=booking))
        row = Booking.objects.select_related("venue", "booked_by").get(pk=booking)
        if row.state != BookingState.PENDING:
            return row
        if not approved:
            return _close(row, BookingState.REFUSED, reason, access, now, "refuse")
        row.state = BookingState.BOOKED
        row.save(update_fields=["state"])
        post(actor=access.actor, act="services.booking.approve", obj=_obj(row), body={"case": row.case})
    return row


def release(*, booking: int, reason: str, access: Access, now: datetime) -> Booking:
    """Free what a meeting will not need after all: the plan's own right, whoever booked. What is over stays as it is."""
    with transaction.atomic():
        claims.lock(Booking.objects.values_list("venue_id", flat=True).get(pk=booking))
        row = Booking.objects.select_related("venue", "booked_by").get(pk=booking)
        return _close(row, BookingState.CANCELLED, reason, access, now, "cancel") if row.state in _MINE else row


def _close(row: Booking, state: BookingState, reason: str, access: Access | None, now: datetime, verb: str) -> Booking:
    """The venue is free again."""
    row.state, row.closed_at, row.reason = state, now, reason.strip()[:200]
    row.save(update_fields=["state", "closed_at", "reason"])
    actor = access.actor if access else "system"
    post(actor=actor, act=f"services.booking.{verb}", obj=_obj(row), body={**facts(row), "reason": row.reason})
    telling.freed(row, now, by=access.user.pk if access else None)
    return row


def _locked(booking: int, access: Access, also: int | None = None) -> tuple[Booking, dict[int, Venue]]:
    """The booking, its venue (and another) locked first; one's own, or of a venue that one manages. 404-like refusal."""
    found = Booking.objects.filter(pk=booking).visible(access).values_list("venue_id", "case").first()
    if found is None:
        raise _gone()
    venue, case = found
    approval.hold(case)
    held = claims.lock(venue, *([also] if also else []))
    row = Booking.objects.select_related("organ", "booked_by", "venue__organ").get(pk=booking)
    if row.venue_id not in held or row.case != case:  # changed while we waited for the lock
        raise Refusal("booking.moved", "这个预约刚刚被改过,请刷新后再办。")
    own = row.booked_by_id == access.user.pk
    access.need(own or claims.manages(access, held[row.venue_id]), "办理别人的预约")
    return row, held


def _gone() -> Refusal:
    return Refusal("booking.gone", "没有这个预约,或者它不在您的范围内。")


def _state(row: Booking, doing: str, *allowed: BookingState) -> None:
    if row.state not in allowed:
        raise Refusal("booking.state", f"预约“{row.title}”{row.get_state_display()},不能{doing}。")


def _not_begun(row: Booking, now: datetime) -> None:
    if row.starts_at <= now:
        raise Refusal("booking.begun", f"预约“{row.title}”已于 {rules.local(row.starts_at)} 开始,只能延长或结束。")


def _wanted(venue: Venue, organ: Organ, starts_at: datetime, ends_at: datetime, participants: int) -> Wanted:
    return Wanted(starts_at=starts_at, ends_at=ends_at, participants=participants, outside=claims.outside(venue, organ))


def _organ(access: Access) -> Organ:
    access.need(access.organ is not None, "预约场所")
    assert access.organ is not None
    return access.organ


def _user(access: Access) -> User:
    assert isinstance(access.user, User)
    return access.user


def title_of(text: str) -> str:
    """What it is called. Refusal `booking.text`."""
    if not text.strip():
        raise Refusal("booking.text", "请填会议或活动的名称。")
    if len(text.strip()) > 120:
        raise Refusal("booking.text", "会议或活动的名称最多 120 个字。")
    return text.strip()


def texts_of(texts: Mapping[str, str]) -> dict[str, str]:
    """Known names only, each within its column."""
    kept = {name: texts[name].strip() for name in TEXTS if name in texts}
    for name, text in kept.items():
        field = Booking._meta.get_field(name)
        assert isinstance(field, models.CharField)
        if len(text) > (field.max_length or 0):
            raise Refusal("booking.text", f"“{field.verbose_name}”最多 {field.max_length} 个字。")
    return kept


@contextmanager
def claiming() -> Iterator[None]:
    """The belt spoke: what the lock should have seen is still a plain refusal, not a fault. Around the transaction."""
    try:
        yield
    except IntegrityError as error:
        if SLOT.name not in str(error):
            raise
        raise Refusal("booking.taken", "这个时间刚刚被别人约走,请改时间或换场所。") from error


def facts(row: Booking) -> dict[str, Any]:
    """What the ledger keeps of a booking."""
    return {
        "venue": row.venue_id,
        "title": row.title,
        "participants": row.participants,
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "state": str(row.state),
        "price": row.price,
    }


def _obj(row: Booking) -> str:
    return f"services.booking:{row.pk}"
