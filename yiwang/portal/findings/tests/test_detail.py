"""One finding: what owner, colleague, manager, auditor and stranger see and may do; the whole way by forms."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.models import Role, User
from yiwang.core.standards.book import load
from yiwang.core.verdicts import sources
from yiwang.core.verdicts.models import Finding, Outcome, State
from yiwang.portal.findings.tests.helpers import CLAUSE, finding
from yiwang.portal.tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours() -> Organ:
    province = factories.organ("示例省", tier="PROVINCE", code="990000")
    return factories.organ("青河县财政局", province)


@pytest.fixture(autouse=True)
def corrected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The register of these findings holds nothing that is over: their subjects are not in it."""
    monkeypatch.setitem(sources._sources, "offices.person_space", lambda *, on, subjects=None: [])


def as_user(user: User) -> Client:
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def page(browser: Client, one: Finding) -> str:
    return " ".join(browser.get(f"/findings/{one.pk}/").content.decode().split())


def act(browser: Client, one: Finding, verb: str, **values: Any) -> Any:
    return browser.post(f"/findings/{one.pk}/", {"verb": verb, **values})


def forms(browser: Client, one: Finding) -> list[str]:
    return [offer.verb for offer in browser.get(f"/findings/{one.pk}/").context["offers"]]


def test_facts_stand_beside_the_clause(ours: Organ) -> None:
    html = page(people.client(ours, Role.READER), finding(ours))
    for part in (
        "使用面积",
        "正科级",
        "发改投资〔2014〕2674号",
        f"/law/c/{CLAUSE}",
        load().clause(CLAUSE).paraphrase[:12],
    ):
        assert part in html
    for part in ("到台账更正", "发现", "第 ", "有过修订"):
        assert part in html


def test_a_clause_that_stands_is_not_called_revised(ours: Organ) -> None:
    one = finding(ours, version=load().versions[CLAUSE])
    assert "有过修订" not in page(people.client(ours, Role.READER), one)


def test_a_clause_that_left_the_lawbook_is_no_error(ours: Organ) -> None:
    assert "有过修订" in page(people.client(ours, Role.READER), finding(ours, clause="GONE/x"))


def test_other_clauses_broken_are_shown_too(ours: Organ) -> None:
    other = {
        "kind": "warning", "measure": 30, "limit": 20, "excess": 10, "unit": "平方米", "relation": "<=", "label": "使用面积",
        "document": "示例市规定", "number": "", "article": "第五条", "clause": "DEMO/x", "modality": "一般", "on": "2026-05-01",
        "message": "",
    }  # fmt: skip
    html = page(people.client(ours, Role.READER), finding(ours, others=[other]))
    assert "示例市规定" in html
    assert "2026-05-01 有效的条款" in html


def test_what_each_role_is_offered(ours: Organ) -> None:
    one = finding(ours)
    assert forms(people.client(ours, Role.READER), one) == []
    assert forms(people.client(ours, Role.AUDITOR), one) == []
    assert forms(people.client(ours, Role.CLERK), one) == ["rectify", "appeal", "start"]
    assert forms(people.client(ours, Role.MANAGER), one)[0] == "assign"


def test_a_stranger_finds_nothing(ours: Organ) -> None:
    one = finding(ours)
    stranger = people.client(factories.organ("云岭县水利局"), Role.MANAGER)
    assert stranger.get(f"/findings/{one.pk}/").status_code == 404
    assert act(stranger, one, "start").status_code == 404
    assert stranger.get(f"/findings/{one.pk}/file/{one.events.get().pk}").status_code == 404


def test_the_whole_way_by_forms(ours: Organ) -> None:
    one, clerk = finding(ours), people.user(ours, Role.CLERK, name="王敏")
    manager = people.client(ours, Role.MANAGER)
    answer = act(manager, one, "assign", handler=clerk.pk, due="2099-06-01", remark="请抓紧")
    assert answer.status_code == 302
    html = page(as_user(clerk), one)
    assert "待整改" in html
    assert "请抓紧" in html
    assert "期限 2099-06-01" in html
    assert act(as_user(clerk), one, "start").status_code == 302
    file = SimpleUploadedFile("照片 1.jpg", b"\xff\xd8picture")
    act(as_user(clerk), one, "rectify", note="已调整", attachment="示财〔2026〕3号", file=file)
    assert "已调整" in page(manager, one)
    assert "照片 1.jpg" in page(manager, one)
    answer = manager.post(
        f"/findings/{one.pk}/", {"verb": "review", "decision": "accept", "note": "同意", "approval": ""}, follow=True
    )
    assert "已办理。" in answer.content.decode()
    one.refresh_from_db()
    assert (one.state, one.outcome) == (State.CLOSED, Outcome.RECTIFIED)
    assert forms(manager, one) == []
    assert "同意" in page(manager, one)


