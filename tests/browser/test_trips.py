"""A car for a cadre, from the phone on which he asks to the month's bill; each as he would do it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Browsers, Portal
from tests.browser.test_services import _fits


def _fill(page: Page, day: str) -> None:
    """The form, but for what the trip is for."""
    page.get_by_label("从哪里出发").fill("机关大院")
    page.get_by_label("到哪里去").fill("会展中心")
    page.get_by_label("出发时间").fill(f"{day}T09:00")
    page.get_by_label("预计结束").fill(f"{day}T11:00")
    page.get_by_label("乘车人数").fill("3")


def test_a_trip_on_two_phones(browse: Browsers, portal: Portal) -> None:
    day = str(portal.ids["trip_day"])
    rider = browse("rider", phone=True)
    rider.goto("/desk/start/vehicles.trip/")
    expect(rider.get_by_role("heading", level=1)).to_contain_text("我要用车")
    _fits(rider)
    _fill(rider, day)
    rider.get_by_label("事由类别").select_option("PRIVATE")
    rider.get_by_label("用车事由").fill("周末接孩子")
    rider.get_by_role("button", name="提交申请").click()
    refused = rider.get_by_role("alert")
    expect(refused).to_contain_text("公务用车不得私用")
    expect(refused.get_by_role("link")).to_contain_text("党政机关公务用车管理办法")
    expect(rider.get_by_label("用车事由")).to_have_value("周末接孩子")
    rider.get_by_label("事由类别").select_option("MEETING")
    rider.get_by_label("用车事由").fill("参加全市防汛会议")
    rider.get_by_role("button", name="看看怎么保障").click()
    expect(rider.get_by_role("region", name="保障方式")).to_contain_text("本单位车辆")
    rider.get_by_role("button", name="提交申请").dblclick()
    expect(rider.get_by_role("status")).to_contain_text("已提交")
    expect(rider.locator(".course .now")).to_have_text("审批")
    _fits(rider)
    trip = rider.url

    head = browse("head", phone=True)
    head.locator("#waiting").get_by_role("link", name="参加全市防汛会议").click()
    head.get_by_label("意见").first.fill("同意")
    head.get_by_role("button", name="同意").click()
    expect(head.get_by_role("status")).to_contain_text("已同意")

    sender = browse("sender")
    sender.goto("/vehicles/trips/waiting/")
    sender.get_by_role("link", name="参加全市防汛会议").click()
    for name, word in (("vehicle", str(portal.ids["pool_car"])), ("driver", "马骏")):
        choice = sender.locator(f"select[name={name}]")
        choice.select_option(choice.locator("option", has_text=word).first.get_attribute("value"))
    sender.get_by_role("button", name="派车").click()
    expect(sender.get_by_role("status")).to_contain_text("已派车")

    wheel = browse("wheel", phone=True)
    wheel.goto("/vehicles/trips/tasks/")
    _fits(wheel)
    wheel.get_by_role("button", name="接单").click()
    expect(wheel.locator(".checks")).to_be_visible()
    for box in wheel.locator(".checks input").all():
        box.check()
    wheel.get_by_role("button", name="出车检查合格").click()
    wheel.locator("form[data-drive] input[name=odometer]").first.fill("1100")
    wheel.get_by_role("button", name="出车").click()
    expect(wheel.get_by_role("alert")).to_contain_text("上次里程表是 1200")
    wheel.locator("form[data-drive] input[name=odometer]").first.fill("1205")
    wheel.get_by_role("button", name="出车").click()
    wheel.get_by_role("button", name="到达").click()
    wheel.get_by_role("button", name="继续行驶").click()
    wheel.locator("form[data-drive] input[name=odometer]").first.fill("1229")
    wheel.get_by_role("button", name="收车").click()
    expect(wheel.locator("main")).to_contain_text("已收车,等用车人确认")
    _fits(wheel)

    rider.goto(trip)
    expect(rider.locator("main")).to_contain_text("24 公里")
    rider.get_by_label("5 星").check()
    rider.get_by_role("button", name="确认行程和费用").click()
    expect(rider.get_by_role("status")).to_contain_text("已确认")

    sender.goto(f"/vehicles/trips/settlement/?month={day[:7]}")
    bill = sender.locator("details", has_text="青河市机关事务管理局")
    expect(bill).to_contain_text("80.00")
    bill.locator("summary").click()
    bill.get_by_role("button", name="结算").click()
    expect(sender.get_by_role("status")).to_contain_text("已结算 1 次")
