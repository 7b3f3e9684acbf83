"""Datasets: their columns, their rows in the caller's scope, and what the judge says of them. Pages by key.

The subjects of a dataset are those that the registers feeding it declare (`Resource.feeds`), taken in the order of
their keys within the scope; each page asks the dataset's source for its subjects only.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Annotated, Any

from django.db import models, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Header, Query, Router, Schema, Status

from yiwang.core.datasets import Dataset, all_datasets
from yiwang.core.datasets.exchange import named
from yiwang.core.flow.holding import first_time
from yiwang.core.orgs.models import Organ
from yiwang.core.registers.exchange import Done, open_to, seen, way_of, write
from yiwang.core.registers.trial import Trial
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.core.verdicts.judging import judge_rows
from yiwang.core.verdicts.sources import SourceRow, source_of, sourced
from yiwang.desk.kinds import Feed, Resource, resources
from yiwang.kit.refusal import Refusal
from yiwang.portal.api.callers import access_of

router = Router(tags=["数据集"])
Place = tuple[int | str, ...]
Key = Annotated[str, Header("", alias="Idempotency-Key", max_length=80)]
MOST = 1000
#: Rows in one writing.
WRITTEN = 1000


class ColumnOut(Schema):
    """One column."""

    key: str
    label: str
    type: str
    unit: str
    vocabulary: str
    choices: list[str]
    required: bool


class DatasetOut(Schema):
    """One dataset. `readable`: registers feed it and the caller may read them. `writable`: the columns that may be written."""

    key: str
    label: str
    note: str
    subject: list[str]
    readable: bool
    writable: list[str]
    columns: list[ColumnOut]


class RowOut(Schema):
    """One row: its subject, whose it is, the day and place whose rules judge it, and the values by column."""

    subject: str
    organ: int
    region: str
    on: date
    values: dict[str, Any]


class RowsOut(Schema):
    """A page of rows. `next` is the `after` of the following page, or null."""

    dataset: str
    on: date
    rows: list[RowOut]
    next: str | None


class VerdictOut(Schema):
    """A verdict with its clause and figure."""

    subject: str
    label: str
    kind: str
    clause: str
    document: str
    article: str
    measure: str | None
    limit: str | None
    excess: str | None
    unit: str
    message: str


class VerdictsOut(Schema):
    """A page of verdicts."""

    dataset: str
    on: date
    verdicts: list[VerdictOut]
    next: str | None


class Sent(Schema):
    """Rows to write, each by the keys of the columns (or by the fields of the mapping)."""

    rows: list[dict[str, Any]] = Field(..., max_length=WRITTEN, description="每行的列;金额单位元,日期写成 2026-03-01")
    map: str = Field("", max_length=60, description="按哪个映射的字段名写,空着用平台的列名")
    on: date | None = Field(None, description="业务日期,默认今天")


class FaultOut(Schema):
    """What is wrong with a row (1 is the first)."""

    code: str
    message: str
    row: int | None
    column: str


class WrittenOut(Schema):
    """What was written."""

    dataset: str
    total: int
    created: int
    changed: int
    unchanged: int
    entry: int | None


class FaultsOut(Schema):
    """Nothing was written: a refusal as every other, with what is wrong row by row."""

    code: str
    message: str
    where: dict[str, Any]
    clause: str
    faults: list[FaultOut]


class Paged(Schema):
    """Where in the rows, and as of which day; under whose names."""

    map: str = Field("", max_length=60, description="按哪个映射的字段名给出,空着用平台的列名")

    on: date | None = Field(None, description="业务日期,默认今天")
    after: str = Field("", max_length=500, description="上一页的 next")
    limit: int = Field(100, ge=1, le=MOST)


def _out(dataset: Dataset, access: Access) -> DatasetOut:
    return DatasetOut(
        key=dataset.key,
        label=dataset.label,
        note=dataset.note,
        subject=list(dataset.subject),
        readable=_readable(dataset.key, access),
        writable=_writable(dataset.key, access),
        columns=[
            ColumnOut(
                key=one.key,
                label=one.label,
                type=one.kind.value,
                unit=one.unit,
                vocabulary=one.vocabulary,
                choices=list(one.choices),
                required=one.required,
            )
            for one in dataset.columns
        ],
    )


def _readable(key: str, access: Access) -> bool:
    return key in sourced() and bool(feeds_of(key)) and access.may(Verb.READ, key.partition(".")[0])


def _writable(key: str, access: Access) -> list[str]:
    way = way_of(key)
    allowed = way is not None and access.may(way.register.writes, way.register.key.partition(".")[0])
    return open_to(way, access) if way and allowed else []


def feeds_of(key: str) -> list[tuple[Resource, Feed]]:
    """The registers that feed a dataset, each with the paths to the subjects."""
    return [(resource, feed) for resource in resources() for feed in resource.feeds if feed.dataset == key]


def _opened(key: str, access: Access) -> None:
    """Refusals `api.unknown`, `rights.denied`, `dataset.no-register`."""
    if key not in all_datasets():
        raise Refusal("api.unknown", "没有这个数据集。")
    access.need(access.may(Verb.READ, key.partition(".")[0]), "查阅数据集")
    if not _readable(key, access):
        raise Refusal("dataset.no-register", "这个数据集还没有台账提供数据,可用表格核对(yiwang check)。")


def _after(text: str, width: int) -> Place:
    """The key of the last row of the page before; empty for the first page. Refusal `page.key`."""
    if not text:
        return ()
    try:
        parts = json.loads(text)
    except (ValueError, RecursionError):
        parts = None
    fits = isinstance(parts, list) and len(parts) == width
    if not fits or not all(type(one) in (int, str) and "\0" not in str(one) for one in parts):
        raise _no_page()
    return tuple(parts)


def _no_page() -> Refusal:
    return Refusal("page.key", "页码不对,请从第一页翻起。")


def _beyond(paths: tuple[str, ...], key: Place) -> Q:
    """Keys greater than this one, part by part."""
    beyond = Q(pk__in=[]) if key else Q()
    for place, value in enumerate(key):
        same = {path: key[index] for index, path in enumerate(paths[:place])}
        beyond |= Q(**same, **{f"{paths[place]}__gt": value})
    return beyond


def _keys(rows: models.QuerySet[Any], paths: tuple[str, ...], after: Place, many: int) -> list[Place]:
    """The next keys of one register within the scope."""
    there = {f"{path}__isnull": False for path in paths}
    try:
        found = rows.filter(_beyond(paths, after), **there).order_by(*paths).values_list(*paths).distinct()
        return list(found[:many])
    except (ValueError, OverflowError, TypeError):  # a key of the wrong type, typed into the address
        raise _no_page() from None


def subjects(key: str, access: Access, after: str, limit: int) -> tuple[list[str], str | None]:
    """The subjects of a page in the order of their keys, and the `after` of the next one."""
    feeds = feeds_of(key)
    width = len(feeds[0][1].subject)
    start = _after(after, width)
    lists = [
        _keys(access.scope(resource.model._default_manager.all()), feed.subject, start, limit + 1)
        for resource, feed in feeds
    ]
    try:
        merged = [one for one, _ in groupby(heapq.merge(*lists))][: limit + 1]
    except TypeError:  # two registers that name their subjects differently: a fault of ours, found by the tests
        raise ValueError(f"dataset {key}: its feeds do not agree on the subject") from None
    page = merged[:limit]
    following = json.dumps(list(page[-1])) if len(merged) > limit else None
    return [":".join(map(str, one)) for one in page], following


def _rows(key: str, some: list[str], access: Access, on: date) -> list[SourceRow]:
    """The rows of these subjects that lie in the scope, in the order of the subjects."""
    found = list(source_of(key)(on=on, subjects=some)) if some else []
    organs = set(
        access.scope(Organ.objects.filter(pk__in={row.organ_id for row in found})).values_list("pk", flat=True)
    )
    place = {subject: number for number, subject in enumerate(some)}
    return sorted((row for row in found if row.organ_id in organs), key=lambda row: place[row.subject])


def _values(key: str, row: SourceRow, access: Access) -> dict[str, Any]:
    return _plain(dict(seen(key, row.values, access)))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Figures as text: exact, and the same in every language."""
    return {
        key: value if value is None or isinstance(value, str | bool) else str(value) for key, value in values.items()
    }


