"""The pages of 组织机构."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from yiwang.core.orgs import actions, factories
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.models import Role
from yiwang.portal.tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> Organ:
    return factories.organ("青河市")


@pytest.fixture
def county(city: Organ) -> Organ:
    return factories.organ("云岭县", city)


@pytest.fixture
def browser(city: Organ, county: Organ) -> Client:
    return people.client(city, Role.READER)


def _get(browser: Client, path: str) -> str:
    return " ".join(browser.get(path).content.decode().split())


def test_the_tree_begins_at_the_organ_worked_for(browser: Client, county: Organ) -> None:
    html = _get(browser, "/orgs/")
    assert "青河市" in html
    assert f"/orgs/{county.pk}?" in html


def test_before_an_organ_was_opened_it_is_not_there(browser: Client) -> None:
    assert "还没有这个单位" in _get(browser, "/orgs/?on=2001-01-01")


def test_a_day_that_is_none_is_said(browser: Client) -> None:
    assert "“明天”不是日期" in _get(browser, "/orgs/?on=明天")


def test_a_level_grows_by_htmx(browser: Client, county: Organ) -> None:
    factories.organ("云岭县财政局", county)
    html = _get(browser, f"/orgs/{county.pk}/below?on=2026-01-01")
    assert "云岭县财政局" in html
    assert "<html" not in html


def test_a_name_is_that_of_the_day(browser: Client, county: Organ) -> None:
    actions.rename(
        organ=county,
        name="云岭市",
        on=date(2020, 5, 1),
        today=date(2026, 1, 1),
        actor="system",
        ground="示府〔2020〕1号",
    )
    old, new = _get(browser, f"/orgs/{county.pk}?on=2020-04-30"), _get(browser, f"/orgs/{county.pk}?on=2020-05-01")
    assert "<h1>云岭县</h1>" in old
    assert "<h1>云岭市</h1>" in new
    assert "更名" in new
    assert "示府〔2020〕1号" in new


def test_outside_the_scope_there_is_nothing(browser: Client) -> None:
    other = factories.organ("别的市")
    assert browser.get(f"/orgs/{other.pk}").status_code == 404
    assert browser.get(f"/orgs/{other.pk}/below").status_code == 404


def test_without_a_grant_the_page_says_whom_to_ask() -> None:
    assert "请联系管理员授予单位和角色" in _get(people.client(None), "/orgs/")


def test_headcounts_of_the_subtree(browser: Client, city: Organ, county: Organ) -> None:
    from yiwang.core.orgs.models import Post

    for organ, posts, heads in ((city, 10, 9), (county, 1200, 1250)):
        row = Post(
            organ=organ, rank="科员", authorized_posts=posts, actual_headcount=heads, valid_from=date(2015, 1, 1)
        )
        row.place()
        row.save()
    html = _get(browser, f"/orgs/{city.pk}?on=2026-01-01")
    assert "1,210<small>人</small>" in html
    assert "1,259<small>人</small>" in html
    assert "本级 9 人" in html
