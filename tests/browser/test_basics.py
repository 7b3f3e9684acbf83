"""What every user does first."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Browsers


def test_a_wrong_password_is_said_and_the_right_one_lets_in(browse: Browsers) -> None:
    page = browse(None)
    page.goto("/law/")
    expect(page).to_have_url("/login?next=/law/")
    page.get_by_label("账号").fill("clerk")
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("密码").fill("browser-test-1")
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url("/law/")


def test_switching_the_organ_from_the_band(browse: Browsers) -> None:
    page = browse("manager", fresh=True)
    page.get_by_role("button", name="切换单位").click()
    expect(page.locator("#organs").get_by_role("button")).to_have_count(1)
    page.locator("#organs").get_by_role("link", name="选下级单位").click()
    page.get_by_label("单位名称").fill("白石县")
    page.get_by_role("button", name="查找").click()
    page.locator("main").get_by_role("button", name="到白石县财政局").click()
    expect(page.get_by_role("status")).to_contain_text("已切换到“白石县财政局”")
    expect(page.get_by_role("button", name="切换单位,现在是白石县财政局")).to_be_visible()


def test_the_keyboard_reaches_the_content_past_the_band(browse: Browsers) -> None:
    page = browse("reader")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_focus_is_visible(browse: Browsers) -> None:
    page = browse("reader")
    page.get_by_role("link", name="制度库").focus()
    page.keyboard.press("Shift+Tab")
    width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert width == "2px"


def test_log_out(browse: Browsers) -> None:
    page = browse("reader", fresh=True)
    page.get_by_role("button", name="我的账号").click()
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url("/login")
    page.goto("/orgs/")
    expect(page).to_have_url("/login?next=/orgs/")


def test_the_search_box(browse: Browsers) -> None:
    page = browse("reader")
    page.get_by_label("搜索").fill("云岭县")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="云岭县财政局").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("云岭县财政局")


def test_the_tree_grows_on_demand(browse: Browsers) -> None:
    page = browse("reader")
    page.goto("/orgs/")
    expect(page.get_by_role("link", name="云岭县财政局")).to_have_count(0)
    page.get_by_role("button", name="展开青河市机关事务管理局").click()
    expect(page.get_by_role("link", name="云岭县财政局")).to_be_visible()


def test_what_is_the_limit(browse: Browsers) -> None:
    page = browse("reader")
    page.goto("/law/at")
    page.get_by_label("事项").select_option("offices.person_area")
    page.get_by_label("职级").wait_for()
    page.get_by_label("机关层级").select_option("市级机关")
    page.get_by_label("职级").select_option("正处级")
    page.get_by_label("日期").fill("2015-01-01")
    page.get_by_role("button", name="查", exact=True).click()
    expect(page.locator(".clause .fig")).to_have_text("24")
    page.get_by_label("日期").fill("2014-01-01")
    page.get_by_role("button", name="查", exact=True).click()
    expect(page.locator(".clause")).to_contain_text("待核")


def test_the_phone_has_search_and_menu(browse: Browsers) -> None:
    page = browse("clerk", phone=True)
    page.get_by_role("link", name="搜索").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("搜索")
    page.get_by_role("button", name="切换单位").click()
    expect(page.locator("#organs")).to_be_in_viewport()
