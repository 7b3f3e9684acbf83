"""一张图: owner, colleague, stranger, nobody; what the centre sees and a county does not; published beside own; few queries."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yiwang.core.orgs import factories as orgs
from yiwang.core.orgs.models import Tier
from yiwang.core.rights.models import Role, User
from yiwang.desk.testing import World, page, world
from yiwang.insight import factories, published, rights
from yiwang.insight.energy import charts, pages, reading
from yiwang.insight.models import Cell, Edition

pytestmark = pytest.mark.django_db
OURS, THEIRS = "990101", "990102"


@pytest.fixture
def we() -> World:
    return world()


@pytest.fixture
def edition(we: World) -> Edition:
    rows = [
        factories.organ_row(we.ours.pk, 388.66, f"/energy/organs/{we.ours.pk}/"),
        factories.organ_row(we.theirs.pk, 240.0),
    ]
    return factories.edition(organs=rows)


def asked(client: Client, **query: Any) -> Any:
    return client.get(reverse("insight:energy"), query)


def centre() -> Client:
    client = Client()
    organ = orgs.organ("国管局", tier=Tier.CENTRAL, code="990000")
    organ.region = orgs.region("CN")
    organ.save()
    client.force_login(World(organ, organ, organ).user(Role.READER, organ))
    return client


def test_the_county_sees_its_node_its_organ_and_the_address_of_its_months(we: World, edition: Edition) -> None:
    text = page(asked(we.client(Role.READER)))
    assert "388.66" in text
    assert f'href="/energy/organs/{we.ours.pk}/"' in text
    assert "数据截至" in text
    assert "(到 2 月,不足一年)" in text
    assert "2018 年只到 2 月" in text, "it stands in the course of whole years"


def test_a_colleague_of_the_same_organ_sees_the_same(we: World, edition: Edition) -> None:
    first, other = (asked(we.client(role)).content.decode() for role in (Role.READER, Role.MANAGER))
    cut = re.compile(r"(?s).*<h1>|csrf[^>]*>|nonce=\S+")
    assert "388.66" in other
    assert cut.sub("", first)[:2000] == cut.sub("", other)[:2000]


def test_a_stranger_sees_neither_node_nor_organ(we: World, edition: Edition) -> None:
    client = we.client(Role.MANAGER, we.theirs)
    assert asked(client, region=OURS).status_code == 404
    text = page(asked(client))
    assert "388.66" not in text
    assert we.ours.name not in text


def test_nobody_and_one_without_a_role(we: World, edition: Edition) -> None:
    assert "/login" in asked(Client())["Location"]
    client = Client()
    client.force_login(User.objects.create(username="nobody"))
    assert asked(client).status_code == 403


def test_the_province_drills_down_to_the_organ(we: World, edition: Edition) -> None:
    client = we.client(Role.READER, we.province)
    for code, below in (("", "990100"), ("990100", OURS), ("990100", THEIRS)):
        assert f"region={below}&amp;" in page(asked(client, region=code))
    text = page(asked(client, region=THEIRS))
    assert we.theirs.name in text
    assert 'aria-current="page"' in text
    assert 'href="/insight/energy/?region=990100&amp;' in text  # the way back up


def test_the_nation_is_the_centres_and_published_levels_are_everybodys(we: World, edition: Edition) -> None:
    county = page(asked(we.client(), region="CN", year=2018))
    assert "341.57" in county
    assert "只有公布的合计" in county
    assert "region=990000&amp;" not in county
    assert "region=990000&amp;" in page(asked(centre(), region="CN", year=2018))
    orgs.region("650000", "新疆维吾尔自治区")
    assert "528.48" in page(asked(we.client(), region="650000", year=2015))
    assert asked(we.client(), region="530000").status_code == 404


def test_published_beside_own_and_unverified_dashed(we: World, edition: Edition) -> None:
    text = page(asked(centre(), region="CN", year=2018))
    assert "公布 341.57" in text
    old = page(asked(we.client(), region="CN", year=2010, indicator="energy_per_head"))
    assert "… 待核" in old
    assert "stroke-dasharray" in old
    assert "2016 修订" in old


def test_definition_formula_and_clause_beside_the_figure(we: World, edition: Edition) -> None:
    text = page(asked(we.client()))
    assert "Σ(实物量 × 折标系数) ÷ 用能人数" in text
    assert 'href="/law/c/EN-IND-1"' in text


def test_then_and_now_stand_side_by_side(we: World, edition: Edition) -> None:
    """Another power factor: carbon differs, energy does not; both editions are there, the old one untouched."""
    later = factories.edition(known_on=date(2021, 5, 1), by=2023)
    text = page(asked(we.client()))
    assert "当时和现在" in text
    assert "2018 年电力碳因子" in text
    assert "2023 年电力碳因子" in text
    old = page(asked(we.client(), edition=edition.pk, indicator="carbon_per_head"))
    new = page(asked(we.client(), edition=later.pk, indicator="carbon_per_head"))
    assert "1,493.66" in old
    assert "1,441.26" in new


def test_empty_and_wrong_states_say_something(we: World) -> None:
    assert "这一年还没有汇总" in page(asked(we.client()))
    text = page(asked(we.client(), year="去年"), 422)
    assert "不是年份" in text
    assert page(asked(we.client(), kind="x", indicator="nothing", edition="-1"))
    assert asked(we.client(), region="../etc").status_code == 404
    assert asked(we.client(), region="99").status_code == 404


def test_a_kind_alone(we: World, edition: Edition) -> None:
    assert "388.66" in page(asked(we.client(), kind=1))
    assert "388.66" not in page(asked(we.client(), kind=24))


def test_few_queries_whatever_the_size(we: World, edition: Edition) -> None:
    client = we.client(Role.READER, we.province)
    asked(client)
    with CaptureQueriesContext(connection) as few:
        asked(client, region="990100")
    facts = [(990103 + n, 3 + n, 1, "ELECTRICITY", "1000", "1000") for n in range(60)]
    factories.edition(factories.cube((*factories.FACTS, *facts)), known_on=date(2020, 1, 1))
    with CaptureQueriesContext(connection) as many:
        answer = asked(client, region="990100")
    assert len(many) <= len(few) + 1  # the second edition brings the table of editions
    assert len(many) <= 16
    assert len(answer.content) < 80_000


@pytest.mark.parametrize(
    ("home", "code", "inside"),
    [
        ("CN", "CN", True), ("CN", "530102", True), ("530000", "530102", True), ("530000", "CN", False),
        ("530000", "520100", False), ("530100", "530000", False), ("530100", "530102", True),
        ("530102", "530102", True), ("530102", "530103", False), ("", "CN", False),
    ],
)  # fmt: skip
def test_what_lies_within(home: str, code: str, inside: bool) -> None:
    assert reading.within(home, code) is inside


def test_cells_and_within_agree(we: World, edition: Edition) -> None:
    """The queryset and the check of a code say the same of every node."""
    for organ in (we.province, we.ours, we.theirs):
        access = we.access(Role.READER, organ)
        seen = set(rights.cells(access).values_list("region", flat=True))
        every = set(edition.cells.values_list("region", flat=True))
        assert seen == {one for one in every if reading.within(rights.home(access), one)}


def test_shades_are_fifths() -> None:
    found = [charts.Tile(str(n), str(n), float(n)) for n in range(10)] + [charts.Tile("x", "x", None)]
    assert [charts.shade(one, found) for one in found] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, None]


def test_tiles_escape_and_say_their_figures() -> None:
    text = charts.tiles(
        [charts.Tile("530000", "<b>", 1.5, "/x?a=1&b=2"), charts.Tile("1", "无", None)], title="图", unit="t"
    )
    assert "<b>" not in text
    assert "a=1&amp;b=2" in text
    assert "无 无数t" in text


def test_words_of_tiles() -> None:
    names = ("新疆维吾尔自治区", "云南省", "黔西南布依族苗族自治州")
    assert [charts.short(one) for one in names] == ["新疆", "云南", "黔西南布依…"]


@pytest.mark.parametrize(("months", "expected"), [([], 0), ([1], 1), ([1, 3], 3), ([11, 12], 0)])
def test_the_last_month_of_a_year_that_is_not_whole(months: list[int], expected: int) -> None:
    assert pages._through([Cell(month=one) for one in months]) == expected


def test_years_are_not_grouped(we: World, edition: Edition) -> None:
    text = page(asked(we.client(), region="CN", year=2018))
    assert "2,018" not in text
    assert "<h1>全国 2018 年公共机构能耗</h1>" in text


def test_own_figures_by_unverified_coefficients_are_marked(we: World, edition: Edition) -> None:
    stats = page(asked(we.client())).partition('class="grid"')[2].partition("<section")[0]
    assert stats.count("… 待核") == 3


def test_every_province_has_its_own_place() -> None:
    assert len(set(charts.PLACES.values())) == len(charts.PLACES)
    assert max(column for column, _ in charts.PLACES.values()) < charts.COLUMNS


def test_a_trend_of_nothing_and_of_one_year() -> None:
    assert "没有数据" in charts.trend([], {}, {}, title="x", unit="t")
    levels = published.series("CN", "人均综合能耗")[:1]
    assert "447.4" in charts.trend(levels, {}, published.breaks(), title="x", unit="t")
