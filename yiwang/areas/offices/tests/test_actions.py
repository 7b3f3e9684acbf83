"""The verbs of office space: rows, entry and findings go together."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from yiwang.areas.offices import actions, factories
from yiwang.areas.offices.models import Occupancy, Room, RoomState
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories as orgs
from yiwang.core.orgs.models import Organ
from yiwang.core.verdicts.models import Finding, State
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 1)
LATER = date(2026, 6, 1)


@pytest.fixture
def bureau() -> Organ:
    """An organ of a county."""
    return orgs.organ("青河县财政局")


def acts() -> list[str]:
    """What the ledger says of the registers, the latest last."""
    return [act for act in Entry.objects.order_by("id").values_list("act", flat=True) if act.startswith("offices.")]


def test_occupy_and_vacate(bureau: Organ) -> None:
    """A room too large is found, and closed when it is left; the empty room stands idle."""
    room = factories.room(factories.building(bureau), area="30")
    Room.objects.update(state=RoomState.IDLE)
    who = orgs.person(bureau, rank="科员")
    held = actions.occupy_room(actor="user:1", room=room, organ=bureau, person=who, on=TODAY)
    room.refresh_from_db()
    assert (room.state, held.l1) == (RoomState.IN_USE, bureau.pk)
    finding = Finding.objects.get()
    assert (finding.kind, finding.state) == ("over", State.OPEN)
    actions.vacate_room(actor="user:1", occupancy=held, on=LATER)
    room.refresh_from_db()
    finding.refresh_from_db()
    assert (room.state, finding.state) == (RoomState.IDLE, State.CLOSED)
    assert acts() == ["offices.occupancy.occupy", "offices.occupancy.vacate"]
    with pytest.raises(Refusal, match="已于 2026-06-01 腾退"):
        actions.vacate_room(actor="user:1", occupancy=held, on=LATER)


def test_a_room_that_is_let_cannot_be_occupied(bureau: Organ) -> None:
    """And one in use cannot be let."""
    room = factories.room(factories.building(bureau))
    actions.change_room(actor="user:1", room=room, on=TODAY, state=RoomState.LEASED_OUT)
    with pytest.raises(Refusal) as refused:
        actions.occupy_room(actor="user:1", room=room, organ=bureau, on=TODAY)
    assert refused.value.code == "room.not-free"
    used = factories.room(factories.building(bureau))
    factories.occupancy(used, orgs.person(bureau))
    with pytest.raises(Refusal) as refused:
        actions.change_room(actor="user:1", room=used, on=TODAY, state=RoomState.LENT)
    assert refused.value.code == "room.in-use"


def test_twice_in_one_room(bureau: Organ) -> None:
    """Refused with a sentence; the database refuses whoever comes past the verb."""
    room, who = factories.room(factories.building(bureau)), orgs.person(bureau)
    actions.occupy_room(actor="user:1", room=room, organ=bureau, person=who, on=TODAY)
    with pytest.raises(Refusal) as refused:
        actions.occupy_room(actor="user:1", room=room, organ=bureau, person=who, on=LATER)
    assert refused.value.code == "period.overlap"
    late = Occupancy(room=room, person=who, organ=bureau, valid_from=date(2020, 1, 1), valid_to=LATER)
    late.place()
    with pytest.raises(IntegrityError, match="overlap"), transaction.atomic():
        late.save()
    late.valid_to = TODAY
    late.save()
    with pytest.raises(IntegrityError, match="overlap"), transaction.atomic():
        Occupancy.objects.filter(pk=late.pk).update(valid_to=LATER)


@pytest.mark.parametrize(
    ("since", "to", "free"),
    [
        (date(2024, 1, 1), date(2024, 6, 1), True),
        (date(2024, 1, 1), date(2024, 6, 2), False),
        (date(2024, 12, 31), date(2025, 6, 1), False),
        (date(2025, 1, 1), None, True),
        (date(2020, 1, 1), None, False),
        (date(2024, 7, 1), date(2024, 7, 2), False),
        (date(1950, 1, 1), date(9999, 12, 31), False),
    ],
)
def test_the_guard_to_the_day(bureau: Organ, since: date, to: date | None, *, free: bool) -> None:
    """[2024-06-01, 2025-01-01) is taken: the days beside it are free, none within; other rooms and persons are."""
    room, who = factories.room(factories.building(bureau)), orgs.person(bureau)
    factories.occupancy(room, who, since=date(2024, 6, 1), to=date(2025, 1, 1))
    factories.occupancy(room, orgs.person(bureau), since=since, to=to)
    factories.occupancy(room, None, since=since, to=to)
    factories.occupancy(room, None, since=since, to=to)
    factories.occupancy(factories.room(room.building), who, since=since, to=to)
    row = Occupancy(room=room, person=who, organ=bureau, valid_from=since, valid_to=to)
    row.place()
    if free:
        row.save()
        return
    with pytest.raises(IntegrityError, match="overlap"), transaction.atomic():
        row.save()


def test_share_from_a_day_on(bureau: Organ) -> None:
    """The past keeps its equal parts; from the day on the written ones count, and nobody's sum passes one."""
    room = factories.room(factories.building(bureau), area="30")
    one, two = orgs.person(bureau, "甲"), orgs.person(bureau, "乙")
    for who in (one, two):
        factories.occupancy(room, who)
    parts = {one.pk: Decimal("0.7"), two.pk: Decimal("0.3")}
    actions.share_room(actor="user:1", room=room, shares=parts, on=TODAY)
    periods = Occupancy.objects.filter(person=one).order_by("valid_from").values_list("valid_to", "share")
    assert list(periods) == [(TODAY, None), (None, Decimal("0.7"))]
    assert acts() == ["offices.occupancy.share"]
    entry = Entry.objects.get(act="offices.occupancy.share")
    assert (entry.obj, len(json.loads(entry.body)["records"])) == (f"offices.room:{room.pk}", 4)
    actions.share_room(actor="user:1", room=room, shares={one.pk: None}, on=TODAY)
    assert Occupancy.objects.filter(person=one).count() == 2
    with pytest.raises(Refusal, match="超过 1"):
        actions.share_room(actor="user:1", room=room, shares={one.pk: Decimal("0.8")}, on=LATER)
    with pytest.raises(Refusal, match="没有使用"):
        actions.share_room(actor="user:1", room=room, shares={0: None}, on=LATER)


def test_a_room_measured_anew_judges_who_sits_in_it(bureau: Organ) -> None:
    """The finding is the person's, though the room changed."""
    room = factories.room(factories.building(bureau), area="8")
    factories.occupancy(room, orgs.person(bureau, rank="科员"))
    changed = actions.change_room(actor="user:1", room=room, on=TODAY, usable_area=Decimal(12))
    assert changed.usable_area == 12
    assert Finding.objects.get(dataset="offices.person_space").excess == 3
    with pytest.raises(Refusal, match="大于 0"):
        actions.change_room(actor="user:1", room=room, on=TODAY, usable_area=Decimal(0))
