"""What a rule lets pass: each "no" names the rule and its figure. Pure but for what it is given; reads no clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from yiwang.areas.services.venues.fields import roles
from yiwang.areas.services.venues.hours import DAY, DayKind, Span, clock, parse_hours, said, spans_on
from yiwang.areas.services.venues.models import Approval, Venue, VenueRule, VenueState, YesNo
from yiwang.core.rights.models import Role
from yiwang.kit.refusal import Refusal

STEP = 15  # minutes: everything begins and ends on a quarter of an hour


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked for: instants (aware), persons, and whether the booking organ stands outside the venue's subtree."""

    starts_at: datetime
    ends_at: datetime
    participants: int = 1
    outside: bool = False

    @property
    def minutes(self) -> int:
        """How long."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def day(self) -> date:
        """The local day on which it begins: the rule of that day holds."""
        return timezone.localtime(self.starts_at).date()

    @property
    def span(self) -> Span:
        """Minutes after local midnight; the end of a day is 24:00."""
        begin, end = timezone.localtime(self.starts_at), timezone.localtime(self.ends_at)
        last = end.hour * 60 + end.minute + DAY * (end.date() - begin.date()).days
        return begin.hour * 60 + begin.minute, last


def shape(wanted: Wanted, now: datetime) -> Iterator[Refusal]:
    """What is wrong with the times whatever the rule: `booking.period`, `.step`, `.day`, `.past`."""
    first, last = wanted.span
    if wanted.minutes <= 0:
        yield Refusal("booking.period", "结束时间要晚于开始时间。")
    elif first % STEP or last % STEP or wanted.starts_at.second or wanted.starts_at.microsecond:
        yield Refusal("booking.step", f"开始和结束时间要落在整 {STEP} 分钟上(如 09:00、09:15)。")
    elif last > DAY:
        yield Refusal("booking.day", "一次预约不能跨过半夜 24:00,请分开预约。")
    elif wanted.starts_at < now:
        yield Refusal("booking.past", f"开始时间 {local(wanted.starts_at)} 已经过去。")


def open_spans(rule: VenueRule, day: date, kind: DayKind) -> tuple[Span, ...]:
    """When the venue is open on a day."""
    return spans_on(parse_hours(rule.hours), day, kind)


def broken(rule: VenueRule, venue: Venue, wanted: Wanted, kind: DayKind, now: datetime) -> Iterator[Refusal]:
    """Every rule that a booking would break, who and how many apart: hours, lead, length, seats."""
    if venue.state != VenueState.OPEN:
        yield Refusal("booking.suspended", f"“{venue}”暂停预约{f'({venue.note})' if venue.note else ''},请另选场所。")
    yield from _hours(rule, venue, wanted, kind)
    yield from _lead(rule, venue, wanted, now)
    yield from _length(rule, venue, wanted)
    if wanted.participants > venue.seats:
        yield Refusal(
            "booking.seats", f"“{venue}”有 {venue.seats} 个座位,坐不下 {wanted.participants} 人,请换大一些的。"
        )


def _hours(rule: VenueRule, venue: Venue, wanted: Wanted, kind: DayKind) -> Iterator[Refusal]:
    spans, (first, last) = open_spans(rule, wanted.day, kind), wanted.span
    if not any(begin <= first and last <= end for begin, end in spans):
        yield Refusal(
            "booking.hours",
            f"“{venue}”{wanted.day:%m月%d日}({kind})的开放时间是 {said(spans)},{clock(first)}–{clock(last)} 不在其中。",
        )


def _lead(rule: VenueRule, venue: Venue, wanted: Wanted, now: datetime) -> Iterator[Refusal]:
    days = (wanted.day - timezone.localtime(now).date()).days
    if rule.earliest_days is not None and days > rule.earliest_days:
        yield Refusal("booking.too-early", f"“{venue}”最早提前 {rule.earliest_days} 天预约,现在离使用还有 {days} 天。")
    if rule.latest_minutes and wanted.starts_at - now < timedelta(minutes=rule.latest_minutes):
        yield Refusal(
            "booking.too-late", f"“{venue}”最晚提前 {length(rule.latest_minutes)}预约,请改晚一些或联系管理单位。"
        )


def _length(rule: VenueRule, venue: Venue, wanted: Wanted) -> Iterator[Refusal]:
    if wanted.minutes < rule.shortest_minutes:
        yield Refusal(
            "booking.too-short", f"“{venue}”一次最短 {length(rule.shortest_minutes)},所约为 {length(wanted.minutes)}。"
        )
    if rule.longest_minutes is not None and wanted.minutes > rule.longest_minutes:
        yield Refusal(
            "booking.too-long", f"“{venue}”一次最长 {length(rule.longest_minutes)},所约为 {length(wanted.minutes)}。"
        )


def needs_approval(rule: VenueRule, wanted: Wanted) -> str:
    """Why somebody must approve first; "" where nobody must."""
    if rule.approval == Approval.NEVER:
        return ""
    if rule.approval == Approval.ALWAYS:
        return "本场所的预约都要审批"
    if rule.approval_minutes is not None and wanted.minutes > rule.approval_minutes:
        return f"超过 {length(rule.approval_minutes)}的要审批"
    if rule.approval_people is not None and wanted.participants >= rule.approval_people:
        return f"达到 {rule.approval_people} 人的要审批"
    if wanted.outside and rule.approval_outside == YesNo.YES:
        return "外单位预约要审批"
    return ""


def price(rule: VenueRule, wanted: Wanted) -> int:
    """What an outside organ pays, in fen, half a fen upwards; nothing from the venue's own."""
    return (rule.price_hour * wanted.minutes + 30) // 60 if wanted.outside else 0


def held(rule: VenueRule, wanted: Wanted) -> tuple[datetime, datetime]:
    """From when to when the venue is held: with the buffers before and after."""
    return (
        wanted.starts_at - timedelta(minutes=rule.before_minutes),
        wanted.ends_at + timedelta(minutes=rule.after_minutes),
    )


def roles_of(rule: VenueRule) -> frozenset[Role]:
    """The roles that may book; empty: whoever may ask for services. Refusal `rule.roles` for an unknown word."""
    return frozenset(roles(rule.roles))


def length(minutes: int) -> str:
    """90 → 1 小时 30 分钟; 1440 → 1 天."""
    days, rest = divmod(minutes, DAY)
    hours, left = divmod(rest, 60)
    parts = [f"{days} 天" if days else "", f"{hours} 小时" if hours else "", f"{left} 分钟" if left else ""]
    return " ".join(part for part in parts if part) or "0 分钟"


def local(instant: datetime) -> str:
    """12-01 09:00, as people read it."""
    return f"{timezone.localtime(instant):%m-%d %H:%M}"
