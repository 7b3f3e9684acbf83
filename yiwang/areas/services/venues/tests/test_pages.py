"""The pages: owner, colleague, stranger and nobody; what is shown of others; queries; the door."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from yiwang.areas.services.venues import actions, factories
from yiwang.areas.services.venues.grid import midnight
from yiwang.areas.services.venues.models import Booking, BookingState, Venue, Waiting
from yiwang.areas.services.venues.tests.helpers import ZONE
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.models import Role
from yiwang.desk.testing import KindTests, World, page, world

pytestmark = pytest.mark.django_db
#: Queries of the grid of fifty venues, all that the page around it asks for included.
GRID_QUERIES = 12
#: Those of the grid itself: venues, days, rules, bookings, equipment.
OWN_QUERIES = 8


def tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)


def hour(number: float, *, on: date | None = None) -> datetime:
    return midnight(on or tomorrow()) + timedelta(hours=number)


@pytest.fixture
def we() -> World:
    return world()


@pytest.fixture
def room(we: World) -> Venue:
    return factories.venue(we.ours, code="door")


def book(room: Venue, access: Any, first: float, last: float, **more: Any) -> Booking:
    given: dict[str, Any] = {"title": "党组会议", "participants": 5, "now": timezone.now(), **more}
    return actions.book(venue=room.pk, access=access, starts_at=hour(first), ends_at=hour(last), **given)


def form(room: Venue, **more: str) -> dict[str, str]:
    day = str(tomorrow())
    given = {"venue": str(room.pk), "date": day, "start": "09:00", "end": "10:00", "title": "例会", "participants": "5"}
    return {**given, **more}


def grid_of(client: Client) -> str:
    return page(client.get(reverse("services:venues"), {"date": str(tomorrow())}))


def test_nobody_is_sent_to_the_door(room: Venue) -> None:
    for name, args in (
        ("venues", []),
        ("venue", [room.pk]),
        ("booking-new", []),
        ("bookings", []),
        ("venue-report", []),
    ):
        assert "/login" in Client().get(reverse(f"services:{name}", args=args))["Location"]


def test_of_others_bookings_the_organ_is_shown_and_by_rule_the_title(we: World, room: Venue) -> None:
    made = book(room, we.access(Role.STAFF), 9, 10)
    own = grid_of(we.client(Role.STAFF))
    assert "我的" in own
    assert "党组会议" in own
    other = grid_of(we.client(Role.LEADER))
    assert "党组会议" not in other
    assert f"已占用 · {we.ours}" in other
    assert reverse("services:booking", args=[made.pk]) not in other
    assert "党组会议" in grid_of(we.client(Role.RECEPTION))
    room.rules.update(titles="YES")
    assert "党组会议" in grid_of(we.client(Role.LEADER))


def test_strangers_see_neither_room_nor_booking(we: World, room: Venue) -> None:
    made = book(room, we.access(Role.STAFF), 9, 10)
    stranger = we.client(Role.MANAGER, we.theirs)
    assert room.name not in grid_of(stranger)
    for name, key in (("venue", room.pk), ("booking", made.pk), ("venue-poster", room.pk)):
        assert stranger.get(reverse(f"services:{name}", args=[key])).status_code == 404
    assert stranger.post(reverse("services:booking", args=[made.pk]), {"do": "cancel"}).status_code == 404
    moved = stranger.post(reverse("services:booking-move", args=[made.pk]), form(room))
    assert moved.status_code == 404
    text = page(stranger.post(reverse("services:booking-new"), form(room, start="11:00", end="12:00")), 422)
    assert "预约范围" in text
    assert Booking.objects.count() == 1


def test_auditors_and_administrators_book_nothing(we: World, room: Venue) -> None:
    assert we.client(Role.AUDITOR).post(reverse("services:booking-new"), form(room)).status_code == 403
    assert we.client(Role.SYSTEM_ADMIN).get(reverse("services:venues")).status_code == 403


def test_a_booking_by_the_form(we: World, room: Venue) -> None:
    client = we.client(Role.STAFF)
    text = page(client.get(reverse("services:booking-new"), {"venue": str(room.pk), "start": "09:00"}))
    assert "预约规则" in text
    answer = client.post(reverse("services:booking-new"), form(room, equipment="投影仪"))
    made = Booking.objects.get()
    assert answer["Location"] == reverse("services:booking", args=[made.pk])
    assert "投影仪" in page(client.get(answer["Location"]))
    assert "例会" in page(client.get(reverse("services:bookings")))
    again = page(client.post(reverse("services:booking-new"), form(room, title="另一个会")), 422)
    assert "已由" in again
    assert "另一个会" in again
    assert "登记候补" in again


@pytest.mark.parametrize(
    ("given", "said"),
    [({"date": "明天"}, "日期"), ({"start": "9点"}, "时间"), ({"participants": "0"}, "人数"), ({"venue": ""}, "场所"),
     ({"title": ""}, "名称"), ({"end": "08:00"}, "晚于"), ({"start": "09:07"}, "15 分钟")],
)  # fmt: skip
def test_bad_input_is_a_sentence(we: World, room: Venue, given: dict[str, str], said: str) -> None:
    assert said in page(we.client(Role.STAFF).post(reverse("services:booking-new"), form(room, **given)), 422)
    assert Booking.objects.count() == 0


def test_a_series_is_shown_before_it_is_written(we: World, room: Venue) -> None:
    client = we.client(Role.STAFF)
    book(room, we.access(Role.CLERK), 9.5, 10)
    given = form(room, frequency="DAILY", until=str(tomorrow() + timedelta(days=2)))
    shown = page(client.post(reverse("services:booking-new"), given))
    assert "约不到" in shown
    assert "只约可以的 2 场" in shown
    assert Booking.objects.count() == 1
    assert client.post(reverse("services:booking-new"), {**given, "do": "free"}).status_code == 302
    assert Booking.objects.count() == 3
    last = Booking.objects.exclude(series=None).order_by("pk").last()
    assert last is not None
    client.post(reverse("services:booking", args=[last.pk]), {"do": "rest"})
    assert Booking.objects.live().exclude(series=None).count() == 0


def test_owner_changes_extends_and_cancels_a_colleague_cannot(we: World, room: Venue) -> None:
    made = book(room, we.access(Role.STAFF), 9, 10)
    url = reverse("services:booking", args=[made.pk])
    reader = we.client(Role.READER)
    assert "取消预约" not in page(reader.get(url))
    assert reader.post(url, {"do": "cancel"}).status_code == 403
    client = we.client(Role.STAFF)
    assert client.post(url, {**form(room, start="13:00", end="14:00", title="改了"), "do": "change"}).status_code == 302
    assert client.post(url, {"do": "extend", "end": "14:30"}).status_code == 302
    assert "晚于" in page(client.post(url, {"do": "extend", "end": "14:00"}), 422)
    assert client.post(url, {"do": "cancel"}).status_code == 302
    made.refresh_from_db()
    assert (made.title, made.ends_at, made.state) == ("改了", hour(14.5), BookingState.CANCELLED)


def test_a_drop_moves_or_says_why(we: World, room: Venue) -> None:
    made, client = book(room, we.access(Role.STAFF), 9, 10), we.client(Role.STAFF)
    book(room, we.access(Role.CLERK), 11, 12)
    url = reverse("services:booking-move", args=[made.pk])
    assert client.get(url).status_code == 405
    assert client.post(url, form(room, start="10:00", end="11:00")).json() == {"moved": made.pk}
    refused = client.post(url, form(room, start="11:00", end="12:00"))
    assert (refused.status_code, refused.json()["code"]) == (422, "booking.taken")
    assert we.client(Role.READER).post(url, form(room)).status_code == 403
    made.refresh_from_db()
    assert made.starts_at == hour(10)


def test_who_waits_is_kept_once(we: World, room: Venue) -> None:
    book(room, we.access(Role.CLERK), 9, 10)
    client = we.client(Role.STAFF)
    assert client.post(reverse("services:booking-new"), form(room, do="wait")).status_code == 302
    assert "已经在候补" in page(client.post(reverse("services:booking-new"), form(room, do="wait")), 422)
    free = form(room, do="wait", start="15:00", end="16:00")
    assert "直接预约" in page(client.post(reverse("services:booking-new"), free), 422)
    actions.cancel(booking=Booking.objects.get().pk, access=we.access(Role.CLERK), now=timezone.now())
    assert Waiting.objects.get().told_at is not None


def test_a_rule_that_cannot_be_read_is_refused_at_the_desk_and_harms_no_other_room(we: World, room: Venue) -> None:
    bad = factories.venue(we.ours, "乙", rule={"hours": "平时"})
    assert f">{room.name}</a>" in grid_of(we.client(Role.STAFF))
    assert "看不懂" in page(we.client(Role.STAFF).post(reverse("services:booking-new"), form(bad)), 422)
    given = {"venue": f"{we.ours.name}/{bad.name}", "valid_from": "2026-12-01", "hours": "平时", "roles": "科员"}
    text = page(we.client(Role.MANAGER).post("/r/services/venue_rule/new/", given), 422)
    assert "看不懂" in text
    assert "不认识" in text


def test_filters(we: World) -> None:
    small, big = (
        factories.venue(we.ours, "小会议室", seats=8),
        factories.venue(we.ours, "大礼堂", seats=300, kind="HALL"),
    )
    factories.equipment(big, "音响")
    client, url = we.client(Role.STAFF), reverse("services:venues")
    for given, shown, hidden in (
        ({"seats": "100"}, big, small),
        ({"equipment": "音响"}, big, small),
        ({"kind": "MEETING_ROOM"}, small, big),
    ):
        text = page(client.get(url, given))
        assert f">{shown.name}</a>" in text
        assert f">{hidden.name}</a>" not in text
    now = timezone.now()
    first = now.astimezone(ZONE).replace(minute=0, second=0, microsecond=0)
    if first.hour < 22:  # across midnight a booking cannot be made
        row = actions.book(venue=small.pk, access=we.access(Role.CLERK), starts_at=first, ends_at=first + timedelta(hours=2),
                           title="会", participants=1, now=first)  # fmt: skip
        assert row.pk
        text = page(client.get(url, {"free": "1"}))
        assert f">{big.name}</a>" in text
        assert f">{small.name}</a>" not in text
    assert client.get(url, {"date": "x"}).status_code == 422


def test_the_grid_of_fifty_asks_as_much_as_that_of_one(we: World) -> None:
    """Queries do not grow; with the page around it within the limit."""
    staff, client = we.access(Role.STAFF), we.client(Role.STAFF)

    def asked() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as queries:
            grid_of(client)
        own = [one for one in queries if '"services_' in one["sql"] or "workdays" in one["sql"]]
        return len(queries), len(own)

    factories.venue(we.ours, "首")
    grid_of(client)
    one = asked()
    for number in range(49):
        room = factories.venue(we.ours, f"会议室{number:02}")
        factories.equipment(room)
        book(room, staff, 9, 10)
    fifty = asked()
    assert fifty == one
    assert fifty[1] <= OWN_QUERIES
    assert fifty[0] <= GRID_QUERIES


def test_the_door_shows_today_and_checks_in(we: World, room: Venue) -> None:
    now = timezone.now().astimezone(ZONE)
    zero = now.replace(hour=0, minute=0, second=0, microsecond=0)
    first = zero + timedelta(minutes=15 * (int((now - zero).total_seconds()) // 900))
    if first + timedelta(minutes=15) > zero + timedelta(days=1):
        pytest.skip("midnight")
    staff = we.access(Role.STAFF)
    made = actions.book(venue=room.pk, access=staff, starts_at=first, ends_at=first + timedelta(minutes=15), title="例会",
                        participants=2, now=first)  # fmt: skip
    url = reverse("services:venue-door", args=["door"])
    other = page(we.client(Role.LEADER).get(url))
    assert "例会" not in other
    assert "签到</button>" not in other
    client = we.client(Role.STAFF)
    assert "例会" in page(client.get(url))
    assert client.post(url, {"booking": made.pk}).status_code == 302
    assert "不能签到" in page(client.post(url, {"booking": made.pk}), 422)
    assert client.get(reverse("services:venue-door", args=["none"])).status_code == 404
    made.refresh_from_db()
    assert made.state == BookingState.IN_USE


def test_who_manages_the_room_makes_its_poster(we: World, room: Venue) -> None:
    url = reverse("services:venue", args=[room.pk])
    assert we.client(Role.STAFF).post(url, {"do": "code"}).status_code == 403
    manager = we.client(Role.MANAGER)
    answer = manager.post(url, {"do": "code"})
    room.refresh_from_db()
    assert room.code not in ("", "door")
    assert "<svg" in page(manager.get(answer["Location"]))
    assert we.client(Role.STAFF).get(answer["Location"]).status_code == 403
    assert "请选择照片" in manager.post(url, {}).content.decode()
    week = page(we.client(Role.STAFF).get(url))
    assert "每天 00:00-24:00" in week
    assert "加照片" not in week


def test_the_report_counts_hours_and_absences(we: World, room: Venue) -> None:
    used, absent = book(room, we.access(Role.STAFF), 9, 10.5), book(room, we.access(Role.STAFF), 11, 12)
    past = hour(0) - timedelta(days=3)
    for row, state in ((used, BookingState.USED), (absent, BookingState.NO_SHOW)):
        length = row.ends_at - row.starts_at
        Booking.objects.filter(pk=row.pk).update(
            state=state, held_from=past, starts_at=past, ends_at=past + length, held_to=past + length
        )
    url = reverse("services:venue-report")
    text = page(we.client(Role.READER).get(url))
    for figure in ("2.5", "1.5", "50"):
        assert figure in text
    assert we.client(Role.STAFF).get(url).status_code == 403
    assert room.name not in page(we.client(Role.READER, we.theirs).get(url))
    rows = b"".join(we.client(Role.READER).get(reverse("services:venue-report-export", args=["csv"]))).decode(
        "utf-8-sig"
    )
    assert f"{room.name},2,2.5,1.5,1,50.0" in rows
    workbook = we.client(Role.READER).get(reverse("services:venue-report-export", args=["xlsx"]))
    assert b"".join(workbook).startswith(b"PK")
    assert we.client(Role.READER).get(url, {"since": "2026-01-01", "until": "2020-01-01"}).status_code == 422


class TestVenueKind(KindTests):
    """场所."""

    key = "services.venue"

    def make(self, organ: Organ) -> models.Model:
        return factories.venue(organ, f"会议室{Venue.objects.count():03}")

    def given(self, organ: Organ) -> dict[str, str]:
        return {"name": f"新会议室{organ.pk}", "organ": organ.name, "seats": "12", "kind": "会议室"}


class TestEquipmentKind(KindTests):
    """场所设备."""

    key = "services.venue_equipment"

    def make(self, organ: Organ) -> models.Model:
        return factories.equipment(factories.venue(organ, f"会议室{Venue.objects.count():03}"))

    def given(self, organ: Organ) -> dict[str, str]:
        room = factories.venue(organ, f"会议室{Venue.objects.count():03}")
        return {"venue": f"{organ.name}/{room.name}", "name": "投影仪", "quantity": "2"}


class TestRuleKind(KindTests):
    """预约规则."""

    key = "services.venue_rule"

    def make(self, organ: Organ) -> models.Model:
        return factories.venue(organ, f"会议室{Venue.objects.count():03}").rules.get()

    def given(self, organ: Organ) -> dict[str, str]:
        room = Venue.objects.create(
            organ=organ, name=f"会议室{Venue.objects.count():03}", sort_key="h", seats=8,
            **{f"l{level}": getattr(organ, f"l{level}") for level in range(1, 6)},
        )  # fmt: skip
        return {"venue": f"{organ.name}/{room.name}", "hours": "工作日 08:00-18:00", "valid_from": "2026-01-01"}
