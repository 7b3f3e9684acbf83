"""填报、报送、审核、退回、例外开放. Each verb: the row is held first, one transaction, one entry.

Saving a draft is no official act and posts no entry: what counts is the version that is handed in. Refusals: `return.locked`,
`.state`, `.moved`, `.checks`, `.reasons`, `.amend-reason`, `.own`, `.turn`, `.reason`, `.exception`, those of the cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from yiwang.areas.reporting import telling
from yiwang.areas.reporting.figures import all_facts, draft_rows, draft_values, messages_of, scheme_of
from yiwang.areas.reporting.fills import differing
from yiwang.areas.reporting.models import (
    FILLABLE,
    PeriodState,
    Return,
    ReturnEvent,
    ReturnState,
    ReturnVersion,
    Source,
)
from yiwang.areas.reporting.opening import AREA
from yiwang.areas.reporting.schemes.cells import stored, value_of
from yiwang.areas.reporting.schemes.compiled import Compiled, Message
from yiwang.areas.reporting.schemes.schema import Table
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User, Verb
from yiwang.kit.digest import canonical, digest
from yiwang.kit.refusal import Refusal, Where

MOST_ROWS = 2000


@dataclass(frozen=True)
class Change:
    """A cell of the grid: what stood there when it was shown, and what was typed."""

    key: str
    before: str
    after: str


class Moved(Refusal):
    """Somebody else has changed the same cells; `cells`: what stands there now."""

    def __init__(self, cells: Mapping[str, str], labels: Sequence[str]) -> None:
        named = "、".join(labels[:5])
        super().__init__("return.moved", f"“{named}”刚被别人改过,请核对后再填。")
        self.cells = dict(cells)


def held(pk: int, access: Access, verb: Verb, doing: str) -> Return:
    """A return within the user's scope for the verb, its row locked. Refusal `rights.denied`."""
    access.need(access.may(verb, AREA), doing)
    rows = access.scope(Return.objects.select_for_update(of=("self",)), verb)
    row = rows.select_related("period__revision", "organ", "current").filter(pk=pk).first()
    if row is None:
        raise Refusal("rights.denied", f"没有这份报表,或不在您能{doing}的范围内。")
    return row


def may_fill(row: Return, on: date) -> bool:
    """Whether the figures may be changed on the day: the period is open, or there is an exception."""
    excepted = row.exception_until is not None and on <= row.exception_until
    return row.state in FILLABLE and (row.period.state == PeriodState.OPEN or excepted)


def need_fillable(row: Return, on: date) -> None:
    """Refusals `return.locked`, `return.state` where the figures may not be changed on the day."""
    if not may_fill(row, on):
        if row.state in FILLABLE:
            raise Refusal("return.locked", f"{row.period.name}已锁定,不再接收填报;确需补报或更正的,请上级例外开放。")
        raise Refusal("return.state", f"报表现为“{row.get_state_display()}”,不能再改;要改请先撤回或由上级退回。")


@transaction.atomic
def save_cells(*, pk: int, changes: Sequence[Change], reasons: Mapping[str, str], access: Access, on: date) -> Return:
    """Autosave of the grid: each cell goes in where nobody else has changed it meanwhile; else Moved, and nothing goes in.

    The same changes once more (a queue that was sent twice) change nothing.
    """
    row = held(pk, access, Verb.WRITE, "填报")
    need_fillable(row, on)
    one = scheme_of(row.period.revision)
    values = dict(row.draft.get("values", {}))
    moved: dict[str, str] = {}
    for change in changes:
        item = one.scheme.items.get(change.key)
        if item is None or item.derived:
            raise Refusal("return.item", f"没有“{change.key[:40]}”这个可填的指标,请刷新页面。")
        after = stored({"v": value_of(item, change.after, Where(column=item.label))}).get("v", "")
        present = values.get(change.key, "")
        if present not in (stored({"v": _loose(one, change)}).get("v", change.before), after):
            moved[change.key] = present
        elif after == "":
            values.pop(change.key, None)
        else:
            values[change.key] = after
    if moved:
        raise Moved(moved, [one.scheme.items[key].label for key in moved])
    _keep(row, access, {**row.draft, "values": values, "reasons": reasons})
    return row


