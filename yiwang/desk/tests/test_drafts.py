"""Rows on their way into a register: every wrong one is named, with its column; the right ones are ready to be written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from yiwang.areas.offices import factories as offices
from yiwang.core.orgs import factories
from yiwang.core.registers.drafts import Draft, Drafting
from yiwang.desk import kinds
from yiwang.desk.testing import World, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def we() -> World:
    """Two counties."""
    return world()


def drafts(key: str, we: World, *rows: dict[str, Any], pk: int | None = None) -> list[Draft]:
    """The drafts of a clerk's rows."""
    return Drafting(kinds.get(key), we.access()).drafts(enumerate(rows, 2), pk=pk)


def codes(draft: Draft) -> list[str]:
    """What is wrong."""
    return [error.code for error in draft.errors]


def room_row(we: World, **more: Any) -> dict[str, Any]:
    """A row as intake hands it over."""
    return {"number": "0612", "building": "A座", "organ": we.ours.name, "usable_area": Decimal(18), **more}


def test_a_sound_row_is_complete(we: World) -> None:
    """Links are ids, defaults are there, the ancestor columns are the organ's."""
    building = offices.building(we.ours)
    (draft,) = drafts("offices.room", we, room_row(we, kind="服务用房"))
    assert not draft.errors
    assert draft.values["building_id"] == building.pk
    assert (draft.values["kind"], draft.values["state"]) == ("SERVICE_ROOM", "IN_USE")
    assert (draft.values["l1"], draft.values["l2"], draft.values["l3"]) == (we.province.pk, we.ours.pk, None)
    assert draft.before is None


@pytest.mark.parametrize(
    ("change", "code", "column"),
    [
        ({"number": ""}, "value.missing", "房号"),
        ({"usable_area": "十八"}, "number.not-a-number", "使用面积"),
        ({"usable_area": "18.123"}, "value.places", "使用面积"),
        ({"usable_area": "99999999999"}, "value.large", "使用面积"),
        ({"usable_area": Decimal(-3)}, "check.room_area_positive", ""),
        ({"kind": "会客室"}, "value.word", "用途"),
        ({"building": "C座"}, "link.unknown", "楼栋"),
        ({"organ": "云岭县水利局"}, "link.unknown", "单位"),
        ({"number": "9" * 31}, "value.long", "房号"),
    ],
)
def test_what_is_wrong_is_named(we: World, change: dict[str, Any], code: str, column: str) -> None:
    """A stable code, the row as the user sees it, and the column."""
    offices.building(we.ours)
    (draft,) = drafts("offices.room", we, room_row(we, **change))
    assert codes(draft) == [code]
    assert (draft.errors[0].where.row, draft.errors[0].where.column) == (2, column)


def test_a_row_of_another_organ_cannot_be_touched(we: World) -> None:
    """The natural key is taken by somebody out of reach: said without telling by whom."""
    car = {"plate": "示A10001", "organ": we.ours.name, "use": "应急保障用车", "body": "轿车"}
    mine = Drafting(kinds.get("vehicles.vehicle"), we.access()).drafts([(2, car)])[0]
    model = kinds.get("vehicles.vehicle").model
    model._default_manager.create(**{**mine.values, "organ_id": we.theirs.pk, "l2": we.theirs.pk})
    (draft,) = drafts("vehicles.vehicle", we, car)
    assert codes(draft) == ["import.elsewhere"]


def test_the_same_row_twice(we: World) -> None:
    """The second is refused and points to the first."""
    offices.building(we.ours)
    first, second = drafts("offices.room", we, room_row(we), room_row(we, usable_area=20))
    assert not first.errors
    assert codes(second) == ["import.twice"]
    assert "第 2 行" in second.errors[0].message


def test_an_existing_row_is_changed_only_where_it_differs(we: World) -> None:
    """Columns that the sheet has not keep their value."""
    room = offices.room(offices.building(we.ours), "0612", "18")
    (draft,) = drafts("offices.room", we, room_row(we, usable_area="20"))
    assert draft.pk == room.pk
    assert draft.changed == {"usable_area": Decimal(20)}
    (same,) = drafts("offices.room", we, room_row(we))
    assert not same.errors
    assert same.changed == {}


