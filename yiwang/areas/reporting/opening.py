"""布置: schemes of an organ, periods opened down the tree as of their last day, closed and locked.

Each verb: one transaction, one entry. Refusals `return.scheme-state`, `.period-start`, `.period-once`, `.nobody`,
`.period-closed`, `check.*`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from yiwang.areas.reporting.calendar import last_day, stop_of
from yiwang.areas.reporting.figures import peer_figures, scheme_of
from yiwang.areas.reporting.models import (
    PATH,
    PeerFigures,
    PeriodState,
    ReportingPeriod,
    Return,
    ReturnEvent,
    ReturnState,
    RevisionState,
    SchemeRevision,
)
from yiwang.areas.reporting.schemes.reading import in_force, parsed
from yiwang.areas.reporting.schemes.schema import Scheme
from yiwang.core.ledger.post import post
from yiwang.core.orgs.ancestors import columns_of
from yiwang.core.orgs.models import Organ
from yiwang.core.orgs.tree import Node, tree_as_of
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.kit.bulk import insert
from yiwang.kit.digest import canonical, digest, merkle_root
from yiwang.kit.refusal import Refusal

AREA = "reporting"


def configurer(access: Access) -> Organ:
    """The organ for which the user may configure. Refusal `rights.denied`."""
    access.need(access.may(Verb.CONFIGURE, AREA), "布置报表")
    assert access.organ is not None
    return access.organ


@transaction.atomic
def adopt(*, key: str, access: Access, on: date) -> SchemeRevision:
    """Take a shipped scheme, in the revision in force on the day, for one's own; the same again is found, not made anew."""
    organ = configurer(access)
    scheme, text = in_force(key, on)
    known = SchemeRevision.objects.filter(organ=organ, key=scheme.key, revision=scheme.revision).first()
    return known or _kept(scheme, text, organ, access, "adopt", state=RevisionState.ISSUED, shipped=True)


@transaction.atomic
def save_scheme(*, text: str, access: Access, revision: int = 0) -> SchemeRevision:
    """A draft from its YAML: a new one, or (with `revision`) a draft changed. An issued one is not changed."""
    organ = configurer(access)
    scheme = parsed(text)
    if revision:
        row = own_revision(revision, access)
        if row.state != RevisionState.DRAFT:
            raise Refusal("return.scheme-state", f"“{row}”已发布,不能再改;请改 revision 和 valid_from 后另存一版。")
        for name, value in _columns(scheme, text).items():
            setattr(row, name, value)
        _refuse_twice(scheme, organ, row.pk)
        row.save()
        _post(access, row, "change")
        return row
    return _kept(scheme, text, organ, access, "draft")


def _refuse_twice(scheme: Scheme, organ: Organ, but: int = 0) -> None:
    others = SchemeRevision.objects.filter(organ=organ, key=scheme.key, revision=scheme.revision).exclude(pk=but)
    if others.exists():
        raise Refusal("return.scheme-twice", f"已有 {scheme.name},请换一个 revision。")


def _columns(scheme: Scheme, text: str) -> dict[str, Any]:
    return {
        "key": scheme.key,
        "revision": scheme.revision,
        "title": scheme.title,
        "kind": scheme.period,
        "valid_from": scheme.valid_from,
        "valid_to": scheme.valid_to,
        "text": text,
    }


def _kept(scheme: Scheme, text: str, organ: Organ, access: Access, verb: str, **more: Any) -> SchemeRevision:
    _refuse_twice(scheme, organ)
    row = SchemeRevision(organ=organ, **_columns(scheme, text), **more)
    row.place()
    row.save()
    _post(access, row, verb)
    return row


def _post(access: Access, row: SchemeRevision, verb: str) -> None:
    body = {"scheme": f"{row.key}/{row.revision}", "digest": digest(row.text.encode()).hex()}
    post(actor=access.actor, act=f"reporting.scheme.{verb}", obj=f"reporting.scheme:{row.pk}", body=body)


def own_revision(pk: int, access: Access) -> SchemeRevision:
    """A revision of the organ that the user works for, locked. Refusal `rights.denied`."""
    row = SchemeRevision.objects.select_for_update().filter(pk=pk, organ=configurer(access)).first()
    if row is None:
        raise Refusal("rights.denied", "没有这份报表制度,或不是本单位的。")
    return row


@transaction.atomic
def issue_scheme(*, revision: int, access: Access) -> SchemeRevision:
    """Publish a draft: from now on periods may be opened by it, and it does not change any more."""
    row = own_revision(revision, access)
    if row.state != RevisionState.DRAFT:
        raise Refusal("return.scheme-state", f"“{row}”现为“{row.get_state_display()}”,只有草稿能发布。")
    row.state = RevisionState.ISSUED
    row.save(update_fields=["state"])
    _post(access, row, "issue")
    return row


