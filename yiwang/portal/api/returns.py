"""Returns: those in the caller's scope, one with its figures and what the edit checks say, filled, handed in, reviewed.

Every operation is a verb of `areas.reporting`. `Idempotency-Key` makes a retry safe; the same figures handed in again while they
wait are the same submission anyway.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Header, Path, Query, Router, Schema

from yiwang.areas.reporting import actions
from yiwang.areas.reporting.actions import read_rows
from yiwang.areas.reporting.figures import scheme_of
from yiwang.areas.reporting.models import Return, ReturnState, Source
from yiwang.areas.reporting.opening import AREA
from yiwang.areas.reporting.schemes.cells import stored, value_of
from yiwang.areas.reporting.schemes.compiled import Compiled
from yiwang.core.flow.holding import first_time
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.kit.refusal import Refusal, Where
from yiwang.portal.api.callers import access_of

router = Router(tags=["报表"])
Id = Annotated[int, Path(ge=1, le=2**62)]
Key = Annotated[str, Header("", alias="Idempotency-Key", max_length=80)]
MOST = 200


class ReturnLine(Schema):
    """A return in a list."""

    id: int
    organ: int
    organ_name: str
    scheme: str
    period: str
    valid_from: date
    state: str
    due_date: date
    first_date: date | None
    version: int


class SaidOut(Schema):
    """What an edit check says. `mark` is the key under which a reason is given."""

    mark: str
    level: str
    text: str
    items: list[str]
    table: str
    row: int


class ReturnOut(ReturnLine):
    """A return in full: the draft, the figures handed in, and what stands against the draft."""

    values: dict[str, Any]
    rows: dict[str, list[dict[str, Any]]]
    reasons: dict[str, str]
    facts: dict[str, Any]
    said: list[SaidOut]


class ReturnsOut(Schema):
    """A page of returns. `next` is the `after` of the following page, or null."""

    returns: list[ReturnLine]
    next: int | None


class Asked(Schema):
    """Which returns, and where in them."""

    scheme: str = Field("", max_length=40)
    state: str = Field("", max_length=10)
    after: int = Field(0, ge=0, le=2**62)
    limit: int = Field(50, ge=1, le=MOST)


class Filled(Schema):
    """A whole draft: figures by item key as text or numbers, rows of floating tables, reasons by mark."""

    values: dict[str, str | int | float | None] = Field(default_factory=dict, max_length=2000)
    rows: dict[str, list[dict[str, str | int | float | None]]] = Field(default_factory=dict)
    reasons: dict[str, str] = Field(default_factory=dict, max_length=2000)


class Reviewed(Schema):
    """What a reviewer or the respondent does, with opinion or reason."""

    verb: Literal["submit", "withdraw", "accept", "send_back"]
    text: str = Field("", max_length=200)


def _line(row: Return) -> dict[str, Any]:
    return {
        "id": row.pk,
        "organ": row.organ_id,
        "organ_name": row.organ_name,
        "scheme": f"{row.period.scheme}/{row.period.revision.revision}",
        "period": row.period.name,
        "valid_from": row.period.valid_from,
        "state": row.state,
        "due_date": row.due_date,
        "first_date": row.first_date,
        "version": row.number,
    }


def _rows(access: Access) -> Any:
    access.need(access.may(Verb.READ, AREA), "查阅报表")
    return access.scope(Return.objects.select_related("period__revision", "organ", "current"))


def _whole(row: Return, access: Access) -> ReturnOut:
    said = actions.said_of(row, scheme_of(row.period.revision), access)
    return ReturnOut(
        **_line(row),
        values=row.draft.get("values", {}),
        rows=row.draft.get("rows", {}),
        reasons=row.draft.get("reasons", {}),
        facts=row.current.facts if row.current else {},
        said=[
            SaidOut(mark=one.mark, level=one.level, text=one.text, items=list(one.items), table=one.table, row=one.row)
            for one in said
        ],
    )


@router.get("/returns", response=ReturnsOut, summary="报表")
def listed(request: HttpRequest, page: Query[Asked]) -> ReturnsOut:
    """Returns in the caller's scope, by id."""
    if page.state and page.state not in ReturnState.values:
        raise Refusal("api.input", f"没有“{page.state}”这种状态。")
    rows = _rows(access_of(request)).filter(pk__gt=page.after)
    rows = rows.filter(period__scheme=page.scheme) if page.scheme else rows
    rows = rows.filter(state=page.state) if page.state else rows
    some = list(rows.order_by("pk")[: page.limit + 1])
    following = some[page.limit - 1].pk if len(some) > page.limit else None
    return ReturnsOut(returns=[ReturnLine(**_line(row)) for row in some[: page.limit]], next=following)


@router.get("/returns/{pk}", response=ReturnOut, summary="一份报表")
def one(request: HttpRequest, pk: Id) -> ReturnOut:
    """One return with its figures and what the edit checks say of the draft."""
    access = access_of(request)
    return _whole(get_object_or_404(_rows(access), pk=pk), access)


@router.put("/returns/{pk}", response=ReturnOut, summary="填写一份报表")
def fill(request: HttpRequest, pk: Id, body: Filled) -> ReturnOut:
    """Replace the draft. A figure that cannot be taken refuses all of it, by item; edit checks only speak."""
    access = access_of(request)
    row = get_object_or_404(_rows(access), pk=pk)
    draft = _draft(scheme_of(row.period.revision), body)
    done = actions.replace_draft(pk=pk, draft=draft, access=access, on=timezone.localdate())
    return _whole(done, access)


def _draft(one: Compiled, body: Filled) -> dict[str, Any]:
    items = {key: item for key, item in one.scheme.items.items() if not item.derived}
    strange = [key for key in body.values if key not in items] + [
        key for key in body.rows if key not in one.scheme.floating
    ]
    if strange:
        raise Refusal(
            "return.item", f"没有“{strange[0][:40]}”这个可填的指标或表。", where=Where(column=strange[0][:40])
        )
    values = {
        key: value_of(items[key], None if cell is None else str(cell), Where(column=key))
        for key, cell in body.values.items()
    }
    rows = {
        key: read_rows(
            one.scheme.floating[key],
            [{name: None if cell is None else str(cell) for name, cell in line.items()} for line in lines],
        )
        for key, lines in body.rows.items()
    }
    return {"values": stored(values), "rows": rows, "reasons": body.reasons}


@router.post("/returns/{pk}/acts", response=ReturnOut, summary="报送、撤回、审核、退回")
def act(request: HttpRequest, pk: Id, body: Reviewed, once: Key) -> ReturnOut:
    """One verb, under the caller's rights."""
    access, now, on = access_of(request), timezone.now(), timezone.localdate()
    get_object_or_404(_rows(access), pk=pk)
    with transaction.atomic():
        if first_time(access, once, "RETURN", (pk, body.verb, body.text), None):
            _act(pk, body, access, on, now)
    return one(request, pk)


def _act(pk: int, body: Reviewed, access: Access, on: date, now: Any) -> None:
    if body.verb == "submit":
        actions.submit(pk=pk, access=access, on=on, now=now, reason=body.text, source=Source.API)
    elif body.verb == "withdraw":
        actions.withdraw(pk=pk, access=access, now=now)
    elif body.verb == "accept":
        actions.accept(pk=pk, access=access, now=now, opinion=body.text)
    else:
        actions.send_back(pk=pk, reason=body.text, access=access, now=now)
