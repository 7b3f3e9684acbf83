"""The datasets that a sheet may be, with the columns that their checks measure and read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from yiwang.core.datasets import Column, Dataset, Kind
from yiwang.core.intake.words import normal
from yiwang.core.standards.book import Lawbook
from yiwang.core.standards.rules import Rule


@dataclass(frozen=True)
class Catalogue:
    """Datasets by key. `measured`: columns that some check compares with a limit, in order. `read`: all columns that checks read."""

    datasets: Mapping[str, Dataset]
    measured: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    read: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def wanted(self, dataset: Dataset) -> frozenset[str]:
        """Columns about which it is worth asking: required, of the subject, or read by a check."""
        required = {column.key for column in dataset.columns if column.required}
        return frozenset(required | set(dataset.subject) | self.read.get(dataset.key, frozenset()))

    def measures(self, dataset: Dataset) -> tuple[Column, ...]:
        """The measured columns; where no check measures any, the columns with numbers."""
        keys = self.measured.get(dataset.key) or tuple(
            column.key for column in dataset.columns if column.kind in (Kind.NUMBER, Kind.INTEGER)
        )
        return tuple(column for column in dataset.columns if column.key in keys)

    def named(self, word: str) -> Dataset | None:
        """The dataset with this key, label or synonym."""
        plain = normal(word)
        return next(
            (one for one in self.datasets.values() if word == one.key or plain in map(normal, names(one))), None
        )


def names(dataset: Dataset) -> tuple[str, ...]:
    """Key, label and synonyms."""
    return (dataset.key, dataset.label, *dataset.synonyms)


def catalogue_of(book: Lawbook) -> Catalogue:
    """The catalogue of a lawbook's datasets."""
    measured: dict[str, tuple[str, ...]] = {}
    read: dict[str, frozenset[str]] = {}
    for key, dataset in book.datasets.items():
        rules = [rule for stream in book.streams[key] for rule in stream.rules]
        measure = {name for rule in rules for name in rule.measure.names}
        measured[key] = tuple(column.key for column in dataset.columns if column.key in measure)
        read[key] = frozenset(name for rule in rules for name in _names_of(rule)) - {"on", "region", "on_date"}
    return Catalogue(book.datasets, measured, read)


def _names_of(rule: Rule) -> set[str]:
    found = set(rule.measure.names) | set(rule.check.limit.table or ()) | set(rule.check.limit.counts)
    for expression in (rule.applies, rule.limit):
        if expression is not None:
            found |= expression.names
    return found & set(rule.dataset.keys)
