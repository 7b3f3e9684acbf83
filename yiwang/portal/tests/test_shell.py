"""The band, the tabs, the organ switcher."""

from __future__ import annotations

import pytest

from yiwang.core.orgs import factories
from yiwang.core.rights.models import Role
from yiwang.portal.tests import people

pytestmark = pytest.mark.django_db


def test_the_tab_of_the_page_is_marked() -> None:
    html = people.client(factories.organ(), Role.READER).get("/law/").content.decode()
    assert html.count('aria-current="page">制度库<') == 1
    assert 'aria-current="page">首页<' not in html


@pytest.mark.parametrize("path", ["/vehicles/quota/", "/r/vehicles/vehicle/"])
def test_an_area_s_tab_is_marked_on_its_pages_and_registers(path: str) -> None:
    html = people.client(factories.organ(), Role.MANAGER).get(path).content.decode()
    assert html.count('aria-current="page">公务用车<') == 1


def test_the_registers_of_a_large_area_fold_into_one() -> None:
    browser = people.client(factories.organ(), Role.MANAGER)
    assert 'popovertarget="registers"' in browser.get("/r/vehicles/vehicle/").content.decode()
    assert 'popovertarget="registers"' not in browser.get("/r/offices/room/").content.decode()


def test_the_band_names_organ_and_user() -> None:
    html = people.client(factories.organ("青河市财政局"), Role.CLERK, Role.MANAGER).get("/").content.decode()
    assert "青河市财政局" in html
    assert "王敏 · 主管、经办" in html


def test_without_a_grant_the_page_says_so() -> None:
    html = people.client(None).get("/").content.decode()
    assert "尚无授权" in html
    assert 'popovertarget="organs"' not in html


def test_the_drop_down_lists_what_was_granted() -> None:
    city = factories.organ("青河市")
    county = factories.organ("云岭县", city)
    factories.organ("别的市")
    html = people.client(county, Role.CLERK).get("/organ", headers={"HX-Request": "true"}).content.decode()
    assert "云岭县" in html
    assert "别的市" not in html
    assert "<html" not in html


def test_switching_to_an_organ_below() -> None:
    city = factories.organ("青河市")
    county = factories.organ("云岭县", city)
    browser = people.client(city, Role.CLERK)
    answer = browser.post("/organ", {"organ": county.pk, "next": "/law/"})
    assert answer.headers["Location"] == "/law/"
    assert "云岭县" in browser.get("/law/").content.decode()


@pytest.mark.parametrize("organ", ["", "abc", "999999"])
def test_what_is_not_mine_is_refused_in_words(organ: str) -> None:
    browser = people.client(factories.organ("青河市"), Role.CLERK)
    browser.post("/organ", {"organ": organ})
    html = browser.get("/").content.decode()
    assert 'class="error"' in html
    assert "青河市" in html


def test_the_way_back_stays_in_the_house() -> None:
    organ = factories.organ()
    answer = people.client(organ, Role.CLERK).post("/organ", {"organ": organ.pk, "next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/"


def test_the_list_of_organs_is_searched_by_name() -> None:
    city = factories.organ("青河市")
    factories.organ("云岭县", city)
    html = people.client(city, Role.READER).get("/organ?q=云").content.decode()
    assert "云岭县" in html
    assert '切换<span class="unseen">到青河市' not in html


@pytest.mark.parametrize(("role", "shown"), [(Role.READER, []), (Role.CLERK, ["导入"]), (Role.AUDITOR, ["存证"])])
def test_tabs_lead_only_where_one_may_go(role: Role, shown: list[str]) -> None:
    html = people.client(factories.organ(), role).get("/law/").content.decode()
    tabs = html.partition('aria-label="业务"')[2].partition("</nav>")[0]
    assert [label for label in ("导入", "存证") if f">{label}<" in tabs] == shown