def test_a_name_that_fits_two_is_narrowed_by_the_organ(we: World) -> None:
    """Two 张伟: the one of the row's organ is meant; two in one organ need their numbers."""
    room = offices.room(offices.building(we.ours), "0612")
    below = factories.organ("青河县财政局国库科", we.ours)
    ours, other = factories.person(we.ours, "张伟"), factories.person(below, "张伟")
    row = {"room": "A座 0612", "person": "张伟", "organ": we.ours.name, "valid_from": "2024.5.1"}
    (draft,) = drafts("offices.occupancy", we, row)
    assert (draft.errors, draft.values["person_id"], draft.values["room_id"]) == ([], ours.pk, room.pk)
    assert draft.values["valid_from"] == date(2024, 5, 1)
    factories.person(we.ours, "张伟")
    (draft,) = drafts("offices.occupancy", we, row)
    assert codes(draft) == ["link.ambiguous"]
    (draft,) = drafts("offices.occupancy", we, {**row, "person": f"张伟 {other.staff_number}"})
    assert draft.values["person_id"] == other.pk


def test_periods_of_one_person_in_one_room_do_not_overlap(we: World) -> None:
    """Neither with what is stored nor within the file; touching is fine."""
    room = offices.room(offices.building(we.ours), "0612")
    who = factories.person(we.ours, "李明")
    offices.occupancy(room, who, since=date(2020, 1, 1), to=date(2022, 1, 1))
    row = {"room": "A座 0612", "person": "李明", "organ": we.ours.name}
    touching, inside, twice = drafts(
        "offices.occupancy",
        we,
        {**row, "valid_from": "2022-01-01", "valid_to": "2023-01-01"},
        {**row, "valid_from": "2021-06-01"},
        {**row, "valid_from": "2022-06-01"},
    )
    assert not touching.errors
    assert codes(inside) == ["period.overlap"]
    assert codes(twice) == ["period.overlap"]


def test_unique_values_besides_the_key(we: World) -> None:
    """A certificate belongs to one title; none is not a value."""
    offices.building(we.ours, "A座"), offices.building(we.ours, "B座"), offices.building(we.ours, "C座")
    row = {"organ": we.ours.name, "gross_floor_area": 5000}
    first, second, none = drafts(
        "offices.title",
        we,
        {**row, "building": "A座", "certificate": "权证1号"},
        {**row, "building": "B座", "certificate": "权证1号"},
        {**row, "building": "C座"},
    )
    assert (first.errors, none.errors) == ([], [])
    assert codes(second) == ["check.title_certificate_once"]


def test_a_form_keeps_to_its_record(we: World) -> None:
    """Changing the number to one that another room has is refused; to a free one it is a change."""
    building = offices.building(we.ours)
    room, _ = offices.room(building, "0612"), offices.room(building, "0613")
    (taken,) = drafts("offices.room", we, room_row(we, number="0613"), pk=room.pk)
    assert codes(taken) == ["record.exists"]
    (free,) = drafts("offices.room", we, room_row(we, number="0614"), pk=room.pk)
    assert free.changed == {"number": "0614"}


def test_owner_and_pinyin_are_derived(we: World) -> None:
    """A building belongs to the organ of its site and sorts by pinyin."""
    offices.building(we.ours, "A座", site="东院")
    row = {
        "name": "重庆楼",
        "site": "东院",
        "floors": 3,
        "structure": "多层",
        "gross_floor_area": 900,
        "usable_area": 600,
    }
    (draft,) = drafts("offices.building", we, row)
    assert not draft.errors
    assert draft.values["organ_id"] == we.ours.pk
    assert draft.values["sort_key"].startswith("chong2qing4")


def test_queries_do_not_grow_with_the_rows(we: World, django_assert_max_num_queries: Any) -> None:
    """Forty rows cost as many queries as one."""
    from django.db import connection

    offices.building(we.ours)
    drafting = Drafting(kinds.get("offices.room"), we.access())

    def cost(count: int) -> int:
        rows = [(number, room_row(we, number=f"{number:04}")) for number in range(count)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert not any(draft.errors for draft in drafting.drafts(rows))
        return len(queries)

    assert cost(40) == cost(1) <= 6
