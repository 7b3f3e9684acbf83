"""Approval by the engine, and who is told: the manager of the venue answers; the venue is held and freed with the case."""

from __future__ import annotations

from typing import Any

import pytest

from yiwang.areas.services.venues import actions, clockwork, factories, waiting
from yiwang.areas.services.venues.models import Booking, BookingState, Venue
from yiwang.areas.services.venues.tests.helpers import NOW, at, booked
from yiwang.core.flow import actions as flow
from yiwang.core.flow.models import Case, CaseState, Task, TaskState
from yiwang.core.ledger.models import Entry
from yiwang.core.notices.models import Notice
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def we() -> World:
    found = world()
    found.user(Role.MANAGER)
    return found


@pytest.fixture
def room(we: World) -> Venue:
    return factories.venue(we.ours, rule={"circle": "PROVINCE", "approval": "ALWAYS", "price_hour": 10_000})


def answer(we: World, row: Booking, verdict: Any) -> None:
    task = Task.objects.get(case=row.case, state=TaskState.OPEN)
    assert task.who == we.user(Role.MANAGER)
    flow.act(task=task.pk, verdict=verdict, opinion="见批", access=we.access(Role.MANAGER), on=NOW.date(), now=NOW)
    row.refresh_from_db()


def test_a_stranger_asks_the_venues_own_manager(we: World, room: Venue) -> None:
    made = booked(room, we.access(Role.STAFF, we.theirs), 9, 10)
    case = Case.objects.get()
    assert (case.pk, case.organ, case.applicant) == (made.case, we.ours, made.booked_by)
    assert (case.facts["organ"], case.facts["cost"]) == (str(we.theirs), "100")
    answer(we, made, "approve")
    assert made.state == BookingState.BOOKED


def test_refused_is_free_and_said(we: World, room: Venue) -> None:
    made = booked(room, we.access(Role.STAFF), 9, 10)
    answer(we, made, "reject")
    assert (made.state, made.reason[:2]) == (BookingState.REFUSED, "驳回")
    assert "未批准" in Notice.objects.get(template="services.booking.ended").title
    booked(room, we.access(Role.STAFF), 9, 10)


def test_withdrawn_in_the_engine_is_free(we: World, room: Venue) -> None:
    staff = we.access(Role.STAFF)
    made = booked(room, staff, 9, 10)
    flow.withdraw(case=made.case or 0, access=staff, on=NOW.date(), now=NOW)
    made.refresh_from_db()
    assert made.state == BookingState.REFUSED


def test_cancelled_by_its_owner_the_case_is_withdrawn(we: World, room: Venue) -> None:
    staff = we.access(Role.STAFF, we.theirs)
    made = booked(room, staff, 9, 10)
    actions.cancel(booking=made.pk, access=staff, now=NOW)
    assert Case.objects.get().state == CaseState.WITHDRAWN
    assert Booking.objects.get().state == BookingState.CANCELLED
    assert Notice.objects.filter(template="services.booking.ended").count() == 0


def test_cancelled_by_reception_or_lapsed_the_case_is_void(we: World, room: Venue) -> None:
    first, second = booked(room, we.access(Role.STAFF), 9, 10), booked(room, we.access(Role.STAFF), 11, 12)
    actions.cancel(booking=first.pk, reason="征用", access=we.access(Role.RECEPTION), now=NOW)
    assert clockwork.tick(at(11)).expired == 1
    assert set(Case.objects.values_list("state", flat=True)) == {CaseState.VOID}
    second.refresh_from_db()
    assert second.state == BookingState.EXPIRED
    assert Entry.objects.filter(actor="system", act__startswith="flow.").exists()
    assert Notice.objects.filter(template="services.booking.ended").count() == 2


def test_moved_it_is_asked_for_anew(we: World, room: Venue) -> None:
    staff = we.access(Role.STAFF)
    made = booked(room, staff, 9, 10)
    old = made.case
    moved = actions.move(booking=made.pk, starts_at=at(13), ends_at=at(14), access=staff, now=NOW)
    assert (moved.state, moved.case != old) == (BookingState.PENDING, True)
    assert Case.objects.get(pk=old or 0).state == CaseState.WITHDRAWN
    moved.refresh_from_db()
    answer(we, moved, "approve")
    again = actions.move(booking=made.pk, starts_at=at(15), ends_at=at(16), access=staff, now=NOW)
    assert again.state == BookingState.PENDING


def test_who_waits_is_told_once(we: World) -> None:
    room = factories.venue(we.ours)
    made = booked(room, we.access(Role.CLERK), 9, 10)
    waiting.wait(venue=room.pk, starts_at=at(9), ends_at=at(10), access=we.access(Role.STAFF), now=NOW)
    actions.cancel(booking=made.pk, access=we.access(Role.CLERK), now=NOW)
    notice = Notice.objects.get(template="services.booking.freed")
    assert notice.user == we.user(Role.STAFF)
    assert "start=09%3A00" in notice.url
    again = booked(room, we.access(Role.CLERK), 9, 10)
    actions.cancel(booking=again.pk, access=we.access(Role.CLERK), now=NOW)
    assert Notice.objects.filter(template="services.booking.freed").count() == 1
