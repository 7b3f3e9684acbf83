"""The verbs on a finding. Each: one transaction, the finding locked, rights and state checked, one step, one entry.

`on` is the business day; instants are the clock's. Refusals: `finding.state` (not in this state), `finding.handler`
(assigned to somebody else), `finding.day`, `finding.file`, `finding.own-review`, `finding.still` (the register still breaks the
clause), `finding.text`, `rights.denied`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import LEVELS
from yiwang.core.rights.access import Access
from yiwang.core.rights.held import allowing, area_of
from yiwang.core.rights.models import Grant, User
from yiwang.core.rights.models import Verb as Right
from yiwang.core.standards.verdict import VerdictKind
from yiwang.core.verdicts import hearing
from yiwang.core.verdicts.judging import judge_rows
from yiwang.core.verdicts.models import Finding, FindingEvent, Outcome, State, Verb
from yiwang.core.verdicts.sources import happened, source_of
from yiwang.core.verdicts.sync import figures
from yiwang.kit.refusal import Refusal

#: The verb's code in the ledger: verdicts.finding.<code>.
ACTS = {
    Verb.ASSIGN: "assign",
    Verb.EXTEND: "extend",
    Verb.START: "start",
    Verb.RECTIFY: "rectify",
    Verb.WITHDRAW: "withdraw",
    Verb.SEND_BACK: "send-back",
    Verb.CLOSE: "close",
    Verb.APPEAL: "appeal",
    Verb.REJECT: "reject",
}
#: Bytes of an attachment.
LARGEST = 20 << 20
#: What a manager does.
_DECIDED = (Verb.ASSIGN, Verb.EXTEND, Verb.CLOSE, Verb.SEND_BACK, Verb.REJECT)
_WORKING = (State.OPEN, State.ASSIGNED, State.RECTIFYING)


def assign(*, finding: int, handler: User, due: date, note: str = "", access: Access, on: date) -> Finding:
    """A manager gives a finding to somebody who may write there, with a deadline; also to another one later."""
    with _held(finding, access, "交办", State.OPEN, State.ASSIGNED, State.RECTIFYING, decide=True) as one:
        _day_ahead(due, on)
        if not may_handle(handler, one):
            raise Refusal("finding.handler", f"{_name(handler)}在“{one.organ}”没有经办或主管角色,不能交办给他。")
        one.handler, one.due_date, one.state = handler, due, State.ASSIGNED
        _step(one, access, Verb.ASSIGN, note, more={"handler": f"user:{handler.pk}", "due": due})
    return one


def extend_deadline(*, finding: int, due: date, note: str, access: Access, on: date) -> Finding:
    """A manager moves the deadline of a finding that is being worked on; a reason is required."""
    with _held(finding, access, "延期", State.ASSIGNED, State.RECTIFYING, decide=True) as one:
        _day_ahead(due, on)
        _text(note, "延期理由")
        if one.due_date and due <= one.due_date:
            raise Refusal("finding.day", f"新期限应晚于现期限 {one.due_date}。")
        before, one.due_date = one.due_date, due
        _step(one, access, Verb.EXTEND, note, more={"due": [before, due]})
    return one


def start(*, finding: int, note: str = "", access: Access) -> Finding:
    """The handler takes the finding up. One that nobody was given to belongs to whoever starts."""
    with _held(finding, access, "开始整改", State.OPEN, State.ASSIGNED) as one:
        _mine(one, access)
        one.state = State.RECTIFYING
        _step(one, access, Verb.START, note)
    return one


def rectify(
    *, finding: int, note: str, attachment: str = "", file: File[bytes] | None = None, access: Access
) -> Finding:
    """The handler says what was done, with a document (`attachment`: its number; `file`), and asks for review."""
    with _held(finding, access, "提交整改", *_WORKING) as one:
        _text(note, "整改情况")
        _mine(one, access)
        one.state = State.REVIEWING
        _step(one, access, Verb.RECTIFY, note, attachment, file)
    return one


def appeal(
    *, finding: int, note: str, attachment: str = "", file: File[bytes] | None = None, access: Access
) -> Finding:
    """The handler says that the finding is not right, and why."""
    with _held(finding, access, "申诉", *_WORKING) as one:
        _text(note, "申诉理由")
        _mine(one, access)
        one.state = State.APPEALED
        _step(one, access, Verb.APPEAL, note, attachment, file)
    return one


def withdraw(*, finding: int, note: str = "", access: Access) -> Finding:
    """Who submitted takes it back, before it is decided."""
    with _held(finding, access, "撤回", State.REVIEWING, State.APPEALED) as one:
        if submitter(one) != access.actor:
            raise Refusal("finding.handler", "只有提交人可以撤回;主管请复核或退回。")
        one.state = State.RECTIFYING
        _step(one, access, Verb.WITHDRAW, note)
    return one


def review(*, finding: int, accept: bool, note: str = "", approval: str = "", access: Access, on: date) -> Finding:
    """A manager other than who submitted closes the finding (销号) or sends it back; an appeal is upheld or rejected.

    A rectification is accepted only when the register no longer breaks the clause, or with the number of the document
    that approved the exception (`approval`); then it is not found again while it stays as it is.
    """
    with _held(finding, access, "复核", State.REVIEWING, State.APPEALED, decide=True) as one:
        behalf = access.behalf(Right.APPROVE, area_of(one))
        if submitter(one) in {access.actor, f"user:{behalf.pk}" if behalf else ""}:
            raise Refusal("finding.own-review", "不能复核自己提交的整改或申诉,请由另一位主管办理。")
        if accept:
            _close(one, _outcome(one, approval, on), note, approval, access, on)
        else:
            _text(note, "退回意见")
            verb = Verb.REJECT if one.state == State.APPEALED else Verb.SEND_BACK
            one.state = State.RECTIFYING
            _step(one, access, verb, note)
    return one


def _outcome(one: Finding, approval: str, on: date) -> Outcome:
    if one.state == State.APPEALED:
        return Outcome.APPEAL
    if approval.strip():
        return Outcome.EXCUSED
    if message := _still(one, on):
        raise Refusal(
            "finding.still",
            f"台账尚未更正:{message}请先更正台账,或填写批准保留的文号。",
            clause=one.clause,
        )
    return Outcome.RECTIFIED


def _still(one: Finding, on: date) -> str:
    """The sentence of what the register still breaks under this topic; "" if nothing, or if it has no source.

    What has happened stays as it is: accepting the rectification is the judgement on it.
    """
    if happened(one.dataset):
        return ""
    try:
        source = source_of(one.dataset)
    except KeyError:
        return ""
    _, found = judge_rows(one.dataset, source(on=on, subjects=[one.subject]), on=on)
    bad = [each.verdict for each in found if each.row.subject == one.subject and each.verdict.topic == one.topic]
    return next((verdict.message for verdict in bad if verdict.kind is not VerdictKind.UNVERIFIED), "")


def _close(one: Finding, outcome: Outcome, note: str, approval: str, access: Access, on: date) -> None:
    one.state, one.outcome, one.closed_date = State.CLOSED, outcome, on
    _step(one, access, Verb.CLOSE, note or outcome.label, approval, more={"outcome": outcome.value})


@contextmanager
def _held(key: int, access: Access, doing: str, *states: State, decide: bool = False) -> Iterator[Finding]:
    """The finding, locked, in one of these states, within the user's scope. A stranger's is not there at all.

    `decide`: a manager's act; otherwise one of whoever may write there. By the area of the finding.
    """
    with transaction.atomic():
        rows = access.scope(Finding.objects.filter(pk=key)).select_for_update(of=("self",))
        one = rows.select_related("organ", "handler").first()
        if one is None:
            raise Refusal("rights.denied", "没有这个问题,或不在您管理的范围内。")
        area = area_of(one)
        access.need(access.approves(area) if decide else access.may(Right.WRITE, area), f"{doing}问题")
        if one.state not in states:
            allowed = "、".join(state.label for state in states)
            raise Refusal("finding.state", f"问题现为“{one.get_state_display()}”,只有{allowed}的问题才能{doing}。")
        yield one


def _step(
    one: Finding,
    access: Access,
    verb: Verb,
    note: str,
    attachment: str = "",
    file: File[bytes] | None = None,
    *,
    more: dict[str, Any] | None = None,
) -> None:
    """Store the finding, its step and the entry; of a file the entry holds the digest."""
    one.save()
    event = FindingEvent(finding=one, at=timezone.now(), actor=access.actor, verb=verb, state=one.state)
    event.note, event.attachment, event.figures = note.strip(), attachment.strip(), figures(one)
    if file is not None:
        _attach(event, file)
    event.save()
    more = {**(more or {}), **({"file": [event.file_name, event.file_digest]} if file is not None else {})}
    post(
        actor=access.actor,
        act=f"verdicts.finding.{ACTS[verb]}",
        obj=f"verdicts.finding:{one.pk}",
        clause=one.clause,
        body=access.facts(
            Right.APPROVE if verb in _DECIDED else Right.WRITE,
            area_of(one),
            **{"state": one.state, "note": event.note, "attachment": event.attachment, **more},
        ),
    )
    hearing.tell(one, event, access)


def _attach(event: FindingEvent, file: File[bytes]) -> None:
    if file.size > LARGEST:
        raise Refusal("finding.file", f"附件超过 {LARGEST >> 20} MB,请压缩或分开上传。")
    digest = hashlib.sha256()
    for piece in file.chunks():
        digest.update(piece)
    event.file_digest = digest.hexdigest()
    event.file_name = (file.name or "附件").rpartition("/")[2][-200:]
    event.file.save(event.file_name, file, save=False)


def _mine(one: Finding, access: Access) -> None:
    """Only the handler works on a finding, or a manager in his place; without a handler it is now the user's."""
    user = access.user
    if one.handler_id is None and isinstance(user, User):
        one.handler = user
    elif one.handler_id != user.pk and not access.approves(area_of(one)):
        raise Refusal("finding.handler", f"这个问题已交办给{_name(one.handler)},由他办理;如需换人请主管重新交办。")