@router.get("", response=list[DatasetOut], summary="全部数据集")
def listed(request: HttpRequest) -> Iterable[DatasetOut]:
    """Every dataset with its columns: label, type, unit, vocabulary."""
    access = access_of(request)
    return [_out(one, access) for one in all_datasets().values()]


@router.get("/{key}", response=DatasetOut, summary="一个数据集")
def one(request: HttpRequest, key: str) -> DatasetOut:
    """One dataset with its columns."""
    access = access_of(request)
    if key not in all_datasets():
        raise Refusal("api.unknown", "没有这个数据集。")
    return _out(all_datasets()[key], access)


@router.get("/{key}/rows", response=RowsOut, summary="数据集的行")
def rows(request: HttpRequest, key: str, page: Query[Paged]) -> RowsOut:
    """Rows in the caller's scope as they stand on a day. A page may hold fewer than `limit`; the end is `next: null`."""
    access, on = access_of(request), page.on or timezone.localdate()
    _opened(key, access)
    table = named(page.map).table(key) if page.map else None
    some, following = subjects(key, access, page.after, page.limit)
    out = [
        RowOut(
            subject=row.subject,
            organ=row.organ_id,
            region=row.region,
            on=row.on,
            values=table.out(_values(key, row, access)) if table else _values(key, row, access),
        )
        for row in _rows(key, some, access, on)
    ]
    return RowsOut(dataset=key, on=on, rows=out, next=following)