def _loose(one: Compiled, change: Change) -> Any:
    """What stood in the cell, as it is stored; as it was written where it does not read as a value."""
    try:
        return value_of(one.scheme.items[change.key], change.before)
    except Refusal:
        return change.before


def _reasons(row: Return, more: Mapping[str, str]) -> dict[str, str]:
    kept = {**row.draft.get("reasons", {}), **{mark[:60]: text.strip()[:200] for mark, text in more.items()}}
    return {mark: text for mark, text in kept.items() if text}


def put_draft(row: Return, access: Access, draft: Mapping[str, Any]) -> None:
    """Set the draft of a held row, with the reasons that were given before; not saved."""
    row.draft, row.mark = {**draft, "reasons": _reasons(row, draft.get("reasons", {}))}, row.mark + 1
    row.draft_by = access.user if isinstance(access.user, User) else None
    if row.state == ReturnState.DUE:
        row.state = ReturnState.FILLING


def _keep(row: Return, access: Access, draft: Mapping[str, Any]) -> None:
    put_draft(row, access, draft)
    row.save(update_fields=["draft", "mark", "draft_by", "state"])


@transaction.atomic
def save_rows(*, pk: int, table: str, rows: Sequence[Mapping[str, Any]], mark: int, access: Access, on: date) -> Return:
    """The rows of a floating table, whole. Refusal `return.moved` where the draft is no longer that of `mark`."""
    row = held(pk, access, Verb.WRITE, "填报")
    need_fillable(row, on)
    one = scheme_of(row.period.revision)
    if table not in one.scheme.floating:
        raise Refusal("return.item", "没有这张表,请刷新页面。")
    if row.mark != mark:
        raise Refusal("return.moved", "这张表刚被别人改过,请刷新后再填。")
    kept = {**row.draft.get("rows", {}), table: read_rows(one.scheme.floating[table], rows)}
    _keep(row, access, {**row.draft, "rows": kept})
    return row


