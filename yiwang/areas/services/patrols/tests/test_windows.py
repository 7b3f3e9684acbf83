"""The days of a plan."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.areas.services.patrols.models import PatrolPlan
from yiwang.areas.services.patrols.windows import windows, year_windows


def test_four_rounds_are_quarters_and_twenty_four_half_months() -> None:
    quarters = year_windows(2026, 4)
    assert quarters[0] == (date(2026, 1, 1), date(2026, 4, 2))
    assert quarters[-1][1] == date(2027, 1, 1)
    assert {(due - start).days for start, due in year_windows(2026, 24)} == {15, 16}


@given(year=st.integers(2000, 2099), times=st.integers(1, 366))
def test_the_spans_fill_the_year_and_do_not_overlap(year: int, times: int) -> None:
    spans = year_windows(year, times)
    assert spans[0][0] == date(year, 1, 1)
    assert spans[-1][1] == date(year + 1, 1, 1)
    assert all(first[1] == second[0] for first, second in pairwise(spans))
    if times <= 365:
        assert all(start < due for start, due in spans)


@pytest.mark.parametrize(("since", "until"), [(date(2026, 2, 10), None), (date(2025, 12, 20), date(2026, 5, 5))])
def test_a_plan_that_begins_and_ends_within_a_span_is_cut_there(since: date, until: date | None) -> None:
    plan = PatrolPlan(times=4, valid_from=since, valid_to=until)
    found = list(windows(plan, since, date(2026, 12, 31)))
    assert found[0][0] == since
    assert found[-1][1] == (until or date(2027, 1, 1))
    assert all(first[1] == second[0] for first, second in pairwise(found))


@given(cut=st.dates(date(2026, 1, 1), date(2027, 6, 1)), times=st.integers(1, 60))
def test_asked_in_two_parts_it_says_the_same(cut: date, times: int) -> None:
    """The night's work may stop anywhere and go on from where it was."""
    plan, end = PatrolPlan(times=times, valid_from=date(2026, 1, 15)), date(2027, 6, 1)
    whole = list(windows(plan, plan.valid_from, end))
    first = list(windows(plan, plan.valid_from, cut))
    assert first + list(windows(plan, cut + timedelta(days=1), end)) == whole
