"""Rooms of the demo organs that can be booked, some weeks of bookings, and a meeting with its plan."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.utils import timezone

from yiwang.areas.services.events.models import Event, EventLine, EventTask
from yiwang.areas.services.venues.grid import midnight
from yiwang.areas.services.venues.models import Booking, BookingState, Venue, VenueEquipment, VenueRule
from yiwang.areas.services.venues.rules import Wanted, held
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import LEVELS, Organ, Tier
from yiwang.core.places.models import Building
from yiwang.core.rights.models import Grant, Role, User
from yiwang.kit.pinyin import sort_key

WEEKS = 4  # back and one ahead
#: Name, kind, seats, equipment, columns of its rule.
ROOMS: tuple[tuple[str, str, int, tuple[str, ...], dict[str, Any]], ...] = (
    ("第一会议室", "MEETING_ROOM", 20, ("投影仪", "视频会议终端"), {"release_minutes": 15}),
    ("第二会议室", "MEETING_ROOM", 12, ("电视机",), {"release_minutes": 15}),
    (
        "多功能厅",
        "HALL",
        120,
        ("音响", "投影仪", "LED 屏"),
        {"approval": "ALWAYS", "after_minutes": 30, "price_hour": 30_000},
    ),
    ("职工活动室", "ACTIVITY_ROOM", 30, (), {"hours": "工作日 12:00-14:00,17:30-20:30;休息日 09:00-18:00"}),
)
TITLES = ("局务会", "党支部学习", "预算协调会", "专题研究会", "视频调度会", "业务培训", "项目评审", "谈心谈话")


def load_venues(*, now: datetime, seed: int = 20261129) -> dict[str, int]:
    """Fill the rooms of the province's and the cities' head organs; counts by model. Again on a filled base: nothing.

    In sets, past the verbs: thousands of bookings, one entry. What is made here keeps every rule all the same.
    """
    if Venue.objects.exists():
        return {}
    rng = Random(seed)  # noqa: S311 (made-up data, not secrets)
    organs = list(
        Organ.objects.filter(tier__in=(Tier.PROVINCE, Tier.CITY), closed_date=None).order_by("depth", "pk")[:14]
    )
    users = _users(organs)
    if not users:
        return {}
    venues = _venues(organs)
    rules = _rules(venues)
    equipment = _equipment(venues)
    bookings = _bookings(rng, venues, rules, users, now)
    events = _event(organs[0], users[organs[0].pk], now)
    counts = {
        "services.venue": len(venues), "services.venuerule": len(rules), "services.venueequipment": equipment,
        "services.booking": len(bookings), "services.event": events,
    }  # fmt: skip
    post(actor="system", act="demo.venues", obj="demo.province:venues", body={"rows": counts, "seed": seed})
    return counts


def _users(organs: list[Organ]) -> dict[int, User]:
    """Who books for each organ: its clerk where it has one, else the first account."""
    anybody = User.objects.filter(is_active=True).order_by("pk").first()
    if anybody is None:
        return {}
    grants = Grant.objects.filter(organ__in=organs, role=Role.CLERK, user__is_active=True).select_related("user")
    clerks = {grant.organ_id: grant.user for grant in grants.order_by("-pk")}
    return {organ.pk: clerks.get(organ.pk, anybody) for organ in organs}


def _of(organ: Organ) -> dict[str, Any]:
    """The organ with its ancestor columns."""
    return {"organ": organ, **{level: getattr(organ, level) for level in LEVELS}}


def _venues(organs: list[Organ]) -> list[Venue]:
    places = {one.organ_id: one for one in Building.objects.filter(organ__in=organs).order_by("-pk")}
    rows = [
        Venue(
            **_of(organ), name=name, sort_key=sort_key(name), kind=kind, seats=seats, building=places.get(organ.pk),
            room=f"{number + 1}01",
        )
        for organ in organs
        for number, (name, kind, seats, *_) in enumerate(ROOMS)
    ]  # fmt: skip
    return Venue.objects.bulk_create(rows)


def _kind(venue: Venue) -> tuple[str, str, int, tuple[str, ...], dict[str, Any]]:
    return next(one for one in ROOMS if one[0] == venue.name)


def _rules(venues: list[Venue]) -> dict[int, VenueRule]:
    usual = {"hours": "工作日 08:00-18:00", "earliest_days": 60, "longest_minutes": 480, "most_open": 20}
    rows = [
        VenueRule(**_of(venue.organ), venue=venue, valid_from=venue.organ.opened_date, **{**usual, **_kind(venue)[4]})
        for venue in venues
    ]
    return {row.venue_id: row for row in VenueRule.objects.bulk_create(rows)}


def _equipment(venues: list[Venue]) -> int:
    rows = [VenueEquipment(**_of(venue.organ), venue=venue, name=name) for venue in venues for name in _kind(venue)[3]]
    return len(VenueEquipment.objects.bulk_create(rows))


def _bookings(
    rng: Random, venues: list[Venue], rules: dict[int, VenueRule], users: dict[int, User], now: datetime
) -> list[Booking]:
    """Two or three a working day and room, with room between them for the buffers."""
    first = timezone.localtime(now).date() - timedelta(weeks=WEEKS)
    rows = []
    for venue in venues:
        if venue.kind == "ACTIVITY_ROOM":
            continue
        for number in range(7 * (WEEKS + 1)):
            day = first + timedelta(days=number)
            if day.weekday() < 5:
                rows += [
                    _booking(rng, venue, rules[venue.pk], users[venue.organ_id], midnight(day), hour, now)
                    for hour in _hours(rng)
                ]
    return Booking.objects.bulk_create(rows, batch_size=500)


def _hours(rng: Random) -> list[int]:
    return sorted(rng.sample((8, 10, 14, 16), rng.choice((1, 2, 2, 3))))


def _booking(
    rng: Random, venue: Venue, rule: VenueRule, user: User, zero: datetime, hour: int, now: datetime
) -> Booking:
    starts_at = zero + timedelta(hours=hour)
    ends_at = starts_at + timedelta(minutes=15 * rng.randint(2, 6))
    first, last = held(rule, Wanted(starts_at=starts_at, ends_at=ends_at))
    over, absent = ends_at <= now, rule.release_minutes is not None and rng.random() < 0.08
    state = BookingState.BOOKED if not over else BookingState.NO_SHOW if absent else BookingState.USED
    return Booking(
        **_of(venue.organ), venue=venue, title=rng.choice(TITLES), participants=rng.randint(3, venue.seats), booked_by=user,
        starts_at=starts_at, ends_at=ends_at, held_from=first, held_to=last, state=state,
        booked_at=min(now, starts_at - timedelta(days=2)), closed_at=ends_at if over else None,
        arrived_at=starts_at if state == BookingState.USED else None,
    )  # fmt: skip


def _event(organ: Organ, user: User, now: datetime) -> int:
    """A meeting in two weeks with its plan."""
    day = timezone.localtime(now).date() + timedelta(days=14)
    event = Event.objects.create(
        **_of(organ), name="全省机关事务工作座谈会", meeting_class="三类", first_date=day, last_date=day, days=Decimal(1),
        participants=60, staff=6, purpose="总结年度工作,部署下年任务。", created_by=user, created_at=now,
    )  # fmt: skip
    lines = (
        ("MEAL", "会议午餐", "60", "人", 5_000), ("CAR", "中型客车 19 座", "2", "辆", 80_000),
        ("MATERIAL", "会议资料", "60", "份", 1_500), ("STAFF", "会务服务", "4", "人", 0),
    )  # fmt: skip
    EventLine.objects.bulk_create(
        EventLine(
            **_of(organ), event=event, kind=kind, what=what, quantity=Decimal(many), unit=unit, price=price,
            amount=int(Decimal(many) * price), payer=str(organ)[:60], responsible="会务组",
        )
        for kind, what, many, unit, price in lines
    )  # fmt: skip
    EventTask.objects.bulk_create(
        EventTask(**_of(organ), event=event, what=what, due_at=midnight(day) - timedelta(hours=hours), responsible=who)
        for what, hours, who in (
            ("会场布置", 6, "后勤科"),
            ("音响、视频调试", 4, "信息中心"),
            ("资料装袋", 8, "会务组"),
        )
    )
    return 1
