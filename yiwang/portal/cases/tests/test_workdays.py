"""工作日历: the year, one day with what it would change, and changing it."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from yiwang.core.flow.models import Step
from yiwang.core.rights.models import Role
from yiwang.core.workdays.models import Holiday
from yiwang.portal.cases.tests.world import Office, browser
from yiwang.portal.tests import people

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 5)  # the day after the cases are opened, a Thursday
FORM = {"do": "set", "works": "0", "name": "临时放假", "number": "青政办〔2026〕9号"}


def test_the_year_shows_every_day_and_what_differs(office: Office) -> None:
    Holiday.objects.update_or_create(day=DAY, defaults={"works": False, "name": "试验节", "number": "文〔2026〕1号"})
    html = browser(office.cadre).get("/desk/workdays/?year=2026").content.decode()
    assert html.count("/desk/workdays/2026-") >= 365
    assert "试验节" in html
    assert "文〔2026〕1号" in html
    for bad in ("/desk/workdays/?year=1", "/desk/workdays/?year=x", "/desk/workdays/2026-02-30/", "/desk/workdays/x/"):
        assert browser(office.cadre).get(bad).status_code == 404
    assert Client().get("/desk/workdays/").status_code == 302


def test_only_the_top_changes_it_and_others_are_told(office: Office) -> None:
    for user in (office.cadre, office.manager, office.leader):
        assert "取消登记" not in browser(user).get(f"/desk/workdays/{DAY}/").content.decode()
        answer = browser(user).post(f"/desk/workdays/{DAY}/", FORM)
        assert answer.status_code in (403, 422)
    assert not Holiday.objects.filter(day=DAY).exists()


def test_a_day_off_moves_the_deadlines_that_run(office: Office) -> None:
    case = office.open()
    step = case.steps.get(node="review")
    assert step.due_at is not None
    assert step.due_at.date() == date(2026, 3, 6)
    keeper = people.client(office.city, Role.MANAGER)
    page = keeper.get(f"/desk/workdays/{DAY}/")
    assert [(one.case.pk, one.before.day, one.after.day) for one in page.context["moved"]] == [(case.pk, 6, 9)]
    assert not Holiday.objects.filter(day=DAY).exists()
    answer = keeper.post(f"/desk/workdays/{DAY}/", FORM, follow=True)
    assert "1 个在办环节的期限随之调整" in answer.content.decode()
    due = Step.objects.get(pk=step.pk).due_at
    assert due is not None
    assert due.date() == date(2026, 3, 9)
    assert keeper.post(f"/desk/workdays/{DAY}/", {"do": "clear"}).status_code == 302
    due = Step.objects.get(pk=step.pk).due_at
    assert due is not None
    assert due.date() == date(2026, 3, 6)


def test_a_form_without_answer_or_name_is_refused(office: Office) -> None:
    keeper = people.client(office.city, Role.MANAGER)
    for form in ({"do": "set"}, FORM | {"works": "2"}, FORM | {"name": ""}):
        assert keeper.post(f"/desk/workdays/{DAY}/", form).status_code == 422
    assert not Holiday.objects.filter(day=DAY).exists()


def test_what_it_would_change_names_only_cases_one_may_see(office: Office) -> None:
    office.open()
    assert browser(office.stranger).get(f"/desk/workdays/{DAY}/").context["moved"] == []
