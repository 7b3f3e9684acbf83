"""Who is touched by a change, and verbs that change one record or several."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from yiwang.areas.offices import factories as offices
from yiwang.areas.offices.models import Occupancy
from yiwang.areas.offices.resources import OCCUPANCY, ROOM
from yiwang.areas.vehicles import factories as cars
from yiwang.areas.vehicles.life.resources import PURCHASE
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories as orgs
from yiwang.core.orgs.models import Organ
from yiwang.core.registers import writing
from yiwang.core.registers.drafts import Draft
from yiwang.core.registers.register import Register
from yiwang.kit.constraints import Values
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 1)


@pytest.fixture
def bureau() -> Organ:
    """An organ of a county."""
    return orgs.organ("青河县财政局")


def stored(row: Any) -> Values:
    """The row by attname."""
    return {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields if not one.primary_key}


def test_touched(bureau: Organ) -> None:
    """The person of an occupancy; everybody who ever sat in a room, and its organ; nobody for a room in common use."""
    room = offices.room(offices.building(bureau))
    one, two = orgs.person(bureau), orgs.person(bureau)
    held = offices.occupancy(room, one)
    offices.occupancy(room, two, since=date(2020, 1, 1), to=date(2021, 1, 1))
    offices.occupancy(room, None)
    assert writing.touched(OCCUPANCY, [held.pk]) == {"offices.person_space": {f"{one.pk}:{bureau.pk}"}}
    everybody = {f"{one.pk}:{bureau.pk}", f"{two.pk}:{bureau.pk}"}
    assert writing.touched(ROOM, [room.pk]) == {
        "offices.person_space": everybody,
        "offices.organ_space": {str(bureau.pk)},
    }


@pytest.mark.parametrize("register", [OCCUPANCY, ROOM, PURCHASE], ids=lambda one: one.key)
def test_touched_without_asking_is_the_same(bureau: Organ, register: Register) -> None:
    """What the drafts say themselves is what the database would say."""
    room = offices.room(offices.building(bureau))
    made: dict[str, list[Any]] = {
        OCCUPANCY.key: [offices.occupancy(room, orgs.person(bureau)), offices.occupancy(room, None)],
        ROOM.key: [room, offices.room(room.building)],
        PURCHASE.key: [cars.purchase(bureau, 1), cars.purchase(bureau, 1, purchased_date=date(2024, 5, 1))],
    }
    rows = made[register.key]
    drafts = [Draft(1, stored(row), pk=row.pk) for row in rows]
    asked = writing.touched(register, [row.pk for row in rows])
    said = writing._touched_by(register, drafts, before=False)
    assert {key: some for key, some in said.items() if some} == {key: some for key, some in asked.items() if some}


def test_an_act_says_what_was_and_is(bureau: Organ) -> None:
    """Only the columns that changed, under one entry."""
    room = offices.room(offices.building(bureau), area="8")
    changed = writing.act(
        ROOM, {"usable_area": Decimal(9)}, actor="user:1", verb="change", on=TODAY, row=room, why="重测"
    )
    assert changed.usable_area == 9
    body = json.loads(Entry.objects.get(obj=f"offices.room:{room.pk}").body)
    assert body == {"before": {"usable_area": "8.00"}, "after": {"usable_area": "9"}, "why": "重测"}
    writing.act(ROOM, {"usable_area": Decimal(9)}, actor="user:1", verb="change", on=TODAY, row=room)
    assert Entry.objects.filter(obj=f"offices.room:{room.pk}").count() == 1


def test_several_in_order(bureau: Organ) -> None:
    """What ends is written before what begins is checked; a refusal takes all back."""
    room, who = offices.room(offices.building(bureau)), orgs.person(bureau)
    held = offices.occupancy(room, who)
    again = stored(held) | {"valid_from": TODAY}
    with pytest.raises(Refusal, match="重叠"):
        writing.act(OCCUPANCY, again, actor="user:1", verb="occupy", on=TODAY)
    changes: list[writing.Change] = [(held, {"valid_to": TODAY}), (None, again)]
    about = {"actor": "user:1", "verb": "share", "on": TODAY, "obj": "offices.room:1"}
    writing.act_on_many(OCCUPANCY, changes, **about)  # type: ignore[arg-type]
    assert list(Occupancy.objects.order_by("valid_from").values_list("valid_to", flat=True)) == [TODAY, None]
    with pytest.raises(Refusal):
        writing.act_on_many(OCCUPANCY, [(held, {"valid_to": date(2025, 1, 1)}), (None, again)], **about)  # type: ignore[arg-type]
    held.refresh_from_db()
    assert held.valid_to == TODAY


def test_marks_differ_with_the_record(bureau: Organ) -> None:
    """The same for the same, by row or by values."""
    room = offices.room(offices.building(bureau))
    room.refresh_from_db()
    mark = writing.mark(room)
    assert mark == writing.mark(stored(room) | {"pk": room.pk})
    room.note = "改"
    assert writing.mark(room) != mark
