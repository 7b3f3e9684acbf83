"""Taking a venue for a span: one code path for whatever wants it.

The row of the venue is updated first (the lock, on both databases), then its bookings are read, then one is written;
the database refuses an overlap besides (`models.SLOT`). Reading first would give one room to two meetings: the race in
`tests/race.py` shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from yiwang.areas.services.venues import rules
from yiwang.areas.services.venues.calendar import day_kinds
from yiwang.areas.services.venues.models import AREA, OPEN, Booking, Circle, Venue, VenueRule
from yiwang.areas.services.venues.rules import Wanted
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role, User, Verb
from yiwang.kit.refusal import Refusal

#: The roles that keep venues, besides whoever may configure services.
KEEPERS = (Role.RECEPTION, Role.DISPATCHER)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a venue is wanted for, by whom: `mine` are the bookings that may be overlapped (the one being changed)."""

    venue: Venue
    organ: Organ
    person: User
    wanted: Wanted
    mine: frozenset[int] = frozenset()


def lock(*keys: int) -> dict[int, Venue]:
    """The venues with their rows held until the commit, in the order of ids so that no two wait for each other.

    The UPDATE must stand before the first look at bookings: a SELECT first is the race. Refusal `venue.gone`.
    """
    for pk in sorted(set(keys)):
        Venue.objects.filter(pk=pk).update(state=F("state"))
    found = Venue.objects.select_related("organ", "building").in_bulk(set(keys))
    if len(found) != len(set(keys)):
        raise Refusal("venue.gone", "没有这个场所,或者它不向您开放,请从场所列表中重新选择。")
    return found


def rule_on(venue: Venue, day: date) -> VenueRule:
    """The rule of the day. Refusal `booking.rule`."""
    rule = VenueRule.objects.in_force(day).filter(venue=venue).order_by("-valid_from").first()
    if rule is None:
        raise Refusal("booking.rule", f"“{venue}”在 {day} 还没有预约规则,不能预约;请联系管理单位“{venue.organ}”。")
    return rule


def outside(venue: Venue, organ: Organ) -> bool:
    """Whether the organ stands outside the subtree of the venue's."""
    return bool(getattr(organ, f"l{venue.organ.depth}") != venue.organ_id)


def manages(access: Access, venue: Venue) -> bool:
    """Whether the access keeps the venue: the manager, the reception or the dispatcher at its organ or above it.

    A clerk does not: he serves his organ's own affairs, and books by the rule like everybody else.
    """
    organ = access.organ
    keeps = access.may(Verb.CONFIGURE, AREA) or any(access.has(role, AREA) for role in KEEPERS)
    if organ is None or not keeps:
        return False
    return bool(getattr(venue, f"l{organ.depth}") == organ.pk)


def may_book(access: Access, venue: Venue, rule: VenueRule) -> None:
    """Who may: by the circle and the roles of the rule; who manages the venue always. Refusals `booking.circle`, `.role`."""
    access.need(access.may(Verb.APPLY, AREA), "预约场所")
    if manages(access, venue):
        return
    organ = access.organ
    assert organ is not None
    if not in_circle(rule, venue, organ):
        circle = f"{venue.organ}" if rule.circle == Circle.ORGAN else f"{venue.organ}:{Circle(rule.circle).label}"
        raise Refusal("booking.circle", f"“{venue}”的预约范围是“{circle}”,“{organ}”不在其中。")
    wanted = rules.roles_of(rule)
    if wanted and not any(access.has(role, AREA) for role in wanted):
        words = "、".join(sorted(str(role.label) for role in wanted))
        raise Refusal("booking.role", f"“{venue}”只由 {words} 角色预约,请请他们代约。")


def in_circle(rule: VenueRule, venue: Venue, organ: Organ) -> bool:
    """Whether an organ belongs to those that may book."""
    if rule.circle == Circle.ORGAN:
        return organ.pk == venue.organ_id
    if rule.circle == Circle.SUBTREE:
        return not outside(venue, organ)
    return organ.l1 == venue.l1


def refusals(claim: Claim, rule: VenueRule, now: datetime, *, count: bool = True) -> Iterator[Refusal]:
    """Everything that stands against a claim but the person's rights: shape, rules, number, other bookings. In order.

    `count` off: without the number that a person may hold (for a change of one that is counted already).
    """
    wrong = list(rules.shape(claim.wanted, now))
    if wrong:
        yield from wrong
        return
    kind = day_kinds([claim.wanted.day])[claim.wanted.day]
    yield from rules.broken(rule, claim.venue, claim.wanted, kind, now)
    if count:
        yield from too_many(claim, rule)
    if other := taken_by(claim, rule):
        yield taken(claim.venue, other, rule)


def too_many(claim: Claim, rule: VenueRule, *, more: int = 1) -> Iterator[Refusal]:
    """`booking.too-many`: more bookings of the venue that are still to come than the person may hold."""
    if rule.most_open is None:
        return
    open_now = Booking.objects.filter(venue=claim.venue, booked_by=claim.person, state__in=OPEN).exclude(
        pk__in=claim.mine
    )
    held = open_now.count()
    if held + more > rule.most_open:
        yield Refusal(
            "booking.too-many",
            f"“{claim.venue}”每人最多同时持有 {rule.most_open} 个未用的预约,您已有 {held} 个,这次要约 {more} 个。",
        )


def taken_by(claim: Claim, rule: VenueRule) -> Booking | None:
    """The first live booking that stands in the way, buffers of both included."""
    first, last = rules.held(rule, claim.wanted)
    found = Booking.objects.filter(venue=claim.venue).live().meeting(first, last).exclude(pk__in=claim.mine)
    return found.select_related("organ").order_by("held_from").first()


def taken(venue: Venue, other: Booking, rule: VenueRule) -> Refusal:
    """`booking.taken`, with the time of the other and the buffers, not its title."""
    begin, end = timezone.localtime(other.starts_at), timezone.localtime(other.ends_at)
    buffers = (
        f";前后各留准备 {rule.before_minutes} 分钟、整理 {rule.after_minutes} 分钟"
        if rule.before_minutes or rule.after_minutes
        else ""
    )
    text = f"“{venue}”{begin:%m月%d日 %H:%M}–{end:%H:%M} 已由“{other.organ}”预约{buffers},请改时间或换场所。"
    return Refusal("booking.taken", text)


def write(claim: Claim, rule: VenueRule, state: str, now: datetime, values: dict[str, Any]) -> Booking:
    """Insert the booking. The venue is locked and the claim has passed."""
    first, last = rules.held(rule, claim.wanted)
    row = Booking(
        venue=claim.venue,
        organ=claim.organ,
        booked_by=claim.person,
        starts_at=claim.wanted.starts_at,
        ends_at=claim.wanted.ends_at,
        held_from=first,
        held_to=last,
        participants=claim.wanted.participants,
        price=rules.price(rule, claim.wanted),
        state=state,
        booked_at=now,
        **values,
    )
    row.place()
    row.save()
    return row


def first_of(found: Iterable[Refusal]) -> None:
    """Raise the first, if there is one."""
    for refusal in found:
        raise refusal
