"""流程管理: who keeps processes, uploading, comparing, walking through, putting in force, running cases keep theirs."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from yiwang.core.flow import definitions
from yiwang.core.flow.models import Case, CaseState, Definition
from yiwang.core.rights.models import Role
from yiwang.portal.cases import graphs
from yiwang.portal.cases.tests.world import FILE, KEY, Office, browser
from yiwang.portal.tests import people

pytestmark = pytest.mark.django_db
TEXT = FILE.read_text(encoding="utf-8")


@pytest.fixture
def keeper(office: Office) -> Client:
    """Who may configure at the top."""
    return people.client(office.city, Role.MANAGER)


def sent(keeper: Client, text: str) -> tuple[int, str]:
    file = SimpleUploadedFile("room.bpmn", text.encode(), "application/xml")
    answer = keeper.post("/desk/flows/", {"file": file})
    return answer.status_code, answer.content.decode() if answer.status_code != 302 else answer.headers["Location"]


def changed(days: str = "5") -> str:
    """The second version: more days for the review, one step more, no large way's old condition."""
    return TEXT.replace('yw:days="2"', f'yw:days="{days}"').replace("usable_area &gt; 20", "usable_area &gt; 18")


def test_only_who_may_configure_gets_in(office: Office, keeper: Client) -> None:
    pk = definitions.install(KEY).pk
    paths = ["/desk/flows/", *(f"/desk/flows/{pk}/{end}" for end in ("", "compare/", "try/", "download/"))]
    for path in paths:
        assert keeper.get(path).status_code == 200, path
        assert browser(office.cadre).get(path).status_code == 403, path
        assert browser(office.leader).get(path).status_code == 403, path
        assert Client().get(path).status_code == 302
    assert browser(office.cadre).post(f"/desk/flows/{pk}/", {"do": "retire"}).status_code == 403


def test_a_changed_file_becomes_a_draft_is_compared_and_put_in_force(office: Office, keeper: Client) -> None:
    case = office.open()
    first = Definition.objects.get()
    status, url = sent(keeper, changed())
    assert status == 302, url
    second = Definition.objects.get(version=2)
    assert second.state == "DRAFT"
    page = keeper.get(f"/desk/flows/{second.pk}/compare/").content.decode()
    assert "2 个工作日" in page
    assert "5 个工作日" in page
    assert "usable_area &gt; 18" in page
    on = timezone.localdate().isoformat()
    assert keeper.post(url, {"do": "publish", "day": on}).status_code == 302
    later = Case.objects.get(pk=case.pk)
    assert later.definition_id == first.pk
    assert [row.pk for row in graphs.in_force("990101", timezone.localdate())] == [second.pk]
    cadre = browser(office.cadre)
    form = {"reason": "再换", "rank": "正科级", "usable_area": "12"}
    assert cadre.post(f"/desk/start/{KEY}/", form).status_code == 302
    assert Case.objects.order_by("-pk")[0].definition_id == second.pk
    assert (
        browser(office.manager).post(f"/desk/{case.pk}/", {"verb": "approve", "task": _first(office, case)}).status_code
        == 302
    )
    assert Case.objects.get(pk=case.pk).state == CaseState.DONE


def _first(office: Office, case: Case) -> int:
    return int(case.tasks.get(who=office.manager, state="OPEN").pk)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('<userTask id="sign" name="分管领导审批"', '<scriptTask id="sign" name="分管领导审批"', "scriptTask"),
        ("usable_area &gt; 20", "__import__('os')", "large"),
        ('default="small"', "", "big"),
        ('sourceRef="sign" targetRef="end"', 'sourceRef="sign" targetRef="sign"', "sign"),
        ('id="test.room"', 'id="no.such"', "no.such"),
    ],
)
def test_a_bad_file_is_refused_by_the_element(keeper: Client, before: str, after: str, said: str) -> None:
    status, html = sent(keeper, TEXT.replace(before, after))
    assert status == 422
    assert "文件没有收下" in html
    assert said in html
    assert not Definition.objects.filter(state="DRAFT").exists()


def test_no_file_and_a_huge_one_are_refused(keeper: Client) -> None:
    assert keeper.post("/desk/flows/", {}).status_code == 422
    assert sent(keeper, TEXT + " " * (2 << 20))[0] == 422


def test_what_lacks_a_role_is_kept_as_a_draft_with_its_points(keeper: Client) -> None:
    status, url = sent(keeper, TEXT.replace('yw:role="LEADER" ', ""))
    assert status == 302
    page = keeper.get(url).content.decode()
    assert "还要完善" in page
    assert "分管领导审批" in page
    refused = keeper.post(url, {"do": "publish", "day": timezone.localdate().isoformat()})
    assert refused.status_code == 422
    assert "待完善" in refused.content.decode()
    assert keeper.post(url, {"do": "publish", "day": "明天"}).status_code == 422


def test_the_page_says_who_would_act_here(office: Office) -> None:
    pk = definitions.install(KEY).pk
    html = browser(office.manager).get(f"/desk/flows/{pk}/").content.decode()
    assert "周正" in html
    assert "林岚" in html
    office.leader.grants.all().delete()
    assert "没有人" in browser(office.manager).get(f"/desk/flows/{pk}/").content.decode()


def test_the_download_is_the_file(keeper: Client) -> None:
    pk = definitions.install(KEY).pk
    answer = keeper.get(f"/desk/flows/{pk}/download/")
    assert answer.content == FILE.read_bytes()
    assert answer.headers["Content-Disposition"].startswith("attachment")


class Walk:
    """Somebody who walks through a definition."""

    def __init__(self, keeper: Client, area: str) -> None:
        self.keeper = keeper
        self.url = f"/desk/flows/{definitions.install(KEY).pk}/try/"
        self.form = {"reason": "试", "rank": "正科级", "usable_area": area, "decisions": "[]"}
        self.go(do="again")

    def go(self, **more: str) -> list[str]:
        """Post; the nodes that are open then."""
        self.answer = self.keeper.post(self.url, self.form | more)
        assert self.answer.status_code == 200, self.answer.content.decode()
        self.form["decisions"] = self.answer.context["decisions"]
        return list(self.answer.context["walk"].open)


def test_walked_through_the_small_way_and_the_large_way(keeper: Client) -> None:
    small = Walk(keeper, "15")
    assert small.go(decide="review|approve") == []
    assert small.answer.context["walk"].end == "办结"
    large = Walk(keeper, "60")
    assert "clause over" in large.answer.content.decode()
    assert large.go(decide="review|approve") == ["sign"]
    assert large.go(decide="sign|back", **{"to-sign": "review"}) == ["review"]
    assert large.go(decide="review|approve") == ["sign"]
    assert large.go(decide="sign|reject") == []
    assert large.answer.context["walk"].end == "驳回"
    assert not Case.objects.exists()


def test_a_walk_that_no_form_made_is_refused(keeper: Client) -> None:
    walk = Walk(keeper, "15")
    for decisions in (
        "[",
        '[["review"]]',
        json.dumps([["sign", "approve", ""]]),
        json.dumps([["review", "back", "end"]]),
    ):
        assert keeper.post(walk.url, walk.form | {"decisions": decisions}).status_code == 422
    assert keeper.post(walk.url, walk.form | {"usable_area": "大"}).status_code == 422
