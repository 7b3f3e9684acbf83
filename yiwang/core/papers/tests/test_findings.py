"""问题整改单: from the finding, with what was said about it."""

from __future__ import annotations

from datetime import date

import pytest

from yiwang.core.papers import actions as papers
from yiwang.core.papers import printing
from yiwang.core.papers.checking import Standing, check
from yiwang.core.papers.tests.conftest import NOW
from yiwang.core.rights.models import Role
from yiwang.core.verdicts import actions, sources
from yiwang.core.verdicts.models import Finding
from yiwang.core.verdicts.sync import sync
from yiwang.core.verdicts.tests.helpers import DATASET, ON, Register, World
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db


def test_a_finding_as_a_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    we, register = World(), Register()
    register.hold("p1", we.ours, 30)
    monkeypatch.setitem(sources._sources, DATASET, register)
    sync(dataset=DATASET, on=ON, actor="system")
    finding, manager = Finding.objects.get(), we.access(Role.MANAGER)
    actions.assign(finding=finding.pk, handler=we.user(), due=date(2026, 6, 1), note="请尽快", access=manager, on=ON)
    paper = papers.issue(kind="verdicts.finding", pk=finding.pk, access=we.access(), on=ON, now=NOW)
    text = printing.html(paper, "https://x")
    for words in ("整改〔2026〕0001号", "青河县财政局", "30 平方米", "18 平方米", "请尽快", "交办", "2026-06-01"):
        assert words in text, words
    assert check(paper).standing == Standing.AGREES
    actions.rectify(finding=finding.pk, note="已调整", access=we.access())
    assert check(paper).fields == ("状态", "办理意见")
    with pytest.raises(Refusal) as caught:
        papers.issue(kind="verdicts.finding", pk=finding.pk, access=we.access(Role.CLERK, we.theirs), on=ON, now=NOW)
    assert caught.value.code == "paper.denied"
