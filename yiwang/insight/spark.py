"""The same expressions on Spark (`yiwang[spark]`): one machine's local mode, or a cluster that exists.

`master`: `local[2]`, `local-cluster[2,1,1024]`, `spark://host:7077`, `yarn`; without one, what spark-submit or the
environment says. See docs/guide/insight.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from yiwang.insight.engines import compiled
from yiwang.kit.refusal import Refusal


class Spark:
    """A Spark session as an engine. Refusal `insight.no-spark` where PySpark is not installed."""

    def __init__(self, *, master: str = "", options: Mapping[str, str] | None = None) -> None:
        try:
            from pyspark.sql import SparkSession

            ibis.pyspark  # noqa: B018 (the compiler reads options that exist only once the back end is loaded)
        except (ImportError, AttributeError):
            raise Refusal(
                "insight.no-spark",
                "没有安装 PySpark。请用 requirements-spark.lock 安装(yiwang[spark]),并准备好 Java 17。",
            ) from None
        builder: Any = SparkSession.builder.appName("yiwang-insight")
        builder = builder.master(master) if master else builder
        settings = {
            "spark.sql.session.timeZone": "Asia/Shanghai",
            "spark.sql.ansi.enabled": "true",
            # Partition folders are read as text and cast below: a guess of Spark's would differ from that of DuckDB.
            "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
            "spark.ui.enabled": "false",
        }
        if master.startswith("local"):
            # Two hundred shuffles' parts, Spark's default, are for a cluster; here each is a task of its own.
            settings["spark.sql.shuffle.partitions"] = "4"
        for key, value in {**settings, **(options or {})}.items():
            builder = builder.config(key, value)
        self.session = builder.getOrCreate()

    def parquet(self, name: str, folder: Path | str, partitions: Mapping[str, str] | None = None) -> None:
        """A folder of Parquet (a path, or an address the cluster reads: hdfs://, s3a://) under a name."""
        frame = self.session.read.parquet(str(folder))
        for column, kind in (partitions or {}).items():
            frame = frame.withColumn(column, frame[column].cast({"int32": "int", "int8": "tinyint"}.get(kind, kind)))
        frame.createOrReplaceTempView(name)

    def arrow(self, name: str, table: pa.Table) -> None:
        """A small table under a name."""
        self.session.createDataFrame(table).createOrReplaceTempView(name)

    def run(self, expression: ibis.Expr) -> pa.Table:
        """The result of an expression."""
        return self.session.sql(compiled(expression, "pyspark")).toArrow()

    def keep(self, name: str, expression: ibis.Expr) -> None:
        """The result of an expression under a name, computed once."""
        frame = self.session.sql(compiled(expression, "pyspark")).cache()
        frame.createOrReplaceTempView(name)

    def close(self) -> None:
        """End the session."""
        self.session.stop()
