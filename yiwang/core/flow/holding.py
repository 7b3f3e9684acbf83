"""How every verb holds a case: lock first, receipt, the work, one row of history, one entry, news after the commit."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F

from yiwang.core.attachments.models import Attachment
from yiwang.core.flow.engine import Run, whole
from yiwang.core.flow.models import Case, CaseEvent, CaseState, EventVerb, Receipt, Step, Task, TaskState
from yiwang.core.flow.people import acts_within_limit, mine
from yiwang.core.flow.signals import announce
from yiwang.core.ledger.post import post
from yiwang.core.rights.access import Access
from yiwang.kit.digest import canonical
from yiwang.kit.refusal import Refusal

_RECEIPT = (
    "INSERT INTO flow_receipt (user_id, key, verb, asked, case_id) VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
)


@dataclass
class Said:
    """What a verb leaves in the history."""

    text: str = ""
    step: Step | None = None
    task: Task | None = None
    attachments: Sequence[int] = ()
    approval: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def hold(case: int) -> None:
    """The lock: an UPDATE of the tree's root, before anything is read. Refusal `flow.unknown`."""
    root = Case.objects.filter(pk=case).values_list("root_id", flat=True).first() or case
    if not Case.objects.filter(pk=root).update(seq=F("seq") + 1):
        raise Refusal("flow.unknown", "没有这个事项,或不在您能看到的范围内。")


def do(
    verb: EventVerb,
    *,
    case: int,
    access: Access,
    on: date,
    now: datetime,
    key: str,
    asked: Sequence[Any],
    work: Callable[[Run], Said],
    stays_open: bool = True,
) -> Case:
    """One verb on a case. With a `key` that was used before the work is not done again and the case is the answer."""
    with transaction.atomic():
        hold(case)
        if not first_time(access, key, verb, asked, case):
            return load(case)
        run = Run.of(load(case), access, on, now)
        access.need(acts_within_limit(access, run.case.area), "办理事项")
        if stays_open and run.case.state != CaseState.OPEN:
            raise Refusal("flow.closed", f"事项已{run.case.get_state_display()},不能再办理。")
        said = work(run)
        record(run, verb, said)
        announce(run.news)
    return run.case


def load(case: int) -> Case:
    """The case as it stands in this transaction."""
    found = whole().filter(pk=case).first()
    if found is None:
        raise Refusal("flow.unknown", "没有这个事项,或不在您能看到的范围内。")
    return found


def first_time(access: Access, key: str, verb: str, asked: Sequence[Any], case: int | None) -> bool:
    """Whether the key is new; taking it is part of the transaction, so a second one at once waits for the first.

    Refusal `flow.key` where the key was used for something else.
    """
    if not key:
        return True
    digest = hashlib.sha256(canonical([str(verb), *map(_plain, asked)]).encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(_RECEIPT, [access.user.pk, key[:80], str(verb), digest, case])
        if cursor.rowcount == 1:
            return True
    kept = receipt(access, key)
    if kept.asked != digest:
        raise Refusal("flow.key", "同一个请求凭据不能用于两件不同的事,请刷新页面后再试。")
    return False


def receipt(access: Access, key: str) -> Receipt:
    """What was done under a key."""
    return Receipt.objects.get(user=access.user.pk, key=key[:80])


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def record(run: Run, verb: EventVerb, said: Said) -> CaseEvent:
    """The row of the history and the entry in the ledger: one each."""
    _own_files(run, said.attachments)
    behalf = said.task.on_behalf_of_id if said.task else None
    event = CaseEvent.objects.create(
        case=run.case,
        step=said.step,
        task=said.task,
        verb=verb,
        by=run.user,
        on_behalf_of_id=behalf,
        text=said.text,
        at=run.now,
        attachments=list(said.attachments),
        approval=said.approval,
        data=said.data,
    )
    body = {
        "number": run.case.number,
        "state": run.case.state,
        "step": said.step.node if said.step else "",
        "task": said.task.pk if said.task else None,
        "opinion": said.text,
        "approval": said.approval,
        "attachments": list(said.attachments),
        **({"behalf": f"user:{behalf}"} if behalf else {}),
        **said.data,
        **run.body,
    }
    if "facts" in body:  # of the content the ledger keeps the digest: personal data must not stand there for ever
        body["facts"] = hashlib.sha256(canonical(run.case.facts).encode()).hexdigest()
    clause = next((one["clause"] for one in run.body.get("approved", ())), "")
    actor = run.access.actor if run.user else "system"
    act = f"flow.case.{verb.value.lower().replace('_', '-')}"
    post(actor=actor, act=act, obj=f"flow.case:{run.case.pk}", clause=clause, body=body)
    return event


def _own_files(run: Run, files: Sequence[int]) -> None:
    """Only files that were kept for this case stand in its history: an id alone would show somebody else's names."""
    if files:
        kept = Attachment.objects.filter(about=f"flow.case:{run.case.pk}", pk__in=files).count()
        if kept != len(set(files)):
            raise Refusal("flow.attachment", "附件不属于这个事项,请重新上传。")


def case_of(task: int) -> int:
    """The case of a task: a task never moves. Refusal `flow.task`."""
    found = Task.objects.filter(pk=task).values_list("case_id", flat=True).first()
    if found is None:
        raise Refusal("flow.task", "没有这个待办,或不是您的待办。")
    return found


def claim(run: Run, task: int, **changes: Any) -> Task:
    """Take an open task of the user (or of whom he acts for) by UPDATE; 0 rows: Refusal `flow.task`, `flow.done`."""
    rows = Task.objects.filter(mine(run.access), pk=task, case=run.case)
    if not rows.filter(state=TaskState.OPEN).update(opened_at=F("opened_at"), **changes):
        if rows.exists():
            raise Refusal("flow.done", "这个待办已经办过、被别人先办或已终止,请刷新后再看。")
        raise Refusal("flow.task", "没有这个待办,或不是您的待办。")
    found = Task.objects.select_related("step", "step__block", "who", "parent").get(pk=task)
    if run.user is not None and found.who_id != run.user.pk:
        found.on_behalf_of_id = found.who_id
        Task.objects.filter(pk=task).update(on_behalf_of=found.who_id)
    return found


def need_text(text: str, what: str) -> str:
    """Refusal `flow.text` where a reason is asked for and none is given."""
    if not text.strip():
        raise Refusal("flow.text", f"请填写{what}。")
    return text.strip()
