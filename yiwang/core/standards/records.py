"""Rows of a dataset made ready to be judged: words resolved to the ladders, rows of one subject folded into one record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from yiwang.core.datasets import Dataset
from yiwang.core.standards import ladders as ladder
from yiwang.core.standards.ladders import JOIN, Ladders
from yiwang.core.standards.regions import canonical_region
from yiwang.core.standards.rules import column_types
from yiwang.kit.expr import compile_expression


@dataclass
class Record:
    """One record: what is judged once. `rows` are the numbers of the rows it was made of."""

    values: dict[str, Any]
    on: date
    region: str
    subject: str
    rows: list[int] = field(default_factory=list)
    conflicts: tuple[str, ...] = ()  # columns on which the rows disagree


@dataclass(slots=True)
class Facts:
    """A record's facts as the judge reads them."""

    values: dict[str, Any]  # coded facts as labels; unknown where a word stands for several rungs
    keys: dict[str, str]  # coded facts as keys, several rungs joined by /
    odd: dict[str, str]  # words that no ladder knows


def resolve(dataset: Dataset, values: Mapping[str, Any], ladders: Ladders) -> Facts:
    """Resolve the coded facts. A word that fits no rung becomes unknown and is kept in `odd`."""
    facts = Facts(dict(values), {}, {})
    tier: str | None = None
    for name in _coded(dataset):
        column = dataset.column(name)
        word = values.get(name)
        if word is None or word == "":
            facts.values[name] = None
            continue
        label = ladders[column.vocabulary].canonical(str(word), tier)
        if column.vocabulary == ladder.TIER and label and JOIN not in label:
            tier = label
        if label is None:
            facts.odd[name] = str(word)
            facts.values[name] = None
        else:
            facts.keys[name] = label
            facts.values[name] = label if label in ladders[column.vocabulary].labels else None
    return facts


def _coded(dataset: Dataset) -> Sequence[str]:
    """The coded columns, the tier first, since it decides what a rank means."""
    names = _CODED.get(id(dataset))
    if names is None:
        columns = [column for column in dataset.columns if column.vocabulary]
        columns.sort(key=lambda column: column.vocabulary != ladder.TIER)
        names = _CODED[id(dataset)] = [column.key for column in columns]
        _KEPT.append(dataset)
    return names


_CODED: dict[int, list[str]] = {}
_KEPT: list[Dataset] = []  # so that an id is never used again


def subject_of(dataset: Dataset, values: Mapping[str, Any]) -> str:
    """The subject columns' values joined by " · "."""
    return " · ".join(str(values[key]) for key in dataset.subject if values.get(key) not in (None, ""))


def fold(
    dataset: Dataset,
    rows: Iterable[Mapping[str, Any]],
    *,
    on: date,
    region: str,
    numbers: Iterable[int] | None = None,
) -> list[Record]:
    """Rows as records. A row's own `on` and `region` win; where the dataset sums, rows of one subject become one record.

    `numbers` are the row numbers to report (default 1, 2, …).
    """
    counted = zip(numbers, rows, strict=True) if numbers is not None else enumerate(rows, start=1)
    if not dataset.sums:
        return [_single(dataset, row, number, on, region) for number, row in counted]
    groups: dict[tuple[Any, ...], list[tuple[int, Mapping[str, Any]]]] = {}
    for number, row in counted:
        who = tuple(row.get(key) for key in dataset.subject)
        if all(part in (None, "") for part in who):
            who = (number,)
        place = (row.get("on") or on, canonical_region(row["region"]) if row.get("region") else region)
        groups.setdefault((*who, *place), []).append((number, row))
    return [_folded(dataset, group, on, region) for group in groups.values()]


def _single(dataset: Dataset, row: Mapping[str, Any], number: int, on: date, region: str) -> Record:
    own = row.get("region")
    return Record(
        values=dict(row),
        on=row.get("on") or on,
        region=canonical_region(own) if own else region,
        subject=subject_of(dataset, row) or f"第 {number} 行",
        rows=[number],
    )


def _folded(dataset: Dataset, group: list[tuple[int, Mapping[str, Any]]], on: date, region: str) -> Record:
    record = _single(dataset, group[0][1], group[0][0], on, region)
    if len(group) > 1:
        record.rows = [number for number, _ in group]
        record.conflicts = tuple(_agree(dataset, group, record.values))
    types = column_types(dataset)
    for key, text in dataset.sums.items():
        expression = compile_expression(text, types)
        parts = [expression.run(row) for _, row in group]
        known_parts: list[Decimal] = [part for part in parts if part is not None]
        record.values[key] = sum(known_parts, Decimal(0)) if len(known_parts) == len(parts) else None
    return record


def _agree(dataset: Dataset, group: list[tuple[int, Mapping[str, Any]]], values: dict[str, Any]) -> Iterator[str]:
    """Keep in `values` what the rows agree on; gives the columns on which they do not."""
    for key in dataset.keys:
        if key in dataset.sums or key in ("on", "region"):
            continue
        known = {row.get(key) for _, row in group} - {None, ""}
        values[key] = next(iter(known)) if len(known) == 1 else None
        if len(known) > 1:
            yield key
