"""Early warning: 100,000 series of 36 months with planted anomalies, on one core; and the year-end forecast.

`python -m bench.warning` prints JSON. The sample (`judge.sample`) is made with a seed no test uses; its truth is known.
"""

from __future__ import annotations

import json
import os
import time
from typing import Any

SERIES, MONTHS, SEED = 100_000, 36, 20_261_130


def warning(series: int = SERIES, seed: int = SEED) -> dict[str, float]:
    """Seconds, precision and recall over all rules; recall of units and missing months."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from yiwang.areas.energy.judge.detect import judge
    from yiwang.areas.energy.judge.figures import by_default
    from yiwang.areas.energy.judge.sample import grow
    from yiwang.areas.energy.judge.scoring import Score, score

    sample = grow(series, MONTHS, seed=seed)
    began, cpu = time.monotonic(), time.process_time()
    found, _ = judge(sample.panel, by_default())
    seconds, spent = time.monotonic() - began, time.process_time() - cpu
    scores = score(found, sample.planted, series, MONTHS)
    whole = sum(scores.values(), start=Score(0, 0, 0, 0, 0))
    result = {
        "series": series,
        "seconds": seconds,
        "cpu_seconds": spent,
        "hits": whole.hits,
        "planted": whole.planted,
        "precision": whole.precision,
        "precision_of_the_rule": whole.strict,
        "recall": whole.recall,
    }
    for rule, one in scores.items():
        result |= {f"{rule.lower()}_precision": one.precision, f"{rule.lower()}_recall": one.recall}
    return result


def year_end(series: int = 20_000, cut: int = 6, peer_series: int = 200) -> dict[str, float]:
    """The 90th percentile of the relative error of the year's total in the middle of the year: ours, the seasonal
    naive's, and that of each model of statsforecast (on the first `peer_series`; left out where it is not installed)."""
    import numpy as np

    from yiwang.areas.energy.judge.forecast import forecast
    from yiwang.areas.energy.judge.sample import grow

    amount = (sample := grow(series, 48, seed=SEED + 1, planting=False).panel).amount
    history, ahead = amount[:, : 36 + cut], 12 - cut
    truth, read = np.nansum(amount[:, 36:], axis=1), np.nansum(history[:, 36:], axis=1)
    cpu = time.process_time()
    told = forecast(history, sample.kind, ahead)
    spent = time.process_time() - cpu

    def error(future: Any, rows: Any = slice(None)) -> float:
        return float(np.quantile(np.abs(read[rows] + future.sum(axis=1) - truth[rows]) / truth[rows], 0.9))

    whole = np.flatnonzero(~np.isnan(history).any(axis=1))[:peer_series]
    found = {
        "forecast_p90": error(told.ahead),
        "naive_p90": error(np.nan_to_num(history[:, 24 + cut : 36])),
        "forecast_p90_same": error(told.ahead[whole], whole),
        "cpu_ms_series": spent / series * 1000,
    }
    for name, (future, seconds) in _peers(history[whole], ahead).items():
        found |= {f"{name}_p90": error(future, whole), f"{name}_cpu_ms_series": seconds / len(whole) * 1000}
    return found


def _peers(history: Any, ahead: int) -> dict[str, tuple[Any, float]]:
    """Each model of statsforecast over the series one by one: the months ahead, CPU seconds."""
    try:
        from statsforecast import models
    except ImportError:
        return {}
    import numpy as np

    found = {}
    for name in ("AutoETS", "DynamicOptimizedTheta", "AutoARIMA", "SeasonalWindowAverage"):
        extra = {"window_size": 2} if name == "SeasonalWindowAverage" else {}
        model = getattr(models, name)(season_length=12, **extra)
        model.forecast(y=history[0], h=ahead)  # compiled before it is timed
        cpu = time.process_time()
        future = np.stack([model.forecast(y=one, h=ahead)["mean"] for one in history])
        found[name] = (future, time.process_time() - cpu)
    return found


if __name__ == "__main__":
    measured = warning() | year_end()
    print(json.dumps({key: round(value, 4) for key, value in measured.items()}, ensure_ascii=False, indent=1))