@transaction.atomic
def open_period(
    *, revision: int, start: date, access: Access, now: datetime, due: date | None = None
) -> ReportingPeriod:
    """Open a period for the organ and all that were below it on the period's last day: one return a respondent."""
    row = own_revision(revision, access)
    one = scheme_of(row)
    _may_open(row, start)
    stop = stop_of(row.kind, start)
    if ReportingPeriod.objects.filter(organ=row.organ, scheme=row.key, valid_from=start).exists():
        raise Refusal("return.period-once", "这一期已经布置,不必再布置。")
    period = ReportingPeriod(organ=row.organ, revision=row, scheme=row.key, kind=row.kind)
    period.valid_from, period.valid_to = start, stop
    period.due_date = due or last_day(stop) + timedelta(days=one.scheme.due_days)
    period.place()
    period.save()
    rows = list(_returns(period, one.scheme))
    if not rows:
        raise Refusal("return.nobody", "本单位及下级当时没有应填报的单位,请核对制度中的填报范围(who)。")
    insert(Return, rows)
    PeerFigures.objects.bulk_create(peer_figures(period, one))
    root = merkle_root(canonical([one["organ_id"], one["reviewers"]]).encode() for one in rows)
    body = {"scheme": f"{row.key}/{row.revision}", "period": period.name, "returns": len(rows), "root": root}
    post(actor=access.actor, act="reporting.period.open", obj=f"reporting.period:{period.pk}", body=body)
    return period


def _may_open(row: SchemeRevision, start: date) -> None:
    if row.state != RevisionState.ISSUED:
        raise Refusal("return.scheme-state", f"“{row}”现为“{row.get_state_display()}”,发布后才能布置。")
    if start < row.valid_from and not row.shipped:
        raise Refusal("return.scheme-state", f"“{row}”从 {row.valid_from} 起施行,不能布置更早的报告期。")


def _returns(period: ReportingPeriod, scheme: Scheme) -> Iterator[dict[str, Any]]:
    """The rows of the respondents, complete, parents before children."""
    on = last_day(period.valid_to)
    nodes = tree_as_of(period.organ_id, on)
    organs = Organ.objects.in_bulk([node.id for node in nodes])
    blank = {one.attname: one.get_default() for one in Return._meta.concrete_fields if not one.primary_key}
    paths: dict[int, list[Node]] = {}
    for node in nodes:
        paths[node.id] = path = [*paths.get(node.superior_id or 0, []), node]
        if asked(scheme, node):
            columns = dict(zip(PATH, [one.id for one in path], strict=False))
            yield {
                **blank,
                **columns_of(organs[node.id]),
                **columns,
                "organ_id": node.id,
                "organ_name": node.name,
                "period_id": period.pk,
                "due_date": period.due_date,
                "reviewers": reviewers(scheme, path),
                "draft": {},
            }


def asked(scheme: Scheme, node: Node) -> bool:
    """Whether an organ reports."""
    who = scheme.who
    return (not who.tiers or node.tier in who.tiers) and (not who.kinds or node.kind in who.kinds)


def reviewers(scheme: Scheme, path: list[Node]) -> list[int]:
    """Who reviews in turn, from below: of each tier the topmost organ above the respondent; whoever has none above, itself."""
    above = path[:-1]
    found: list[int] = []
    for tier in scheme.review:
        first = next((node.id for node in above if node.tier == tier), None)
        if first is not None and first not in found:
            found.append(first)
    return found or [(above or path)[-1].id]


@transaction.atomic
def close_period(*, period: int, access: Access, now: datetime) -> ReportingPeriod:
    """Close: what was accepted is locked, nothing more is taken but by exception."""
    row = own_period(period, access)
    if row.state != PeriodState.OPEN:
        raise Refusal("return.period-closed", "这一期已经锁定。")
    row.state = PeriodState.CLOSED
    row.save(update_fields=["state"])
    locked = row.returns.filter(state=ReturnState.ACCEPTED)
    keys = list(locked.values_list("pk", flat=True))
    facts = {"verb": "lock", "at": now, "user_id": access.user.pk, "organ": row.organ}
    ReturnEvent.objects.bulk_create([ReturnEvent(return_row_id=key, **facts) for key in keys], batch_size=500)
    row.returns.filter(state=ReturnState.ACCEPTED).update(state=ReturnState.LOCKED)
    missing = row.returns.exclude(state=ReturnState.LOCKED).count()
    body = {"locked": len(keys), "left": missing}
    post(actor=access.actor, act="reporting.period.close", obj=f"reporting.period:{row.pk}", body=body)
    return row


def own_period(pk: int, access: Access) -> ReportingPeriod:
    """A period that the organ opened, locked. Refusal `rights.denied`."""
    row = ReportingPeriod.objects.select_for_update().filter(pk=pk, organ=configurer(access)).first()
    if row is None:
        raise Refusal("rights.denied", "没有这个报告期,或不是本单位布置的。")
    return row
