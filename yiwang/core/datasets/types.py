"""The declaration of a dataset: its columns with Chinese label, type, unit and vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """What a cell of a column holds once it is clean. Numbers become Decimal, never float."""

    TEXT = "text"
    CODE = "code"  # digits and letters that must stay text: credit codes, region codes
    NUMBER = "number"  # Decimal, in the column's unit
    INTEGER = "integer"
    DATE = "date"
    BOOL = "bool"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. `vocabulary` names a ladder of `lawbook/ladders.yaml` (rank, organ_tier, vehicle_use …) or is empty."""

    key: str
    label: str
    kind: Kind = Kind.TEXT
    unit: str = ""
    vocabulary: str = ""
    choices: tuple[str, ...] = ()  # a code list of its own: the words that may stand here
    synonyms: tuple[str, ...] = ()  # other headers under which offices keep this column
    required: bool = False
    note: str = ""
    example: str = ""
    personal: bool = False  # personal data: masked in lists and logs


ON = Column(
    key="on", label="判定日期", kind=Kind.DATE, synonyms=("日期", "基准日"), note="按哪一天有效的制度判定;空着用 --on"
)
REGION = Column(
    key="region",
    label="行政区划",
    kind=Kind.CODE,
    synonyms=("区划代码", "行政区划代码"),
    note="GB/T 2260 六位代码;空着用 --region",
)


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A typed flat view. One row is one record, unless `sums` is set.

    `subject` names the columns that say whom a verdict is about. With `sums`, rows of one subject (same `on`, same
    `region`) are folded into one record before they are judged: each column in `sums` becomes the sum of its
    expression over the rows (`{"usable_area": "usable_area / coalesce(sharers, 1)"}`), any other column keeps its
    value where all rows agree and becomes unknown where they do not. `on` and `region` belong to every dataset and
    are appended if absent.
    """

    key: str
    label: str
    columns: tuple[Column, ...]
    subject: tuple[str, ...]
    sums: Mapping[str, str] = field(default_factory=dict)
    synonyms: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        present = {column.key for column in self.columns}
        extra = tuple(column for column in (ON, REGION) if column.key not in present)
        object.__setattr__(self, "columns", self.columns + extra)
        unknown = (set(self.subject) | set(self.sums)) - {column.key for column in self.columns}
        if unknown:
            raise ValueError(f"dataset {self.key}: no such column: {', '.join(sorted(unknown))}")

    def column(self, key: str) -> Column:
        """The column with this key; KeyError if there is none."""
        return self._by_key[key]

    @cached_property
    def _by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.columns}

    @property
    def keys(self) -> tuple[str, ...]:
        """The column keys, in order."""
        return tuple(column.key for column in self.columns)
