"""The search box: what it finds, and what it does not show to whom."""

from __future__ import annotations

import pytest

from yiwang.areas.offices import factories as offices
from yiwang.areas.vehicles import factories as vehicles
from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import access_for
from yiwang.core.rights.models import Role
from yiwang.portal import search
from yiwang.portal.tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> Organ:
    return factories.organ("青河市财政局")


def _found(organ: Organ, text: str) -> dict[str, list[str]]:
    access = access_for(people.user(organ, Role.READER))
    return {group.label: [hit.title for hit in group.hits] for group in search.find(text, access)}


def test_an_organ_by_two_characters(city: Organ) -> None:
    assert _found(city, "青河")["单位"] == ["青河市财政局"]


def test_a_room_and_a_plate(city: Organ) -> None:
    offices.room(offices.building(city), "C-0305")
    vehicles.vehicle(city, plate="示A10231")
    assert _found(city, "C-0305")["房间"] == ["C-0305"]
    assert _found(city, "10231")["车辆"] == ["示A10231"]


def test_a_clause_and_the_way_to_more(city: Organ) -> None:
    access = access_for(people.user(city, Role.READER))
    law = next(group for group in search.find("办公室", access) if group.label == "制度")
    assert len(law.hits) == search.MOST
    assert law.more.startswith("/law/?q=")
    assert all(hit.url.startswith("/law/c/") for hit in law.hits)


def test_what_is_elsewhere_is_not_found(city: Organ) -> None:
    other = factories.organ("别的市财政局")
    vehicles.vehicle(other, plate="示B99999")
    assert _found(city, "示B99999") == {}
    assert _found(city, "别的市财政") == {}


def test_without_a_grant_there_is_the_law_alone(city: Organ) -> None:
    groups = search.find("青河", access_for(people.user(None)))
    assert [group.label for group in groups if group.label != "制度"] == []


def test_the_page(city: Organ) -> None:
    browser = people.client(city, Role.READER)
    assert "没有找到“量子纠缠”" in browser.get("/search?q=量子纠缠").content.decode()
    assert "青河市财政局" in browser.get("/search?q=青河").content.decode()
    assert "输入要找的字" in browser.get("/search").content.decode()
