"""The verbs: booking, change, cancel, extension, check-in, decision; owner, colleague, stranger, who manages the venue."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from yiwang.areas.services.venues import actions, claims, clockwork, factories
from yiwang.areas.services.venues.models import Approval, Booking, BookingState, Circle, Venue, VenueRule, VenueState
from yiwang.areas.services.venues.tests.helpers import NOW, at, booked
from yiwang.core.ledger.models import Entry
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def we() -> World:
    return world()


@pytest.fixture
def room(we: World) -> Venue:
    return factories.venue(we.ours)


def refused(code: str, call: Any, /, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code, caught.value
    return caught.value


def test_a_booking_holds_the_venue_and_leaves_an_entry(we: World, room: Venue) -> None:
    staff = we.access(Role.STAFF)
    made = booked(room, staff, 9, 10, equipment="投影仪", contact="138")
    assert (made.state, made.organ, made.equipment) == (BookingState.BOOKED, we.ours, "投影仪")
    assert Entry.objects.get(obj=f"services.booking:{made.pk}").act == "services.booking.book"
    told = refused("booking.taken", booked, room, we.access(Role.CLERK), 9.5, 11)
    assert "09:00–10:00" in told.message
    assert str(we.ours) in told.message
    assert "例会" not in told.message
    booked(room, staff, 10, 11)


def test_buffers_keep_bookings_apart(we: World) -> None:
    room = factories.venue(we.ours, rule={"before_minutes": 15, "after_minutes": 15})
    staff = we.access(Role.STAFF)
    booked(room, staff, 9, 10)
    assert "准备 15 分钟" in refused("booking.taken", booked, room, staff, 10.25, 11).message
    booked(room, staff, 10.5, 11)


def test_the_rule_of_the_day_holds(we: World, room: Venue) -> None:
    VenueRule.objects.update(valid_to=date(2026, 12, 3))
    factories.make_rule(room, valid_from=date(2026, 12, 3), longest_minutes=30)
    booked(room, we.access(), 9, 12, day=2)
    refused("booking.too-long", booked, room, we.access(), 9, 12, day=3)
    VenueRule.objects.all().delete()
    assert "还没有预约规则" in refused("booking.rule", booked, room, we.access(), 13, 14).message


@pytest.mark.parametrize(
    ("circle", "ours", "theirs"),
    [(Circle.ORGAN, True, False), (Circle.SUBTREE, True, False), (Circle.PROVINCE, True, True)],
)
def test_circles_of_a_county_room(we: World, circle: str, ours: bool, theirs: bool) -> None:
    room = factories.venue(we.ours, rule={"circle": circle})
    for organ, allowed in ((we.ours, ours), (we.theirs, theirs)):
        staff = we.access(Role.STAFF, organ)
        assert (room in Venue.objects.offered(staff, NOW.date())) is allowed
        if allowed:
            booked(room, staff, 9 + 2 * (organ == we.theirs), 10 + 2 * (organ == we.theirs))
        else:
            refused("booking.circle", booked, room, staff, 15, 16)


def test_a_room_of_the_province_is_for_those_below(we: World) -> None:
    room = factories.venue(we.province, rule={"circle": Circle.SUBTREE, "price_hour": 10_000})
    assert booked(room, we.access(Role.STAFF), 9, 10).price == 0
    own = factories.venue(we.ours, rule={"circle": Circle.PROVINCE, "price_hour": 10_000})
    assert booked(own, we.access(Role.STAFF, we.theirs), 9, 10).price == 10_000


def test_only_the_roles_of_the_rule_book(we: World) -> None:
    room = factories.venue(we.ours, rule={"roles": "经办"})
    assert "经办" in refused("booking.role", booked, room, we.access(Role.STAFF), 9, 10).message
    booked(room, we.access(Role.CLERK), 9, 10)
    refused("rights.denied", booked, room, we.access(Role.AUDITOR), 10, 11)


def test_nobody_hoards(we: World) -> None:
    room = factories.venue(we.ours, rule={"most_open": 2})
    staff = we.access(Role.STAFF)
    first = booked(room, staff, 9, 10)
    booked(room, staff, 10, 11)
    assert "最多同时持有 2 个" in refused("booking.too-many", booked, room, staff, 11, 12).message
    booked(room, we.access(Role.RECEPTION), 11, 12)
    actions.cancel(booking=first.pk, access=staff, now=NOW)
    booked(room, staff, 9, 10)


def test_a_change_may_overlap_itself_and_nobody_else(we: World, room: Venue) -> None:
    staff = we.access(Role.STAFF)
    mine, other = booked(room, staff, 9, 10), booked(room, staff, 11, 12)
    moved = actions.move(booking=mine.pk, starts_at=at(9.5), ends_at=at(11), access=staff, now=NOW)
    assert (moved.starts_at, moved.held_to, moved.title) == (at(9.5), at(11), "例会")
    refused("booking.taken", actions.move, booking=mine.pk, starts_at=at(10), ends_at=at(11.25), access=staff, now=NOW)
    bigger = factories.venue(we.ours, "大会议室")
    given: dict[str, Any] = {"title": "大会", "participants": 7, "access": staff, "now": NOW}
    actions.change(booking=other.pk, venue=bigger.pk, starts_at=at(9.5), ends_at=at(11), **given)
    assert Booking.objects.get(pk=other.pk).venue == bigger
    assert Entry.objects.filter(act="services.booking.change").count() == 2


def test_what_has_begun_is_not_moved_but_extended(we: World, room: Venue) -> None:
    staff = we.access(Role.STAFF)
    mine = booked(room, staff, 9, 10)
    during = at(9.5)
    refused("booking.begun", actions.move, booking=mine.pk, starts_at=at(11), ends_at=at(12), access=staff, now=during)
    assert actions.extend(booking=mine.pk, ends_at=at(10.5), access=staff, now=during).ends_at == at(10.5)
    booked(room, we.access(Role.CLERK), 10.5, 11)
    refused("booking.taken", actions.extend, booking=mine.pk, ends_at=at(10.75), access=staff, now=during)
    refused("booking.period", actions.extend, booking=mine.pk, ends_at=at(10), access=staff, now=during)


def test_cancel_up_to_the_limit(we: World) -> None:
    room = factories.venue(we.ours, rule={"cancel_minutes": 60})
    staff = we.access(Role.STAFF)
    mine = booked(room, staff, 9, 10)
    late = at(8.25)
    assert "1 小时" in refused("booking.late", actions.cancel, booking=mine.pk, access=staff, now=late).message
    manager = we.access(Role.RECEPTION)
    refused("booking.text", actions.cancel, booking=mine.pk, access=manager, now=late)
    actions.cancel(booking=mine.pk, reason="临时征用", access=manager, now=late)
    refused("booking.state", actions.cancel, booking=mine.pk, access=staff, now=NOW)
    booked(room, staff, 9, 10)


def test_strangers_and_colleagues(we: World, room: Venue) -> None:
    mine = booked(room, we.access(Role.STAFF), 9, 10)
    refused("booking.gone", actions.cancel, booking=mine.pk, access=we.access(Role.MANAGER, we.theirs), now=NOW)
    reader = we.access(Role.READER)  # a colleague: sees it and may not touch it
    assert mine in Booking.objects.visible(reader)
    refused("rights.denied", actions.cancel, booking=mine.pk, access=reader, now=NOW)
    other = we.user(Role.LEADER)
    assert other.pk != mine.booked_by_id
    assert mine not in Booking.objects.visible(we.access(Role.FINANCE))


def test_check_in_by_the_code_in_the_window(we: World) -> None:
    room = factories.venue(we.ours, code="door", rule={"early_minutes": 15, "release_minutes": 15})
    staff = we.access(Role.STAFF)
    mine = booked(room, staff, 9, 10)
    at_door: dict[str, Any] = {"booking": mine.pk, "access": staff}
    refused("booking.code", actions.check_in, code="other", now=at(9), **at_door)
    refused("booking.window", actions.check_in, code="door", now=at(8.7), **at_door)
    assert actions.check_in(code="door", now=at(8.75), **at_door).state == BookingState.IN_USE
    refused("booking.state", actions.check_in, code="door", now=at(9), **at_door)
    clockwork.tick(at(9.5))
    ended = actions.finish(booking=mine.pk, access=staff, now=at(9.3))
    assert (ended.state, ended.ends_at) == (BookingState.USED, at(9.5))
    booked(room, staff, 9.5, 10)


def test_an_empty_code_opens_nothing(we: World, room: Venue) -> None:
    mine = booked(room, we.access(Role.STAFF), 9, 10)
    refused("booking.code", actions.check_in, booking=mine.pk, code="", access=we.access(Role.STAFF), now=at(9))


def test_time_releases_and_closes(we: World) -> None:
    strict = factories.venue(we.ours, rule={"release_minutes": 15})
    loose = factories.venue(we.ours, "活动室")
    staff = we.access(Role.STAFF)
    gone, kept = booked(strict, staff, 9, 10), booked(loose, staff, 9, 10)
    assert clockwork.tick(at(9.2)) == clockwork.Ticked()
    assert clockwork.tick(at(9.25)) == clockwork.Ticked(released=1)
    gone.refresh_from_db()
    assert (gone.state, gone.reason) == (BookingState.NO_SHOW, "开始 15 分钟后还没有签到")
    booked(strict, staff, 9.25, 10, now=at(9.25))
    assert clockwork.tick(at(10)).used == 1
    kept.refresh_from_db()
    assert kept.state == BookingState.USED
    assert Entry.objects.filter(act="services.booking.release").count() == 2


def test_the_venue_is_held_while_it_is_approved(we: World) -> None:
    room = factories.venue(we.ours, rule={"approval": Approval.ALWAYS})
    staff, manager = we.access(Role.STAFF), we.access(Role.MANAGER)
    first = booked(room, staff, 9, 10)
    assert first.state == BookingState.PENDING
    refused("booking.taken", booked, room, staff, 9, 10)
    actions.decide(booking=first.pk, approved=False, reason="另有安排", access=manager, now=NOW)
    second = booked(room, staff, 9, 10)
    actions.decide(booking=first.pk, approved=True, access=manager, now=NOW)
    assert Booking.objects.get(pk=first.pk).state == BookingState.REFUSED
    actions.decide(booking=second.pk, approved=True, access=manager, now=NOW)
    assert Booking.objects.get(pk=second.pk).state == BookingState.BOOKED
    assert booked(room, manager, 10, 11).state == BookingState.BOOKED  # who manages the room needs nobody


def test_what_nobody_approves_in_time_is_free_again(we: World) -> None:
    room = factories.venue(we.ours, rule={"approval": Approval.ALWAYS})
    made = booked(room, we.access(Role.STAFF), 9, 10)
    assert clockwork.tick(at(9)).expired == 1
    made.refresh_from_db()
    assert made.state == BookingState.EXPIRED


def test_the_belt_holds_without_the_verbs(we: World, room: Venue) -> None:
    made = booked(room, we.access(), 9, 10)
    made.pk = None
    with pytest.raises(IntegrityError, match="services_booking_slot"), transaction.atomic():
        made.save()
    made.state = BookingState.CANCELLED
    made.save()
    with pytest.raises(IntegrityError, match="services_booking_slot"), transaction.atomic():
        Booking.objects.filter(pk=made.pk).update(state=BookingState.BOOKED)
    Booking.objects.filter(pk=made.pk).update(held_from=at(10), held_to=at(11), starts_at=at(10), ends_at=at(11))
    Booking.objects.filter(pk=made.pk).update(state=BookingState.BOOKED)
    with pytest.raises(IntegrityError, match="services_booking_slot"), transaction.atomic():
        Booking.objects.filter(pk=made.pk).update(held_from=at(9.75))


def test_what_the_belt_says_is_a_refusal(we: World, room: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    booked(room, we.access(), 9, 10)
    monkeypatch.setattr(claims, "taken_by", lambda claim, rule: None)
    assert "刚刚" in refused("booking.taken", booked, room, we.access(), 9, 10).message
    assert Booking.objects.count() == 1


def test_titles_and_texts_have_their_measure(we: World, room: Venue) -> None:
    refused("booking.text", booked, room, we.access(), 9, 10, title=" ")
    refused("booking.text", booked, room, we.access(), 9, 10, title="会" * 121)
    refused("booking.text", booked, room, we.access(), 9, 10, note="长" * 301)
    refused("venue.gone", actions.book, venue=0, starts_at=at(9), ends_at=at(10), title="会", participants=1,
            access=we.access(), now=NOW)  # fmt: skip
    Venue.objects.update(state=VenueState.SUSPENDED)
    refused("booking.suspended", booked, room, we.access(), 9, 10)
