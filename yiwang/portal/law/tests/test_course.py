"""The course of a figure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from yiwang.portal.law import course
from yiwang.portal.law.tests.small import book


def _drawn(clause: str, index: int | None, region: str = "") -> course.Course:
    stream, rule = course.rules_of(book(), book().clause(clause))[0]
    return course.course(book(), stream, rule, index, region)


def test_old_and_new_follow_each_other() -> None:
    spans = _drawn("NEW/room", 0).spans
    assert [(span.start, span.limit, span.candidate.verified) for span in spans] == [
        (date(2000, 1, 1), Decimal(12), False),
        (date(2014, 11, 24), Decimal(24), True),
    ]


def test_at_a_place_the_local_rule_takes_over() -> None:
    limits = [span.limit for span in _drawn("NEW/room", 1, "990100").spans]
    assert limits == [Decimal(6), Decimal(9), Decimal(8)]


def test_the_facts_of_a_group_are_those_of_its_first_member() -> None:
    assert _drawn("NEW/room", 0).words == "市级机关 · 正处级"


def test_the_row_that_changed_most_is_shown_first() -> None:
    stream, rule = course.rules_of(book(), book().clause("NEW/room"))[0]
    assert course.telling(book(), stream, rule, [0, 1], "990100") == 1
    assert course.telling(book(), stream, rule, [0, 1], "CN") == 0


def test_a_formula_has_no_single_figure() -> None:
    assert [span.limit for span in _drawn("NEW/hall", None).spans] == [None]


def test_rivals_are_all_that_regulate_the_same_thing() -> None:
    stream, _ = course.rules_of(book(), book().clause("LOCAL/room"))[0]
    assert [rule.clause.id for rule in course.rivals(stream)] == ["OLD/room", "NEW/room", "LOCAL/room"]


def test_the_picture_says_figures_and_marks() -> None:
    picture = _drawn("NEW/room", 0).picture(today=date(2026, 11, 22))
    assert "12 ㎡ 待核" in picture
    assert ">24 ㎡<" in picture
