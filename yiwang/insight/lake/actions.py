"""快照: the rows of a dataset as they stand on a day, into Parquet, with an entry in the ledger that keeps their digest."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db import transaction

from yiwang.core.datasets import Dataset, all_datasets
from yiwang.core.ledger.post import post
from yiwang.core.verdicts.sources import SourceRow, source_of, sourced
from yiwang.insight.lake import columns, files
from yiwang.kit.refusal import Refusal

log = logging.getLogger(__name__)
ROWS = "rows"
#: Rows of a partition kept before they are written.
BATCH = 20_000
#: Days whose snapshots are all kept; of older months the last one stays.
KEPT_DAYS = 35


def root() -> Path:
    """Where the lake lies."""
    return Path(settings.HOME) / "lake"


def folder_of(dataset: str, on: date) -> Path:
    """The folder of a snapshot."""
    return root() / dataset / on.isoformat()


def days(dataset: str) -> list[date]:
    """The days of which there is a snapshot, in order."""
    place = root() / dataset
    found = place.iterdir() if place.exists() else iter(())
    return sorted(date.fromisoformat(one.name) for one in found if not one.name.startswith("."))


def snapshot(*, dataset: str, on: date, actor: str) -> dict[str, Any]:
    """Write the snapshot of the day; the manifest. One that is there and whole stays as it is.

    Refusals `lake.dataset` (nobody registered where its rows come from), `lake.value`, `lake.broken`.
    """
    known = all_datasets().get(dataset)
    if known is None or dataset not in sourced():
        raise Refusal("lake.dataset", f"没有数据集 {dataset[:60]},或它没有台账来源。有的:{'、'.join(sourced())}")
    target = folder_of(dataset, on)
    if target.exists():
        return files.check(target)
    with files.fresh(target) as folder:
        rows = _write(folder / ROWS, known, source_of(dataset)(on=on))
        facts = {"dataset": dataset, "label": known.label, "on": on.isoformat(), "rows": rows}
        found = files.seal(folder, {**facts, "columns": columns.schema(known).names})
    with transaction.atomic():
        body = {"rows": rows, "digest": found["digest"]}
        post(actor=actor, act="insight.lake.snapshot", obj=f"lake:{dataset}:{on.isoformat()}", body=body)
    return found


def _write(folder: Path, dataset: Dataset, rows: Iterable[SourceRow]) -> int:
    """Rows into the partitions of their year and province; how many."""
    schema = columns.schema(dataset)
    held: dict[tuple[int, str], list[dict[str, Any]]] = {}
    writers: dict[tuple[int, str], pq.ParquetWriter] = {}
    count = 0
    with ExitStack() as stack:

        def flush(place: tuple[int, str]) -> None:
            if place not in writers:
                path = files.part(folder, *place)
                writers[place] = stack.enter_context(pq.ParquetWriter(path, schema, compression="zstd"))
            writers[place].write_table(pa.Table.from_pylist(held.pop(place), schema=schema))

        for place, row in _placed(dataset, rows):
            held.setdefault(place, []).append(row)
            count += 1
            if len(held[place]) >= BATCH:
                flush(place)
        for place in sorted(held):
            flush(place)
    folder.mkdir(exist_ok=True)  # a register without rows has a snapshot without files
    return count


def _placed(dataset: Dataset, rows: Iterable[SourceRow]) -> Iterator[tuple[tuple[int, str], dict[str, Any]]]:
    for row in rows:
        frame = {
            "subject": row.subject, "organ_id": row.organ_id, "region": row.region, "on": row.on, "url": row.url,
        }  # fmt: skip
        province = f"{row.region[:2]}0000" if row.region.isdigit() else "0"
        yield (row.on.year, province), frame | columns.values(dataset, row.values, row.subject)


def nightly(*, on: date) -> dict[str, int]:
    """Every dataset that has a source: counts of rows; and what is too old goes. May be run again without harm.

    A dataset that is refused is logged and left out: it does not cost the others their night.
    """
    done: dict[str, int] = {}
    for dataset in sourced():
        try:
            done[dataset] = int(snapshot(dataset=dataset, on=on, actor="system")["rows"])
        except Refusal as refusal:
            log.error("no snapshot of %s: %s [%s]", dataset, refusal, refusal.code)
    for dataset in done:
        for day in superseded(days(dataset), on):
            shutil.rmtree(folder_of(dataset, day))
    return done


def superseded(known: list[date], on: date) -> list[date]:
    """The snapshots that may go: older than KEPT_DAYS, and not the last of their month."""
    last = {(day.year, day.month): day for day in sorted(known)}
    return [day for day in known if (on - day).days > KEPT_DAYS and last[day.year, day.month] != day]