def test_the_file_of_a_step_is_saved_never_shown(ours: Organ) -> None:
    one, clerk = finding(ours), people.user(ours, Role.CLERK)
    content = b"<script>alert(1)</script>"
    act(as_user(clerk), one, "rectify", note="见附件", file=SimpleUploadedFile("../../a.html", content, "text/html"))
    event = one.events.order_by("pk").last()
    assert event is not None
    assert (event.file_name, event.file_digest) == ("a.html", hashlib.sha256(content).hexdigest())
    assert json.loads(Entry.objects.latest("pk").body)["file"] == ["a.html", event.file_digest]
    answer: Any = as_user(clerk).get(f"/findings/{one.pk}/file/{event.pk}")
    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    without = one.events.order_by("pk").first()
    assert without is not None
    assert as_user(clerk).get(f"/findings/{one.pk}/file/{without.pk}").status_code == 404


def test_a_file_too_large_is_refused(ours: Organ, monkeypatch: pytest.MonkeyPatch) -> None:
    from yiwang.core.verdicts import actions

    monkeypatch.setattr(actions, "LARGEST", 10)
    one = finding(ours)
    answer = act(people.client(ours, Role.CLERK), one, "rectify", note="x", file=SimpleUploadedFile("a", b"x" * 11))
    assert (answer.status_code, one.events.count()) == (422, 1)


def test_a_refusal_says_why_and_keeps_what_was_typed(ours: Organ) -> None:
    one = finding(ours, state=State.ASSIGNED, due_date=date(2099, 5, 1))
    manager = people.client(ours, Role.MANAGER)
    answer = act(manager, one, "extend", due="2099-04-01", note="等待配件")
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "新期限应晚于现期限 2099-05-01" in html
    assert "等待配件" in html
    assert 'value="2099-04-01"' in html


@pytest.mark.parametrize(
    ("verb", "values"),
    [
        ("", {}),
        ("delete", {}),
        ("assign", {"handler": "x", "due": "2099-01-01"}),
        ("assign", {"handler": "0", "due": "2099-01-01"}),
        ("extend", {"due": "soon", "note": "x"}),
        ("review", {}),
        ("review", {"decision": "accept"}),
        ("rectify", {"note": ""}),
        ("rectify", {"note": "长" * 2001}),
        ("rectify", {"note": "x", "attachment": "长" * 201}),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(verb: str, values: dict[str, str], ours: Organ) -> None:
    one = finding(ours)
    answer = act(people.client(ours, Role.MANAGER), one, verb, **values)
    assert answer.status_code == 422
    one.refresh_from_db()
    assert (one.state, one.events.count()) == (State.OPEN, 1)


def test_whoever_submitted_does_not_decide(ours: Organ) -> None:
    one, manager = finding(ours), people.user(ours, Role.MANAGER)
    act(as_user(manager), one, "appeal", note="是会议室")
    assert forms(as_user(manager), one) == ["withdraw"]
    other = people.client(ours, Role.MANAGER)
    assert forms(other, one) == ["review"]
    act(other, one, "review", decision="accept", note="属实")
    one.refresh_from_db()
    assert one.outcome == Outcome.APPEAL


def test_a_colleague_is_not_offered_what_was_given_to_another(ours: Organ) -> None:
    one = finding(ours, state=State.ASSIGNED, handler=people.user(ours, Role.CLERK))
    colleague = people.client(ours, Role.CLERK)
    assert forms(colleague, one) == []
    answer = act(colleague, one, "rectify", note="我来")
    assert answer.status_code == 422
    assert "已交办给" in answer.content.decode()


def test_withdrawn_by_form(ours: Organ) -> None:
    one, clerk = finding(ours), people.user(ours, Role.CLERK)
    act(as_user(clerk), one, "rectify", note="已调整")
    act(as_user(clerk), one, "withdraw")
    one.refresh_from_db()
    assert one.state == State.RECTIFYING
    assert forms(as_user(clerk), one) == ["rectify", "appeal"]


def test_figures_that_are_unknown_are_said_in_words(ours: Organ) -> None:
    fields = {"kind": "undetermined", "measure": Decimal(30), "limit": None, "excess": None, "message": "缺少职级"}
    html = page(people.client(ours, Role.READER), finding(ours, **fields))
    assert "缺少职级" in html
    assert "无法判定" in html


def test_few_queries(ours: Organ) -> None:
    one, browser = finding(ours), people.client(ours, Role.MANAGER)
    browser.get(f"/findings/{one.pk}/")
    with CaptureQueriesContext(connection) as captured:
        browser.get(f"/findings/{one.pk}/")
    assert len(captured) <= 8