def read_rows(table: Table, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Floating rows as they are stored; blank ones left out. Refusals of the cells with the row."""
    if len(rows) > MOST_ROWS:
        raise Refusal("return.rows", f"“{table.title}”最多 {MOST_ROWS} 行。")
    found = []
    for number, row in enumerate(rows, 1):
        values = {
            item.key: value_of(item, row.get(item.key), Where(sheet=table.title, row=number, column=item.label))
            for item in table.items
        }
        if kept := stored(values):
            found.append(kept)
    return found


@transaction.atomic
def replace_draft(*, pk: int, draft: Mapping[str, Any], access: Access, on: date) -> Return:
    """The whole draft from a workbook or the interface; reasons given before stay."""
    row = held(pk, access, Verb.WRITE, "填报")
    need_fillable(row, on)
    _keep(row, access, draft)
    return row


def said_of(row: Return, one: Compiled, access: Access) -> list[Message]:
    """Everything that stands against handing in: edit checks, and figures that differ from the registers."""
    return [*messages_of(row, one, row.draft), *differing(row, one, access)]


@transaction.atomic
def submit(
    *,
    pk: int,
    access: Access,
    on: date,
    now: datetime,
    reason: str = "",
    source: str = Source.GRID,
) -> ReturnVersion:
    """Hand the draft in: a new version. The same figures again while they wait are the same submission.

    Refusals `return.checks` (hard), `return.reasons` (soft ones without a reason), `return.amend-reason`.
    """
    row = held(pk, access, Verb.WRITE, "报送")
    if found := same_version(row, row.draft):
        return found
    need_fillable(row, on)
    one = scheme_of(row.period.revision)
    refuse_messages(said_of(row, one, access), row.draft.get("reasons", {}))
    return hand_in(row, one, access=access, on=on, now=now, reason=reason, source=source)


def digest_of(draft: Mapping[str, Any]) -> str:
    """The mark of the figures of a draft, by which the same ones are known again."""
    return digest(canonical([draft.get("values", {}), draft.get("rows", {})]).encode()).hex()


def same_version(row: Return, draft: Mapping[str, Any]) -> ReturnVersion | None:
    """The version that waits for its review, where the draft says the same as it."""
    waits = row.state == ReturnState.SUBMITTED and row.current
    return row.current if waits and row.current and row.current.digest == digest_of(draft) else None


def hand_in(
    row: Return, one: Compiled, *, access: Access, on: date, now: datetime, reason: str, source: str
) -> ReturnVersion:
    """Make a version of a held, fillable row whose draft was judged; within the caller's transaction, with its entry."""
    if row.accepted and not reason.strip():
        raise Refusal("return.amend-reason", "报表曾经审核通过,更正请写明原因。")
    assert isinstance(access.user, User)
    version = ReturnVersion.objects.create(
        return_row=row,
        number=row.number + 1,
        values=row.draft.get("values", {}),
        rows=row.draft.get("rows", {}),
        reasons=row.draft.get("reasons", {}),
        facts=all_facts(one, draft_values(one, row.draft), draft_rows(one, row.draft)),
        digest=digest_of(row.draft),
        source=source,
        user=access.user,
        at=now,
        late=on > row.due_date,
        reason=reason.strip()[:200],
    )
    row.number, row.current, row.step = version.number, version, 0
    row.first_date = row.first_date or on
    row.amended = row.amended or row.accepted
    row.state, row.reviewer_id = ReturnState.SUBMITTED, row.reviewers[0]
    row.save()
    verb = "amend" if row.accepted else "submit"
    _event(row, access, now, verb, reason)
    body = {"version": version.number, "digest": version.digest, "late": version.late, "source": source}
    _post(access, row, verb, body)
    telling.submitted(row, access, now)
    return version


def unsettled(said: Sequence[Message], reasons: Mapping[str, str]) -> list[Message]:
    """What stands in the way of handing in: hard messages, and soft ones without a reason."""
    return [one for one in said if one.hard or not reasons.get(one.mark)]


def refuse_messages(said: Sequence[Message], reasons: Mapping[str, str]) -> None:
    hard = [one for one in said if one.hard]
    if hard:
        more = f"(另有 {len(hard) - 1} 处)" if len(hard) > 1 else ""
        raise Refusal("return.checks", f"{hard[0].text}{more}")
    unsaid = [one for one in said if not reasons.get(one.mark)]
    if unsaid:
        more = f"(另有 {len(unsaid) - 1} 处)" if len(unsaid) > 1 else ""
        raise Refusal("return.reasons", f"请说明原因:{unsaid[0].text}{more}")


@transaction.atomic
def withdraw(*, pk: int, access: Access, now: datetime) -> Return:
    """Take it back before anybody has reviewed it."""
    row = held(pk, access, Verb.WRITE, "撤回")
    if row.state != ReturnState.SUBMITTED or row.step:
        raise Refusal("return.state", f"报表现为“{row.get_state_display()}”,只有还没有人审核的才能撤回。")
    _back(row, access, now, "withdraw", "")
    return row


def is_turn(row: Return, access: Access) -> bool:
    """Whether the organ that the user works for reviews it now, or stands above the one that does."""
    if row.state != ReturnState.SUBMITTED or access.organ is None or row.reviewer is None:
        return False
    return bool(getattr(row.reviewer, f"l{access.organ.depth}") == access.organ.pk)


def _reviewed(pk: int, access: Access, doing: str) -> Return:
    row = held(pk, access, Verb.APPROVE, doing)
    if row.state != ReturnState.SUBMITTED:
        raise Refusal("return.state", f"报表现为“{row.get_state_display()}”,没有等待审核的内容。")
    if not is_turn(row, access):
        raise Refusal("return.turn", f"现在由“{row.reviewer}”审核,还没有轮到本单位。")
    if row.current and row.current.user_id == access.user.pk:
        raise Refusal("return.own", "不能审核自己报送的报表,请由他人审核。")
    return row


@transaction.atomic
def accept(*, pk: int, access: Access, now: datetime, opinion: str = "") -> Return:
    """Pass it on to the next reviewer; with the last one it is accepted."""
    row = _reviewed(pk, access, "审核")
    places = _above(row.reviewers, access.organ)
    row.step = max(row.step, places) + 1
    done = row.step >= len(row.reviewers)
    row.reviewer_id = None if done else row.reviewers[row.step]
    if done:
        closed = row.period.state == PeriodState.CLOSED
        row.state, row.accepted = (ReturnState.LOCKED if closed else ReturnState.ACCEPTED), True
        row.exception_until = None
    row.save()
    _event(row, access, now, "accept", opinion)
    _post(access, row, "accept", {"version": row.number, "step": row.step, "opinion": opinion})
    return row


def _above(reviewers: Sequence[int], organ: Organ | None) -> int:
    """The place of the organ among the reviewers: whoever stands higher reviews for those below too."""
    return list(reviewers).index(organ.pk) if organ and organ.pk in reviewers else 0


@transaction.atomic
def send_back(*, pk: int, reason: str, access: Access, now: datetime) -> Return:
    """Back to the respondent with a reason; what was accepted may be sent back too while the period is open."""
    row = held(pk, access, Verb.APPROVE, "退回")
    if not reason.strip():
        raise Refusal("return.reason", "请写明退回的原因。")
    if row.state == ReturnState.ACCEPTED:
        if access.organ is None or access.organ.pk not in row.reviewers:
            raise Refusal("return.turn", "只有审核过的单位能退回已审核的报表。")
    else:
        row = _reviewed(pk, access, "退回")
    _back(row, access, now, "send_back", reason)
    telling.sent_back(row, reason, access, now)
    return row


def _back(row: Return, access: Access, now: datetime, verb: str, note: str) -> None:
    row.state = ReturnState.FILLING if verb == "withdraw" else ReturnState.SENT_BACK
    row.step, row.reviewer = 0, None
    row.save()
    _event(row, access, now, verb, note)
    _post(access, row, verb, {"version": row.number, "reason": note})


@transaction.atomic
def make_exception(*, pk: int, until: date, reason: str, access: Access, on: date, now: datetime) -> Return:
    """例外开放: a return of a closed period may be filled until the day, for a reason."""
    row = held(pk, access, Verb.CONFIGURE, "例外开放")
    if access.organ is None or row.period.organ_id != access.organ.pk:
        raise Refusal("rights.denied", "只有布置这一期的单位能例外开放。")
    if row.period.state != PeriodState.CLOSED:
        raise Refusal("return.exception", "这一期还没有锁定,不需要例外开放。")
    if until < on or not reason.strip():
        raise Refusal("return.exception", "请写明例外开放的原因,截止日期不能早于今天。")
    row.exception_until, row.exception_reason = until, reason.strip()[:200]
    if row.state == ReturnState.LOCKED:
        row.state = ReturnState.SENT_BACK
    row.save()
    _event(row, access, now, "except", f"至 {until}:{row.exception_reason}")
    _post(access, row, "except", {"until": until, "reason": row.exception_reason})
    return row


def _event(row: Return, access: Access, now: datetime, verb: str, note: str) -> None:
    user = access.user.pk
    ReturnEvent.objects.create(
        return_row=row, at=now, user_id=user, organ=access.organ, verb=verb, note=note.strip()[:400], number=row.number
    )


def _post(access: Access, row: Return, verb: str, body: dict[str, Any]) -> None:
    facts = {"organ": row.organ_id, "period": f"{row.period.scheme} {row.period.name}", **body}
    post(actor=access.actor, act=f"reporting.return.{verb}", obj=f"reporting.return:{row.pk}", body=facts)
