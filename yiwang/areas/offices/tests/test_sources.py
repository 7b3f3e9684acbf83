"""The registers as datasets: who sits on how much, on which day, and what the judge makes of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from yiwang.areas.offices import factories, sources
from yiwang.areas.offices.models import RoomKind
from yiwang.core.orgs import factories as orgs
from yiwang.core.orgs.models import Appointment, Organ
from yiwang.core.verdicts.sources import SourceRow, source_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 1)


@pytest.fixture
def bureau() -> Organ:
    """An organ of a county."""
    return orgs.organ("青河县财政局")


def counted(rows: list[SourceRow]) -> list[tuple[str, Decimal, int]]:
    """Who, how many square metres, divided by how many."""
    return [(row.values["person"], row.values["usable_area"], row.values["sharers"]) for row in rows]


def space(**asked: object) -> list[SourceRow]:
    """The rows of the day."""
    return list(sources.person_space(on=TODAY, **asked))  # type: ignore[arg-type]


def test_a_row_for_each_room_of_a_person(bureau: Organ) -> None:
    """Two rooms in two buildings are two rows of one subject; the rank is that of the day."""
    who = orgs.person(bureau, "王敏", rank="正科级")
    for name in ("A座", "B座"):
        factories.occupancy(factories.room(factories.building(bureau, name), "0601", "12"), who)
    rows = space()
    assert counted(rows) == [("王敏", Decimal(12), 1), ("王敏", Decimal(12), 1)]
    assert {row.subject for row in rows} == {f"{who.pk}:{bureau.pk}"}
    assert {row.values["room"] for row in rows} == {"A座 0601", "B座 0601"}
    first = rows[0]
    assert (first.organ_id, first.region, first.on) == (bureau.pk, "990101", TODAY)
    assert (first.values["rank"], first.values["organ_tier"]) == ("正科级", "县级机关")


def test_a_shared_room_is_divided(bureau: Organ) -> None:
    """Equally among those of the day; who has left does not count."""
    room = factories.room(factories.building(bureau), area="24")
    one, two, gone = (orgs.person(bureau, name) for name in ("甲", "乙", "丙"))
    factories.occupancy(room, one), factories.occupancy(room, two)
    factories.occupancy(room, gone, since=date(2020, 1, 1), to=TODAY)
    assert counted(space()) == [("甲", Decimal(24), 2), ("乙", Decimal(24), 2)]


def test_written_shares_come_first(bureau: Organ) -> None:
    """A share that is written down counts; what is left goes to the others."""
    room = factories.room(factories.building(bureau), area="20")
    one, two, three = (factories.occupancy(room, orgs.person(bureau, name)) for name in ("甲", "乙", "丙"))
    one.share = Decimal("0.5")
    one.save()
    assert counted(space()) == [("甲", Decimal(10), 1), ("乙", Decimal(10), 2), ("丙", Decimal(10), 2)]
    two.share = three.share = Decimal("0.25")
    two.save()
    three.save()
    assert counted(space()) == [("甲", Decimal(10), 1), ("乙", Decimal(5), 1), ("丙", Decimal(5), 1)]


def test_only_offices_and_only_that_day(bureau: Organ) -> None:
    """Half-open: not on the day it ends. Meeting rooms are nobody's office."""
    building, who = factories.building(bureau), orgs.person(bureau)
    factories.occupancy(factories.room(building, kind=RoomKind.SERVICE_ROOM), who)
    factories.occupancy(factories.room(building), who, since=date(2025, 1, 1), to=date(2025, 6, 1))
    factories.occupancy(factories.room(building), None)
    assert space() == []
    assert len(list(sources.person_space(on=date(2025, 5, 31)))) == 1
    assert list(sources.person_space(on=date(2025, 6, 1))) == []


def test_asked_subjects_are_the_same_rows(bureau: Organ) -> None:
    """A part of the whole, room-mates still counted; unknown subjects give nothing."""
    room = factories.room(factories.building(bureau), area="24")
    one, two = orgs.person(bureau, "甲"), orgs.person(bureau, "乙")
    factories.occupancy(room, one), factories.occupancy(room, two)
    every = {row.subject: row for row in space()}
    subject = f"{one.pk}:{bureau.pk}"
    assert space(subjects=[subject]) == [every[subject]]
    assert space(subjects=[f"{one.pk}:999999", "x:y", ""]) == []
    assert space(subjects=[]) == []


def test_the_rank_is_the_one_held_in_that_organ(bureau: Organ) -> None:
    """A part-time post elsewhere decides for the room there; without any post the rank is unknown."""
    other = orgs.organ("青河县水利局")
    who = orgs.person(bureau, "李明", rank="副处级")
    part = Appointment(person=who, organ=other, rank="正科级", main=False, valid_from=date(2024, 1, 1))
    part.place()
    part.save()
    there = factories.occupancy(factories.room(factories.building(other)), who)
    there.organ = other
    there.save()
    factories.occupancy(factories.room(factories.building(bureau)), who)
    assert {row.organ_id: row.values["rank"] for row in space()} == {bureau.pk: "副处级", other.pk: "正科级"}
    who.appointments.update(valid_to=date(2026, 1, 1))
    assert {row.values["rank"] for row in space()} == {None}


def test_an_organ_with_its_people_and_rooms(bureau: Organ) -> None:
    """Counts by rank and areas by kind of room; what is not known stays unknown."""
    building = factories.building(bureau)
    orgs.person(bureau, rank="正科级"), orgs.person(bureau, rank="科员"), orgs.person(bureau, rank="科员")
    factories.room(building, area="18.5"), factories.room(building, area="9")
    factories.room(building, area="40", kind=RoomKind.SERVICE_ROOM)
    factories.room(building, area="300", kind=RoomKind.ANCILLARY_ROOM)
    (row,) = sources.organ_space(on=TODAY)
    wanted: dict[str, object] = {"n_section_chief": 1, "n_section_staff": 2, "n_director": 0, "actual_headcount": 3}
    wanted |= {"office_area": Decimal("27.50"), "office_rooms": 2, "service_area": Decimal(40)}
    wanted |= {"total_area": Decimal("67.50"), "authorized_headcount": None}
    assert {key: row.values[key] for key in wanted} == wanted
    assert list(sources.organ_space(on=TODAY, subjects=[row.subject])) == [row]
    assert list(sources.organ_space(on=TODAY, subjects=["0"])) == []


def test_a_building(bureau: Organ) -> None:
    """Usable against gross area."""
    building = factories.building(bureau, site="东院")
    (row,) = sources.buildings(on=TODAY, subjects=[str(building.pk)])
    assert (row.values["usable_area"], row.values["gross_area"]) == (Decimal(4000), Decimal(6000))
    assert (row.label, row.values["building_type"]) == ("东院 A座", "多层")


def test_they_are_registered() -> None:
    """The verdicts find them by the key of the dataset."""
    assert source_of("offices.person_space") is sources.person_space
    assert source_of("offices.organ_space") is sources.organ_space
