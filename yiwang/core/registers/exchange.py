"""Datasets that other systems may write: which register takes their rows, and which of its columns each value goes to.

Rows come in as they would from a workbook: the same reading of values, the same rights, the same refusals, all or
nothing. The same rows again change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from yiwang.core.datasets import get as dataset_of
from yiwang.core.registers import sight
from yiwang.core.registers.register import Register
from yiwang.core.registers.trial import Trial, checked, tried
from yiwang.core.registers.writing import apply
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.kit.refusal import Refusal, Where

#: Rows in one call.
MOST = 1000


@dataclass(frozen=True)
class Way:
    """The register that takes the rows of a dataset; `columns`: dataset column → register column."""

    dataset: str
    register: Register
    columns: Mapping[str, str]


#: (rows, access, business day, name of the delivery) → what came of it.
Writer = Callable[[list[Mapping[str, Any]], Access, date, str], "Done"]
_ways: dict[str, Way] = {}
_verbs: dict[str, tuple[Writer, str]] = {}


def accept_verb(dataset: str, write: Writer, *, area: str) -> None:
    """Declare a way in by a verb, for rows that do more than stand in a register: it checks, writes, posts the entry."""
    known = set(dataset_of(dataset).keys)
    if not known or _verbs.setdefault(dataset, (write, area))[0] is not write:
        raise ValueError(f"dataset {dataset} has two ways in")


def accept(dataset: str, register: Register, *, same: Iterable[str] = (), **columns: str) -> Way:
    """Declare the way in; `same`: columns that are called alike. A wrong column is a programming error."""
    pairs = {key: key for key in same if key in dataset_of(dataset).keys} | columns
    known, inputs = set(dataset_of(dataset).keys), {bound.key for bound in register.inputs}
    wrong = [f"{key} → {to}" for key, to in pairs.items() if key not in known or to not in inputs]
    if wrong:
        raise ValueError(f"dataset {dataset}: {', '.join(wrong)} does not fit {register.key}")
    return _ways.setdefault(dataset, Way(dataset, register, pairs))


def way_of(dataset: str) -> Way | None:
    """The way in, or None for a dataset that is only read."""
    return _ways.get(dataset)


def open_to(way: Way, access: Access) -> list[str]:
    """The columns of the dataset that who may write the register may fill."""
    closed = sight.closed(way.register, access)
    return [key for key, to in way.columns.items() if to not in closed]


def seen(dataset: str, values: Mapping[str, Any], access: Access) -> Mapping[str, Any]:
    """The values of a row as the access may see them: what its register hides is hidden here too."""
    way = way_of(dataset)
    hidden = sight.hidden(way.register, access) if way else frozenset()
    if way is None or not hidden:
        return values
    masks = {key: sight.left_out(way.register.of(to)) for key, to in way.columns.items() if to in hidden}
    return {key: masks[key](value) if key in masks else value for key, value in values.items()}


def writable() -> list[str]:
    """The datasets that may be written, in order."""
    return sorted({*_ways, *_verbs})


@dataclass(frozen=True)
class Done:
    """What came of it: counts, and every refusal with its row (1 is the first)."""

    trial: Trial
    entry: int | None = None


@transaction.atomic
def write(dataset: str, rows: list[Mapping[str, Any]], *, access: Access, on: date, about: str) -> Done:
    """Write the rows, all of them or none. `about` names the delivery in the ledger.

    Refusals `exchange.read-only`, `exchange.many`, `exchange.column`, `rights.denied`; those of rows are in the trial.
    """
    if dataset in _verbs:
        return _by_verb(dataset, rows, access, on, about)
    way = way_of(dataset)
    if way is None:
        raise Refusal("exchange.read-only", f"“{dataset_of(dataset).label}”只能读取;它的记录由平台里的办理产生。")
    register, area = way.register, way.register.key.partition(".")[0]
    access.need(access.may(register.writes, area), f"写入{register.label}")
    if not 0 < len(rows) <= MOST:
        raise Refusal("exchange.many", f"一次写入 1 到 {MOST} 行,请分批。")
    drafts = checked(register, access, [(place, _into(way, place, row)) for place, row in enumerate(rows, 1)])
    result = tried(drafts)
    if result.errors:
        return Done(result)
    body = access.facts(Verb.WRITE, area, dataset=dataset, rows=len(rows))
    _, entry = apply(register, drafts, actor=access.actor, verb="exchange", on=on, obj=about, **body)
    return Done(result, entry)


def _by_verb(dataset: str, rows: list[Mapping[str, Any]], access: Access, on: date, about: str) -> Done:
    """The same bounds as for registers, then the verb."""
    verb, area = _verbs[dataset]
    access.need(access.may(Verb.WRITE, area), f"写入{dataset_of(dataset).label}")
    if not 0 < len(rows) <= MOST:
        raise Refusal("exchange.many", f"一次写入 1 到 {MOST} 行,请分批。")
    known = set(dataset_of(dataset).keys)
    for place, row in enumerate(rows, 1):
        _known_columns(known, place, row)
    return verb(rows, access, on, about)


def _known_columns(known: Collection[str], place: int, row: Mapping[str, Any]) -> None:
    strange = [key for key in row if key not in known]
    if strange:
        raise Refusal(
            "exchange.column",
            f"第 {place} 行有数据集没有的列:{'、'.join(sorted(strange))[:80]}。",
            where=Where(row=place),
        )


def _into(way: Way, place: int, row: Mapping[str, Any]) -> dict[str, str]:
    """The row under the register's column names. What the register works out itself (the organ of a car) may be sent, and is left out."""
    _known_columns(set(dataset_of(way.dataset).keys), place, row)
    return {to: _text(row[key]) for key, to in way.columns.items() if key in row}


def _text(value: Any) -> str:
    return "" if value is None else str(value)
