"""What is the limit on this date, here, for this rank."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from yiwang.core.datasets.types import Column, Kind
from yiwang.kit.refusal import Refusal
from yiwang.portal.law import lookup
from yiwang.portal.law.tests.small import book

ROOM, HALL = book().stream("demo.room"), book().stream("demo.hall")
CLERK = {"organ_tier": "市级机关", "rank": "科员"}


@pytest.mark.parametrize(
    ("on", "region", "expected"),
    [
        ("2013-01-01", "CN", 6),
        ("2014-11-23", "CN", 6),
        ("2014-11-24", "CN", 9),
        ("2026-01-01", "990101", 8),
        ("2019-12-31", "990101", 9),
    ],
)
def test_by_date_and_place(on: str, region: str, expected: int) -> None:
    found = lookup.answer(book(), ROOM, CLERK, on=date.fromisoformat(on), region=region)
    assert found.limit == Decimal(expected)


def test_what_else_is_in_force_is_named() -> None:
    found = lookup.answer(book(), ROOM, CLERK, on=date(2026, 1, 1), region="990100")
    assert [other.rule.clause.id for other in found.others] == ["NEW/room"]


def test_a_missing_fact_is_asked_for() -> None:
    found = lookup.answer(book(), ROOM, {"organ_tier": "市级机关"}, on=date(2026, 1, 1), region="CN")
    assert (found.limit, found.missing) == (None, ["职级"])


def test_a_word_that_no_ladder_knows_is_named() -> None:
    found = lookup.answer(book(), ROOM, CLERK | {"rank": "大员"}, on=date(2026, 1, 1), region="CN")
    assert found.odd == ["职级“大员”"]


def test_a_formula_asks_for_its_facts_then_answers() -> None:
    asked = lookup.answer(book(), HALL, {}, on=date(2026, 1, 1), region="CN")
    assert (asked.limit, asked.missing) == (None, ["人数"])
    assert lookup.answer(book(), HALL, {"heads": "60"}, on=date(2026, 1, 1), region="CN").limit == Decimal(120)


def test_nothing_in_force() -> None:
    found = lookup.answer(book(), HALL, {"heads": "60"}, on=date(2001, 1, 1), region="CN")
    assert (found.chosen, found.others) == (None, [])


def test_the_form_offers_the_ladder_and_says_what_is_no_number() -> None:
    tier, rank = lookup.fields(book(), ROOM, {"rank": "科员"})
    assert (tier.options, rank.value, rank.needed) == (["中央机关", "市级机关"], "科员", True)
    heads = lookup.fields(book(), HALL, {"heads": "六十"})[0]
    assert heads.problem == "请填数字"


def test_topics_are_grouped_by_dataset() -> None:
    assert lookup.topics(book()) == [("办公室使用情况", [("demo.hall", "会议室"), ("demo.room", "办公室面积")])]


def test_a_malformed_region_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        lookup.answer(book(), ROOM, CLERK, on=date(2026, 1, 1), region="99")
    assert caught.value.code == "region.malformed"


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Kind.NUMBER, "1,200.5", Decimal("1200.5")), (Kind.NUMBER, "x", None), (Kind.BOOL, "是", True), (Kind.BOOL, "否", False),
        (Kind.DATE, "2026-01-01", date(2026, 1, 1)), (Kind.DATE, "明天", None), (Kind.TEXT, "甲", "甲"), (Kind.TEXT, "", None),
    ],
)  # fmt: skip
def test_a_field_as_a_fact(kind: Kind, text: str, expected: object) -> None:
    assert lookup.read(Column(key="k", label="l", kind=kind), text) == expected
