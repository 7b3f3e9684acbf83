"""The scoring tables as data: built from the lawbook, by date and tier; bands and formulas by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.areas.evaluation.judging import judge, most
from yiwang.areas.evaluation.tables import Item, Table, in_force, programmes
from yiwang.core.standards.book import load
from yiwang.kit.refusal import Refusal

D = Decimal
ON = date(2026, 11, 30)


def table(key: str, tier: str = "COUNTY", on: date = ON) -> Table:
    return in_force(key, on, tier)


def item(key: str, title: str) -> Item:
    return next(one for one in table(key).items if one.title == title)


def full(one: Table) -> dict[str, Decimal]:
    return {each.key: most(each) for each in one.items}


def test_an_evaluation_is_judged_by_the_table_of_its_day_and_tier() -> None:
    assert table("CONSERVING").document == "JN-SCORE-2020"
    assert table("CONSERVING", "CENTRAL").document == "JN-CENTRAL-2024"
    assert table("CONSERVING", "CENTRAL", date(2024, 5, 31)).document == "JN-SCORE-2020"
    for key, on in (("CONSERVING", date(2020, 2, 29)), ("WATER_LEADER", date(2027, 1, 1))):
        with pytest.raises(Refusal) as refused:
            table(key, on=on)
        assert refused.value.code == "evaluation.no-table"


def test_sums_are_those_of_the_documents() -> None:
    conserving, demonstration = table("CONSERVING"), table("DEMONSTRATION")
    assert (conserving.full, conserving.pass_mark, conserving.pass_verified) == (D(100), D(80), False)
    assert sum(one.full or 0 for one in conserving.items if one.group == "完善制度体系") == 25
    assert (demonstration.full, demonstration.pass_mark) == (D(110), D(85))
    assert sum(one.full or 0 for one in demonstration.items if one.group == "能源资源消耗指标") == 35
    assert sum(one.full or 0 for one in table("WATER").items if one.group == "技术标准") == 40


@pytest.mark.parametrize(
    ("ratio", "points"), [("0.5", 7), ("0.9", 7), ("0.9001", 6), ("1.0", 6), ("1.1", 5), ("1.2", 4), ("1.2001", 0)]
)
def test_bands_are_open_below_and_closed_above(ratio: str, points: int) -> None:
    assert item("DEMONSTRATION", "单位建筑面积能耗得分").points(Decimal(ratio)) == points


@given(st.decimals(0, 110, places=2))
def test_formulas_are_those_of_the_clauses(rate: Decimal) -> None:
    """The expressions against the formulas that the clauses of WATER-UNIT give in words."""
    x = rate
    assert item("WATER", "节水器具普及率").points(x) == max(0, min(8, (x - 96) * 2))
    assert item("WATER", "用水器具漏失率").points(x) == max(D(0), 8 - 2 * max(D(0), x - 4))
    assert item("WATER", "锅炉冷凝水回收率").points(x) == max(0, 3 - ceil(max(D(0), 50 - x) / 2))
    texts = [str(load().clause(f"EV-W-{number}").formula.expression) for number in (2, 4, 6)]  # type: ignore[union-attr]
    assert texts == [
        "max(0,min(8,(rate_pct-96)*2))",
        "max(0,8-2*max(0,rate_pct-4))",
        "max(0,3-ceil(max(0,50-rate_pct)/2))",
    ]


def test_what_the_text_did_not_say_is_shown_as_unverified() -> None:
    rest = item("CONSERVING", "推行绿色办公、生活垃圾分类、宣传教育")
    assert (rest.full, rest.verified) == (D(70), False)
    assert not item("DEMONSTRATION", "目标完成情况").verified
    aspects = [one for one in table("CONSERVING", "CENTRAL").items if one.group == "运行管理"]
    assert len(aspects) == 6
    assert all(one.full is None and not one.verified for one in aspects)


def test_every_clause_of_a_table_is_in_the_lawbook_and_keys_are_unique() -> None:
    for one in programmes().values():
        for each in one.tables:
            assert len({item.key for item in each.items}) == len(each.items)
            assert all(load().clause(item.clause).id == item.clause for item in each.items)


def test_the_digest_follows_the_figures() -> None:
    one = table("WATER")
    assert one.digest == table("WATER").digest
    changed = Table(**{**one.__dict__, "items": one.items[:-1]})
    assert changed.digest != one.digest


def test_a_verified_veto_fails_and_an_unverified_pass_mark_never_does() -> None:
    one = table("CONSERVING")
    veto = next(each.key for each in one.items if each.veto)
    assert judge(one, full(one)).reached is None  # 70 of 100 points rest on what nobody saw
    assert judge(one, full(one)).unverified == 70
    said = judge(one, full(one) | {veto: Decimal(0)})
    assert said.reached is False
    assert "必须完成项" in said.reasons[0]
    low = judge(one, {veto: Decimal(5)})
    assert (low.reached, low.total) == (None, D(5))
    assert "低于合格线 80" in low.reasons[0]


def test_a_verified_pass_mark_fails() -> None:
    one = table("DEMONSTRATION")
    assert judge(one, {}).reached is False
    assert judge(one, full(one)).reached is None  # the unit for targets is not verified
    verified = Table(**{**one.__dict__, "items": tuple(Item(**{**i.__dict__, "verified": True}) for i in one.items)})
    assert judge(verified, full(one)).reached is True


def test_points_the_text_left_unsaid_could_lift_a_total_so_nobody_fails_on_it() -> None:
    one = table("CONSERVING", "CENTRAL")
    assert judge(one, full(one)).reached is None
    assert judge(one, {key: Decimal(1) for key in full(one)} | {one.items[0].key: Decimal(0)}).reached is False


@given(st.data())
def test_more_points_never_make_it_worse(data: st.DataObject) -> None:
    """Law: the verdict is monotone in the points; a total never exceeds the full score."""
    one = table("DEMONSTRATION")
    few = {each.key: Decimal(data.draw(st.integers(0, int(most(each))))) for each in one.items}
    more = {each.key: Decimal(data.draw(st.integers(int(few[each.key]), int(most(each))))) for each in one.items}
    rank = {False: 0, None: 1, True: 2}
    assert rank[judge(one, few).reached] <= rank[judge(one, more).reached]
    assert judge(one, few).total <= judge(one, more).total <= one.full


def test_left_out_items_count_for_nothing() -> None:
    one = table("WATER")
    boiler = next(each for each in one.items if each.title == "锅炉冷凝水回收率")
    assert judge(one, full(one)).total - judge(one, full(one), {boiler.key}).total == 3
