"""The rules over made-up series: by hand, and on the sample whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.areas.energy.judge import robust
from yiwang.areas.energy.judge.detect import Hits, judge, runs
from yiwang.areas.energy.judge.figures import by_default
from yiwang.areas.energy.judge.night import share_by_month
from yiwang.areas.energy.judge.profile import Panel, fit
from yiwang.areas.energy.judge.robust import Ints
from yiwang.areas.energy.judge.sample import grow
from yiwang.areas.energy.judge.scoring import Score, score

SEASON = np.array([1.3, 1.1, 0.9, 0.8, 0.9, 1.1, 1.3, 1.3, 1.0, 0.8, 0.8, 1.0])


def panel(**changes: float) -> Panel:
    """One quiet series of three years, 1,000 a month by season; `m14=2000` puts a reading into column 14."""
    rng = np.random.default_rng(5)
    amount = np.tile(SEASON, 3)[None, :] * 1000 * np.exp(rng.normal(0, 0.03, (1, 36)))
    for name, value in changes.items():
        amount[0, int(name[1:])] = value
    return Panel(amount, np.zeros(1, dtype=int))


def found(one: Panel) -> dict[str, list[tuple[int, int]]]:
    """Rule → (start, stop) of its hits."""
    hits, _ = judge(one, by_default())
    return {rule: list(zip(some.start, some.stop, strict=True)) for rule, some in hits.items() if len(some)}


def test_a_quiet_series_gives_nothing() -> None:
    assert found(panel()) == {}


@pytest.mark.parametrize("wrong", [1_000_000.0, 1.0])
def test_a_unit_a_thousand_times_too_great_or_small(wrong: float) -> None:
    assert found(panel(m20=wrong)) == {"UNIT": [(20, 21)]}


def test_a_wrong_unit_says_how_many_times_and_what_was_expected() -> None:
    hits, _ = judge(panel(m20=1_000_000), by_default())
    one = hits["UNIT"]
    assert one.measure[0] == pytest.approx(1_000_000 / one.expected[0])
    assert one.expected[0] == pytest.approx(SEASON[8] * 1000, rel=0.1)
    assert one.threshold[0] == 100


def test_a_month_without_a_reading_and_a_zero_in_a_busy_series() -> None:
    assert found(panel(m20=float("nan"))) == {"MISSING": [(20, 21)]}
    assert found(panel(m20=0)) == {"MISSING": [(20, 21)]}
    assert found(panel(m20=float("nan"), m21=float("nan"))) == {"MISSING": [(20, 22)]}
    for gap in (20, 35):
        hits, _ = judge(panel(**{f"m{gap}": float("nan")}), by_default())
        usual = hits["MISSING"].expected[0]
        assert usual == pytest.approx(SEASON[gap % 12] * 1000, rel=0.1), "what was due is told without a reading too"


def test_gas_that_rests_each_summer_is_not_missing() -> None:
    rest = {f"m{year * 12 + month}": 0.0 for year in range(3) for month in range(4, 9)}
    assert found(panel(**rest)) == {}


def test_what_was_not_yet_there_is_not_missing_and_what_is_closed_neither() -> None:
    one = panel(**{f"m{month}": float("nan") for month in (0, 1, 2)})
    assert "MISSING" not in found(one)
    closed = panel(m34=float("nan"), m35=float("nan"))
    assert found(closed) == {"MISSING": [(34, 36)]}
    expected = ~np.isnan(closed.amount)
    assert found(replace(closed, expected=expected)) == {}


def test_a_bill_entered_twice_and_two_months_in_one() -> None:
    amount = panel().amount[0]
    assert found(panel(m20=2 * amount[20])) == {"DOUBLE": [(20, 21)]}
    assert found(panel(m20=60, m21=amount[20] + amount[21] - 60)) == {"DOUBLE": [(20, 22)]}


def test_half_as_much_again_is_not_twice() -> None:
    assert "DOUBLE" not in found(panel(m20=1.4 * panel().amount[0, 20]))


def test_a_leak_runs_for_months_and_two_months_are_not_enough() -> None:
    amount = panel().amount[0]
    assert found(panel(**{f"m{month}": amount[month] + 500 for month in range(28, 33)})) == {"LEAK": [(28, 33)]}
    assert "LEAK" not in found(panel(**{f"m{month}": amount[month] + 500 for month in range(28, 30)}))


def test_another_price_upwards_and_downwards() -> None:
    one = panel()
    for factor in (1.2, 0.8):
        price = np.where(np.arange(36) >= 24, 0.6 * factor, 0.6)
        hits, _ = judge(replace(one, cost=one.amount * price), by_default())
        assert list(hits["TARIFF"].start) == [24]
        assert hits["TARIFF"].measure[0] == pytest.approx(20, abs=0.5)
    hits, _ = judge(replace(one, cost=one.amount * 0.6), by_default())
    assert not len(hits["TARIFF"])


def test_more_at_night() -> None:
    rng = np.random.default_rng(1)
    share = 0.2 + rng.normal(0, 0.008, (1, 36))
    share[0, 30:33] += 0.12
    hits, _ = judge(replace(panel(), night=share), by_default())
    assert list(zip(hits["NIGHT"].start, hits["NIGHT"].stop, strict=True)) == [(30, 33)]
    assert hits["NIGHT"].measure[0] == pytest.approx(12, abs=3)


def test_the_share_of_the_night_from_hours() -> None:
    hours = np.ones((1, 31 + 28, 24))
    hours[0, :31, :] = np.where(np.isin(np.arange(24), (23, 0, 1, 2, 3, 4, 5)), 2, 1)
    share = share_by_month(hours, np.repeat([0, 1], [31, 28]))
    assert share[0, 0] == pytest.approx(14 / 31)
    assert share[0, 1] == pytest.approx(7 / 24)
    assert np.isnan(share_by_month(hours * np.nan, np.repeat([0, 1], [31, 28]))).all()


def test_thresholds_may_differ_from_series_to_series() -> None:
    """A threshold for each series: the same leak is told where the figure is low and not where it is high."""
    one = panel(**{f"m{month}": panel().amount[0, month] + 300 for month in range(28, 33)})
    two = Panel(np.repeat(one.amount, 2, axis=0), np.zeros(2, dtype=int))
    hits, _ = judge(two, by_default() | {("LEAK", "上限"): np.array([15.0, 80.0])})
    assert list(hits["LEAK"].series) == [0]


def test_the_sample_is_judged_as_promised() -> None:
    """Small, with another seed than the figures' (bench/warning.py measures 100,000 series)."""
    sample = grow(4000, seed=77)
    hits, _ = judge(sample.panel, by_default())
    scores = score(hits, sample.planted, *sample.panel.amount.shape)
    whole = sum(scores.values(), start=Score(0, 0, 0, 0, 0))
    assert whole.precision >= 0.75
    assert whole.recall >= 0.80
    assert scores["UNIT"].recall == scores["MISSING"].recall == 1.0
    assert scores["UNIT"].precision == scores["MISSING"].precision == 1.0


