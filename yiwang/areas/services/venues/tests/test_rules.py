"""Opening hours, and what each rule refuses: the code, and the figure in the sentence."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from yiwang.areas.services.venues import rules
from yiwang.areas.services.venues.hours import DayKind, parse_hours, said, spans_on
from yiwang.areas.services.venues.models import Approval, Venue, VenueRule, VenueState, YesNo
from yiwang.areas.services.venues.rules import Wanted
from yiwang.areas.services.venues.tests.helpers import NOW, at
from yiwang.core.rights.models import Role
from yiwang.kit.refusal import Refusal

TUESDAY, SATURDAY = date(2026, 12, 1), date(2026, 12, 5)
HOURS = "工作日 08:00-12:00,14:00-18:00;周六 09:00-12:00;节假日 不开放"


@pytest.mark.parametrize(
    ("day", "kind", "expected"),
    [
        (TUESDAY, DayKind.WORKDAY, "08:00–12:00、14:00–18:00"),
        (SATURDAY, DayKind.RESTDAY, "09:00–12:00"),
        (SATURDAY, DayKind.WORKDAY, "09:00–12:00"),
        (SATURDAY, DayKind.HOLIDAY, "不开放"),
        (date(2026, 12, 6), DayKind.RESTDAY, "不开放"),
        (TUESDAY, DayKind.HOLIDAY, "不开放"),
    ],
)
def test_the_most_particular_entry_holds(day: date, kind: DayKind, expected: str) -> None:
    assert said(spans_on(parse_hours(HOURS), day, kind)) == expected


def test_hours_are_read_as_people_write_them() -> None:
    spans = spans_on(parse_hours("周一至周五 8:30至17:00"), TUESDAY, DayKind.WORKDAY)
    assert spans == ((510, 1020),)
    assert spans_on(parse_hours("每天 00:00-24:00"), SATURDAY, DayKind.HOLIDAY) == ((0, 1440),)
    assert spans_on(parse_hours("休息日 09:00-10:00"), TUESDAY, DayKind.HOLIDAY) == ((540, 600),)


@pytest.mark.parametrize(
    "text",
    ["", "平时 08:00-12:00", "工作日", "工作日 8点到12点", "工作日 12:00-08:00", "工作日 08:00-25:00", "工作日 08:61-09:00",
     "工作日 08:00-12:00,11:00-13:00", "周五至周一 08:00-09:00"],
)  # fmt: skip
def test_what_cannot_be_read_is_said(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_hours(text)
    assert caught.value.code == "hours.text"
    assert "请照这样写" in caught.value.message


def _wanted(first: float = 9, last: float = 10, **more: Any) -> Wanted:
    return Wanted(starts_at=at(first), ends_at=at(last), **more)


def _codes(rule: VenueRule, wanted: Wanted, *, venue: Venue | None = None, now: datetime = NOW) -> dict[str, str]:
    place = venue or Venue(name="第一会议室", seats=20)
    return {one.code: one.message for one in rules.broken(rule, place, wanted, DayKind.WORKDAY, now)}


def test_within_all_rules_nothing_is_said() -> None:
    rule = VenueRule(hours=HOURS, earliest_days=1, latest_minutes=60, shortest_minutes=60, longest_minutes=60)
    assert _codes(rule, _wanted(participants=20)) == {}


@pytest.mark.parametrize(
    ("rule", "wanted", "code", "figure"),
    [
        ({"hours": HOURS}, _wanted(11, 13), "booking.hours", "08:00–12:00"),
        ({"earliest_days": 0}, _wanted(), "booking.too-early", "0 天"),
        ({"latest_minutes": 26 * 60}, _wanted(), "booking.too-late", "1 天 2 小时"),
        ({"shortest_minutes": 90}, _wanted(), "booking.too-short", "1 小时 30 分钟"),
        ({"longest_minutes": 30}, _wanted(), "booking.too-long", "30 分钟"),
        ({}, _wanted(participants=21), "booking.seats", "20 个座位"),
    ],
)
def test_each_rule_names_its_figure(rule: dict[str, Any], wanted: Wanted, code: str, figure: str) -> None:
    said_no = _codes(VenueRule(**{"hours": "每天 00:00-24:00", **rule}), wanted)
    assert list(said_no) == [code]
    assert figure in said_no[code]


def test_a_suspended_venue_says_why() -> None:
    venue = Venue(name="第一会议室", seats=20, state=VenueState.SUSPENDED, note="装修")
    assert "装修" in _codes(VenueRule(hours="每天 00:00-24:00"), _wanted(), venue=venue)["booking.suspended"]


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [(10, 9, "period"), (9, 9, "period"), (9.1, 10, "step"), (23, 25, "day"), (-30, -29, "past")],
)
def test_shapes(first: float, last: float, code: str) -> None:
    assert [one.code for one in rules.shape(_wanted(first, last), NOW)] == [f"booking.{code}"]


def test_the_end_of_a_day_is_a_fine_end() -> None:
    assert list(rules.shape(_wanted(23, 24), NOW)) == []
    assert _wanted(23, 24).span == (1380, 1440)


@pytest.mark.parametrize(
    ("rule", "wanted", "needed"),
    [
        ({"approval": Approval.NEVER, "approval_people": 1}, _wanted(), False),
        ({"approval": Approval.ALWAYS}, _wanted(), True),
        ({"approval": Approval.ABOVE, "approval_minutes": 60}, _wanted(), False),
        ({"approval": Approval.ABOVE, "approval_minutes": 45}, _wanted(), True),
        ({"approval": Approval.ABOVE, "approval_people": 10}, _wanted(participants=9), False),
        ({"approval": Approval.ABOVE, "approval_people": 10}, _wanted(participants=10), True),
        ({"approval": Approval.ABOVE, "approval_outside": YesNo.YES}, _wanted(outside=True), True),
        ({"approval": Approval.ABOVE, "approval_outside": YesNo.YES}, _wanted(), False),
    ],
)
def test_when_approval_is_asked_for(rule: dict[str, Any], wanted: Wanted, needed: bool) -> None:
    assert bool(rules.needs_approval(VenueRule(**rule), wanted)) is needed


def test_outside_organs_pay_by_the_minute_in_whole_fen() -> None:
    rule = VenueRule(price_hour=9_999)
    assert rules.price(rule, _wanted(9, 9.25)) == 0
    assert rules.price(rule, _wanted(9, 9.25, outside=True)) == 2_500
    assert rules.price(rule, _wanted(9, 12, outside=True)) == 29_997


def test_buffers_lie_around() -> None:
    assert rules.held(VenueRule(before_minutes=15, after_minutes=30), _wanted()) == (
        at(9) - timedelta(minutes=15),
        at(10) + timedelta(minutes=30),
    )


def test_roles_are_words() -> None:
    assert rules.roles_of(VenueRule(roles="经办、前台")) == {Role.CLERK, Role.RECEPTION}
    assert rules.roles_of(VenueRule(roles="")) == frozenset()
    with pytest.raises(Refusal, match="科员"):
        rules.roles_of(VenueRule(roles="科员"))
