"""From a folder of facts and institutions to the cube: the pass over every row, then the tree on what is left of it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from yiwang.insight import rollup
from yiwang.insight.coefficients import Method
from yiwang.insight.engines import Duck
from yiwang.insight.indicators import with_indicators
from yiwang.insight.spark import Spark

CUBE = "cube.parquet"


def build(engine: Duck | Spark, folder: Path, method: Method) -> pa.Table:
    """The cube of `folder/facts` and `folder/institutions` with every indicator, ordered by its keys."""
    engine.parquet("facts", folder / "facts", rollup.PARTITIONS)
    engine.parquet("institutions", folder / "institutions", rollup.PARTITIONS)
    return reckon(engine, method)


def reckon(engine: Duck | Spark, method: Method) -> pa.Table:
    """The cube of the tables `facts` and `institutions` of the engine."""
    engine.keep("base", rollup.base(rollup.table("facts", rollup.FACTS)))
    engine.keep("figures", rollup.measures(rollup.table("base", rollup.BASE), method))
    engine.keep("heads", rollup.heads(rollup.table("institutions", rollup.INSTITUTIONS)))
    cube = rollup.cube(rollup.table("figures", rollup.MONTHS), rollup.table("heads", rollup.HEADS))
    return engine.run(with_indicators(cube).order_by("year", "level", "region", "kind", "month"))


def store(cube: pa.Table, folder: Path) -> Path:
    """The cube beside its facts, whole or not at all."""
    target = folder / CUBE
    beside = folder / f".{CUBE}.part"
    pq.write_table(cube, beside, compression="zstd")
    beside.replace(target)
    return target
