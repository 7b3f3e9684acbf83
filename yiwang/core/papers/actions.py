"""Issuing and voiding. Each: one transaction, rights checked by the kind's guard, one entry.

Refusals: `paper.kind`, `paper.denied` (no such record, or not one's own), `paper.state`, `paper.reason`.
"""

from __future__ import annotations

import json
import secrets
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import F, QuerySet

from yiwang.core.ledger.post import post
from yiwang.core.papers import kinds
from yiwang.core.papers.models import Paper, PaperState, Series
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User, Verb
from yiwang.kit.digest import canonical, digest
from yiwang.kit.prepared import prepared
from yiwang.kit.refusal import Refusal

#: Letters and figures that nobody mistakes for another; 26 of them hold 128 bits.
ALPHABET, LENGTH = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ", 26


@transaction.atomic
def issue(*, kind: str, pk: int, access: Access, on: date, now: datetime) -> Paper:
    """Issue a paper about a record: its facts as they are now, under the next number of the kind and year.

    The number is taken by an UPDATE of the series' row, which holds everybody else until the commit: no two alike, and
    none left out, since a number goes back when the transaction does.
    """
    found = _allowed(kind, pk, access)
    assert isinstance(access.user, User)
    facts = canonical(facts_of(found, pk))
    paper = Paper(kind=kind, subject=pk, year=on.year, number=_next(kind, on.year), word=found.word, title=found.title)
    paper.organ, paper.user, paper.issued_date, paper.issued_at = found.organ(pk), access.user, on, now
    paper.facts, paper.digest, paper.code = facts, digest(facts.encode()).hex(), new_code()
    paper.labels = found.labels_of(pk)
    paper.place()
    paper.save()
    body = {"number": paper.full_number, "subject": f"{kind}:{pk}", "digest": paper.digest}
    post(actor=access.actor, act="papers.paper.issue", obj=f"papers.paper:{paper.pk}", body=body)
    return paper


def _next(kind: str, year: int) -> int:
    Series.objects.get_or_create(kind=kind, year=year)
    series = Series.objects.filter(kind=kind, year=year)
    series.update(last=F("last") + 1)
    return series.get().last


def new_code() -> str:
    """A code that cannot be guessed."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def facts_of(kind: kinds.PaperKind, pk: int) -> dict[str, Any]:
    """The record's facts now, as JSON values. Refusal `paper.denied` where it is gone."""
    try:
        facts: dict[str, Any] = json.loads(canonical(kind.facts(pk)))
    except (LookupError, ObjectDoesNotExist):
        raise _denied() from None
    return facts


def _allowed(kind: str, pk: int, access: Access) -> kinds.PaperKind:
    if not kinds.known(kind):
        raise Refusal("paper.kind", "没有这种单据。")
    if not isinstance(access.user, User) or not kinds.get(kind).guard(access, pk):
        raise _denied()
    return kinds.get(kind)


def _denied() -> Refusal:
    return Refusal("paper.denied", "没有这条记录,或您不能为它开具单据。")


@transaction.atomic
def void(*, paper: int, reason: str, access: Access, now: datetime) -> Paper:
    """Declare a paper void: who issued it, or a manager of the organ that did."""
    row = readable(access, paper)
    if row is None:
        raise _denied()
    access.need(may_void(row, access), "作废单据")
    if not reason.strip():
        raise Refusal("paper.reason", "请填写作废原因。")
    good = Paper.objects.filter(pk=row.pk, state=PaperState.ISSUED)
    if not good.update(state=PaperState.VOID, void_reason=reason.strip()[:200], voided_at=now):
        raise Refusal("paper.state", "这份单据已经作废。")
    row.refresh_from_db()
    body = {"number": row.full_number, "reason": row.void_reason}
    post(actor=access.actor, act="papers.paper.void", obj=f"papers.paper:{row.pk}", body=body)
    return row


def may_void(paper: Paper, access: Access) -> bool:
    """Whether the user may declare it void; in the area that the paper is of, not in any."""
    manages = access.holds(paper, Verb.WRITE) and access.holds(paper, Verb.APPROVE)
    return paper.user_id == access.user.pk or manages


def readable(access: Access, pk: int) -> Paper | None:
    """The paper if the user may see what it is about; a stranger's is not there at all."""
    row = Paper.objects.filter(pk=pk).select_related("organ", "user").first()
    known = row is not None and kinds.known(row.kind)
    return row if row is not None and known and kinds.get(row.kind).guard(access, row.subject) else None


def of(kind: str, pk: int) -> list[Paper]:
    """The papers about a record, the latest first. Whoever shows the record may show them."""
    return _about(kind=kind, subject=pk)


@prepared
def _about(kind: str, subject: int) -> QuerySet[Paper]:
    return Paper.objects.filter(kind=kind, subject=subject).select_related("user").order_by("-pk")
