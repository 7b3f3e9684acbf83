"""Doing a task: approve (同意) or reject (驳回)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

from yiwang.core.flow import facts as contents
from yiwang.core.flow import gates
from yiwang.core.flow.actions.opening import opening_facts
from yiwang.core.flow.bpmn import Node
from yiwang.core.flow.engine import Run, end, leave, void_tasks
from yiwang.core.flow.holding import Said, case_of, claim, do, need_text
from yiwang.core.flow.models import Case, CaseState, EventVerb, Step, Task, TaskKind, TaskState
from yiwang.core.flow.people import APPLICANT
from yiwang.core.flow.votes import decided
from yiwang.core.rights.access import Access
from yiwang.kit.refusal import Refusal

LIVE = (TaskState.OPEN, TaskState.WAIT)
#: In one request.
MOST = 200


def act(
    *,
    task: int,
    verdict: Literal["approve", "reject"],
    opinion: str = "",
    facts: Mapping[str, Any] | None = None,
    approval: str = "",
    attachments: Sequence[int] = (),
    access: Access,
    on: date,
    now: datetime,
    key: str = "",
) -> Case:
    """Answer a task. A refusal needs an opinion and ends the case as soon as the rule of the step is decided.

    `facts`: what this step asks for. `approval`: number of the document that approved what a standard forbids.
    Refusals `flow.task`, `flow.done`, `flow.closed`, `flow.text`, `flow.verdict`, `fact.*`, `verdict.over`,
    `verdict.approval-right`, `flow.undetermined`.
    """
    if verdict not in ("approve", "reject"):
        raise Refusal("flow.verdict", "结论应为同意(approve)或驳回(reject)。")
    verb = EventVerb.APPROVE if verdict == "approve" else EventVerb.REJECT
    text = opinion.strip() if verdict == "approve" else need_text(opinion, "驳回理由")

    def work(run: Run) -> Said:
        done = claim(run, task, state=TaskState.DONE, verdict=verb, opinion=text, done_by=run.user, closed_at=run.now)
        node = run.graph.nodes[done.step.node]
        if verdict == "reject" and node.role == APPLICANT:
            raise Refusal("flow.verdict", "这是您自己的申请,不能驳回;不想办了请撤回。")
        changed = _fill_in(run, node, done, facts or {}, whole=verdict == "approve" and done.kind != TaskKind.BEFORE)
        if verdict == "approve" and done.kind != TaskKind.BEFORE:
            _gate(run, node, done.step, approval, list(attachments))
        settle(run, done, node)
        return Said(text, done.step, done, attachments, approval.strip(), {"facts": changed} if changed else {})

    asked = (task, verdict, opinion, dict(facts or {}), approval, list(attachments))
    return do(verb, case=case_of(task), access=access, on=on, now=now, key=key, asked=asked, work=work)


def _fill_in(run: Run, node: Node, task: Task, given: Mapping[str, Any], *, whole: bool) -> dict[str, Any]:
    """Merge what the step asks for into the case; the applicant may correct all that he filled in."""
    keys = list(node.asks)
    if node.role == APPLICANT:
        keys += [fact.key for fact in opening_facts(run.graph)]
    changed = contents.clean(run.graph.facts, given, only=keys, whole=False)
    if whole:
        contents.clean(run.graph.facts, {key: run.case.facts.get(key) for key in keys} | changed, only=keys)
    if changed:
        run.case.facts = {**run.case.facts, **changed}
        run.case.save(update_fields=["facts"])
    return changed


def _gate(run: Run, node: Node, step: Step, approval: str, attachments: list[int]) -> None:
    """Judge on the facts of this moment; keep the verdicts; stop at a hard "over" without approval."""
    if not node.gate:
        return
    step.verdicts = gates.judge(node, run.graph, run.case, run.on)
    step.save(update_fields=["verdicts"])
    new = gates.stop_when_over(run.case, step.verdicts, approval=approval, attachments=attachments, access=run.access)
    if new:
        run.case.approvals = [*run.case.approvals, *new]
        run.case.save(update_fields=["approvals"])
        run.body["approved"] = new


def settle(run: Run, done: Task, node: Node) -> None:
    """After an answer: wake who stands behind it, count, and let the step go on or end the case."""
    tasks = list(done.step.tasks.order_by("closed_at", "pk"))
    if done.kind == TaskKind.BEFORE:
        _wake(run, done, tasks)
        return
    _open_after(run, done, tasks)
    verdict = _decision(tasks, node, done)
    if verdict is False:
        end(run, CaseState.REFUSED)
    elif verdict is True:
        _pass(run, done.step, tasks)


def _wake(run: Run, done: Task, tasks: list[Task]) -> None:
    """The last signer before has signed: the task behind opens."""
    parent = done.parent
    assert parent is not None
    if not any(one.parent_id == parent.pk and one.kind == TaskKind.BEFORE and one.state in LIVE for one in tasks):
        Task.objects.filter(pk=parent.pk, state=TaskState.WAIT).update(state=TaskState.OPEN)
        run.tell("task", [parent.who_id], task=parent, text=done.step.name)


def _open_after(run: Run, done: Task, tasks: list[Task]) -> None:
    for one in tasks:
        if one.parent_id == done.pk and one.kind == TaskKind.AFTER and one.state == TaskState.WAIT:
            one.state = TaskState.OPEN
            one.save(update_fields=["state"])
            run.tell("task", [one.who_id], task=one, text=done.step.name)


def _decision(tasks: list[Task], node: Node, done: Task) -> bool | None:
    """The step's own answer by its rule. A superior to whom it was escalated decides alone."""
    if done.verdict == EventVerb.REJECT and done.kind in (TaskKind.AFTER, TaskKind.ESCALATED):
        return False
    if any(one.kind == TaskKind.ESCALATED and one.state == TaskState.DONE for one in tasks):
        return True
    voters = [one for one in tasks if one.kind == TaskKind.MAIN and one.state != TaskState.VOID]
    answers = [None if one.state != TaskState.DONE else one.verdict == EventVerb.APPROVE for one in voters]
    return decided(node.rule, answers)


