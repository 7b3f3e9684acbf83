"""Weather normalisation on synthetic truth: the slopes are found, the trend of use is told from that of the weather."""

from __future__ import annotations

import numpy as np
import pytest

from yiwang.areas.energy.indicators.weather import Month, fit, normalised

HEATING = (320.0, 260, 160, 60, 5, 0, 0, 0, 2, 50, 170, 290)
COOLING = (0.0, 0, 0, 2, 15, 60, 110, 95, 30, 1, 0, 0)
DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def year(rng: np.random.Generator, *, base: float, warmth: float, noise: float = 0.02) -> list[Month]:
    """True slopes: 8 a heating degree day, 12 a cooling one; `warmth` scales the weather."""
    found = []
    for heating, cooling, days in zip(HEATING, COOLING, DAYS, strict=True):
        cold, hot = heating * (2 - warmth), cooling * warmth
        use = (base * days + 8 * cold + 12 * hot) * rng.normal(1, noise)
        found.append(Month(use, days, cold, hot))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_the_true_slopes_are_found(seed: int) -> None:
    rng = np.random.default_rng(seed)
    found = fit(year(rng, base=100, warmth=1.0) + year(rng, base=100, warmth=1.2))
    assert found is not None
    assert found.base == pytest.approx(100, rel=0.05)
    assert found.heating == pytest.approx(8, rel=0.15)
    assert found.cooling == pytest.approx(12, rel=0.15)


@pytest.mark.parametrize("seed", range(5))
def test_a_warm_year_does_not_pass_for_a_saving(seed: int) -> None:
    """True saving 5 % of the base; the weather alone would show far more, normalised it is within 1.5 points."""
    rng = np.random.default_rng(seed)
    before, after = year(rng, base=100, warmth=1.0), year(rng, base=95, warmth=1.3)
    found = fit(before)
    assert found is not None
    normal = [
        normalised(one, found, heating, cooling) for one, heating, cooling in zip(after, HEATING, COOLING, strict=True)
    ]
    truth = sum(
        95 * days + 8 * heating + 12 * cooling for days, heating, cooling in zip(DAYS, HEATING, COOLING, strict=True)
    )
    assert abs(sum(normal) / truth - 1) < 0.015
    assert abs(sum(one.use for one in after) / truth - 1) > 0.015


def test_too_little_and_noise_are_refused() -> None:
    rng = np.random.default_rng(1)
    assert fit(year(rng, base=100, warmth=1)[:11]) is None
    noise = [Month(float(rng.uniform(0, 1000)), 30, 10, 10) for _ in range(24)]
    assert fit(noise) is None


def test_slopes_are_never_negative() -> None:
    """Use that falls with cold is not explained by heating."""
    months = [Month(3000 - heating, days, heating, 0) for heating, days in zip(HEATING, DAYS, strict=True)]
    found = fit(months)
    assert found is None or (found.heating >= 0 and found.cooling >= 0)
