"""DuckDB, on one machine: an Ibis expression is compiled to its SQL and run over Parquet or Arrow tables.

Ibis compiles only; the connection is ours. So the same expression goes to Spark (`spark.py`), and a library's change of
one does not stop the other. Partition columns of a Hive layout are cast to their types in every engine: left alone they
are text in some, and a join on them then finds nothing without an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import duckdb
import ibis
import pyarrow as pa

MEMORY = "512MB"


class Engine(Protocol):
    """What runs expressions."""

    def parquet(self, name: str, folder: Path, partitions: Mapping[str, str] | None = None) -> None:
        """A folder of Parquet under a name; `partitions`: column → type of the folders' `column=value`."""

    def arrow(self, name: str, table: pa.Table) -> None:
        """A small table under a name."""

    def run(self, expression: ibis.Expr) -> pa.Table:
        """The result of an expression over named tables."""


def quoted(path: Path | str) -> str:
    """A text literal of SQL."""
    return "'" + str(path).replace("'", "''") + "'"


_SQL_TYPES = {"int32": "INTEGER", "int8": "TINYINT", "string": "VARCHAR"}


class Duck:
    """DuckDB in memory. `memory`: what it may hold before it spills to `temp` (never beyond, where there is none)."""

    def __init__(self, *, threads: int | None = None, memory: str = MEMORY, temp: Path | None = None) -> None:
        config: dict[str, Any] = {"memory_limit": memory, "preserve_insertion_order": "false"}
        if threads:
            config["threads"] = threads
        if temp is not None:
            config["temp_directory"] = str(temp)
        self.connection = duckdb.connect(config=config)

    def parquet(self, name: str, folder: Path, partitions: Mapping[str, str] | None = None) -> None:
        """See Engine."""
        types = ", ".join(f"'{column}': {_SQL_TYPES[kind]}" for column, kind in (partitions or {}).items())
        hive = f", hive_partitioning = true, hive_types = {{{types}}}" if types else ", hive_partitioning = false"
        self.connection.execute(
            f'CREATE OR REPLACE VIEW "{name}" AS SELECT * FROM read_parquet({quoted(folder / "**" / "*.parquet")}{hive})'
        )

    def arrow(self, name: str, table: pa.Table) -> None:
        """See Engine."""
        self.connection.register(name, table)

    def run(self, expression: ibis.Expr) -> pa.Table:
        """See Engine."""
        return self.sql(compiled(expression, "duckdb"))

    def sql(self, text: str) -> pa.Table:
        """The result of a statement."""
        return self.connection.sql(text).to_arrow_table()

    def keep(self, name: str, expression: ibis.Expr) -> None:
        """The result of an expression as a table of the connection: what is read twice is computed once."""
        self.connection.execute(f'CREATE OR REPLACE TABLE "{name}" AS {compiled(expression, "duckdb")}')

    def close(self) -> None:
        """Let go."""
        self.connection.close()


def compiled(expression: ibis.Expr, dialect: str) -> str:
    """The SQL of an expression."""
    return str(ibis.to_sql(expression, dialect=dialect))
