"""办公用品 on a phone: a cadre asks, the keeper issues, the cadre sees it done."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Browsers, Portal
from tests.browser.test_pages import _violations


def test_supplies_on_a_phone(browse: Browsers, portal: Portal) -> None:
    """The whole way at 390 px, and axe finds nothing on it."""
    page = browse("asker", phone=True)
    page.goto("/services/supplies/")
    page.get_by_label("签字笔的数量").fill("60")
    page.get_by_label("用途").fill("培训班")
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("status")).to_contain_text("请到库房领取")
    page.get_by_role("link", name="签字笔 × 60").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("领用申请")
    expect(page.get_by_role("button", name="发放")).to_have_count(0)
    address = page.url

    keeper = browse("keeper", phone=True)
    keeper.goto("/services/supplies/stores/")
    keeper.get_by_role("link", name="签字笔 × 60").click()
    assert keeper.url == address
    amount = keeper.get_by_label("签字笔本次发放")
    expect(amount).to_have_value("50")  # what is there
    assert _violations(keeper) == []
    keeper.get_by_role("button", name="发放").click()
    expect(keeper.get_by_role("status")).to_contain_text("已发放一部分")
    keeper.get_by_label("签字笔本次发放").fill("10")
    keeper.get_by_role("button", name="发放").click()
    expect(keeper.get_by_role("alert")).to_contain_text("库存只有 0,不够 10")
    keeper.get_by_text("其余不再发放").click()
    keeper.get_by_label("原因").fill("等下月到货")
    keeper.get_by_role("button", name="结束申请").click()

    page.goto("/services/supplies/")
    mine = page.get_by_role("listitem").filter(has_text="签字笔 × 60")
    expect(mine).to_contain_text("已发放")
    extra = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert extra <= 0
    auditor = browse("auditor")
    auditor.goto(f"/ledger/?obj=services.supply_request:{address.rstrip('/').rpartition('/')[2]}")
    for act in ("申请领用", "发放用品", "结束领用"):
        expect(auditor.get_by_role("cell", name=act, exact=True)).to_have_count(1)
