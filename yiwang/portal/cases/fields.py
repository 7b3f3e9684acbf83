"""A form made from the facts of a process: what each input shows, and how what was typed becomes facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from yiwang.core.datasets import Kind, all_datasets
from yiwang.core.flow.facts import Fact, clean
from yiwang.core.standards.book import load
from yiwang.core.standards.verdict import plain
from yiwang.kit.refusal import Refusal

KINDS = {Kind.NUMBER: "number", Kind.INTEGER: "integer", Kind.DATE: "date", Kind.BOOL: "bool"}


@dataclass(frozen=True)
class Field:
    """One input. `verdicts`: what the clauses say to this figure, shown beside it."""

    key: str
    label: str
    kind: str = "text"  # text | long | number | integer | date | bool
    unit: str = ""
    value: Any = ""
    options: tuple[tuple[str, str], ...] = ()
    required: bool = False
    help: str = ""
    error: str = ""
    verdicts: tuple[Any, ...] = field(default=())


@dataclass(frozen=True)
class Typed:
    """What was typed: the facts that could be read, and by key why one could not."""

    facts: dict[str, Any]
    errors: dict[str, str]


def read(schema: Iterable[Fact], values: Mapping[str, str]) -> Typed:
    """The facts in a form's values, cleaned one by one so that every error is found."""
    kept: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for fact in schema:
        text: Any = values.get(fact.key, "").strip()
        try:
            kept |= clean([fact], {fact.key: bool(text) if fact.kind is Kind.BOOL else text})
        except Refusal as refusal:
            errors[fact.key] = refusal.message
    return Typed(kept, errors)


def fields(
    schema: Iterable[Fact],
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    verdicts: Sequence[Any] = (),
) -> list[Field]:
    """The inputs in the order of the schema. `values`: as typed, or facts."""
    errors = errors or {}
    return [
        Field(
            key=fact.key,
            label=fact.label,
            kind="long" if fact.long else KINDS.get(fact.kind, "text"),
            unit=fact.unit,
            value=_shown(fact, values.get(fact.key)),
            options=_options(fact),
            required=fact.required,
            help=fact.note,
            error=errors.get(fact.key, ""),
            verdicts=tuple(one for one in verdicts if _about(one, fact)),
        )
        for fact in schema
    ]


def _about(verdict: Any, fact: Fact) -> bool:
    """Whether the verdict measured this fact: by its label, or by that of the column which the fact fills."""
    dataset = all_datasets().get(verdict.dataset)
    columns = dataset.columns if dataset else ()
    return verdict.label in {fact.label, *(one.label for one in columns if one.key == fact.key)}


def _shown(fact: Fact, value: Any) -> Any:
    if fact.kind is Kind.BOOL:
        return bool(value)
    return "" if value is None else str(value)


def _options(fact: Fact) -> tuple[tuple[str, str], ...]:
    words = fact.choices or (load().ladders[fact.vocabulary].labels if fact.vocabulary else ())
    return tuple((word, word) for word in words)


def shown(schema: Iterable[Fact], facts: Mapping[str, Any], verdicts: Sequence[Any] = ()) -> list[Field]:
    """The facts that are there, for reading, each with what the clauses say to it."""
    return [
        Field(
            key=fact.key,
            label=fact.label,
            unit=fact.unit,
            value=_words(fact, facts[fact.key]),
            verdicts=tuple(one for one in verdicts if _about(one, fact)),
        )
        for fact in schema
        if facts.get(fact.key) not in (None, "")
    ]


def _words(fact: Fact, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return plain(Decimal(str(value))) if fact.kind in (Kind.NUMBER, Kind.INTEGER) else str(value)
