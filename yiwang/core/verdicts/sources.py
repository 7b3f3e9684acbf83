"""Where the rows of a dataset come from in the registers. Areas register theirs when Django starts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One row of a dataset with what a finding needs to point back at the register.

    `subject` is a stable id within the dataset ("12:34"), never a name; rows with the same subject are one record
    where the dataset sums. `on` and `region` are the row's own: the day and place whose rules judge it.
    """

    subject: str
    label: str
    organ_id: int
    region: str
    on: date
    values: dict[str, Any] = field(default_factory=dict)
    url: str = ""


class RowsFn(Protocol):
    """Rows as they stand on a day: all of them, or those of some subjects. In sets: no query per row."""

    def __call__(self, *, on: date, subjects: Collection[str] | None = None) -> Iterable[SourceRow]: ...


_sources: dict[str, Callable[..., Iterable[SourceRow]]] = {}
_happened: set[str] = set()


def register_source(dataset: str, rows: RowsFn, *, happened: bool = False) -> None:
    """Declare where the rows of a dataset come from; a second source for one dataset is a programming error.

    `happened`: its rows are events, which no correction of a register undoes: a rectification that was accepted settles
    them, and they are not found again.
    """
    if _sources.setdefault(dataset, rows) is not rows:
        raise ValueError(f"dataset {dataset} has two sources")
    if happened:
        _happened.add(dataset)


def happened(dataset: str) -> bool:
    """Whether the rows of the dataset are events."""
    return dataset in _happened


def source_of(dataset: str) -> Callable[..., Iterable[SourceRow]]:
    """The source of a dataset; KeyError if nobody registered one."""
    return _sources[dataset]


def sourced() -> list[str]:
    """The datasets that have a source, in order."""
    return sorted(_sources)
