"""Lists: every row once whatever the order, filters that mean what they say, counts up to the cap."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from yiwang.areas.offices import factories as offices
from yiwang.areas.vehicles import factories as cars
from yiwang.core.orgs import factories
from yiwang.core.rights.models import Role
from yiwang.desk import kinds
from yiwang.desk.listing import list_page
from yiwang.desk.testing import World, page, world
from yiwang.kit import paging
from yiwang.kit.refusal import Refusal
from yiwang.portal.menu import menu

pytestmark = pytest.mark.django_db
ROOMS = "/r/offices/room/"
CARS = "/r/vehicles/vehicle/"


@pytest.fixture
def we() -> World:
    """Two counties."""
    return world()


def plates(text: str) -> list[str]:
    """What the first column of a list says."""
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', text)


def walk(client: Client, address: str, rel: str = "next") -> list[list[str]]:
    """The pages from here on."""
    pages = []
    while address:
        text = page(client.get(address))
        pages.append(plates(text))
        link = re.search(rf'rel="{rel}"\s+href="([^"]+)"', text)
        address = link.group(1).replace("&amp;", "&") if link else ""
    return pages


@pytest.mark.parametrize("sort", ["", "number", "-number", "usable_area", "-usable_area"])
def test_every_row_once_in_every_order(we: World, monkeypatch: pytest.MonkeyPatch, sort: str) -> None:
    """Ties are broken by id; walking back gives the same pages."""
    monkeypatch.setattr(paging.page, "__kwdefaults__", {**(paging.page.__kwdefaults__ or {}), "size": 3})
    building = offices.building(we.ours)
    rooms = [offices.room(building, f"{number:04}", str(10 + number % 3)) for number in (5, 3, 8, 1, 7, 2, 6, 4)]
    client = we.client()
    address = f"{ROOMS}?sort={sort}"
    forward = walk(client, address)
    assert sorted(sum(forward, [])) == sorted(room.number for room in rooms)
    wanted = {
        "": [room.number for room in rooms],
        "number": [f"{number:04}" for number in range(1, 9)],
        "-number": [f"{number:04}" for number in range(8, 0, -1)],
        "usable_area": [r.number for r in sorted(rooms, key=lambda r: (r.usable_area, r.pk))],
        "-usable_area": [r.number for r in sorted(rooms, key=lambda r: (r.usable_area, r.pk), reverse=True)],
    }
    assert sum(forward, []) == wanted[sort]
    last = page(client.get(address))
    for _ in forward[1:]:
        last = page(client.get(re.search(r'rel="next"\s+href="([^"]+)"', last).group(1).replace("&amp;", "&")))  # type: ignore[union-attr]
    back = [plates(last)]
    while link := re.search(r'rel="prev"\s+href="([^"]+)"', last):
        last = page(client.get(link.group(1).replace("&amp;", "&")))
        back.insert(0, plates(last))
    assert sum(back, []) == sum(forward, [])


def test_plates_sort_by_pinyin(we: World) -> None:
    """川 before 示 before 云: the sound decides, not the code point."""
    for plate in ("云A00001", "示A00001", "川A00001"):
        cars.vehicle(we.ours, plate=plate)
    assert plates(page(we.client().get(f"{CARS}?sort=plate"))) == ["川A00001", "示A00001", "云A00001"]


def test_filters(we: World) -> None:
    """By choice, by link, by organ and below, by text, by date; several together."""
    below = factories.organ("青河县财政局国库科", we.ours)
    cars.vehicle(we.ours, plate="示A1", use="EMERGENCY")
    cars.vehicle(below, plate="示A2", use="ENFORCEMENT")
    cars.vehicle(we.theirs, plate="示A3", use="ENFORCEMENT")
    client = we.client(Role.READER, we.province)

    def listed(**params: str) -> list[str]:
        return plates(page(client.get(CARS, params)))

    assert listed(use="ENFORCEMENT") == ["示A2", "示A3"]
    assert listed(organ=we.ours.name) == ["示A1", "示A2"]
    assert listed(organ_id=str(below.pk)) == ["示A2"]
    assert listed(organ_id=str(we.ours.pk), use="ENFORCEMENT") == ["示A2"]
    assert listed(q="a3") == ["示A3"]
    assert listed(organ_id="999999") == listed(organ_id="x") == []
    ours = we.client(Role.READER)
    assert plates(page(ours.get(CARS, {"organ_id": str(we.theirs.pk)}))) == []


def test_a_filter_that_makes_no_sense_is_a_sentence(we: World) -> None:
    """Neither a trace nor an empty page."""
    client = we.client()
    for params in ({"use": "飞机"}, {"organ": "没有这个单位"}, {"after": "x"}, {"after": '["a", "b", "c"]'}):
        answer = client.get(CARS, params)
        assert (answer.status_code, "不能办理" in answer.content.decode()) == (422, True), params
    assert client.get(f"{ROOMS}?sort=usable_area&after=[%22x%22,1]").status_code == 422


def test_the_htmx_answer_is_the_same_list(we: World) -> None:
    """The partial is the part of the page."""
    cars.vehicle(we.ours, plate="示A1")
    client = we.client()
    whole = page(client.get(CARS))
    part = client.get(CARS, headers={"HX-Request": "true", "HX-Target": "list"}).content.decode()
    assert part.strip() in whole
    assert "<html" not in part


def test_an_empty_list_says_what_to_do(we: World) -> None:
    """To the clerk otherwise than to the reader."""
    assert "新增、导入" in page(we.client().get(CARS))
    assert "请经办人登记" in page(we.client(Role.READER).get(CARS))


def test_counts_stop_at_the_cap(we: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more than the cap is enough to know."""
    building = offices.building(we.ours)
    for number in range(4):
        offices.room(building, f"{number:04}")
    rows = kinds.get("offices.room").model._default_manager.all()
    assert paging.capped(rows, 3) == "3+"
    assert paging.capped(rows, 4) == "4"


