"""What goes over to an heir, and how."""

from __future__ import annotations

from datetime import date

import pytest

from yiwang.areas.offices import factories as offices
from yiwang.areas.offices.models import Occupancy, Room
from yiwang.areas.vehicles.models import FleetQuota
from yiwang.core.orgs import factories
from yiwang.core.orgs.ancestors import columns_of, misplaced, put_in_place, scoped_models
from yiwang.core.orgs.handover import hand_over_rows, leftovers
from yiwang.core.orgs.models import Appointment, Organ, Person, Post
from yiwang.core.places.models import Building
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
ON = date(2025, 6, 1)


@pytest.fixture
def pair() -> tuple[Organ, Organ]:
    root = factories.organ("示例县人民政府")
    return factories.organ("甲局", root), factories.organ("乙局", root)


def _post(organ: Organ, number: int, since: date, rank: str = "科员") -> Post:
    row = Post(organ=organ, rank=rank, authorized_posts=number, actual_headcount=number, valid_from=since)
    row.place()
    row.save()
    return row


def test_every_register_is_known() -> None:
    names = {model._meta.label for model in scoped_models()}
    assert {
        "orgs.Person",
        "places.Building",
        "offices.Room",
        "vehicles.Vehicle",
        "assets.Asset",
        "verdicts.Finding",
    } <= names


def test_rooms_and_who_sits_in_them(pair: tuple[Organ, Organ]) -> None:
    old, heir = pair
    person = factories.person(old)
    room = offices.room(offices.building(old))
    offices.occupancy(room, person, since=date(2020, 1, 1))
    moved = hand_over_rows(old, heir, ON)
    assert moved["offices.room"] == moved["offices.occupancy"] == moved["orgs.person"] == 1
    assert {Room.objects.get().organ_id, Building.objects.get().organ_id, Person.objects.get().organ_id} == {heir.pk}
    rows = Occupancy.objects.order_by("valid_from").values_list("organ_id", "valid_from", "valid_to")
    assert list(rows) == [(old.pk, date(2020, 1, 1), ON), (heir.pk, ON, None)]
    assert misplaced() == {}
    assert leftovers(old, ON) == {}


def test_what_has_ended_stays(pair: tuple[Organ, Organ]) -> None:
    old, heir = pair
    room = offices.room(offices.building(old))
    offices.occupancy(room, factories.person(old), since=date(2019, 1, 1), to=date(2021, 1, 1))
    hand_over_rows(old, heir, ON)
    assert Occupancy.objects.get().organ_id == old.pk


def test_what_begins_later_goes_over_as_it_is(pair: tuple[Organ, Organ]) -> None:
    old, heir = pair
    factories.person(old, since=date(2025, 9, 1))
    hand_over_rows(old, heir, ON)
    row = Appointment.objects.get()
    assert (row.organ_id, row.valid_from, row.valid_to) == (heir.pk, date(2025, 9, 1), None)


def test_posts_where_the_heir_has_none(pair: tuple[Organ, Organ]) -> None:
    old, heir = pair
    _post(old, 4, date(2020, 1, 1))
    hand_over_rows(old, heir, ON)
    rows = Post.objects.order_by("valid_from").values_list("organ_id", "authorized_posts", "valid_from", "valid_to")
    assert list(rows) == [(old.pk, 4, date(2020, 1, 1), ON), (heir.pk, 4, ON, None)]


def test_posts_set_on_the_very_day(pair: tuple[Organ, Organ]) -> None:
    """No empty period is left: the row of that day is raised, the other one taken back."""
    old, heir = pair
    _post(old, 4, ON)
    _post(heir, 3, ON)
    hand_over_rows(old, heir, ON)
    assert list(Post.objects.values_list("organ_id", "authorized_posts", "valid_from")) == [(heir.pk, 7, ON)]


def test_quotas_add_up_by_use(pair: tuple[Organ, Organ]) -> None:
    old, heir = pair
    for organ, use, number in [(old, "EMERGENCY", 2), (heir, "EMERGENCY", 3), (old, "CONFIDENTIAL", 1)]:
        row = FleetQuota(organ=organ, use=use, number=number, valid_from=date(2018, 1, 1))
        row.place()
        row.save()
    hand_over_rows(old, heir, ON)
    now = FleetQuota.objects.filter(valid_to=None).values_list("organ_id", "use", "number")
    assert set(now) == {(heir.pk, "EMERGENCY", 5), (heir.pk, "CONFIDENTIAL", 1)}


def test_clash(pair: tuple[Organ, Organ]) -> None:
    """Both have a site of one name: refused by the name of the register, nothing moved."""
    old, heir = pair
    offices.building(old, site="大院")
    offices.building(heir, site="大院")
    factories.person(old)
    with pytest.raises(Refusal, match="院落") as refused:
        hand_over_rows(old, heir, ON)
    assert refused.value.code == "organ.registers-clash"


def test_leftovers_by_name(pair: tuple[Organ, Organ]) -> None:
    old, _ = pair
    offices.room(offices.building(old))
    assert leftovers(old, ON) == {"房间": 1, "院落": 1, "楼": 1}


def test_misplaced_rows_are_found_and_repaired(pair: tuple[Organ, Organ]) -> None:
    """A writer that read the organ just before it moved."""
    old, _ = pair
    person = factories.person(old)
    Person.objects.filter(pk=person.pk).update(l1=None, l3=7)
    Appointment.objects.update(l2=999)
    assert misplaced() == {"orgs.Appointment": 1, "orgs.Person": 1}
    assert put_in_place() == 2
    person.refresh_from_db()
    assert {level: getattr(person, level) for level in columns_of(old)} == columns_of(old)
    assert misplaced() == {}
