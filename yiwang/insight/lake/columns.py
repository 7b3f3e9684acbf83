"""The columns of a dataset as Parquet has them. Personal data stays out of the lake: nothing in it is about a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

from yiwang.core.datasets import Dataset, Kind
from yiwang.kit.refusal import Refusal

#: Numbers: 22 digits before the point and 6 after it, exact.
NUMBER = pa.decimal128(28, 6)
_PLACES = Decimal("0.000001")
_TYPES: dict[Kind, pa.DataType] = {
    Kind.TEXT: pa.string(),
    Kind.CODE: pa.string(),
    Kind.NUMBER: NUMBER,
    Kind.INTEGER: pa.int64(),
    Kind.DATE: pa.date32(),
    Kind.BOOL: pa.bool_(),
}
#: What every snapshot has before the columns of its dataset.
FRAME = [("subject", pa.string()), ("organ_id", pa.int64()), ("region", pa.string()), ("on", pa.date32())]
FRAME += [("url", pa.string())]
PARTITIONS = {"year": "int32", "province": "int32"}


def named(key: str) -> str:
    """The column's name in the file: one that is called like a partition or the frame gets `_value`."""
    return f"{key}_value" if key in PARTITIONS else key


def schema(dataset: Dataset) -> pa.Schema:
    """Frame and columns of the dataset, without personal ones."""
    frame = {name for name, _ in FRAME}
    own = [
        (named(one.key), _TYPES[one.kind]) for one in dataset.columns if not one.personal and one.key not in frame
    ]  # fmt: skip
    return pa.schema([*FRAME, *own])


def _number(value: Any) -> Decimal:
    found = Decimal(str(value)).quantize(_PLACES)
    if not found.is_finite():
        raise ValueError(value)
    return found


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


_INTO: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: str,
    Kind.CODE: str,
    Kind.NUMBER: _number,
    Kind.INTEGER: int,
    Kind.DATE: _day,
    Kind.BOOL: bool,
}


def values(dataset: Dataset, given: dict[str, Any], subject: str) -> dict[str, Any]:
    """A row's values by column of the file; "" and what is absent are null. Refusal `lake.value`."""
    frame = {name for name, _ in FRAME}
    found: dict[str, Any] = {}
    for one in dataset.columns:
        if one.personal or one.key in frame:
            continue
        value = given.get(one.key)
        try:
            found[named(one.key)] = None if value is None or value == "" else _INTO[one.kind](value)
        except (ValueError, TypeError, InvalidOperation):
            raise Refusal(
                "lake.value",
                f"{dataset.label}({subject})的“{one.label}”是“{str(value)[:40]}”,不是{one.kind.value},快照没有生成,请先更正。",
            ) from None
    return found
