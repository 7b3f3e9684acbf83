"""审批单: from a case, with the opinions of everybody who decided; and the messages that its course makes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from yiwang.core.flow import actions as flow
from yiwang.core.flow.models import Case
from yiwang.core.flow.tests import files, worlds
from yiwang.core.notices.models import Notice
from yiwang.core.papers import actions, printing
from yiwang.core.papers.checking import Standing, check
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Iterator[worlds.Office]:
    """One process: applied for, checked by a manager, decided by a leader."""
    parts = [
        files.node("start", "s"),
        files.node("task", "apply", "申请", role="applicant"),
        files.node("task", "check", "审核", role="MANAGER", back="any"),
        files.node("task", "decide", "审批", role="LEADER", back="any"),
        files.node("end", "e"),
        *files.ways("s > apply > check > decide > e"),
    ]
    data = files.process("t.test", parts, [files.fact("amount", "金额", "number", unit="元")], name="试验流程")
    with worlds.registered(data):
        yield worlds.office()


def opened(office: worlds.Office) -> Case:
    """A case of the applicant."""
    return office.open("t.test", title="购买打印机", facts={"amount": "1200.50"})


def test_a_case_as_a_paper(office: worlds.Office) -> None:
    case = office.act(opened(office), "主管", opinion="情况属实")
    paper = actions.issue(kind="flow.case", pk=case.pk, access=office.access("申请人"), on=worlds.DAY, now=worlds.NOW)
    text = printing.html(paper, "https://x")
    for words in (
        "审批〔2026〕0001号",
        case.number,
        "试验流程",
        "购买打印机",
        "金额(元)",
        "1200.5",
        "情况属实",
        "主管",
        "审核",
    ):
        assert words in text, words
    assert check(paper).standing == Standing.AGREES
    office.act(case, "领导", opinion="同意购买")
    assert check(paper).fields == ("办理结果", "办理意见")
    with pytest.raises(Refusal) as caught:
        actions.issue(kind="flow.case", pk=case.pk, access=office.access("外人"), on=worlds.DAY, now=worlds.NOW)
    assert caught.value.code == "paper.denied"


def test_the_course_of_a_case_is_told(office: worlds.Office, django_capture_on_commit_callbacks: Any) -> None:
    def told() -> set[tuple[str, str]]:
        found = set(Notice.objects.values_list("user__display_name", "template"))
        Notice.objects.all().delete()
        return found

    with django_capture_on_commit_callbacks(execute=True):
        case = opened(office)
    row = Notice.objects.get()
    assert (row.title, row.url, row.about) == ("待办:购买打印机", f"/desk/{case.pk}/", f"flow.case:{case.pk}")
    assert "审核" in row.text
    assert told() == {("主管", "flow.task")}
    with django_capture_on_commit_callbacks(execute=True):
        task = office.task(case, "主管")
        flow.send_back(
            task=task.pk, node="apply", opinion="请附报价", access=office.access("主管"), on=worlds.DAY, now=office.at
        )
    assert Notice.objects.filter(text__contains="请附报价").exists()
    assert ("申请人", "flow.sent_back") in told()
    with django_capture_on_commit_callbacks(execute=True):
        office.act(case, "申请人")
        office.act(case, "主管")
        office.act(case, "领导")
    assert ("申请人", "flow.ended") in told()
