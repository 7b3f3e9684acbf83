"""The dispatch board by drag, by keys and on a phone; a plan of the day; the map with and without WebGL."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Browsers, Portal
from tests.browser.test_pages import AXE, _violations


def _sound(page: Page) -> None:
    """Axe finds nothing."""
    page.evaluate(AXE)
    assert _violations(page) == []


def _open(browse: Browsers, portal: Portal, *, phone: bool = False, day: str = "board_day") -> Page:
    page = browse("boarder", phone=phone, first=False)
    page.goto(f"/vehicles/board/?day={portal.ids[day]}")
    return page


def _over(page: Page, source: Locator, target: Locator) -> None:
    """Press on the source and carry it over the target, without letting go."""
    one, two = source.bounding_box(), target.bounding_box()
    assert one is not None
    assert two is not None
    page.mouse.move(one["x"] + 20, one["y"] + 12)
    page.mouse.down()
    page.mouse.move(two["x"] + min(300, two["width"] / 2), two["y"] + two["height"] / 2, steps=8)


def _row(page: Page, plate: str) -> Locator:
    return page.locator(f'[data-row][data-label="{plate}"]')


def _waits(page: Page, number: str) -> Locator:
    return page.locator(".wait li", has_text=number)


def test_a_trip_is_dragged_and_what_cannot_be_says_why(browse: Browsers, portal: Portal) -> None:
    page = _open(browse, portal)
    says, ghost = page.locator("[data-board-says]"), page.locator(".ghost")
    _over(page, _waits(page, "PC00001"), _row(page, "示W00001"))
    expect(ghost).to_contain_text("可以派:示W00001")
    page.mouse.up()
    expect(says).to_contain_text("PC00001 已派 示W00001")
    expect(_row(page, "示W00001").locator(".block")).to_have_count(1)
    _over(page, _waits(page, "PC00002"), _row(page, "示W00003"))
    expect(ghost).to_contain_text("维修")
    two = _row(page, "示W00001").bounding_box()
    assert two is not None
    page.mouse.move(two["x"] + 320, two["y"] + 20, steps=4)
    expect(ghost).to_contain_text("已派给 PC00001")
    expect(_row(page, "示W00002")).to_have_class(re.compile("fits"))
    page.mouse.up()
    expect(says).to_contain_text("不能放下")
    expect(_waits(page, "PC00002")).to_be_visible()  # nothing has moved
    _over(page, _waits(page, "PC00004"), _row(page, "示W00001"))
    expect(ghost).to_contain_text("坐不下 8 人")
    page.mouse.up()
    _over(page, _row(page, "示W00001").locator(".block"), _row(page, "示W00002"))
    expect(ghost).to_contain_text("可以派")
    page.mouse.up()
    expect(_row(page, "示W00002").locator(".block")).to_have_count(1)
    _over(page, _row(page, "示W00002").locator(".block"), page.locator("[data-waiting] h2"))
    page.mouse.up()
    expect(says).to_contain_text("已撤回")
    _sound(page)


def test_a_trip_is_given_by_keys(browse: Browsers, portal: Portal) -> None:
    page = _open(browse, portal)
    _waits(page, "PC00003").focus()
    page.keyboard.press("Space")
    says = page.locator("[data-board-says]")
    expect(says).to_contain_text("可以派")
    page.keyboard.press("Escape")
    expect(says).to_contain_text("没有改动")
    page.keyboard.press("Space")
    expect(says).to_contain_text("示W00001:可以派")
    page.keyboard.press("ArrowDown")
    expect(says).to_contain_text("示W00002:可以派")
    page.keyboard.press("Enter")
    expect(says).to_contain_text("PC00003 已派 示W00002")


def test_a_car_is_chosen_on_a_phone(browse: Browsers, portal: Portal) -> None:
    page = _open(browse, portal, phone=True)
    _sound(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    _waits(page, "PC00004").get_by_role("link", name="选车").click()
    expect(page.locator("td", has_text="坐不下 8 人").first).to_be_visible()
    _sound(page)


def test_the_whole_day_is_planned_and_taken(browse: Browsers, portal: Portal) -> None:
    page = _open(browse, portal, day="plan_day")
    page.get_by_role("button", name="排全天").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("排班方案")
    expect(page.get_by_text("先到先派").first).to_be_visible()
    _sound(page)
    page.get_by_role("button", name="全部采用").click()
    expect(page.get_by_role("status").first).to_contain_text("已派")
    page.get_by_role("link", name="派车台").last.click()
    expect(_waits(page, "PD00004")).to_be_visible()  # eight people fit no car


def test_the_map_is_drawn_or_says_that_it_cannot(browse: Browsers, portal: Portal) -> None:
    page = browse("boarder", first=False)
    page.goto("/vehicles/map/")
    expect(page.locator("[data-map][data-ready], [data-map-off]:not([hidden])").first).to_be_attached()
    expect(page.get_by_role("row", name=re.compile("示W00001"))).to_contain_text("无单行驶")
    _sound(page)
    page.locator(".states").get_by_role("link", name=re.compile("空闲")).click()
    expect(page.get_by_text("没有符合条件的车")).to_be_visible()
