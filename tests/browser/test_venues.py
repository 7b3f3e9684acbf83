"""会议室预约 by drag and on a phone; a meeting with meals that is sent back once, corrected, approved, printed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Browsers, Portal
from tests.browser.test_pages import _violations


def _day(ahead: int) -> str:
    return (date.today() + timedelta(days=ahead)).isoformat()


def _cell(page: Page, venue: str, kind: str) -> Locator:
    """The first cell of a kind in the row of a venue."""
    return page.locator("tr", has_text=venue).locator(f"td.{kind}").first


def _drag(page: Page, source: Locator, start: float, target: Locator, end: float) -> None:
    """With the mouse from one place to another; places as shares of the cells' widths."""
    one, two = source.bounding_box(), target.bounding_box()
    assert one is not None
    assert two is not None
    page.mouse.move(one["x"] + one["width"] * start, one["y"] + one["height"] / 2)
    page.mouse.down()
    page.mouse.move(two["x"] + two["width"] * end, two["y"] + two["height"] / 2, steps=8)


def test_a_room_is_booked_and_moved_by_drag(browse: Browsers, portal: Portal) -> None:
    page = browse("clerk")
    page.goto(f"/services/venues/?date={_day(3)}")
    free = _cell(page, "礼堂", "free")  # 08:00 to 20:00: a twelfth is an hour
    _drag(page, free, 1.02 / 12, free, 2.9 / 12)
    expect(page.locator(".picked")).to_have_text("09:00–11:00")
    page.mouse.up()
    expect(page.get_by_label("开始")).to_have_value("09:00")
    expect(page.get_by_label("结束")).to_have_value("11:00")
    page.get_by_label("会议(活动)名称").fill("拖出来的会")
    page.get_by_label("人数").fill("40")
    page.get_by_role("button", name="预约", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("拖出来的会")
    page.goto(f"/services/venues/?date={_day(3)}")
    mine = _cell(page, "礼堂", "mine")
    after = page.locator("tr", has_text="礼堂").locator("td.free").last
    _drag(page, mine, 0.1, after, 4.2 / 9)
    expect(page.locator("[data-says]")).to_contain_text("15:")
    page.mouse.up()
    expect(_cell(page, "礼堂", "mine")).to_contain_text("15:")
    mine = _cell(page, "礼堂", "mine")
    _drag(page, mine, 0.1, page.locator("tr", has_text="礼堂").locator("th"), 0.5)
    expect(page.locator("[data-says]")).to_contain_text("不能放下")
    page.mouse.up()
    assert _violations(page) == []


def test_what_cannot_be_dropped_says_why(browse: Browsers, portal: Portal) -> None:
    """The script lets it go to free time; the rule of the other room then says no, and nothing has moved."""
    page = browse("clerk")
    page.goto(f"/services/venues/book/?venue={portal.ids['big']}&date={_day(4)}&start=09:00&end=10:00")
    page.get_by_label("会议(活动)名称").fill("大会")
    page.get_by_label("人数").fill("200")
    page.get_by_role("button", name="预约", exact=True).click()
    page.goto(f"/services/venues/?date={_day(4)}")
    _drag(page, _cell(page, "礼堂", "mine"), 0.1, _cell(page, "第一会议室", "free"), 0.5)
    page.mouse.up()
    expect(page.locator("[data-says]")).to_contain_text("坐不下 200 人")
    expect(_cell(page, "礼堂", "mine")).to_contain_text("09:00–10:00")


def test_a_cadre_books_on_a_phone(browse: Browsers, portal: Portal) -> None:
    page = browse("meet-staff", phone=True)
    page.goto(f"/services/venues/?date={_day(5)}")
    assert _violations(page) == []
    page.locator("tr", has_text="第一会议室").get_by_role("link", name="空闲").first.click()
    page.get_by_label("会议(活动)名称").fill("谈话")
    page.get_by_label("人数").fill("2")
    page.get_by_role("button", name="预约", exact=True).click()
    expect(page.get_by_text("已预订", exact=True).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def _answer(browse: Browsers, user: str, case: str, opinion: str = "同意") -> None:
    page = browse(user)
    page.goto(case)
    page.get_by_label("意见").first.fill(opinion)
    page.get_by_role("button", name="同意").first.click()
    expect(page.get_by_role("status").first).to_contain_text("已同意")


@pytest.mark.parametrize("phone", [False, True])
def test_a_meeting_with_meals_is_sent_back_corrected_approved_printed(
    browse: Browsers, portal: Portal, phone: bool
) -> None:
    name, day = f"工作会议{'乙' if phone else '甲'}", _day(11 if phone else 10)
    page = browse("clerk", phone=phone)
    page.goto("/services/events/new/")
    page.get_by_label("名称", exact=True).fill(name)
    page.get_by_label("类别").select_option("三类会议")
    page.get_by_label("首日").fill(day)
    page.get_by_label("会期(天)").fill("1")
    page.get_by_label("参会人数").fill("30")
    page.get_by_role("button", name="下一步").click()
    page.locator('select[name="venue"]').select_option(label="礼堂(300 座)")
    page.get_by_role("button", name="订会场").click()
    expect(page.get_by_role("link", name="礼堂")).to_be_visible()
    _meal(page, "300")
    page.get_by_role("button", name="报批").click()
    expect(page.get_by_text("审批中", exact=True)).to_be_visible()
    plan = page.url
    case = page.get_by_role("link", name="审批经过").get_attribute("href") or ""
    manager = browse("manager")
    manager.goto(case)
    manager.get_by_role("link", name="退回…").click()
    manager.locator("#send_back").get_by_label("意见").fill("伙食标准偏高")
    manager.locator("#send_back").get_by_role("button", name="退回").click()
    page.goto(plan)
    expect(page.get_by_text("伙食标准偏高")).to_be_visible()
    page.get_by_role("button", name="去掉 会议午餐").click()
    _meal(page, "40")
    page.get_by_role("button", name="改好了,重新报批").click()
    expect(page.get_by_text("审批中", exact=True)).to_be_visible()
    for user in ("manager", "meet-finance", "meet-reception", "meet-canteen", "meet-leader"):
        _answer(browse, user, case)
    page.goto(plan)
    expect(page.get_by_text("已批准", exact=True)).to_be_visible()
    assert _violations(page) == []
    page.get_by_role("link", name="打印费用单").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{name}费用单")
    expect(page.get_by_text("1,200.00 元").first).to_be_visible()
    _found(browse("auditor"), plan, case)


def _found(auditor: Page, plan: str, case: str) -> None:
    """Each act on the plan and in its case stands in the ledger, and the auditor finds it by the number."""
    for kind, address, acts in (
        ("services.event", plan, {"拟会议方案": 1, "会议报批": 2, "会议方案退回": 1, "会议批准": 1}),
        ("flow.case", case, {"办事申请": 1, "办事退回": 1, "办事同意": 6}),
    ):
        auditor.goto(f"/ledger/?obj={kind}:{address.rstrip('/').rpartition('/')[2]}")
        for act, times in acts.items():
            expect(auditor.get_by_role("cell", name=act, exact=True)).to_have_count(times)


def _meal(page: Page, standard: str) -> None:
    page.locator("summary", has_text="加用餐").click()
    page.get_by_label("每人标准(元)").fill(standard)
    page.get_by_role("button", name="加用餐").click()
    expect(page.get_by_role("button", name="去掉 会议午餐")).to_be_visible()
