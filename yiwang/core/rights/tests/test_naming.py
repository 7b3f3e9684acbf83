"""Names lead to rows, in sets, and never out of the user's reach."""

from __future__ import annotations

import pytest

from yiwang.areas.offices import factories as offices
from yiwang.areas.offices.models import Room
from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ, Person
from yiwang.core.places.models import Building
from yiwang.core.rights.naming import Found, find, joined, names, plain, suggest
from yiwang.desk.testing import World, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def we() -> World:
    """Two counties."""
    return world()


def keys(found: dict[str, Found], text: str) -> list[int]:
    """The ids that a text names."""
    return [row[0] for row in found[text].rows]


def test_way_by_way(we: World) -> None:
    """By name, by number, by both; what nobody knows is found empty."""
    who = factories.person(we.ours, "王敏")
    full = f"王敏/{who.staff_number}"
    found = find(Person, {"王敏", who.staff_number, full, f"王敏 {who.staff_number}", "李四", "李四/1"}, we.access())
    for text in ("王敏", who.staff_number, full, f"王敏 {who.staff_number}"):
        assert keys(found, text) == [who.pk]
    assert keys(found, "李四") == keys(found, "李四/1") == []


def test_within_reach(we: World) -> None:
    """An organ beside ours is unknown to us and known to the province."""
    assert keys(find(Organ, {we.theirs.name}, we.access()), we.theirs.name) == []
    assert keys(find(Organ, {we.theirs.name}, we.access(at=we.province)), we.theirs.name) == [we.theirs.pk]


def test_brackets_of_either_width(we: World) -> None:
    """Typed in half width, kept in full."""
    bureau = factories.organ("青河县税务局(稽查局)", we.ours)
    assert keys(find(Organ, {"青河县税务局(稽查局)"}, we.access()), "青河县税务局(稽查局)") == [bureau.pk]


def test_three_parts_and_many_texts(we: World, django_assert_max_num_queries: object) -> None:
    """Hundreds of rooms of many buildings: a query for each way, not for each room."""
    rooms: dict[str, int] = {}
    for name in ("一号楼", "二号楼", "三号楼"):
        building = offices.building(we.ours, name, site="东院")
        rooms |= {f"东院/{name}/{number:03}": offices.room(building, f"{number:03}").pk for number in range(20)}
    access = we.access()
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        found = find(Room, set(rooms), access)
    assert {text: keys(found, text) for text in rooms} == {text: [key] for text, key in rooms.items()}
    assert names(Room, rooms.values()) == {key: text for text, key in rooms.items()}


def test_one_of_several(we: World) -> None:
    """Narrowed by what the row says already; else it is ambiguous."""
    first, second = offices.building(we.ours, "A座"), offices.building(factories.organ("青河县水利局", we.ours), "A座")
    found = find(Building, {"A座"}, we.access())["A座"]
    assert found.one("楼栋", "A座", first.organ_id) == first.pk
    assert found.one("楼栋", "A座", second.organ_id) == second.pk
    for narrow, code in ((None, "link.ambiguous"), (0, "link.ambiguous")):
        with pytest.raises(Refusal) as refused:
            found.one("楼栋", "A座", narrow)
        assert refused.value.code == code


def test_suggestions(we: World) -> None:
    """In parts or in one; a part of a name is enough."""
    offices.room(offices.building(we.ours, "A座", site="东院"), "0601")
    access = we.access()
    for typed in ("A座", "06", "A座/06", "A座 0601", "a座"):
        assert suggest(Room, typed, access) == ["东院/A座/0601"]
    assert suggest(Room, "B座", access) == suggest(Room, " ", access) == []


def test_plain_and_joined() -> None:
    """Width folded, blanks trimmed; parts that can be split again."""
    assert (plain("  A座  0601 "), plain(None)) == ("A座 0601", "")
    assert joined(["东院", "A座", 601]) == "东院/A座/601"
