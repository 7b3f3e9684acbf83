"""The forecast to the year's end: by hand, by law, and against the seasonal naive."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.areas.energy.judge.forecast import LABELS, NAIVE, WAYS, filled, forecast, year_end
from yiwang.areas.energy.judge.robust import Floats, Ints
from yiwang.areas.energy.judge.sample import grow

SEASON = np.array([1.3, 1.1, 0.9, 0.8, 0.9, 1.1, 1.3, 1.3, 1.0, 0.8, 0.8, 1.0])
ONE: Ints = np.zeros(1, dtype=int)


def test_a_series_that_repeats_itself_is_told_exactly() -> None:
    found = forecast(np.tile(SEASON, 3)[None, :], ONE, 6)
    assert found.ahead[0] == pytest.approx(SEASON[:6])
    assert found.error[0] == pytest.approx(0, abs=1e-9)


def test_the_year_end_is_what_was_read_and_what_is_to_come() -> None:
    amount = np.concatenate([np.tile(SEASON, 3), SEASON[:4]])[None, :]
    (found,) = year_end(amount, ONE, month=4)
    assert found.read == pytest.approx(SEASON[:4].sum())
    assert found.total == pytest.approx(SEASON.sum())
    assert found.low <= found.total <= found.high
    assert found.way in LABELS
    (over,) = year_end(np.tile(SEASON, 3)[None, :], ONE, month=12)
    assert over.total == over.low == over.high == pytest.approx(SEASON.sum())


def test_a_series_that_grows_is_not_told_by_last_year() -> None:
    growing = np.tile(SEASON, 4) * 1.15 ** (np.arange(48) / 12)
    found = forecast(growing[None, :42], ONE, 6)
    assert found.way[0] != NAIVE
    truth, naive = growing[42:].sum(), growing[30:36].sum()
    assert abs(found.ahead.sum() - truth) < abs(naive - truth)


def test_with_less_than_a_year_the_kind_lends_its_season() -> None:
    known = np.full((30, 18), np.nan)
    known[:29] = np.tile(SEASON, 2)[:18] * np.arange(1, 30)[:, None]
    known[29, 12:] = SEASON[:6] * 7
    found = filled(known, np.zeros(30, dtype=int), 1)
    assert found[29, :12] == pytest.approx(SEASON * 7, rel=0.1)
    (*_, last) = year_end(known, np.zeros(30, dtype=int), month=6)
    assert last.total == pytest.approx(SEASON.sum() * 7, rel=0.15)


def test_gas_that_rests_at_the_end_of_the_year_is_no_division_by_zero() -> None:
    rests = np.where(np.arange(12) > 8, 0.0, 1.0)
    found = forecast(np.tile(rests, 3)[None, :], np.zeros(1, dtype=int), 3, first=1)
    assert np.isfinite(found.ahead).all()
    assert np.isfinite(found.error).all()


def test_on_the_sample_the_chosen_ways_err_less_than_the_seasonal_naive() -> None:
    """p90 of the relative error of the year's total, in the middle of the year; the seed is not the figures'."""
    sample = grow(1500, 48, seed=5, planting=False).panel
    history = sample.amount[:, :42]
    truth, read = np.nansum(sample.amount[:, 36:], axis=1), np.nansum(history[:, 36:], axis=1)
    known = filled(history, sample.kind, 1)

    def p90(ahead: Floats) -> float:
        return float(np.quantile(np.abs(read + ahead.sum(axis=1) - truth) / truth, 0.9))

    told = forecast(history, sample.kind, 6)
    assert p90(told.ahead) < 0.95 * p90(WAYS[NAIVE](known, sample.kind, 6, 1))
    assert len(np.unique(told.way)) > 2


@settings(max_examples=30, deadline=None)
@given(st.floats(0.01, 1e5), st.integers(0, 20))
def test_the_unit_does_not_matter(factor: float, seed: int) -> None:
    """Law: a series in another unit is told the same, in that unit."""
    sample = grow(10, 40, seed=seed, planting=False).panel
    one, other = (forecast(sample.amount * by, sample.kind, 8) for by in (1.0, factor))
    assert np.allclose(one.ahead * factor, other.ahead, rtol=1e-6)
    assert (one.way == other.way).all()


def test_nothing_known_is_told_as_nothing() -> None:
    found = forecast(np.full((2, 30), np.nan), np.zeros(2, dtype=int), 6)
    assert (found.ahead == 0).all()