def _pass(run: Run, step: Step, tasks: list[Task]) -> None:
    """Approved: nobody else need answer, but signers behind one who approved sign first."""
    signed = {one.pk for one in tasks if one.state == TaskState.DONE}
    live = [one for one in tasks if one.state in LIVE]
    behind = {one.pk for one in live if one.kind == TaskKind.AFTER and one.parent_id in signed}
    if len(live) > len(behind):
        void_tasks(run, step.tasks.filter(pk__in=[one.pk for one in live if one.pk not in behind]))
    if not behind:
        leave(run, step, EventVerb.APPROVE)


def act_many(
    *, tasks: Sequence[int], opinion: str = "", access: Access, on: date, now: datetime, key: str = ""
) -> list[tuple[int, Case | Refusal]]:
    """Approve several tasks whose nodes allow it (批量同意), each in its own transaction. Refusal `flow.many`."""
    if len(tasks) > MOST:
        raise Refusal("flow.many", f"一次最多批量办理 {MOST} 项。")
    allowed = set(Task.objects.filter(pk__in=tasks, batch=True).values_list("pk", flat=True))
    answers: list[tuple[int, Case | Refusal]] = []
    for task in dict.fromkeys(tasks):
        try:
            if task not in allowed:
                raise Refusal("flow.batch", "这个环节不能批量办理,请打开逐件办理。")
            one = f"{key}:{task}" if key else ""
            case = act(task=task, verdict="approve", opinion=opinion, access=access, on=on, now=now, key=one)
            answers.append((task, case))
        except Refusal as refusal:
            answers.append((task, refusal))
    return answers
