"""首页: what waits, figures with their clauses, what it says to whom there is nothing to show."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import access_for
from yiwang.core.rights.models import Role, User
from yiwang.core.verdicts.models import Finding
from yiwang.desk.models import ImportJob
from yiwang.portal.home import counts, pages, waiting
from yiwang.portal.tests import people

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _forget() -> None:
    cache.clear()


@pytest.fixture
def city() -> Organ:
    return factories.organ("青河市")


def _finding(organ: Organ, subject: str, **fields: Any) -> Finding:
    facts: dict[str, Any] = {
        "dataset": "offices.person_space", "topic": "offices.person_area", "subject": subject, "subject_label": f"{subject} · 办公室",
        "kind": "over", "clause": "FGTZ-2014-2674/room", "document": "党政机关办公用房建设标准", "version": "0" * 64,
        "number": "发改投资〔2014〕2674号", "article": "表1", "label": "使用面积", "relation": "<=", "measure": 30, "limit": 24,
        "excess": 6, "unit": "㎡", "judged_on": ON, "region": "990000", "opened_date": timezone.localdate(),
    }  # fmt: skip
    row = Finding(organ=organ, **(facts | fields))
    row.place()
    row.save()
    return row


def _steps(user: User) -> list[tuple[str, str, str]]:
    return [(one.finding.subject, one.step, one.due) for one in waiting.listed(access_for(user), ON)]


def test_a_clerk_is_asked_for_his_own_and_for_what_nobody_has(city: Organ) -> None:
    clerk, other = people.user(city, Role.CLERK), people.user(city, Role.CLERK)
    _finding(city, "1", state="ASSIGNED", handler=clerk, due_date=ON + timedelta(days=3))
    _finding(city, "2", state="RECTIFYING", handler=other)
    _finding(city, "3", state="REVIEWING")
    _finding(city, "4")
    assert _steps(clerk) == [("1", "待整改", "3 天"), ("4", "待交办", "未定期限")]


def test_a_manager_is_asked_to_review_too(city: Organ) -> None:
    _finding(city, "1", state="REVIEWING", due_date=ON)
    _finding(city, "2", state="APPEALED", due_date=ON - timedelta(days=2))
    assert _steps(people.user(city, Role.MANAGER)) == [("2", "待裁定申诉", "逾期 2 天"), ("1", "待复核", "今天")]


@pytest.mark.parametrize("role", [Role.READER, Role.AUDITOR])
def test_who_writes_nothing_is_asked_nothing(city: Organ, role: Role) -> None:
    _finding(city, "1")
    user = people.user(city, role)
    assert (_steps(user), counts.lately(access_for(user)).badge) == ([], "")


def test_what_is_elsewhere_or_closed_does_not_wait(city: Organ) -> None:
    _finding(factories.organ("别的市"), "1")
    _finding(city, "2", state="CLOSED", outcome="RECTIFIED", closed_date=ON)
    assert _steps(people.user(city, Role.CLERK)) == []


def test_the_badge_counts_to_a_cap(city: Organ, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "CAP", 2)
    access = access_for(people.user(city, Role.CLERK))
    _finding(city, "1")
    assert counts.lately(access).badge == "1"
    cache.clear()
    for subject in "234":
        _finding(city, subject)
    assert counts.lately(access).badge == "2+"


def test_band_first_page_and_my_desk_agree(city: Organ) -> None:
    """The number in the band is made of two, and each of them can be opened."""
    clerk = people.user(city, Role.CLERK)
    own = _finding(city, "1", state="ASSIGNED", handler=clerk)
    _finding(city, "2", state="RECTIFYING", handler=people.user(city, Role.CLERK))
    free = _finding(city, "3")
    browser = Client()
    browser.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    desk = browser.get("/desk/").content.decode()
    assert 'title="问题 2"' in desk
    assert '<a href="/findings/?mine=todo">问题 2</a>' in desk
    listed = browser.get("/findings/?mine=todo").content.decode()
    assert {one for one in ("1", "2", "3") if f"{one} · 办公室" in listed} == {"1", "3"}
    assert f"/findings/{own.pk}/" in listed
    assert f"/findings/{free.pk}/" in listed


def test_an_import_that_was_tried_out_waits_for_its_user_alone(city: Organ) -> None:
    clerk, other = people.user(city, Role.CLERK), people.user(city, Role.CLERK)
    for state in ("CHECKED", "UPLOADED", "DONE"):
        facts: dict[str, Any] = {"kind": "offices.room", "name": f"{state}.xlsx", "state": state, "on": ON}
        job = ImportJob(organ=city, user=clerk, created_at=timezone.now(), digest="", **facts)
        job.place()
        job.save()
    assert [one.name for one in waiting.imports(access_for(clerk))] == ["UPLOADED.xlsx", "CHECKED.xlsx"]
    assert waiting.imports(access_for(other)) == []


@pytest.mark.parametrize(
    ("hour", "word"), [(0, "夜深了"), (5, "上午好"), (12, "中午好"), (14, "下午好"), (18, "晚上好"), (23, "晚上好")]
)
def test_the_greeting(hour: int, word: str) -> None:
    assert pages.greeting(datetime(2026, 1, 1, hour)) == word


def test_the_page_shows_findings_figures_and_clauses(city: Organ) -> None:
    row = _finding(city, "陈立")
    html = " ".join(people.client(city, Role.CLERK).get("/").content.decode().split())
    for part in (
        f"/findings/{row.pk}", "陈立 · 办公室", "超 6 ㎡", "等您处理:问题 1", "发改投资〔2014〕2674号", "/law/c/FGTZ-2014-2674/room",
        "未销号 1 件", 'role="img"', "导入台账",
    ):  # fmt: skip
        assert part in html, part


def test_an_area_without_register_has_its_name(city: Organ) -> None:
    _finding(city, "1", dataset="evaluation.canteen")
    html = people.client(city, Role.READER).get("/").content.decode()
    assert "考核评价" in html
    assert "evalu…" not in html


def test_a_reader_sees_figures_and_no_import(city: Organ) -> None:
    html = people.client(city, Role.READER).get("/").content.decode()
    assert "您在这里是查阅" in html
    assert "导入台账" not in html


def test_without_a_grant_the_page_says_what_to_do() -> None:
    html = people.client(None).get("/").content.decode()
    assert "您还没有授权" in html
    assert "制度库现在就可以查阅" in html


def test_the_second_view_is_cheap(city: Organ, django_assert_max_num_queries: Any) -> None:
    browser = people.client(city, Role.CLERK)
    browser.get("/")
    with django_assert_max_num_queries(9):
        browser.get("/")