def test_scores_can_be_bad() -> None:
    """The judge of the judge: hits beside the truth count as wrong, and what nobody found as missed."""
    nowhere = np.zeros(1)
    hits = {"LEAK": Hits("LEAK", np.array([0]), np.array([3]), np.array([5]), nowhere, nowhere, nowhere)}
    planted = {"LEAK": np.array([[0, 8, 10], [1, 3, 5]])}
    assert (score(hits, planted, 2, 12)["LEAK"].precision, score(hits, planted, 2, 12)["LEAK"].recall) == (0, 0)
    planted = {"LEAK": np.array([[0, 4, 10]]), "UNIT": np.array([[0, 1, 2]])}
    assert score(hits, planted, 2, 12)["LEAK"] == Score(1, 1, 1, 1, 1)


def test_nothing_to_judge() -> None:
    for shape in ((0, 36), (2, 3)):
        hits, _ = judge(Panel(np.full(shape, np.nan), np.zeros(shape[0], dtype=int)), by_default())
        assert not any(len(one) for one in hits.values())


@settings(max_examples=40, deadline=None)
@given(st.floats(1e-3, 1e6), st.integers(0, 50))
def test_the_unit_of_a_meter_does_not_matter(factor: float, seed: int) -> None:
    """Law: the same series in another unit has the same residuals."""
    amount = grow(12, seed=seed, planting=False).panel.amount
    kind: Ints = np.zeros(12, dtype=int)
    one, other = fit(Panel(amount, kind)), fit(Panel(amount * factor, kind))
    assert np.allclose(one.residual, other.residual, atol=2e-3, equal_nan=True)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.one_of(st.floats(-1e3, 1e3), st.just(float("nan"))), min_size=5, max_size=5), min_size=1))
def test_the_fast_median_is_the_median(rows: list[list[float]]) -> None:
    values = np.array(rows)
    expected = [np.median(row[~np.isnan(row)]) if (~np.isnan(row)).any() else np.nan for row in values]
    assert np.allclose(robust.median(values), expected, equal_nan=True)


def test_runs() -> None:
    begins, length = runs(np.array([[0, 1, 1, 0, 1]], dtype=bool))
    assert begins.tolist() == [[False, True, False, False, True]]
    assert length.tolist() == [[0, 2, 1, 0, 1]]
