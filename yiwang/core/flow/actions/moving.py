"""Sending back (退回), withdrawing (撤回) and voiding (作废)."""

from __future__ import annotations

from datetime import date, datetime

from yiwang.core.flow.engine import Run, end, enter_task, void_case, void_tasks, whole
from yiwang.core.flow.history import Return, Trail
from yiwang.core.flow.holding import Said, case_of, claim, do, need_text
from yiwang.core.flow.models import Case, CaseState, EventVerb, Step, StepState, Task, TaskKind, TaskState
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User, Verb
from yiwang.kit.refusal import Refusal


def send_back(*, task: int, node: str, opinion: str, access: Access, on: date, now: datetime, key: str = "") -> Case:
    """Give the case back to an earlier step, to whoever did it; what was said since stays in the history.

    Refusals `flow.task`, `flow.done`, `flow.text`, `flow.back` (the node is not before this one, or may not be).
    """
    text = need_text(opinion, "退回理由")

    def work(run: Run) -> Said:
        done = claim(
            run,
            task,
            state=TaskState.DONE,
            verdict=EventVerb.SEND_BACK,
            opinion=text,
            done_by=run.user,
            closed_at=run.now,
        )
        if done.kind in (TaskKind.BEFORE, TaskKind.AFTER):
            raise Refusal("flow.back", "加签的人只能签署意见,退回请由主办人决定。")
        trail = Trail(run.graph, list(run.case.steps.all()))
        going = trail.back(done.step, node) if node in trail.targets(done.step) else None
        if going is None:
            raise Refusal("flow.back", "不能退回到这一步:它不在本环节之前,或流程不允许退回。")
        _go_back(run, going, node)
        return Said(text, done.step, done, data={"to": node})

    return do(
        EventVerb.SEND_BACK,
        case=case_of(task),
        access=access,
        on=on,
        now=now,
        key=key,
        asked=(task, node, opinion),
        work=work,
    )


def _go_back(run: Run, going: Return, node: str) -> None:
    steps = run.case.steps
    for child in whole().filter(parent_step__in=going.void, state=CaseState.OPEN):
        void_case(run.beside(child, run.depth + 1))
    steps.filter(pk__in=going.void).update(state=StepState.VOID, closed_at=run.now)
    live = (TaskState.OPEN, TaskState.WAIT)
    void_tasks(run, run.case.tasks.filter(step__in=going.void, state__in=live))
    steps.filter(pk__in=going.redo).update(state=StepState.REDO)
    steps.filter(pk__in=going.revive).update(state=StepState.ARRIVED, closed_at=None)
    prefer = _who_did(going.visit)
    step = enter_task(run, run.graph.nodes[node], "", going.visit.block, prefer)
    run.tell("sent_back", [run.case.applicant_id, *(user.pk for user in prefer)], text=step.name)


def _who_did(visit: Step) -> list[User]:
    """The persons who answered in a visit, in whoever's name."""
    rows = visit.tasks.filter(state=TaskState.DONE, kind=TaskKind.MAIN).select_related("who").order_by("pk")
    return list(dict.fromkeys(row.who for row in rows if row.who is not None))


def withdraw(*, case: int, reason: str = "", access: Access, on: date, now: datetime, key: str = "") -> Case:
    """The applicant takes the case back: before anybody else acted, or while it lies with him after 退回.

    Refusals `flow.withdraw`, `flow.closed`, `flow.child`.
    """

    def work(run: Run) -> Said:
        if run.case.parent_step_id is not None:
            raise Refusal("flow.child", "这是主事项里的一个环节,请在主事项上撤回。")
        if run.user is None or run.case.applicant_id != run.user.pk:
            raise Refusal("flow.withdraw", "只有申请人可以撤回。")
        tree = Task.objects.filter(case__in=[run.case.pk, *run.case.descendants.values_list("pk", flat=True)])
        others = tree.filter(state=TaskState.DONE).exclude(done_by=run.user).exists()
        open_ones = set(tree.filter(state=TaskState.OPEN).values_list("who_id", flat=True))
        if others and open_ones != {run.user.pk}:
            raise Refusal("flow.withdraw", "已有人办理,不能撤回;请联系办理人退回或驳回。")
        end(run, CaseState.WITHDRAWN)
        return Said(reason.strip())

    return do(EventVerb.WITHDRAW, case=case, access=access, on=on, now=now, key=key, asked=(case, reason), work=work)


def void(*, case: int, reason: str, access: Access, on: date, now: datetime, key: str = "") -> Case:
    """A manager who may configure the area ends a case that should not go on. Refusals `rights.denied`, `flow.text`."""
    text = need_text(reason, "作废理由")

    def work(run: Run) -> Said:
        manage(run, "作废事项")
        if run.case.parent_step_id is not None:
            raise Refusal("flow.child", "这是主事项里的一个环节,请在主事项上作废。")
        end(run, CaseState.VOID)
        return Said(text)

    return do(EventVerb.VOID, case=case, access=access, on=on, now=now, key=key, asked=(case, reason), work=work)


def manage(run: Run, doing: str) -> None:
    """Only who may configure the area, for an organ within his own. Refusal `rights.denied`."""
    run.access.need(manages(run.access, run.case), doing)


def manages(access: Access, case: Case) -> bool:
    """Whether the user administers the cases of this area and organ."""
    organ = access.organ
    within = organ is not None and getattr(case, f"l{organ.depth}") == organ.pk
    return within and access.may(Verb.CONFIGURE, case.area)
