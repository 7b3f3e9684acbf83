"""Two dates compared."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from yiwang.portal.law import compare
from yiwang.portal.law.tests.small import book


def _changes(before: str, after: str, region: str = "CN") -> list[tuple[str, Decimal | None, Decimal | None]]:
    found = compare.changes(book(), date.fromisoformat(before), date.fromisoformat(after), region=region)
    return [(change.cell, change.before, change.after) for change in found if change.topic == "demo.room"]


def test_a_new_standard_changes_every_cell_once() -> None:
    assert _changes("2014-11-23", "2014-11-24") == [
        ("市级机关 · 正处级", Decimal(12), Decimal(24)),
        ("市级机关 · 副处级", Decimal(12), Decimal(24)),
        ("市级机关 · 科员", Decimal(6), Decimal(9)),
    ]


def test_a_local_rule_changes_only_its_cell_and_only_there() -> None:
    assert _changes("2019-12-31", "2020-01-01", "990100") == [("市级机关 · 科员", Decimal(9), Decimal(8))]
    assert _changes("2019-12-31", "2020-01-01", "990200") == []


def test_what_begins_has_no_figure_before() -> None:
    assert _changes("1999-12-31", "2000-01-01")[0] == ("市级机关 · 正处级", None, Decimal(12))


def test_a_formula_that_begins_is_a_change_without_figures() -> None:
    found = compare.changes(book(), date(2014, 11, 23), date(2014, 11, 24), region="CN")
    hall = [change for change in found if change.topic == "demo.hall"]
    assert {(change.before, change.after, change.old is None) for change in hall} == {(None, None, True)}


def test_groups_are_cut_and_say_so() -> None:
    found = compare.changes(book(), date(2014, 11, 23), date(2014, 11, 24), region="CN")
    group = next(one for one in compare.groups(found) if one.label == "办公室面积")
    assert (len(group.shown), group.hidden) == (3, 0)
    long = compare.Group("x", group.changes * 30)
    assert (len(long.shown), long.hidden) == (compare.SHOWN, 90 - compare.SHOWN)
