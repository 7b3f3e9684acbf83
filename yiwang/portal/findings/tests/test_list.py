"""The list of 问题: scope, filters, tabs, paging, export, and how many queries."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.models import Role
from yiwang.core.verdicts.models import Finding, Outcome, State
from yiwang.portal.findings.tests.helpers import finding
from yiwang.portal.tests import people

pytestmark = pytest.mark.django_db


class Scene:
    """A province; our county and the one beside it, a finding in each."""

    def __init__(self) -> None:
        self.province = factories.organ("示例省", tier="PROVINCE", code="990000")
        self.ours = factories.organ("青河县财政局", self.province)
        self.theirs = factories.organ("云岭县水利局", self.province, code="990102")
        self.mine = finding(self.ours)
        self.strange = finding(self.theirs)

    def close(self, one: Finding) -> None:
        one.state, one.outcome, one.closed_date = State.CLOSED, Outcome.RECTIFIED, date(2026, 5, 9)
        one.save()


@pytest.fixture
def scene() -> Scene:
    return Scene()


def reader(organ: Organ) -> Client:
    return people.client(organ, Role.READER)


def shown(browser: Client, query: str = "") -> set[int]:
    answer = browser.get(f"/findings/?{query}")
    assert answer.status_code == 200, answer.content.decode()
    return {one.pk for one in answer.context["rows"]}


def test_the_province_sees_all_a_county_its_own(scene: Scene) -> None:
    assert shown(reader(scene.province)) == {scene.mine.pk, scene.strange.pk}
    assert shown(reader(scene.ours)) == {scene.mine.pk}


def test_without_a_role_there_is_nothing(scene: Scene) -> None:
    nobody = people.client(scene.ours)
    for path in ("/findings/", f"/findings/{scene.mine.pk}/", "/findings/export.csv"):
        assert nobody.get(path).status_code == 403
    assert Client().get("/findings/").status_code == 302


def test_each_row_shows_figures_and_clause(scene: Scene) -> None:
    html = reader(scene.ours).get("/findings/").content.decode()
    for part in (
        scene.mine.subject_label,
        "超 6 平方米",
        "发改投资〔2014〕2674号",
        "/law/c/FGTZ-2014-2674/room",
        "待交办",
    ):
        assert part in html
    assert f"/findings/{scene.mine.pk}/" in html


def test_tabs_by_state_with_counts(scene: Scene) -> None:
    closed = finding(scene.ours)
    scene.close(closed)
    late = finding(scene.ours, state=State.ASSIGNED, due_date=timezone.localdate() - timedelta(days=1))
    browser = reader(scene.ours)
    assert shown(browser) == {scene.mine.pk, late.pk}
    assert shown(browser, "view=OVERDUE") == {late.pk}
    assert shown(browser, "view=ASSIGNED") == {late.pk}
    assert shown(browser, "view=CLOSED") == {closed.pk}
    assert shown(browser, "view=ALL") == {scene.mine.pk, late.pk, closed.pk}
    views = {view.key: view.count for view in browser.get("/findings/").context["views"]}
    assert (views["PENDING"], views["OPEN"], views["ASSIGNED"], views["OVERDUE"]) == (2, 1, 1, 1)
    assert "逾期</span>" in browser.get("/findings/").content.decode()


def test_due_today_is_not_late(scene: Scene) -> None:
    finding(scene.ours, state=State.ASSIGNED, due_date=timezone.localdate())
    assert shown(reader(scene.ours), "view=OVERDUE") == set()


def test_filters(scene: Scene) -> None:
    browser = reader(scene.province)
    soft = finding(scene.ours, kind="warning", dataset="vehicles.purchase", topic="vehicles.price")
    assert shown(browser, "kind=warning") == {soft.pk}
    assert shown(browser, "area=vehicles") == {soft.pk}
    assert shown(browser, "topic=vehicles.price") == {soft.pk}
    assert shown(browser, "q=水利") == {scene.strange.pk}
    assert shown(browser, f"q={scene.mine.subject_label[:5]}") >= {scene.mine.pk}
    assert shown(browser, f"organ={scene.theirs.pk}") == {scene.strange.pk}
    assert shown(browser, "since=2026-05-02") == set()
    assert shown(browser, "until=2026-05-01&since=2026-05-01") == {scene.mine.pk, scene.strange.pk, soft.pk}


def test_those_given_to_me(scene: Scene) -> None:
    clerk = people.user(scene.ours, Role.CLERK)
    Finding.objects.filter(pk=scene.mine.pk).update(handler=clerk)
    browser = Client()
    browser.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    finding(scene.ours)
    assert shown(browser, "mine=1") == {scene.mine.pk}


@pytest.mark.parametrize("query", ["view=x", "kind=x", "since=x", "organ=x", "organ=99999999", "after=x", "after=[1]"])
def test_what_makes_no_sense_is_refused(query: str, scene: Scene) -> None:
    answer = reader(scene.ours).get(f"/findings/?{query}&view=ALL" if "view" not in query else f"/findings/?{query}")
    assert answer.status_code in (200, 422)
    assert answer.status_code == 422 or query == "after=[1]"


def test_the_organ_of_a_stranger_is_no_filter(scene: Scene) -> None:
    assert reader(scene.ours).get(f"/findings/?organ={scene.theirs.pk}").status_code == 422


def test_pages_by_key(scene: Scene) -> None:
    for _ in range(60):
        finding(scene.ours)
    browser = reader(scene.ours)
    first = browser.get("/findings/").context["page"]
    assert (len(first.rows), first.count) == (50, "61")
    following = shown(browser, first.after)
    assert len(following) == 11
    assert scene.mine.pk in following
    last = browser.get(f"/findings/?{first.after}").context["page"]
    assert len(shown(browser, last.before)) == 50


def test_htmx_gets_the_table_alone(scene: Scene) -> None:
    html = reader(scene.ours).get("/findings/", headers={"HX-Request": "true", "HX-Target": "list"}).content.decode()
    assert "<html" not in html
    assert scene.mine.subject_label in html


def queries(browser: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(path).status_code == 200
    return len(captured)


def test_queries_and_size_do_not_grow_with_the_rows(scene: Scene) -> None:
    browser = reader(scene.ours)
    browser.get("/findings/")  # warm: content types, sessions
    few = queries(browser, "/findings/")
    for _ in range(60):
        finding(scene.ours)
    assert queries(browser, "/findings/") <= few + 1  # the count, which a single page needs not
    assert few <= 8
    assert len(browser.get("/findings/").content) < 60_000


def test_the_export_is_complete_and_inert(scene: Scene) -> None:
    finding(scene.ours, subject_label="=1+1", measure=None, limit=None, excess=None, kind="undetermined")
    answer: Any = reader(scene.ours).get("/findings/export.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    head, *rows = list(csv.reader(io.StringIO(text)))
    assert head[:4] == ["编号", "判定", "对象", "单位"]
    assert [row[1] for row in rows] == ["超标", "无法判定"]
    assert rows[0][5:8] == ["30", "24", "6"] or rows[0][5:8] == ["30.0000", "24.0000", "6.0000"]
    assert rows[1][2] != "=1+1"
    assert "attachment" in answer["Content-Disposition"]


def test_the_workbook_opens(scene: Scene) -> None:
    answer: Any = reader(scene.province).get("/findings/export.xlsx?view=ALL")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0)
    rows = sheet.to_python()
    assert len(rows) == 3
    assert rows[1][3] == "青河县财政局"
    assert reader(scene.ours).get("/findings/export.pdf").status_code == 404
