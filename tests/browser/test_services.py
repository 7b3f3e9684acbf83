"""A broken lamp, from the scan of the room's label to the manager's month; each as he would do it."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Browsers, Portal


def _photo(folder: Path, name: str) -> Path:
    """A picture as a phone makes it."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "orange").save(out, "JPEG")
    path = folder / name
    path.write_bytes(out.getvalue())
    return path


def _fits(page: Page) -> None:
    """Nothing is wider than the phone."""
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_a_broken_lamp(browse: Browsers, portal: Portal, tmp_path: Path) -> None:
    cadre = browse("cadre", phone=True)
    cadre.goto(f"/services/s/{portal.ids['room']}/")
    expect(cadre.get_by_role("heading", level=1)).to_have_text("报修")
    expect(cadre.locator("main")).to_contain_text("行政中心 A座 0101")
    _fits(cadre)
    cadre.get_by_label("哪里坏了").fill("顶灯不亮")
    cadre.get_by_label("照片").set_input_files(_photo(tmp_path, "灯.jpg"))
    cadre.get_by_role("button", name="提交报修").click()
    expect(cadre.get_by_role("status")).to_contain_text("已报修")
    expect(cadre.locator("main img")).to_be_visible()
    _fits(cadre)
    address = cadre.url

    dispatcher = browse("dispatcher")
    dispatcher.goto("/services/dispatch/")
    column = dispatcher.get_by_role("region", name="待派工")
    expect(column).to_contain_text("顶灯不亮")
    mine = column.locator(".entry", has_text="顶灯不亮")  # a patrol may have found something too
    mine.get_by_role("button", name="派给水电班").click()
    expect(dispatcher.get_by_role("region", name="进行中")).to_contain_text("顶灯不亮")

    repairer = browse("repairer", phone=True)
    repairer.goto("/services/todo/")
    _fits(repairer)
    repairer.get_by_role("button", name="接单").click()
    repairer.get_by_role("button", name="到场").click()
    repairer.get_by_role("link", name="完工").click()
    finish = repairer.locator("form", has=repairer.get_by_role("button", name="完工"))
    finish.get_by_label("处理情况").fill("换了灯管")
    finish.get_by_label("照片").set_input_files(_photo(tmp_path, "好了.jpg"))
    finish.get_by_role("button", name="完工").click()
    expect(repairer.get_by_role("status")).to_contain_text("已完工")
    _fits(repairer)

    cadre.goto(address)
    expect(cadre.locator("main")).to_contain_text("换了灯管")
    cadre.get_by_role("button", name="确认并评价").click()
    expect(cadre.get_by_role("status")).to_contain_text("已确认")
    expect(cadre.locator("main")).to_contain_text("5 分")

    manager = browse("manager")
    manager.goto("/services/month/?by=team")
    row = manager.get_by_role("row", name="水电班")
    expect(row).to_contain_text("100%")
    row.get_by_role("link", name="水电班").click()
    expect(manager.get_by_role("heading", level=1)).to_have_text("工单")
    expect(manager.locator("#list")).to_contain_text("已办结")

    auditor = browse("auditor")
    auditor.goto(f"/ledger/?obj=services.order:{address.rstrip('/').rpartition('/')[2]}")
    for act in ("报修", "派工", "接单", "到场", "完工", "确认"):
        expect(auditor.get_by_role("cell", name=f"工单{act}", exact=True)).to_have_count(1)


def test_a_patroller_finds_a_fault(browse: Browsers, portal: Portal) -> None:
    page = browse("repairer", phone=True)
    page.goto(f"/services/s/{portal.ids['hall']}/")
    page.get_by_role("link", name="巡检", exact=True).last.click()
    _fits(page)
    page.get_by_role("group", name="照明").get_by_label("正常").check()
    hydrant = page.get_by_role("group", name="消火栓")
    hydrant.get_by_label("有问题").check()
    hydrant.get_by_label("消火栓的问题").fill("缺水带")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("status")).to_contain_text("已生成工单")
    expect(page.locator("main")).to_contain_text("已巡检")
    page.locator("main table").get_by_role("link", name="GD").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("消火栓:缺水带")
