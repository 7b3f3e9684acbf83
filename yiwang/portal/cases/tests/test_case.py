"""One case: who sees it, what it shows, what may be done, wrong and late acts."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yiwang.core.flow.models import Case, CaseState, Task
from yiwang.portal.cases.tests.world import Office, browser, task_of

pytestmark = pytest.mark.django_db


def url(case: Case) -> str:
    return f"/desk/{case.pk}/"


def test_the_applicant_and_the_reviewer_see_it_a_stranger_does_not(office: Office) -> None:
    case = office.open()
    for user in (office.cadre, office.manager):
        assert browser(user).get(url(case)).status_code == 200
    for user in (office.colleague, office.stranger):
        assert browser(user).get(url(case)).status_code == 404
        assert browser(user).post(url(case), {"verb": "comment", "text": "看看"}).status_code == 404
    assert Client().get(url(case)).status_code == 302
    assert case.events.filter(verb="COMMENT").count() == 0


def test_the_figure_stands_beside_its_clause_and_the_decision_comes_first(office: Office) -> None:
    case = office.open(usable_area="24")
    html = browser(office.manager).get(url(case)).content.decode()
    assert "超 6 平方米" in html
    assert "/law/c/FGTZ-2014-2674/room" in html
    assert html.index("等您办理") < html.index('class="facts wide"')
    mine = browser(office.cadre).get(url(case)).content.decode()
    assert "等您办理" not in mine
    assert "超 6 平方米" in mine


def test_approved_it_goes_on_or_ends(office: Office) -> None:
    case = office.open()
    answer = browser(office.manager).post(
        url(case), {"verb": "approve", "task": task_of(office.manager).pk, "opinion": "同意调整"}
    )
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.state == CaseState.DONE
    page = browser(office.cadre).get(url(case)).content.decode()
    assert "同意调整" in page
    assert "办结" in page


def test_the_thousandth_task_can_be_approved_from_its_page(office: Office) -> None:
    """Figures are grouped by three on pages; the number of a task that a form sends back is not."""
    case = office.open()
    Task.objects.filter(pk=task_of(office.manager).pk).update(id=1029)
    html = browser(office.manager).get(url(case)).content.decode()
    (sent,) = set(re.findall(r'name="task"\s+value="([^"]*)"', html))
    answer = browser(office.manager).post(url(case), {"verb": "approve", "task": sent, "opinion": "同意"})
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.state == CaseState.DONE


def test_a_hard_standard_needs_a_document_and_says_so_in_place(office: Office) -> None:
    case = office.open(usable_area="24")
    form = {"verb": "approve", "task": task_of(office.manager).pk, "opinion": "拟同意"}
    answer = browser(office.manager).post(url(case), form)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "没有办成" in html
    assert "批准文号" in html
    assert "拟同意" in html
    assert browser(office.manager).post(url(case), form | {"approval": "青政办〔2026〕3号"}).status_code == 302
    assert task_of(office.leader).step.name == "分管领导审批"


def test_sent_back_corrected_and_sent_again(office: Office) -> None:
    case = office.open(usable_area="24")
    page = browser(office.manager).get(url(case)).content.decode()
    assert '<option value="apply"' in page
    form = {"verb": "send_back", "task": task_of(office.manager).pk, "node": "apply", "opinion": "面积超了,请换一间"}
    assert browser(office.manager).post(url(case), form).status_code == 302
    cadre = browser(office.cadre)
    page = cadre.get(url(case)).content.decode()
    assert "面积超了,请换一间" in page
    assert "重新提交" in page
    fixed = {"reason": "换到朝南的房间", "rank": "正科级", "usable_area": "15"}
    again = cadre.post(url(case), {"verb": "approve", "task": task_of(office.cadre).pk, **fixed})
    assert again.status_code == 302, again.content.decode()
    assert task_of(office.manager).case_id == case.pk
    assert Case.objects.get().facts["usable_area"] == "15"


def test_rejecting_wants_a_reason(office: Office) -> None:
    case = office.open()
    form = {"verb": "reject", "task": task_of(office.manager).pk, "opinion": ""}
    answer = browser(office.manager).post(url(case), form)
    assert answer.status_code == 422
    assert "请填写驳回理由" in answer.content.decode()
    assert browser(office.manager).post(url(case), form | {"opinion": "无空房"}).status_code == 302
    assert Case.objects.get().state == CaseState.REFUSED


def test_a_late_answer_is_told_and_does_nothing(office: Office) -> None:
    case = office.open()
    form = {"verb": "approve", "task": task_of(office.manager).pk}
    manager = browser(office.manager)
    assert browser(office.cadre).post(url(case), {"verb": "withdraw"}).status_code == 302
    answer = manager.post(url(case), form)
    assert answer.status_code == 422
    assert "撤回" in answer.content.decode()
    assert Case.objects.get().state == CaseState.WITHDRAWN


def test_a_second_click_is_one_act(office: Office) -> None:
    case = office.open()
    form = {"verb": "comment", "text": "请尽快", "idempotency": "k1"}
    cadre = browser(office.cadre)
    assert [cadre.post(url(case), form).status_code for _ in range(2)] == [302, 302]
    assert case.events.filter(verb="COMMENT").count() == 1


def test_handed_to_a_colleague_who_then_decides(office: Office) -> None:
    case = office.open()
    manager = browser(office.manager)
    found = manager.get(f"{url(case)}people/?who=赵").content.decode()
    assert f"赵明/{office.colleague.username}" in found
    assert "吴审" not in manager.get(f"{url(case)}people/?who=吴").content.decode()
    form = {"verb": "transfer", "task": task_of(office.manager).pk}
    strange = manager.post(url(case), form | {"who": office.stranger.username})
    assert strange.status_code == 422
    assert "没有" in strange.content.decode()
    assert (
        manager.post(url(case), form | {"who": f"赵明/{office.colleague.username}", "opinion": "你熟悉"}).status_code
        == 302
    )
    page = browser(office.colleague).get(url(case)).content.decode()
    assert "等您办理" in page
    assert "转办给 赵明" in page


def test_a_signer_added_before_signs_first(office: Office) -> None:
    case = office.open()
    form = {
        "verb": "add_signer",
        "task": task_of(office.manager).pk,
        "who": office.colleague.username,
        "place": "before",
    }
    assert browser(office.manager).post(url(case), form).status_code == 302
    assert "等您办理" not in browser(office.manager).get(url(case)).content.decode()
    task = task_of(office.colleague)
    assert (
        browser(office.colleague)
        .post(url(case), {"verb": "approve", "task": task.pk, "opinion": "房间空着"})
        .status_code
        == 302
    )
    assert task_of(office.manager).step_id == task.step_id


def test_a_copied_person_reads_and_says_so_without_a_get_writing(office: Office) -> None:
    case = office.open()
    form = {"verb": "carbon_copy", "who": office.colleague.username}
    assert browser(office.manager).post(url(case), form).status_code == 302
    colleague = browser(office.colleague)
    assert "已阅" in colleague.get(url(case)).content.decode()
    assert case.parties.filter(kind="COPIED", read_at=None).exists()
    assert colleague.post(url(case), {"verb": "mark_read"}).status_code == 302
    assert not case.parties.filter(kind="COPIED", read_at=None).exists()


def test_paused_it_says_so_and_runs_on(office: Office) -> None:
    case = office.open()
    manager = browser(office.manager)
    assert manager.post(url(case), {"verb": "pause", "reason": "等补正材料"}).status_code == 302
    assert "已暂停" in manager.get(url(case)).content.decode()
    assert manager.post(url(case), {"verb": "resume"}).status_code == 302
    assert "已暂停" not in manager.get(url(case)).content.decode()


def test_the_picture_marks_what_is_done_present_and_ahead(office: Office) -> None:
    case = office.open()
    marks = browser(office.manager).get(url(case)).context["marks"]["nodes"]
    assert marks["apply"]["mark"] == "is-done"
    assert marks["review"] == {"mark": "is-open", "sign": "在办 周正"}
    assert marks["sign"]["mark"] == "is-next"
    file = f"/desk/flows/{case.definition_id}/file/"
    assert b"BPMNShape" in browser(office.cadre).get(file).content
    assert browser(office.colleague).get(file).status_code == 404


def test_nonsense_is_refused(office: Office) -> None:
    case = office.open()
    manager = browser(office.manager)
    for form in ({"verb": "explode"}, {}, {"verb": "approve"}, {"verb": "send_back", "task": "x", "node": "review"}):
        answer = manager.post(url(case), form)
        assert answer.status_code == 422, form
    assert Case.objects.get().state == CaseState.OPEN


def test_what_was_judged_stays_in_sight_after_it_was_sent_back(office: Office) -> None:
    case = office.open(usable_area="24")
    form = {"verb": "send_back", "task": task_of(office.manager).pk, "node": "apply", "opinion": "面积超了"}
    browser(office.manager).post(url(case), form)
    assert "超 6 平方米" in browser(office.cadre).get(url(case)).content.decode()


def test_the_number_of_queries_of_a_case(office: Office) -> None:
    """It does not grow with the course."""
    case = office.open()
    counts = []
    for number in (1, 6):
        for turn in range(number):
            browser(office.cadre).post(url(case), {"verb": "comment", "text": f"第 {turn} 次"})
        manager = browser(office.manager)
        manager.get(url(case))
        with CaptureQueriesContext(connection) as queries:
            manager.get(url(case))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 24
