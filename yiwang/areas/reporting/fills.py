"""Items that fill themselves: an aggregate over the rows of a dataset that belong to the respondent, as of the last day.

What the registers say is never more than the user may read: without the right to read the dataset's area nothing is taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from yiwang.areas.reporting.calendar import last_day
from yiwang.areas.reporting.models import Return
from yiwang.areas.reporting.schemes.cells import stored
from yiwang.areas.reporting.schemes.compiled import Compiled, Message, round_to, shown
from yiwang.areas.reporting.schemes.schema import Fill, Item
from yiwang.core.datasets import all_datasets
from yiwang.core.registers import computed
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.core.standards.rules import column_types
from yiwang.core.verdicts.sources import SourceRow, source_of, sourced
from yiwang.desk.kinds import resources
from yiwang.kit.expr import Expression, compile_expression


@dataclass(frozen=True)
class Taken:
    """What the registers say for an item: the figure, and the rows that it rests on."""

    value: Decimal | None
    rows: tuple[SourceRow, ...]


@lru_cache(maxsize=512)
def _expression(dataset: str, text: str) -> Expression:
    return compile_expression(text, column_types(all_datasets()[dataset]))


def may_take(fill: Fill, access: Access) -> bool:
    """Whether the register is there and the user may read it."""
    known = fill.dataset in sourced() or computed.is_computed(fill.dataset)
    return known and access.may(Verb.READ, fill.dataset.partition(".")[0])


def rows_of(dataset: str, row: Return, access: Access) -> list[SourceRow]:
    """The rows of a dataset that belong to the respondent: only its own subjects are asked of the source.

    A register is read as it stands on the period's last day; a dataset that is worked out, over the period.
    """
    if computed.is_computed(dataset):
        return _computed(dataset, row, access)
    subjects: set[str] = set()
    for resource in resources():
        for feed in resource.feeds:
            if feed.dataset == dataset:
                rows = access.scope(resource.model._default_manager.filter(organ=row.organ_id))
                keys = rows.values_list(*feed.subject).order_by().distinct()
                subjects |= {":".join(map(str, key)) for key in keys if None not in key}
    if not subjects:
        return []
    found = source_of(dataset)(on=last_day(row.period.valid_to), subjects=sorted(subjects))
    return [one for one in found if one.organ_id == row.organ_id]


def _computed(dataset: str, row: Return, access: Access) -> list[SourceRow]:
    since, until = row.period.valid_from, row.period.valid_to
    known = all_datasets()[dataset]
    keys = [column.key for column in known.columns]
    found = []
    for one in computed.figures(dataset, within=row.organ, since=since, until=until, access=access):
        if one[computed.ORGAN] != row.organ_id:
            continue
        subject = [str(one.get(key)) for key in known.subject]
        found.append(
            SourceRow(
                subject=":".join(subject),
                label=" · ".join(subject),
                organ_id=row.organ_id,
                region=row.organ.region_id,
                on=last_day(until),
                values={key: _exact(one.get(key)) for key in keys},
                url=str(one.get("url") or ""),
            )
        )
    return found


def _exact(value: Any) -> Any:
    """Whole numbers as the expressions reckon with them."""
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _figure(fill: Fill, rows: Iterable[SourceRow]) -> Taken:
    kept = tuple(one for one in rows if not fill.where or _expression(fill.dataset, fill.where).run(one.values) is True)
    if fill.take == "count":
        return Taken(Decimal(len(kept)), kept)
    figures = [_expression(fill.dataset, fill.value).run(one.values) for one in kept]
    known = [figure for figure in figures if figure is not None]
    if not known or (fill.take == "one" and len(known) > 1):
        return Taken(None, kept)
    return Taken(sum(known, Decimal(0)), kept)


def taken(row: Return, one: Compiled, access: Access) -> dict[str, Taken]:
    """What the registers say, by item; each dataset is read once."""
    held: dict[str, list[SourceRow]] = {}
    found: dict[str, Taken] = {}
    for key, item in one.scheme.items.items():
        if item.fill and may_take(item.fill, access):
            name = item.fill.dataset
            if name not in held:
                held[name] = rows_of(name, row, access)
            figure = _figure(item.fill, held[name])
            found[key] = Taken(_rounded(item, figure.value), figure.rows)
    return found


def _rounded(item: Item, value: Decimal | None) -> Decimal | None:
    return None if value is None else round_to(value, 0 if item.type == "integer" else item.places)


def as_stored(found: dict[str, Taken]) -> dict[str, Any]:
    """The figures as a draft keeps them."""
    return stored({key: one.value for key, one in found.items()})


def differing(row: Return, one: Compiled, access: Access) -> list[Message]:
    """Soft messages where a figure is not what the registers say."""
    values = row.draft.get("values", {})
    found = []
    for key, figure in as_stored(taken(row, one, access)).items():
        if key in values and Decimal(values[key]) != Decimal(figure):
            label = one.scheme.items[key].label
            text = f"“{label}”填的是 {shown(Decimal(values[key]))},台账是 {shown(Decimal(figure))}。"
            found.append(Message(f"fill_{key}", "soft", text, (key,)))
    return found
