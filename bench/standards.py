"""Bulk check and single check against a numpy dense look-up and OpenFisca."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from yiwang.core.datasets.types import Column, Dataset, Kind
from yiwang.core.standards.book import Lawbook, load
from yiwang.core.standards.bulk import BulkJudge, prepare
from yiwang.core.standards.cases import read_cases, typed
from yiwang.core.standards.judge import Judge
from yiwang.core.standards.schema import Document

TIERS = ("中央机关", "省级机关", "市级机关", "县级机关")
RANKS = ("正厅级", "副厅级", "正处级", "副处级", "正科级", "副科级")
PERSON = Dataset(
    key="bench.person",
    label="人",
    subject=("person",),
    columns=(
        Column(key="person", label="人"),
        Column(key="organ_tier", label="层级", vocabulary="organ_tier"),
        Column(key="rank", label="职级", vocabulary="rank"),
        Column(key="usable_area", label="使用面积", kind=Kind.NUMBER, unit="㎡"),
    ),
)
#: Seven editions over time, so that the day matters; overrides by province, city and county.
EDITIONS = [date(year, 1, 1) for year in (2000, 2004, 2008, 2012, 2016, 2020, 2024)]
REGIONS = [
    "CN",
    *[f"{p}0000" for p in range(11, 21)],
    *[f"{p}0100" for p in range(11, 21)],
    *[f"{p}0101" for p in range(11, 16)],
]


def lawbook() -> Lawbook:
    """About 4,400 rows: 26 regions × 7 editions × 24 cells."""
    documents = []
    for place, region in enumerate(REGIONS):
        for edition, start in enumerate(EDITIONS):
            end = EDITIONS[edition + 1] - timedelta(days=1) if edition + 1 < len(EDITIONS) else None
            table = [
                {"organ_tier": tier, "rank": rank, "value": 9 + (t * 7 + r * 3 + edition + place) % 40}
                for t, tier in enumerate(TIERS)
                for r, rank in enumerate(RANKS)
            ]
            documents.append(_document(f"B-{region}-{edition}", region, start, end, table))
    return Lawbook(documents, load().ladders, {PERSON.key: PERSON})


def _document(code: str, region: str, start: date, end: date | None, table: list[dict[str, Any]]) -> Document:
    check = {
        "topic": "bench.area",
        "dataset": PERSON.key,
        "measure": "usable_area",
        "relation": "<=",
        "limit": {"table": ["organ_tier", "rank"]},
    }
    clause = {
        "id": f"{code}/a", "subject": "面积", "kind": "limit", "modality": "不得", "paraphrase": "上限", "table": table,
        "verified": True, "evidence": "full_text", "checks": [check],
    }  # fmt: skip
    return Document.model_validate(
        {
            "code": code, "title": code, "document_number_verified": True, "dates_verified": True, "jurisdiction": region,
            "region": region, "effective_from": start, "effective_to": end, "clauses": [clause],
        }
    )  # fmt: skip


def records(count: int, seed: int = 7) -> dict[str, np.ndarray]:
    """`count` person-rooms as integer arrays: tier, rank, county, day, area in hundredths."""
    rng = np.random.default_rng(seed)
    return {
        "tier": rng.integers(0, len(TIERS), count, dtype=np.int16),
        "rank": rng.integers(0, len(RANKS), count, dtype=np.int16),
        "county": rng.integers(0, 2000, count, dtype=np.int16),
        "day": rng.integers(EDITIONS[0].toordinal(), date(2026, 12, 31).toordinal(), count, dtype=np.int32),
        "area": rng.integers(400, 6000, count, dtype=np.int32),
    }


COUNTIES = [f"{11 + n % 20}{1 + n // 20 % 10:02d}{1 + n // 200:02d}" for n in range(2000)]


def arrow(data: dict[str, np.ndarray]) -> pa.Table:
    """The prepared table, words as dictionaries as Parquet gives them."""

    def words(index: np.ndarray, labels: tuple[str, ...] | list[str]) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(index), pa.array(list(labels)))

    count = len(data["tier"])
    days = pa.array(data["day"] - date(1970, 1, 1).toordinal(), pa.int32()).cast(pa.date32())
    # Decimals as they lie in memory, 16 bytes each: hundredths to four places.
    wide: np.ndarray = np.zeros((count, 2), dtype=np.int64)
    wide[:, 0] = data["area"].astype(np.int64) * 100
    area = pa.Array.from_buffers(pa.decimal128(18, 4), count, [None, pa.py_buffer(wide)])
    tier, rank = words(data["tier"], TIERS), words(data["rank"], RANKS)
    return pa.table(
        {
            "rid": pa.array(np.arange(count)), "organ_tier": tier, "rank": rank, "usable_area": area,
            "organ_tier@key": tier, "rank@key": rank, "on": days, "region": words(data["county"], COUNTIES),
        }
    )  # fmt: skip


def cpu(work: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """Best processor seconds of some runs, and the last result."""
    best, result = float("inf"), None
    for _ in range(times):
        start = time.process_time()
        result = work()
        best = min(best, time.process_time() - start)
    return best, result


def bulk(count: int = 5_000_000) -> dict[str, float]:
    """Records per CPU second of DuckDB and of a numpy dense look-up, on the same records; their counts must agree."""
    book, data = lawbook(), records(count)
    con = duckdb.connect(":memory:", config={"threads": 2})
    judge = BulkJudge(book, PERSON, con)
    prepare(judge, "records", arrow(data))

    def ours() -> int:
        name = judge.judge("records")[0]
        row = con.execute(f'SELECT count(*) FROM "{name}" WHERE kind = 1').fetchone()
        return int(row[0]) if row else 0

    seconds, over = cpu(ours)
    dense_seconds, dense_over = cpu(lambda: _dense(book, data))
    if over != dense_over:
        raise AssertionError(f"DuckDB found {over}, numpy {dense_over}")
    return {
        "records": count,
        "per_cpu_s": count / seconds,
        "numpy_per_cpu_s": count / dense_seconds,
        "ratio": dense_seconds / seconds,
        "over": over,
    }


def _dense(book: Lawbook, data: dict[str, np.ndarray]) -> int:
    """A dense array over region class × edition × tier × rank: the ceiling of any look-up."""
    dense, place = dense_tables(book)
    edition = np.searchsorted(np.array([day.toordinal() for day in EDITIONS]), data["day"], side="right") - 1
    limit = dense[place[data["county"]], edition, data["tier"], data["rank"]]
    return int((data["area"] > limit).sum())


def dense_tables(book: Lawbook) -> tuple[np.ndarray, np.ndarray]:
    """Limits by place, edition, tier and rank in hundredths; and the place of each county."""
    dense: np.ndarray = np.zeros((len(REGIONS), len(EDITIONS), len(TIERS), len(RANKS)), dtype=np.int32)
    for p, region in enumerate(REGIONS):
        for e in range(len(EDITIONS)):
            for n, row in enumerate(book.clause(f"B-{region}-{e}/a").table):
                dense[p, e, n // len(RANKS), n % len(RANKS)] = int(row.cells["value"]) * 100
    index = {region: n for n, region in enumerate(REGIONS)}
    chains = [(code, code[:4] + "00", code[:2] + "0000", "CN") for code in COUNTIES]
    return dense, np.array([next(index[link] for link in chain if link in index) for chain in chains])


def single(rounds: int = 300) -> dict[str, float]:
    """Microseconds for one record under all clauses of its dataset, by dataset, over the shipped worked cases."""
    book = load()
    judge = Judge(book)
    worst: dict[str, float] = {}
    samples: dict[str, list[Any]] = {}
    for _, case in read_cases():
        dataset = book.datasets[case.dataset]
        facts = typed(dataset, case.facts | case.rows[0])
        samples.setdefault(case.dataset, []).append((facts, case.on, case.region))
    for key, found in samples.items():
        start = time.process_time()
        for _ in range(rounds):
            for facts, on, region in found:
                judge.judge(key, facts, on=on, region=region)
        worst[key] = (time.process_time() - start) / (rounds * len(found)) * 1e6
    return worst


if __name__ == "__main__":
    print(bulk())
    print(single())