def test_json_pages_link_to_each_other(we: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values typed and in the units of the labels; the next page by its own address."""
    monkeypatch.setattr(paging.page, "__kwdefaults__", {**(paging.page.__kwdefaults__ or {}), "size": 2})
    for number in range(3):
        cars.vehicle(we.ours, plate=f"示A{number}", price=17_800_000)
    client = we.client()
    first = client.get("/r/vehicles/vehicle.json").json()
    assert [row["plate"] for row in first["rows"]] == ["示A0", "示A1"]
    row = first["rows"][0]
    assert (row["price"], row["use"], row["organ"], row["displacement"]) == (
        "178000",
        "应急保障用车",
        we.ours.name,
        None,
    )
    second = client.get(first["next"]).json()
    assert [row["plate"] for row in second["rows"]] == ["示A2"]
    assert parse_qs(urlsplit(second["previous"]).query).keys() == {"before"}
    assert json.loads(client.get(f"/r/vehicles/vehicle/{row['id']}.json").content) == row


def test_two_queries_make_a_page(we: World, django_assert_num_queries: object) -> None:
    """One for the rows where everything fits, one for their findings."""
    cars.purchase(we.ours, 150_000)
    access = we.access()
    with django_assert_num_queries(2):  # type: ignore[operator]
        list_page(kinds.get("vehicles.purchase"), access, {})


def test_a_key_of_the_wrong_shape(we: World) -> None:
    """Refused by its code."""
    with pytest.raises(Refusal) as refused:
        list_page(kinds.get("vehicles.vehicle"), we.access(), {"after": "[true]"})
    assert refused.value.code == "page.key"


def test_what_lists_sort_by_has_an_index() -> None:
    """Else a page of a large register sorts all of it."""
    for resource in kinds.resources():
        for bound in resource.bound:
            field = bound.column.sort
            if not field or "__" in field or resource.model._meta.app_label == "places":
                continue
            indexed = {index.fields[0] for index in resource.model._meta.indexes}
            assert field in indexed or resource.model._meta.get_field(field).unique, (resource.key, field)  # type: ignore[union-attr]


def test_the_area_opens_with_its_first_kind(we: World) -> None:
    """The tab of the band leads somewhere; the menu knows every kind."""
    assert we.client().get("/r/offices/")["Location"] == ROOMS
    labels = {item.label: [kind.label for kind in item.kinds] for item in menu()}
    assert labels["公务用车"][:3] == ["车辆", "车辆编制", "车辆购置"]


def test_open_findings_stand_in_the_list(we: World) -> None:
    """A chip that leads to the finding, beside its record and no other."""
    from yiwang.areas.offices.models import Occupancy
    from yiwang.core.verdicts.models import Finding
    from yiwang.core.verdicts.sync import sync

    building = offices.building(we.ours)
    for area in ("30", "8"):
        offices.occupancy(offices.room(building, area=area), factories.person(we.ours, rank="科员"))
    sync(dataset="offices.person_space", on=Occupancy.objects.latest("pk").valid_from, actor="system")
    text = page(we.client().get("/r/offices/occupancy/"))
    assert text.count('class="chip over"') == 1
    assert f'href="/findings/{Finding.objects.get().pk}/"' in text
