"""Computed datasets: the rows that a query works out for the caller's organ, or one below it, over a period."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from yiwang.core.datasets import all_datasets
from yiwang.core.registers import computed
from yiwang.kit.refusal import Refusal
from yiwang.portal.api.callers import access_of

router = Router(tags=["数据集"])
#: The longest period that one call answers for.
LONGEST = timedelta(days=5 * 366)


class Period(Schema):
    """[since, until), this year without; `organ`: one below the caller's, its own without."""

    since: date | None = None
    until: date | None = None
    organ: int | None = Field(None, ge=1)


class FiguresOut(Schema):
    """The rows of a subtree; numbers as text, exact."""

    dataset: str
    since: date
    until: date
    rows: list[dict[str, Any]]


@router.get("/{key}/figures", response=FiguresOut, summary="算出的数据集")
def figures(request: HttpRequest, key: str, given: Query[Period]) -> FiguresOut:
    """The rows of a computed dataset. Refusals `api.unknown`, `dataset.no-figures`, `dataset.period`, `rights.denied`."""
    access, today = access_of(request), timezone.localdate()
    if key not in all_datasets():
        raise Refusal("api.unknown", "没有这个数据集。")
    if not computed.is_computed(key):
        raise Refusal("dataset.no-figures", "这个数据集不是算出来的,请读它的行(rows)。")
    since, until = given.since or date(today.year, 1, 1), given.until or date(today.year + 1, 1, 1)
    if not timedelta() < until - since <= LONGEST:
        raise Refusal("dataset.period", "起止日期不对:止要晚于起,一次最多五年。")
    within = access.organs().filter(pk=given.organ).first() if given.organ else access.organ
    if within is None:
        raise Refusal("rights.denied", "没有这个单位,或不在您的范围内。")
    rows = computed.figures(key, within=within, since=since, until=until, access=access)
    return FiguresOut(dataset=key, since=since, until=until, rows=[_plain(row) for row in rows])


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value if value is None or isinstance(value, str) else str(value) for name, value in row.items()}
