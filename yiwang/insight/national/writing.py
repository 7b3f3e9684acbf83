"""The made-up nation as Parquet: `facts/` and `institutions/` by year and province, `truth.csv`, `regions.csv`, the manifest.

Written into a folder beside and renamed at the end: a run that is broken off leaves nothing that looks whole.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from yiwang.insight.codes import CARRIER, KINDS
from yiwang.insight.lake import files
from yiwang.insight.national.figures import Chunk, Nation, calibrated, chunks, nation
from yiwang.insight.national.shape import CARRIERS, MONTHS, NUMBERS
from yiwang.insight.published import level
from yiwang.kit.refusal import Refusal

SEED = 20181231
YEAR = 2018
INSTITUTIONS = 1_600_000
#: A smaller nation cannot have a fault of each kind and still be a nation.
FEWEST = 500
_SETTINGS: dict[str, Any] = {
    "compression": "zstd",
    "store_decimal_as_integer": True,
    "use_dictionary": ["region", "kind", "month", "carrier"],
    "write_statistics": True,
}


@dataclass(frozen=True)
class Targets:
    """The published levels of the year."""

    energy_per_head: float
    energy_per_area: float
    water_per_head: float


def targets(year: int = YEAR) -> Targets:
    """The nation's published levels. Refusal `insight.no-level`."""
    names = ("人均综合能耗", "单位建筑面积能耗", "人均用水量")
    found = [level("CN", name, year) for name in names]
    if any(one is None for one in found):
        raise Refusal("insight.no-level", f"{year} 年没有全部公布人均、单位面积和用水,请换一年。")
    return Targets(*(float(one.value) for one in found if one is not None))


def decimals(values: np.ndarray, precision: int, scale: int) -> pa.Array:
    """Whole numbers of the last place as decimals, without a Python object each."""
    words: np.ndarray = np.zeros((len(values), 2), dtype="<i8")
    words[:, 0] = values
    words[:, 1] = values >> 63
    return pa.Array.from_buffers(pa.decimal128(precision, scale), len(values), [None, pa.py_buffer(words)])


def write(
    out: Path, *, institutions: int = INSTITUTIONS, seed: int = SEED, progress: Callable[[int, int], None] | None = None
) -> dict[str, Any]:
    """Build the nation in `out`, which must not be there yet; the manifest. Refusals `insight.out`, `insight.few`."""
    if institutions < FEWEST:
        raise Refusal("insight.few", f"至少要 {FEWEST} 个机构,才能各种异常都有。")
    wanted = targets()
    with files.fresh(out) as folder:
        found = calibrated(nation(institutions, year=YEAR, seed=seed), **asdict(wanted))
        rows = _facts(folder, found, progress)
        _bodies(folder, found)
        _truth(folder / "truth.csv", found)
        _regions(folder / "regions.csv", found)
        return files.seal(
            folder,
            {
                "dataset": "national",
                "made_up": True,
                "year": YEAR,
                "seed": seed,
                "institutions": found.size,
                "rows": rows,
                "faults": len(found.planted.institution),
                "published": asdict(wanted),
            },
        )


def _facts(folder: Path, found: Nation, progress: Callable[[int, int], None] | None) -> int:
    writer: pq.ParquetWriter | None = None
    province, rows = 0, 0
    try:
        for chunk in chunks(found):
            table = _table(found, chunk)
            if writer is None or chunk.province != province:
                if writer is not None:
                    writer.close()
                province = chunk.province
                writer = pq.ParquetWriter(files.part(folder / "facts", found.year, province), table.schema, **_SETTINGS)
            writer.write_table(table)
            rows += table.num_rows
            if progress:
                progress(chunk.first + len(chunk.quantity), found.size)
    finally:
        if writer is not None:
            writer.close()
    return rows


def _table(found: Nation, chunk: Chunk) -> pa.Table:
    """A chunk as rows, in the order institution, month, carrier."""
    count, each = len(chunk.quantity), MONTHS * len(CARRIERS)
    here = slice(chunk.first, chunk.first + count)
    regions = np.array([one.region for one in found.places], dtype=np.int32)[found.place[here]]
    columns = {
        "region": pa.array(np.repeat(regions, each)),
        "kind": pa.array(np.repeat(found.kind[here], each)),
        "institution": pa.array(np.repeat(np.arange(here.start, here.stop, dtype=np.int32), each)),
        "month": pa.array(np.tile(np.repeat(np.arange(1, MONTHS + 1, dtype=np.int8), len(CARRIERS)), count)),
        "carrier": pa.array(np.tile(NUMBERS, count * MONTHS)),
        "quantity": decimals(np.rint(chunk.quantity * 1000).astype(np.int64).ravel(), 16, 3),
        "last_quantity": decimals(np.rint(chunk.last * 1000).astype(np.int64).ravel(), 16, 3),
    }
    table = pa.table(columns)
    return table.filter(pa.array(~chunk.absent.ravel())) if chunk.absent.any() else table


def _bodies(folder: Path, found: Nation) -> None:
    """The institutions with their denominators."""
    provinces = np.array([one.province for one in found.places], dtype=np.int32)[found.place]
    regions = np.array([one.region for one in found.places], dtype=np.int32)[found.place]
    for province in np.unique(provinces):
        here = np.flatnonzero(provinces == province)
        table = pa.table(
            {
                "region": pa.array(regions[here]),
                "kind": pa.array(found.kind[here]),
                "institution": pa.array(here.astype(np.int32)),
                "users": decimals(np.rint(found.users[here] * 10).astype(np.int64), 12, 1),
                "area": decimals(np.rint(found.area[here] * 100).astype(np.int64), 14, 2),
            }
        )
        path = files.part(folder / "institutions", found.year, int(province))
        pq.write_table(table, path, compression="zstd", store_decimal_as_integer=True)


def _truth(path: Path, found: Nation) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        out = csv.writer(lines, lineterminator="\n")
        out.writerow(["institution", "region", "kind", "fault", "carrier", "month", "factor"])
        out.writerows(_faults(found))


def _faults(found: Nation) -> Iterator[list[Any]]:
    planted = found.planted
    for at, fault, carrier, month, factor in zip(
        planted.institution, planted.fault, planted.carrier, planted.month, planted.factor, strict=True
    ):
        place = found.places[found.place[at]]
        word = CARRIER[CARRIERS[carrier]].code
        yield [int(at), place.region, KINDS[int(found.kind[at])], str(fault), word, int(month), float(factor)]


def _regions(path: Path, found: Nation) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        out = csv.writer(lines, lineterminator="\n")
        out.writerow(["province", "region", "name"])
        out.writerows([one.province, one.region, one.name] for one in found.places)