@router.post("/{key}/rows", response={200: WrittenOut, 422: FaultsOut}, summary="写入数据集的行")
def written(request: HttpRequest, key: str, body: Sent, once: Key) -> Status[Any]:
    """Write rows through the register, all or none: its reading of values, its rights, its refusals.

    The same rows again change nothing; the same `Idempotency-Key` with other rows is refused.
    """
    access = access_of(request)
    if key not in all_datasets():
        raise Refusal("api.unknown", "没有这个数据集。")
    rows: list[Mapping[str, Any]] = list(body.rows)
    if body.map:
        table = named(body.map).table(key)
        rows = [table.into(row, place) for place, row in enumerate(body.rows, 1)]
    with transaction.atomic():
        first_time(access, once, "EXCHANGE", (key, rows), None)
        done = write(key, rows, access=access, on=body.on or timezone.localdate(), about=f"exchange:{once or key}"[:80])
        if done.trial.errors:
            transaction.set_rollback(True)
    return Status(422, _faults(done.trial)) if done.trial.errors else Status(200, _done(key, done))


def _done(key: str, done: Done) -> WrittenOut:
    trial = done.trial
    return WrittenOut(
        dataset=key,
        total=trial.total,
        created=trial.created,
        changed=trial.changed,
        unchanged=trial.unchanged,
        entry=done.entry,
    )


def _faults(trial: Trial) -> FaultsOut:
    wrong = len({one.where.row for one in trial.errors})
    said = Refusal("exchange.rows", f"{trial.total} 行中有 {wrong} 行不能写入,没有写入任何一行,请改正后重发。")
    faults = [
        FaultOut(code=one.code, message=one.message, row=one.where.row, column=one.where.column or "")
        for one in trial.errors[:WRITTEN]
    ]
    return FaultsOut(**said.as_dict(), faults=faults)


@router.get("/{key}/verdicts", response=VerdictsOut, summary="数据集的判定")
def verdicts(request: HttpRequest, key: str, page: Query[Paged]) -> VerdictsOut:
    """Every verdict on the rows of a page, those within too, each with clause, figure and limit."""
    access, on = access_of(request), page.on or timezone.localdate()
    _opened(key, access)
    some, following = subjects(key, access, page.after, page.limit)
    found = judge_rows(key, _rows(key, some, access, on), on=on, everything=True)[1]
    out = [
        VerdictOut(
            subject=judged.row.subject,
            label=judged.row.label,
            kind=judged.verdict.kind.value,
            clause=judged.verdict.clause,
            document=judged.verdict.document,
            article=judged.verdict.article or "",
            measure=_text(judged.verdict.measure),
            limit=_text(judged.verdict.limit),
            excess=_text(judged.verdict.excess),
            unit=judged.verdict.unit or "",
            message=judged.verdict.message,
        )
        for judged in found
    ]
    return VerdictsOut(dataset=key, on=on, verdicts=out, next=following)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
