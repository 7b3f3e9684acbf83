"""The shipped checks use what their clauses say: every figure of a table is read, in the direction the table gives."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from yiwang.core.standards.book import Lawbook, load
from yiwang.core.standards.judge import Judge
from yiwang.core.standards.rules import Rule
from yiwang.core.standards.schema import Clause
from yiwang.core.standards.verdict import Verdict, VerdictKind

DAY = date(2026, 11, 22)
#: The topics of the areas that these tests look at.
TABLE_AREAS = ("offices.", "vehicles.", "assets.")


@pytest.fixture(scope="module")
def book() -> Lawbook:
    return load()


def rules_of(book: Lawbook, clause: Clause) -> list[Rule]:
    """The compiled checks of a clause."""
    streams = [stream for streams in book.streams.values() for stream in streams]
    return [rule for stream in streams for rule in stream.rules if rule.clause.id == clause.id]


def selected(rule: Rule, cells: dict[str, Any]) -> bool:
    """Whether the check reads this row."""
    limit = rule.check.limit
    return limit.table is not None and all(cells.get(key) == wanted for key, wanted in limit.where.items())


def tabled(book: Lawbook) -> list[tuple[Clause, list[Rule]]]:
    """Clauses on rooms, cars and assets whose checks read a table, with those checks."""
    found = []
    for _, clause in book.clauses():
        rules = [rule for rule in rules_of(book, clause) if rule.check.topic.startswith(TABLE_AREAS)]
        rules = [rule for rule in rules if rule.check.limit.table is not None]
        if rules:
            found.append((clause, rules))
    return found


def test_every_figure_of_a_judged_table_is_read(book: Lawbook) -> None:
    unread = [
        (clause.id, row.cells)
        for clause, rules in tabled(book)
        for row in clause.table
        if not any(selected(rule, row.cells) for rule in rules)
    ]
    # the share of battery that frees from the mileage is part of a condition
    assert [clause for clause, _ in unread] == ["GD-2025-GWYC/renew"]


def test_the_direction_is_the_table_s(book: Lawbook) -> None:
    for clause, rules in tabled(book):
        for row in clause.table:
            for rule in rules:
                if "op" in row.cells and selected(rule, row.cells):
                    assert row.cells["op"] == rule.check.relation, (clause.id, row.cells)


def test_prices_in_ten_thousands_are_compared_in_yuan(book: Lawbook) -> None:
    for clause, rules in tabled(book):
        for row in clause.table:
            for rule in rules:
                if row.cells.get("unit") == "万元" and selected(rule, row.cells):
                    assert (rule.check.limit.factor, rule.unit) == (Decimal(10000), "元"), clause.id


def test_every_clause_of_these_areas_is_settled(book: Lawbook) -> None:
    codes = {rule.document.code for streams in book.streams.values() for stream in streams for rule in stream.rules}
    for document, clause in book.clauses():
        if document.code in codes:
            assert clause.checks or clause.unjudged, clause.id


def test_demo_rules_say_so(book: Lawbook) -> None:
    demo = [document for document in book.documents.values() if document.region.startswith("99")]
    assert len(demo) >= 3
    assert all(document.demo and "(演示)" in document.title for document in demo)
    assert not [document for document in book.documents.values() if document.demo and document not in demo]


def judge(book: Lawbook, dataset: str, region: str = "CN", **facts: Any) -> dict[str, Verdict]:
    """Verdicts by topic."""
    known = {key: Decimal(str(value)) if isinstance(value, int | float) else value for key, value in facts.items()}
    return {verdict.topic: verdict for verdict in Judge(book).judge(dataset, known, on=DAY, region=region)}


CAR: dict[str, Any] = {
    "vehicle_use": "应急保障用车",
    "body": "轿车",
    "case": "一般",
    "energy": "燃油",
    "displacement": 1.8,
}


@pytest.mark.parametrize("price", [179_999, 180_000, 180_001, 500_000])
def test_one_yuan_decides(book: Lawbook, price: int) -> None:
    verdict = judge(book, "vehicles.purchase", price=price, **CAR)["vehicles.price"]
    assert verdict.kind is (VerdictKind.OVER if price > 180_000 else VerdictKind.WITHIN)
    assert verdict.excess == max(price - 180_000, 0)


def test_a_dearer_car_is_never_judged_milder(book: Lawbook) -> None:
    uses = ["机要通信用车", "应急保障用车", "执法执勤用车", "其他按规定配备的公务用车"]
    for use in uses:
        kinds = [
            judge(book, "vehicles.purchase", price=price, **CAR | {"vehicle_use": use})["vehicles.price"].kind
            for price in range(100_000, 300_000, 10_000)
        ]
        assert kinds == sorted(kinds, key=[VerdictKind.WITHIN, VerdictKind.OVER].index)


@pytest.mark.parametrize("tier", ["中央机关", "省级机关", "市级机关", "县级机关"])
def test_a_higher_rank_never_has_a_smaller_room(book: Lawbook, tier: str) -> None:
    limits = []
    for rank in book.ladders["rank"].labels:
        verdict = judge(book, "offices.person_space", organ_tier=tier, rank=rank, usable_area=1)["offices.person_area"]
        if verdict.limit is not None:
            limits.append(verdict.limit)
    assert limits == sorted(limits, reverse=True)
    assert len(limits) == {"中央机关": 9, "省级机关": 9, "市级机关": 7, "县级机关": 5}[tier]


def service_limit(book: Lawbook, headcount: int) -> Decimal:
    """The service rooms of a city organ of this size."""
    found = judge(book, "offices.organ_space", organ_tier="市级机关", authorized_headcount=headcount, service_area=0)
    limit = found["offices.service_area"].limit
    assert limit is not None
    return limit


def test_service_rooms_grow_without_a_jump_at_the_joints(book: Lawbook) -> None:
    limits = [service_limit(book, headcount) for headcount in range(195, 406)]
    steps = [after - before for before, after in pairwise(limits)]
    assert all(0 < step <= 8 for step in steps)
    assert service_limit(book, 200) == 1600
    assert service_limit(book, 400) == 2400


def test_an_organ_s_entitlement_is_the_sum_of_its_people_s(book: Lawbook) -> None:
    counts = {"n_director": 2, "n_deputy_director": 3, "n_section_chief": 4, "n_section_staff": 5}
    ranks = {
        "n_director": "正处级",
        "n_deputy_director": "副处级",
        "n_section_chief": "正科级",
        "n_section_staff": "科员",
    }
    for region in ("CN", "990100"):
        total = judge(book, "offices.organ_space", region, organ_tier="市级机关", office_area=1, **counts)
        people = {
            column: judge(book, "offices.person_space", region, organ_tier="市级机关", rank=rank, usable_area=1)
            for column, rank in ranks.items()
        }
        wanted = sum(number * (people[column]["offices.person_area"].limit or 0) for column, number in counts.items())
        assert total["offices.organ_office_area"].limit == wanted


def test_a_word_for_several_rungs_is_asked_about(book: Lawbook) -> None:
    verdict = judge(book, "offices.person_space", organ_tier="省级机关", rank="处级", usable_area=15)[
        "offices.person_area"
    ]
    assert verdict.kind is VerdictKind.UNDETERMINED
    assert "职级要写明是哪一种:正处级、副处级" in verdict.message
    assert "表中没有这一格" not in verdict.message
    above = judge(book, "offices.person_space", organ_tier="县级机关", rank="副厅级", usable_area=15)[
        "offices.person_area"
    ]
    assert "表中没有这一格" in above.message
