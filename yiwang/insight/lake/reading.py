"""A snapshot as an Ibis table: checked against its manifest, partition columns with their types."""

from __future__ import annotations

from pathlib import Path

import ibis
import pyarrow as pa
from ibis import Table

from yiwang.core.datasets import get
from yiwang.insight.engines import Duck
from yiwang.insight.lake import columns, files
from yiwang.insight.lake.actions import ROWS
from yiwang.insight.spark import Spark


def table(engine: Duck | Spark, folder: Path, name: str) -> Table:
    """The rows of a snapshot under a name. Refusals `lake.no-manifest`, `lake.broken`."""
    facts = files.check(folder, whole=False)
    schema = columns.schema(get(facts["dataset"]))
    typed = schema
    for column, kind in columns.PARTITIONS.items():
        typed = typed.append(pa.field(column, {"int32": pa.int32()}[kind]))
    if facts["rows"]:
        engine.parquet(name, folder / ROWS, columns.PARTITIONS)
    else:
        engine.arrow(name, typed.empty_table())
    return ibis.table(ibis.Schema.from_pyarrow(typed), name=name)
