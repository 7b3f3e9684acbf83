"""The pages of 制度库, on the shipped lawbook."""

from __future__ import annotations

import pytest
from django.test import Client

from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Region
from yiwang.core.rights.models import Role
from yiwang.core.standards.book import load
from yiwang.portal.law import pages
from yiwang.portal.tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> Client:
    return people.client(factories.organ(), Role.READER)


def _text(answer: object) -> str:
    return " ".join(answer.content.decode().split())  # type: ignore[attr-defined]


def test_the_list_holds_what_is_in_force_and_on_demand_the_rest(reader: Client) -> None:
    now, past = _text(reader.get("/law/")), _text(reader.get("/law/?state=past"))
    assert "/law/d/FGTZ-2014-2674" in now
    assert "/law/d/JTZ-1999-2250" in past
    assert "/law/d/JTZ-1999-2250" not in now


def test_the_list_by_region(reader: Client) -> None:
    html = _text(reader.get("/law/?region=440000"))
    assert "/law/d/FGTZ-2014-2674" not in html


def test_full_text_finds_two_characters_in_a_table(reader: Client) -> None:
    html = _text(reader.get("/law/?q=处级 办公室"))
    assert "/law/c/FGTZ-2014-2674/room" in html
    assert "<mark>办公室</mark>" in html


def test_a_search_without_a_find_says_what_to_do(reader: Client) -> None:
    assert "没有找到“量子计算”" in _text(reader.get("/law/?q=量子计算"))


def test_what_is_searched_for_is_escaped(reader: Client) -> None:
    assert "<script>alert" not in _text(reader.get("/law/?q=<script>alert(1)</script>"))


def test_the_document_page(reader: Client) -> None:
    html = _text(reader.get("/law/d/FGTZ-2014-2674"))
    for part in ("发改投资〔2014〕2674号", "各级工作人员办公室使用面积", "党政机关办公用房建设标准(1999年版)"):
        assert part in html


def test_a_code_with_a_slash_has_a_page(reader: Client) -> None:
    code = next(code for code in load().documents if "/" in code)
    assert reader.get(f"/law/d/{code}").status_code == 200


def test_the_clause_page_has_table_check_and_course(reader: Client) -> None:
    html = _text(reader.get("/law/c/FGTZ-2014-2674/room"))
    for part in (
        "正局(处)级",
        "怎样判定",
        "不超过 上表数值(按机关层级、职级查)",
        'role="img"',
        "待核",
        load().versions["FGTZ-2014-2674/room"],
    ):
        assert part in html


def test_the_course_of_the_row_asked_for(reader: Client) -> None:
    rows = load().clause("FGTZ-2014-2674/room").table
    index = next(place for place, row in enumerate(rows) if row.cells["rank"] == "正局(处)级")
    html = _text(reader.get(f"/law/c/FGTZ-2014-2674/room?row={index}"))
    assert "市级机关 · 正处级" in html
    assert 'class="chosen"' in html


def test_every_clause_and_document_has_a_page(reader: Client) -> None:
    """One of each kind is fetched, the others only rendered by the same code: a page costs 10 ms."""
    kinds = {clause.kind: clause.id for _, clause in load().clauses()}
    for key in kinds.values():
        assert reader.get(f"/law/c/{key}").status_code == 200, key


@pytest.mark.parametrize("path", ["/law/c/NO/such", "/law/d/NO", "/law/c/FGTZ-2014-2674"])
def test_what_there_is_not(reader: Client, path: str) -> None:
    assert reader.get(path).status_code == 404


@pytest.mark.parametrize("row", ["abc", "-1", "999"])
def test_a_row_that_there_is_not_is_passed_over(reader: Client, row: str) -> None:
    assert reader.get(f"/law/c/FGTZ-2014-2674/room?row={row}").status_code == 200


@pytest.mark.parametrize(("on", "figure"), [("2014-11-24", "24"), ("2026-11-22", "24")])
def test_the_limit_on_a_day(reader: Client, on: str, figure: str) -> None:
    topic = load().clause("FGTZ-2014-2674/room").checks[0].topic
    html = _text(reader.get("/law/at", {"topic": topic, "on": on, "organ_tier": "市级机关", "rank": "正处级"}))
    assert f'<span class="fig">{figure}</span>' in html
    assert "发改投资〔2014〕2674号" in html


def test_the_form_says_what_is_wrong(reader: Client) -> None:
    html = _text(reader.get("/law/at?on=昨天&region=火星"))
    assert "“昨天”不是日期" in html
    assert "没有找到“火星”" in html


def test_two_dates(reader: Client) -> None:
    html = _text(reader.get("/law/diff?before=2014-11-23&after=2014-11-24"))
    assert "/law/c/JTZ-1999-2250/room" in html
    assert "/law/c/FGTZ-2014-2674/room" in html


def test_coverage_adds_up(reader: Client) -> None:
    answer = reader.get("/law/coverage")
    assert answer.context["all"] == sum(1 for _ in load().clauses())


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", "CN"), ("441303", "441303"), ("441303 惠阳区", "441303"), ("示例省", "990000"), ("CN", "CN")],
)
def test_a_region_by_code_or_name(text: str, expected: str) -> None:
    Region.objects.create(code="990000", name="示例省", level=1)
    assert pages.a_region(text) == (expected, "")


def test_two_regions_of_one_name_are_not_guessed() -> None:
    for code in ("990101", "990201"):
        Region.objects.create(code=code, name="城关区", level=3)
    assert pages.a_region("城关区")[1] != ""
