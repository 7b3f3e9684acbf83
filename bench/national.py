"""The nation's roll-up: a year of 1.6 M institutions × 12 months × 8 carriers to region tree × kind × month.

`python -m bench.national [INSTITUTIONS] [FOLDER]`. Each step runs in a process of its own, three times; the least of the
processor times counts, since the others were disturbed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

INSTITUTIONS = 1_600_000
ROUNDS = 3


def step(name: str, folder: Path) -> dict[str, Any]:
    """The quickest of the rounds, with the largest peak."""
    found = []
    for _ in range(ROUNDS):
        out = subprocess.run(
            [sys.executable, "-m", "bench.national_steps", name, str(folder)],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        found.append(json.loads(out.stdout.splitlines()[-1]))
    best: dict[str, Any] = min(found, key=lambda one: float(one["cpu"]))
    return best | {"peak_mb": max(one["peak_mb"] for one in found)}


def measure(folder: Path) -> dict[str, float]:
    """Ratios over a made-up nation that lies in the folder."""
    size = sum(one.stat().st_size for one in (folder / "facts").rglob("*.parquet")) / 1e6
    raw, hand, ibis = (step(name, folder) for name in ("raw", "hand", "ibis"))
    return {
        "parquet_mb": size,
        "raw_cpu": raw["cpu"],
        "hand_cpu": hand["cpu"],
        "ibis_cpu": ibis["cpu"],
        "to_raw": ibis["cpu"] / raw["cpu"],
        "to_hand": ibis["cpu"] / hand["cpu"],
        "peak_mb": ibis["peak_mb"],
        "to_parquet": ibis["peak_mb"] / size,
        "rows": ibis["rows"],
    }


def page(folder: Path) -> dict[str, float]:
    """The page over the folder's cube, in a home of its own."""
    from yiwang.insight import building
    from yiwang.insight.coefficients import method
    from yiwang.insight.engines import Duck

    building.store(building.build(Duck(), folder, method(2018)), folder)
    with tempfile.TemporaryDirectory() as home:
        out = subprocess.run(
            [sys.executable, "-m", "bench.national_steps", "page", str(folder)],
            check=True, capture_output=True, text=True, env={**os.environ, "YIWANG_HOME": home},
        )  # fmt: skip
    found: dict[str, float] = json.loads(out.stdout.splitlines()[-1])
    return found


def national(institutions: int = INSTITUTIONS) -> dict[str, float]:
    """Build the nation in a folder that goes again, and measure."""
    from yiwang.insight.national import writing

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "nation"
        writing.write(folder, institutions=institutions)
        return measure(folder) | page(folder)


if __name__ == "__main__":
    found = (
        measure(Path(sys.argv[2])) | page(Path(sys.argv[2]))
        if len(sys.argv) > 2
        else national(int(sys.argv[1]) if len(sys.argv) > 1 else INSTITUTIONS)
    )
    print(json.dumps(found, indent=1))
