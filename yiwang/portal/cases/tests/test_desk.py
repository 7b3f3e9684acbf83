"""我的办事: the four lists, approving many, search, export, paging, and how many queries."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yiwang.core.flow.models import Case, CaseState, Step, Task
from yiwang.core.rights.models import Role
from yiwang.portal.cases.tests.world import NOW, Office, access_of, browser, task_of
from yiwang.portal.home import counts as waiting
from yiwang.portal.tests import people

pytestmark = pytest.mark.django_db


def shown(client: Client, query: str = "") -> list[int]:
    answer = client.get(f"/desk/?{query}")
    assert answer.status_code == 200, answer.content.decode()
    return [one.case for one in answer.context["rows"]]


def test_each_list_shows_what_is_its_own(office: Office) -> None:
    case = office.open()
    assert shown(browser(office.manager)) == [case.pk]
    assert shown(browser(office.cadre)) == []
    assert shown(browser(office.cadre), "box=mine") == [case.pk]
    assert shown(browser(office.manager), "box=done") == []
    browser(office.manager).post(f"/desk/{case.pk}/", {"verb": "approve", "task": task_of(office.manager).pk})
    assert shown(browser(office.manager)) == []
    assert shown(browser(office.manager), "box=done") == [case.pk]
    browser(office.cadre).post(f"/desk/{case.pk}/", {"verb": "carbon_copy", "who": office.colleague.username})
    assert shown(browser(office.colleague), "box=cc") == [case.pk]


def test_a_stranger_and_a_colleague_have_nothing(office: Office) -> None:
    case = office.open()
    for user in (office.stranger, office.colleague):
        for query in ("", "box=mine", "box=done", "box=cc"):
            assert shown(browser(user), query) == []
        assert browser(user).get("/desk/all/").context["rows"] == []
        assert case.number not in browser(user).get("/search?q=换办公").content.decode()
    assert Client().get("/desk/").status_code == 302
    assert browser(office.stranger).get("/desk/?box=nothing").status_code == 404


def test_time_left_is_counted_in_working_days(office: Office) -> None:
    office.open()
    row = browser(office.manager).get("/desk/").context["rows"][0]
    assert row.clock is not None
    now = timezone.now()
    Step.objects.filter(node="review").update(due_at=now - timedelta(minutes=1))
    late = browser(office.manager).get("/desk/").content.decode()
    assert "刚刚逾期" in late or "逾期" in late
    assert "▲" in late


def test_many_are_approved_at_once_each_with_its_answer(office: Office) -> None:
    cases = [office.open(usable_area=area) for area in ("12", "15", "24")]
    tasks = list(Task.objects.waiting_for(access_of(office.manager)).values_list("pk", flat=True))
    manager = browser(office.manager)
    answer = manager.post("/desk/batch/", {"task": tasks, "opinion": "同意", "back": "/desk/"}, follow=True)
    html = answer.content.decode()
    assert html.count("✓已同意") == 2
    assert "没有办成" in html
    assert "批准文号" in html
    assert [Case.objects.get(pk=case.pk).state for case in cases] == [CaseState.DONE, CaseState.DONE, CaseState.OPEN]
    assert "批量办理结果" not in manager.get("/desk/").content.decode()


def test_a_batch_of_others_tasks_does_and_tells_nothing(office: Office) -> None:
    case = office.open()
    task = task_of(office.manager)
    answer = browser(office.stranger).post("/desk/batch/", {"task": [task.pk], "back": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/desk/"
    assert case.title not in browser(office.stranger).get("/desk/").content.decode()
    assert Case.objects.get().state == CaseState.OPEN
    assert browser(office.manager).post("/desk/batch/", {"task": list(range(101))}).status_code == 422


def test_searched_by_number_title_person_organ_and_filtered(office: Office) -> None:
    case = office.open()
    manager = browser(office.manager)
    for query in (
        f"q={case.number}",
        "q=换办公",
        "q=陈立",
        "q=财政局",
        "flow=test.room",
        "state=OPEN",
        "since=2026-03-04&until=2026-03-04",
    ):
        assert [one.case for one in manager.get(f"/desk/all/?{query}").context["rows"]] == [case.pk], query
    for query in ("q=没有", "flow=other", "state=DONE", "until=2026-03-03", "since=2026-03-05"):
        assert manager.get(f"/desk/all/?{query}").context["rows"] == [], query
    for query in ("state=OPENED", "since=昨天"):
        assert manager.get(f"/desk/all/?{query}").status_code == 422
    assert case.number in manager.get("/search?q=换办公").content.decode()


def test_the_export_is_what_the_list_shows(office: Office) -> None:
    case = office.open()
    text = b"".join(browser(office.manager).get("/desk/all/export.csv?q=换办公")).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["编号"], row["状态"], row["申请人"]) for row in rows] == [(case.number, "办理中", "陈立")]
    assert b"".join(browser(office.stranger).get("/desk/all/export.csv")).decode("utf-8-sig").count("\n") == 1
    assert browser(office.manager).get("/desk/all/export.pdf").status_code == 404


def test_pages_by_key_lose_and_repeat_nothing(office: Office) -> None:
    for _ in range(55):
        office.open()
    Step.objects.filter(node="review", pk__gt=Step.objects.order_by("pk")[40].pk).update(due_at=None)
    manager, found = browser(office.manager), []
    page = manager.get("/desk/").context
    found += [one.task for one in page["rows"]]
    second = manager.get(f"/desk/?{page['page'].after}").context
    found += [one.task for one in second["rows"]]
    assert len(found) == len(set(found)) == 55
    assert second["page"].after == ""


def test_the_number_of_queries_does_not_grow_with_the_rows(office: Office) -> None:
    counts = []
    for number in (1, 9):
        for _ in range(number):
            office.open()
        manager, cadre = browser(office.manager), browser(office.cadre)
        found = []
        for client, path in ((manager, "/desk/"), (cadre, "/desk/?box=mine"), (manager, "/desk/all/")):
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            found.append(len(queries))
        counts.append(found)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12


def test_the_badge_and_the_first_page_count_tasks(office: Office) -> None:
    case = office.open()
    assert waiting.now(access_of(office.manager)).total == 1
    assert waiting.now(access_of(office.stranger)).total == 0
    assert case.number in browser(office.manager).get("/").content.decode()


def test_a_cadre_has_a_first_page_that_makes_sense(office: Office) -> None:
    case = office.open()
    html = browser(office.cadre).get("/").content.decode()
    assert "调整办公室" in html
    assert 'href="/services/mine/"' in html
    assert 'href="/services/dispatch/"' not in html
    assert case.number in html
    assert case.number not in browser(office.colleague).get("/").content.decode()
    admin = people.client(office.ours, Role.SYSTEM_ADMIN).get("/").content.decode()
    assert "发起申请" not in admin


def test_what_nobody_could_be_found_for_is_assigned_by_who_configures(office: Office) -> None:
    office.leader.grants.all().delete()
    case = office.open(usable_area="24")
    manager = browser(office.manager)
    form = {"verb": "approve", "task": task_of(office.manager).pk, "approval": "青政办〔2026〕3号"}
    assert manager.post(f"/desk/{case.pk}/", form).status_code == 302
    assert shown(manager, "box=unassigned") == [case.pk]
    assert browser(office.cadre).get("/desk/?box=unassigned").status_code == 404
    task = Task.objects.get(who=None, state="OPEN")
    assert "待分派" in manager.get(f"/desk/{case.pk}/").content.decode()
    given = manager.post(f"/desk/{case.pk}/", {"verb": "transfer", "task": task.pk, "who": office.colleague.username})
    assert given.status_code == 302
    assert shown(browser(office.colleague)) == [case.pk]


def test_opened_at_is_the_instant_of_the_click(office: Office) -> None:
    assert office.open().opened_at == NOW
