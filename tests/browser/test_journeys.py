"""Each role's way through the portal, as a person walks it. Every journey has a county of its own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from tests.browser.conftest import Browsers, Portal


def _tab(page: Page, label: str) -> None:
    """Click a tab."""
    page.get_by_role("navigation", name="业务").get_by_role("link", name=label, exact=True).click()


def _finding_of(page: Page, person: str) -> None:
    """Open the pending finding of a person from the list."""
    _tab(page, "问题")
    page.get_by_role("link", name=person).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(person)


def _unfold(page: Page, label: str) -> None:
    """Open the form of a verb, unless it is open."""
    form = page.locator("details.fold", has=page.locator("summary", has_text=label))
    if form.get_attribute("open") is None:
        form.locator("summary").click()


def test_a_reader_looks_and_cannot_write(browse: Browsers, portal: Portal) -> None:
    page = browse("reader")
    expect(page.get_by_role("link", name="导入", exact=True)).to_have_count(0)
    _tab(page, "办公用房")
    expect(page.get_by_role("link", name="新增")).to_have_count(0)
    page.get_by_label("查找").first.fill("0101")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("link", name="0101").first.click()
    verdict = page.locator(".clause.over", has_text="上限 18")
    expect(verdict).to_contain_text("使用面积 24 平方米")
    verdict.locator(".law a").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("办公室使用面积")
    expect(page.locator("#course svg")).to_be_visible()
    forbidden = page.request.post(f"/r/offices/room/{portal.ids['云岭县财政局.free']}/delete/")
    assert forbidden.status == 403


def _filled(template: Path, to: Path, **cells: object) -> Path:
    """The template with its example row replaced by one row of ours."""
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    for cell in sheet[1]:
        sheet.cell(2, cell.column).value = cells.get(str(cell.value))
    book.save(to)
    book.close()
    return to


def test_a_clerk_imports_corrects_and_sees_it_closed(browse: Browsers, portal: Portal, tmp_path: Path) -> None:
    """The template filled wrongly, then rightly; the finding; the correction; closed by the register."""
    organ = portal.ids["云岭县财政局.organ"]
    page = browse(f"clerk-{organ}")
    _tab(page, "导入")
    with page.expect_download() as waiting:
        page.locator("main").get_by_role("link", name="使用情况", exact=True).click()
    template = tmp_path / "使用情况.xlsx"
    waiting.value.save_as(template)
    right = {"房间": "行政中心 A座 0204", "使用人": "赵明", "单位": "云岭县财政局", "起用日期": date(2026, 1, 5)}
    wrong = _filled(template, tmp_path / "填错的.xlsx", **right | {"房间": "行政中心 A座 9999", "起用日期": "下个月"})
    page.get_by_label("台账").select_option(label="使用情况")
    page.get_by_label("文件").set_input_files(wrong)
    page.get_by_role("button", name="上传并试算").click()
    errors = page.locator("table", has_text="原因")
    expect(errors).to_contain_text("9999")
    expect(errors).to_contain_text("起用日期")

    page.get_by_label("改好的文件").set_input_files(_filled(template, tmp_path / "改好的.xlsx", **right))
    page.get_by_role("button", name="重新上传并试算").click()
    page.get_by_role("button", name="确认写入").click()
    expect(page.locator("main")).to_contain_text("已写入")

    _finding_of(page, "赵明")
    expect(page.locator(".clause.over").first).to_contain_text("27")
    page.get_by_role("link", name="到台账更正").click()
    page.locator("tbody").get_by_role("link", name="0204").click()
    page.get_by_role("link", name="结束").click()
    page.get_by_role("button", name="保存").click()
    _tab(page, "问题")
    expect(page.locator("#list")).not_to_contain_text("赵明")
    page.get_by_role("link", name="已销号").click()
    page.get_by_role("link", name="赵明").first.click()
    expect(page.locator(".head")).to_contain_text("已销号")


def test_a_finding_from_assignment_to_closing(browse: Browsers, portal: Portal) -> None:
    """The manager assigns; the clerk corrects the register; the finding closes by itself and stays in the history."""
    organ = portal.ids["白石县财政局.organ"]
    manager = browse(f"manager-{organ}")
    _finding_of(manager, "陈立")
    _unfold(manager, "交办")
    manager.get_by_label("经办人").select_option(label="吴审")
    manager.get_by_role("button", name="交办").click()
    expect(manager.locator(".head")).to_contain_text("待整改")

    clerk = browse(f"clerk-{organ}")
    waiting = clerk.locator("#waiting")
    expect(waiting).to_contain_text("待整改")
    waiting.get_by_role("link", name="陈立").click()
    clerk.get_by_role("link", name="到台账更正").click()
    clerk.locator("tbody").get_by_role("link", name="0101").click()
    clerk.locator("dl.facts").get_by_role("link", name="0101").click()
    clerk.get_by_role("link", name="修改").click()
    clerk.get_by_label("使用面积").fill("17.5")
    clerk.get_by_role("button", name="保存").click()

    _tab(manager, "问题")
    expect(manager.locator("#list")).not_to_contain_text("陈立 · 白石县财政局")
    manager.get_by_role("link", name="已销号").click()
    manager.get_by_role("link", name="陈立").first.click()
    expect(manager.locator(".head")).to_contain_text("已销号")
    expect(manager.locator(".steps")).to_contain_text("销号")


def test_rectified_reviewed_and_kept_by_approval(browse: Browsers, portal: Portal) -> None:
    organ = portal.ids["长河县财政局.organ"]
    clerk = browse(f"clerk-{organ}")
    _finding_of(clerk, "陈立")
    _unfold(clerk, "提交整改")
    clerk.get_by_label("整改情况").fill("房间结构不能分隔,已报批")
    clerk.get_by_role("button", name="提交整改").click()
    expect(clerk.locator(".head")).to_contain_text("待复核")

    manager = browse(f"manager-{organ}", phone=True)
    manager.locator("#waiting").get_by_role("link", name="陈立").click()
    manager.get_by_role("button", name="通过并销号").click()
    expect(manager.get_by_role("alert")).to_contain_text("台账尚未更正")
    manager.get_by_label("批准保留的文号").fill("长政办〔2026〕12号")
    manager.get_by_role("button", name="通过并销号").click()
    expect(manager.locator(".head")).to_contain_text("已销号")
    expect(manager.locator(".steps")).to_contain_text("长政办〔2026〕12号")


def test_the_form_judges_while_it_is_filled(browse: Browsers, portal: Portal) -> None:
    organ = portal.ids["双桥县财政局.organ"]
    page = browse(f"clerk-{organ}")
    page.goto("/r/offices/occupancy/new/")
    page.get_by_label("房间").fill("行政中心 A座 0204")
    page.get_by_label("使用人").fill("赵明")
    page.locator("main").get_by_label("单位").fill("双桥县财政局")
    page.get_by_label("起用日期").fill("2026-01-01")
    page.get_by_label("备注").focus()
    expect(page.locator("#preview .clause.over")).to_contain_text("27")
    expect(page.locator("#preview")).to_contain_text("请单位主管登录后附批准文件办理")


def test_an_auditor_verifies_the_ledger(browse: Browsers) -> None:
    page = browse("auditor")
    _tab(page, "存证")
    expect(page.locator("tbody tr").first).to_be_visible()
    page.locator("tbody tr a").first.click()
    expect(page.locator(".head")).to_contain_text("链值相符")
    _tab(page, "存证")
    page.get_by_role("link", name="校验").click()
    page.get_by_role("button", name="开始校验").click()
    expect(page.locator(".head")).to_contain_text("未发现问题")


def test_a_request_is_sent_back_on_a_phone_corrected_and_agreed_to(browse: Browsers, portal: Portal) -> None:
    """The cadre asks for a repair; the manager decides on a phone; the cadre corrects and sees how it went on."""
    organ = portal.ids["长河县财政局.organ"]
    cadre = browse(f"cadre-{organ}")
    expect(cadre.get_by_role("link", name="导入", exact=True)).to_have_count(0)
    cadre.get_by_role("link", name="办公用房维修").click()
    cadre.get_by_label("楼栋").fill("行政中心 A座")
    cadre.get_by_label("部位").fill("三层")
    cadre.get_by_label("损坏情况").fill("屋面漏水")
    cadre.get_by_role("button", name="提交申请").dblclick()
    expect(cadre.get_by_role("heading", level=1)).to_contain_text("行政中心 A座")
    expect(cadre.locator(".picture .djs-container")).to_be_visible()
    case = cadre.url

    phone = browse(f"manager-{organ}", phone=True)
    phone.locator("#waiting").get_by_role("link", name="行政中心 A座").click()
    decide = phone.get_by_role("heading", name="等您办理")
    assert (decide.bounding_box() or {"y": 9999})["y"] < 844
    phone.get_by_role("link", name="退回…").click()
    form = phone.locator("#send_back")
    form.get_by_label("意见").fill("请写明是哪间房")
    form.get_by_role("button", name="退回").click()
    expect(phone.get_by_role("status")).to_contain_text("已退回")

    cadre.goto("/desk/")
    expect(cadre.locator("#list tbody tr")).to_have_count(1)
    cadre.locator("#list").get_by_role("link", name="行政中心 A座").click()
    expect(cadre.locator(".steps")).to_contain_text("请写明是哪间房")
    cadre.get_by_label("部位").fill("三层 0301")
    cadre.get_by_role("button", name="重新提交").click()

    phone.goto(case)
    button = phone.get_by_role("button", name="同意")
    assert (button.bounding_box() or {"height": 0})["height"] >= 44
    phone.get_by_label("意见").first.fill("同意")
    button.click()
    expect(phone.get_by_role("status")).to_contain_text("已同意")

    cadre.goto(case)
    expect(cadre.locator(".steps")).to_contain_text("部门负责人审核:同意")
    expect(cadre.locator(".steps li.now")).to_contain_text("现场勘查")
    cadre.goto("/desk/?box=mine")
    expect(cadre.locator("#list tbody tr")).to_have_count(1)

    auditor = browse("auditor")
    auditor.goto(f"/ledger/?obj=flow.case:{case.rstrip('/').rpartition('/')[2]}")
    for act, times in (("申请", 1), ("退回", 1), ("同意", 2)):
        expect(auditor.get_by_role("cell", name=f"办事{act}", exact=True)).to_have_count(times)
