"""Returns: the edit checks of one province's month, and outliers over five years; in a process of its own.

`python -m bench.returns` prints JSON. 50,000 units × 200 items with 60 checks (sums, a year before joined, unit errors, prices) lie in
Parquet as a snapshot would; a thousandth of the figures is wrong. Reading, joining and judging are measured together, on one thread.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

UNITS, ITEMS, CHECKS = 50_000, 200, 60
#: Outliers: units, months, and the items that are looked at in a run.
MONTHS, SERIES = 60, 20


def run() -> dict[str, float]:
    """Measure in a child."""
    done = subprocess.run([sys.executable, "-m", "bench.returns", "child"], check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def scheme_text() -> str:
    """A scheme of so many items and checks, of four kinds in turn."""
    items = "\n".join(
        f"  - {{key: i{n}, label: 指标{n}, unit: 元{', required: true' if n % 20 == 0 else ''}}}" for n in range(ITEMS)
    )
    return (
        f"key: bench\nrevision: '1'\ntitle: 月报\nvalid_from: 2020-01-01\nperiod: month\n"
        f"tables:\n- key: t\n  title: 主表\n  items:\n{items}\nchecks:\n" + "\n".join(map(_check, range(CHECKS)))
    )


def _check(n: int) -> str:
    a, b, c = (f"i{(n * 3 + place) % ITEMS}" for place in range(3))
    kinds = (
        f"that: '{a} + {b} >= {c}', message: '{{{c}}} 多于 {{{a}}} 与 {{{b}}} 之和'",
        f"level: soft, when: 'year_{a} > 0', that: '{a} between 0.5 * year_{a} and 2 * year_{a}', message: '{{{a}}},上年 {{year_{a}}}'",
        f"when: 'year_{a} >= 10', that: '{a} < 500 * year_{a}', message: '{{{a}}} 是上年 {{year_{a}}} 的几百倍'",
        f"level: soft, when: '{a} > 0', that: '{b} / {a} between 0.001 and 1000', message: '单价不合:{{{b}}} / {{{a}}}'",
    )
    return f"- {{key: c{n}, {kinds[n % 4]}}}"


def cpu() -> float:
    """Processor seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _snapshots(folder: Path) -> None:
    """This month and the same a year before, a tenth of a per cent of it a thousand times too large."""
    import duckdb

    con = duckdb.connect()
    figures = ", ".join(
        f"CAST(100 + (hash(r * 401 + {n}) % 10000) / 100.0 AS DECIMAL(18,4)) AS i{n}" for n in range(ITEMS)
    )
    con.execute(f"CREATE TABLE old AS SELECT r AS unit, {figures} FROM range({UNITS}) t(r)")
    wrong = ", ".join(
        f"CAST(CASE WHEN hash(unit * 7 + {n}) % 1000 = 0 THEN i{n} * 1000 ELSE i{n} END AS DECIMAL(18,4)) AS i{n}"
        for n in range(ITEMS)
    )
    con.execute(f"COPY (SELECT unit, {wrong} FROM old) TO '{folder / 'now.parquet'}'")
    con.execute(f"COPY old TO '{folder / 'year.parquet'}'")


def checks(folder: Path) -> dict[str, float]:
    """Judge the month without and with messages."""
    import duckdb

    from yiwang.areas.reporting.schemes import bulk
    from yiwang.areas.reporting.schemes.reading import compiled_from

    _snapshots(folder)
    one = compiled_from(scheme_text())
    years = ", ".join(f"y.{name[5:]} AS {name}" for name in bulk.needed(one) if name.startswith("year_"))
    con = duckdb.connect(config={"threads": 1})
    source = f"'{folder / 'now.parquet'}' n LEFT JOIN '{folder / 'year.parquet'}' y USING (unit)"
    con.execute(f"CREATE VIEW month AS SELECT n.*, {years} FROM {source}")
    start, wall = cpu(), time.monotonic()
    counted = bulk.count(con, one, "month")
    plain, plain_wall = cpu() - start, time.monotonic() - wall
    start, wall = cpu(), time.monotonic()
    failed = sum(1 for _ in bulk.failures(con, one, "month"))
    said, said_wall = cpu() - start, time.monotonic() - wall
    assert failed == sum(counted.values()) > 0
    cells = UNITS * ITEMS / 1e6
    return {
        "checks_s": plain_wall,
        "checks_with_messages_s": said_wall,
        "mcells_per_cpu_s": cells / plain,
        "mcells_per_cpu_s_with_messages": cells / said,
        "failures": failed,
    }


def outliers() -> dict[str, float]:
    """Each unit's month against its own five years, item by item."""
    import numpy as np

    from yiwang.areas.reporting.schemes.outliers import outliers as find

    rng = np.random.default_rng(20261130)
    history: Any = rng.normal(1000, 50, (UNITS, MONTHS))
    present: Any = rng.normal(1000, 50, UNITS)
    present[::500] *= 1000
    start, wall = cpu(), time.monotonic()
    for _ in range(SERIES):
        found = find(history, present)
    assert found.modified[::500].all()
    return {
        "outliers_s": time.monotonic() - wall,
        "outliers_cpu_s": cpu() - start,
        "outliers_mfigures_per_cpu_s": UNITS * MONTHS * SERIES / 1e6 / (cpu() - start),
    }


def main() -> None:
    """The child: both, as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps({**checks(Path(folder)), **outliers()}))


if __name__ == "__main__":
    if sys.argv[1:] == ["child"]:
        main()
    else:
        print(json.dumps(run(), indent=1))
