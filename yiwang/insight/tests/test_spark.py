"""A real Spark on this machine runs the very same expressions over the same Parquet and finds the same cube."""

from __future__ import annotations

import math
import shutil
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from yiwang.insight import building
from yiwang.insight.coefficients import method
from yiwang.insight.engines import Duck
from yiwang.insight.national import writing
from yiwang.insight.spark import Spark

pytestmark = [
    pytest.mark.slow,
    pytest.mark.once,
    pytest.mark.skipif(
        find_spec("pyspark") is None or shutil.which("java") is None, reason="needs yiwang[spark] and a Java"
    ),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # PySpark leaves its sockets to the collector
]


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("spark") / "nation"
    writing.write(out, institutions=writing.FEWEST)
    return out


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    folder = tmp_path_factory.mktemp("spark-warehouse")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        engine = Spark(
            master="local[2]",
            options={"spark.sql.warehouse.dir": str(folder), "spark.ui.showConsoleProgress": "false"},
        )
    yield engine
    engine.close()


def _same(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-6)


def test_the_same_cube(spark: Spark, nation: Path) -> None:
    ours = building.build(Duck(), nation, method(2018)).to_pylist()
    theirs = building.build(spark, nation, method(2018)).to_pylist()
    assert len(ours) == len(theirs) > 10_000
    keys = ("year", "level", "region", "kind", "month", "institutions")
    for mine, other in zip(ours, theirs, strict=True):
        assert [mine[key] for key in keys] == [other[key] for key in keys]
        assert all(_same(mine[key], other[key]) for key in mine), (mine, other)


def test_partition_columns_are_numbers_and_not_words(spark: Spark, nation: Path) -> None:
    """Positive control: uncast, Spark has them as text here."""
    spark.parquet("facts_typed", nation / "facts", {"year": "int32", "province": "int32"})
    types = dict(spark.session.table("facts_typed").dtypes)
    assert (types["year"], types["province"]) == ("int", "int")
    spark.parquet("facts_raw", nation / "facts")
    assert dict(spark.session.table("facts_raw").dtypes)["province"] == "string"
