"""Uploaded workbooks taken, each with a receipt (回执): what was taken, what was refused, and by which number that is found.

A receipt of a refusal is no act and posts no entry; handing in posts its own. The same file again is the same submission: it is
answered with the receipt that it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models, transaction

from yiwang.areas.reporting import actions
from yiwang.areas.reporting.figures import scheme_of
from yiwang.areas.reporting.models import HANDED_IN, Outcome, Receipt, ReportingPeriod, Return, ReturnVersion, Source
from yiwang.areas.reporting.opening import AREA
from yiwang.areas.reporting.workbook import Read
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User, Verb

#: Sentences that a receipt keeps; all are counted.
SAID = 200


@dataclass(frozen=True)
class File:
    """An uploaded file: its name and the digest of its bytes."""

    name: str
    digest: str


def visible(access: Access) -> models.QuerySet[Receipt]:
    """The receipts of returns that the user may read, and his own."""
    rows = Receipt.objects.select_related("period__revision", "return_row", "version", "user", "whole")
    if not access.may(Verb.READ, AREA):
        return rows.none()
    return rows.filter(models.Q(return_row__in=access.scope(Return.objects.all())) | models.Q(user=access.user.pk))


def standing(row: Return, file: File, *, submit: bool) -> Receipt | None:
    """The receipt that the file has already, while what it brought still stands."""
    found = row.receipts.filter(digest=file.digest).exclude(outcome=Outcome.REFUSED).order_by("-pk").first()
    if found is None:
        return None
    if found.outcome == Outcome.HANDED:
        return found if row.state in HANDED_IN and found.version_id == row.current_id else None
    return found if not submit and found.mark == row.mark else None


def _receipt(row: Return, file: File, access: Access, now: datetime, **facts: Any) -> Receipt:
    assert isinstance(access.user, User)
    said: Sequence[str] = facts.pop("said", ())
    return Receipt.objects.create(
        period_id=row.period_id,
        return_row=row,
        unit=row.organ_name,
        user=access.user,
        at=now,
        file_name=file.name[-120:],
        digest=file.digest,
        refused=len(said),
        said=[one[:400] for one in said[:SAID]],
        **facts,
    )


def begin(period: ReportingPeriod, file: File, *, access: Access, now: datetime) -> Receipt:
    """The receipt over all units of a workbook; until `finish` it says that it is not done."""
    assert isinstance(access.user, User)
    return Receipt.objects.create(
        period=period,
        unit="多个单位",
        user=access.user,
        at=now,
        file_name=file.name[-120:],
        digest=file.digest,
        outcome=Outcome.REFUSED,
        said=["处理没有完成,请再传一次同一份表格;已经收下的不会重复。"],
    )


@transaction.atomic
def finish(whole: Receipt, parts: Sequence[Receipt], said: Sequence[str]) -> Receipt:
    """Count the units: `taken` those that were handed in or taken. Where all of it was known, the receipt that it had."""
    first = parts[0].whole if parts else None
    if first and first != whole and not said and all(part.whole_id == first.pk for part in parts):
        whole.delete()
        return first
    outcomes = {part.outcome for part in parts} | ({Outcome.REFUSED} if said or not parts else set())
    whole.outcome = Outcome.TAKEN if len(outcomes) > 1 else outcomes.pop()
    whole.taken = sum(1 for part in parts if part.outcome != Outcome.REFUSED)
    whole.refused = len(parts) - whole.taken + len(said)
    whole.said = [one[:400] for one in said[:SAID]] if parts or said else ["表格里没有填任何单位的数。"]
    whole.save()
    return whole


def refuse(
    row: Return, file: File, said: Sequence[str], *, access: Access, now: datetime, whole: Receipt | None = None
) -> Receipt:
    """The receipt of a workbook of which nothing was taken."""
    return _receipt(row, file, access, now, outcome=Outcome.REFUSED, said=said, whole=whole)


@transaction.atomic
def take(
    *,
    pk: int,
    read: Read,
    file: File,
    submit: bool,
    access: Access,
    on: date,
    now: datetime,
    whole: Receipt | None = None,
) -> Receipt:
    """The figures of a sound workbook become the draft; with `submit` they are handed in if nothing stands against it.

    Refusals as of `actions.submit`; then nothing has changed.
    """  # fmt: skip
    row = actions.held(pk, access, Verb.WRITE, "填报")
    if known := standing(row, file, submit=submit):
        return known
    if version := _said_already(row, read):
        return _taken(row, read, file, access, now, version=version, whole=whole)
    actions.need_fillable(row, on)
    actions.put_draft(row, access, read.draft)
    one = scheme_of(row.period.revision)
    said = actions.unsettled(actions.said_of(row, one, access), row.draft["reasons"])
    words = [message.text for message in said]
    if submit and row.accepted:
        words.append("报表曾经审核通过,更正请在报表页面写明原因后报送。")
    if submit and not words:
        version = actions.hand_in(row, one, access=access, on=on, now=now, reason="", source=Source.WORKBOOK)
    else:
        row.save(update_fields=["draft", "mark", "draft_by", "state"])
    return _taken(row, read, file, access, now, version=version, whole=whole, said=words)


def _said_already(row: Return, read: Read) -> ReturnVersion | None:
    """The version that was handed in or accepted, where the workbook says the same."""
    same = row.state in HANDED_IN and row.current and row.current.digest == actions.digest_of(read.draft)
    return row.current if same else None


def _taken(
    row: Return, read: Read, file: File, access: Access, now: datetime, *, version: ReturnVersion | None, **facts: Any
) -> Receipt:
    figures = len(read.draft["values"]) + sum(len(line) for lines in read.draft["rows"].values() for line in lines)
    outcome = Outcome.HANDED if version else Outcome.TAKEN
    return _receipt(row, file, access, now, outcome=outcome, version=version, mark=row.mark, taken=figures, **facts)
