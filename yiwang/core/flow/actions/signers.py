"""Other persons: transfer (转办) and added signers (加签)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from yiwang.core.flow.actions.moving import manages
from yiwang.core.flow.engine import Run, add_parties
from yiwang.core.flow.holding import Said, case_of, claim, do
from yiwang.core.flow.models import Case, EventVerb, PartyKind, Task, TaskKind, TaskState
from yiwang.core.flow.people import APPLICANT
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal

_LIVE = (TaskState.OPEN, TaskState.WAIT)


def transfer(*, task: int, to: User, opinion: str = "", access: Access, on: date, now: datetime, key: str = "") -> Case:
    """Give a task to somebody else: the holder his own, an administrator any open one, also one that nobody holds.

    Refusals `flow.task`, `flow.done`, `flow.person` (not active, the applicant, or has the task already).
    """

    def work(run: Run) -> Said:
        found = _transferable(run, task)
        _other(run, found, to)
        before = found.who_id
        Task.objects.filter(pk=found.pk).update(who=to, taken_from=before)
        add_parties(run, [to], PartyKind.SIGNER)
        run.tell("transferred", [to.pk], task=found, text=found.step.name)
        return Said(opinion.strip(), found.step, found, data={"from": before, "to_user": to.pk})

    asked = (task, to, opinion)
    return do(EventVerb.TRANSFER, case=case_of(task), access=access, on=on, now=now, key=key, asked=asked, work=work)


def _transferable(run: Run, task: int) -> Task:
    if manages(run.access, run.case):
        found = run.case.tasks.select_related("step").filter(pk=task, state=TaskState.OPEN).first()
        if found is None:
            raise Refusal("flow.done", "这个待办已经办过或已终止,请刷新后再看。")
    else:
        found = claim(run, task)
    if found.role == APPLICANT:
        raise Refusal("flow.person", "申请人自己的环节不能转给别人。")
    return found


def _other(run: Run, task: Task, user: User) -> None:
    """The person can be given the task."""
    if not user.is_active:
        raise Refusal("flow.person", "这个账号已停用,请另选一人。")
    if user.pk == run.case.applicant_id:
        raise Refusal("flow.person", "不能由申请人办理自己的事项,请另选一人。")
    if not user.grants.exists() and user.person_id is None:
        raise Refusal("flow.person", "这个账号还没有任何授权,办不了事项,请另选一人。")
    if task.step.tasks.filter(who=user, state__in=_LIVE).exists():
        raise Refusal("flow.person", "他在这一步已经有待办,请另选一人。")


def add_signer(
    *,
    task: int,
    who: User,
    place: Literal["before", "after", "into"],
    opinion: str = "",
    access: Access,
    on: date,
    now: datetime,
    key: str = "",
) -> Case:
    """Have somebody else sign: before one's own answer (which waits), after it, or beside it as one more of a 会签.

    Refusals `flow.task`, `flow.done`, `flow.person`, `flow.added` (added signers add nobody), `flow.place`.
    """
    if place not in ("before", "after", "into"):
        raise Refusal("flow.place", "加签方式应为前加签、后加签或并入会签。")

    def work(run: Run) -> Said:
        own = claim(run, task)
        if own.added or own.kind != TaskKind.MAIN or own.role == APPLICANT:
            raise Refusal("flow.added", "加签来的待办和申请人的环节不能再加签。")
        _other(run, own, who)
        kind, state = _KINDS[place]
        new = Task.objects.create(
            case=run.case,
            step=own.step,
            who=who,
            role=own.role,
            kind=kind,
            added=True,
            parent=own,
            state=state,
            opened_at=run.now,
        )
        if place == "before":
            Task.objects.filter(pk=own.pk).update(state=TaskState.WAIT)
        add_parties(run, [who], PartyKind.SIGNER)
        if state is TaskState.OPEN:
            run.tell("task", [who.pk], task=new, text=own.step.name)
        return Said(opinion.strip(), own.step, own, data={"added": who.pk, "place": place})

    asked = (task, who, place, opinion)
    return do(EventVerb.ADD_SIGNER, case=case_of(task), access=access, on=on, now=now, key=key, asked=asked, work=work)


_KINDS = {
    "before": (TaskKind.BEFORE, TaskState.OPEN),
    "after": (TaskKind.AFTER, TaskState.WAIT),
    "into": (TaskKind.MAIN, TaskState.OPEN),
}