def _name(user: User | None) -> str:
    return (user.display_name or user.username) if user else "—"


def may_handle(user: User, one: Finding) -> bool:
    """Whether a user may write registers where the finding is."""
    return user.is_active and _writers(one).filter(user=user).exists()


def handlers(one: Finding) -> list[User]:
    """Everybody the finding may be given to, nearest organ first."""
    grants = _writers(one).filter(user__is_active=True).select_related("user")
    return list(dict.fromkeys(grant.user for grant in grants.order_by("-organ__depth", "user_id")))


def _writers(one: Finding) -> QuerySet[Grant]:
    """The grants that allow writing in the area of the finding, at its organ or above."""
    above = [key for level in LEVELS if (key := getattr(one, level)) is not None]
    return Grant.objects.filter(allowing(Right.WRITE, area_of(one)), organ_id__in=above)


def submitter(one: Finding) -> str:
    """Who submitted the rectification or the appeal that is to be decided, as the ledger names him; "" if nobody."""
    last = one.events.filter(verb__in=(Verb.RECTIFY, Verb.APPEAL)).order_by("-pk").first()
    return last.actor if last else ""


def _day_ahead(due: date, on: date) -> None:
    if due < on:
        raise Refusal("finding.day", f"期限 {due} 已过,应不早于 {on}。")


def _text(note: str, what: str) -> None:
    if not note.strip():
        raise Refusal("finding.text", f"请填写{what}。")
