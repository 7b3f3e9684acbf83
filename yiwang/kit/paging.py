"""Pages by key: as quick on page 3,000 as on the first, and a count that stops at a cap. For any queryset."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from yiwang.kit.refusal import Refusal

SIZE = 50
CAP = 10_000


@dataclass(frozen=True)
class Page:
    """One page. `after` and `before` are the query strings of the pages beside it, or empty."""

    rows: list[tuple[Any, ...]]
    count: str
    after: str
    before: str


def page(
    rows: QuerySet[Any],
    paths: Sequence[str],
    params: Mapping[str, str],
    *,
    order: str = "pk",
    down: bool = False,
    size: int = SIZE,
) -> Page:
    """One page of `rows` as tuples of `paths`, in the order of `order` (a path that is never empty), then of the id.

    `params` are those of the address: `after` or `before` hold the key of a row, the others are kept in the links.
    At most two queries, one where everything fits on the page. Refusal `page.key` for a key that is none.
    """
    keys = list(dict.fromkeys([order, "pk"]))
    back, moved = "before" in params, "before" in params or "after" in params
    up = down is back
    columns = [*paths, *(key for key in keys if key not in paths)]
    try:
        cut = rows.filter(_beyond(keys, _key(params, len(keys)), up=up)) if moved else rows
        found = list(cut.order_by(*(key if up else f"-{key}" for key in keys)).values_list(*columns)[: size + 1])
    except (ValueError, ValidationError):  # a key of the wrong type, typed into the address
        raise _no_such_page() from None
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    places = [columns.index(key) for key in keys]
    link = _Links({key: value for key, value in params.items() if key not in ("after", "before") and value}, places)
    return Page(
        rows=found,
        count=f"{len(found):,}" if not more and not moved else capped(rows),
        after=link("after", found[-1]) if found and (more or back) else "",
        before=link("before", found[0]) if found and (more if back else moved) else "",
    )


def capped(rows: QuerySet[Any], cap: int = CAP) -> str:
    """How many rows, in words: "1,234", or "10,000+" where counting on would only cost time."""
    total = rows.order_by()[: cap + 1].count()
    return f"{cap:,}+" if total > cap else f"{total:,}"


def _beyond(keys: list[str], values: list[Any], *, up: bool) -> Q:
    """The rows beyond a key; the first condition is there for the index, the second for the ties."""
    sign = "gt" if up else "lt"
    if len(keys) == 1:
        return Q(**{f"{keys[0]}__{sign}": values[0]})
    first, second = keys
    tie = Q(**{f"{first}__{sign}": values[0]}) | Q(**{first: values[0], f"{second}__{sign}": values[1]})
    return Q(**{f"{first}__{sign}e": values[0]}) & tie


def _key(params: Mapping[str, str], length: int) -> list[Any]:
    try:
        values = json.loads(params.get("before") or params["after"])
    except (ValueError, KeyError):
        values = None
    if not isinstance(values, list) or len(values) != length or type(values[-1]) is not int:
        raise _no_such_page()
    if not all(isinstance(value, str | int) for value in values):
        raise _no_such_page()
    return values


def _no_such_page() -> Refusal:
    return Refusal("page.key", "页码不对,请从第一页翻起。")


@dataclass(frozen=True)
class _Links:
    kept: dict[str, str]
    places: list[int]

    def __call__(self, way: str, row: tuple[Any, ...]) -> str:
        key = [row[place] if isinstance(row[place], int) else str(row[place]) for place in self.places]
        return urlencode({**self.kept, way: json.dumps(key, ensure_ascii=False)})
