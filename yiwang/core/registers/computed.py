"""Datasets whose rows are worked out by query for a subtree and a period: what areas read of one another, by name.

`core.verdicts.sources` gives the rows of a register as they stand on a day, for judging; here are sums. An area registers
its query in `sources.py`; another asks for the dataset by its key and never imports it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Protocol

from yiwang.core.datasets import get as dataset_of
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb

#: What every row says beside the columns of its dataset: the organ's id; `organ` is its name, `region` its code;
#: `url`, where there is one, the page that shows what the row rests on.
ORGAN = "organ_id"


class Figures(Protocol):
    """The rows of `within` and all below it, over the half-open [since, until). In sets: no query per row.

    A row is what its organ alone has, so that the rows of a subtree add up to the subtree's figure.
    """

    def __call__(self, *, within: Organ, since: date, until: date) -> Iterable[Mapping[str, Any]]: ...


_figures: dict[str, Figures] = {}


def register_computed(dataset: str, rows: Figures) -> None:
    """Declare the query behind a dataset. A second one, or a dataset that is not declared, is a programming error."""
    dataset_of(dataset)
    if _figures.setdefault(dataset, rows) is not rows:
        raise ValueError(f"dataset {dataset} has two queries")


def is_computed(dataset: str) -> bool:
    """Whether some area answers for it; False where that area is not installed."""
    return dataset in _figures


def computed_keys() -> list[str]:
    """The datasets that have a query, in order."""
    return sorted(_figures)


def figures(
    dataset: str, *, within: Organ, since: date, until: date, access: Access | None = None
) -> list[dict[str, Any]]:
    """The rows of a dataset for an organ and all below it, over [since, until).

    With `access` the user must be able to read the area of the dataset there: refusal `rights.denied`. Without, the
    caller has checked the organ in a right of its own (a return that is filled in): rows are sums, nobody's data.
    KeyError for a dataset that nobody answers for; ValueError for a period that is empty.
    """
    if until <= since:
        raise ValueError("the period is empty")
    if access is not None:
        area = dataset.partition(".")[0]
        inside = access.may(Verb.READ, area) and access.organs().filter(pk=within.pk).exists()
        access.need(inside, f"查看“{dataset_of(dataset).label}”")
    return [dict(row) for row in _figures[dataset](within=within, since=since, until=until)]
