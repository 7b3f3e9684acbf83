"""Tokens: entering nodes, passing gateways, ending cases. Called by the verbs only, with the case held.

A token is an open step, or an arrival at a join. Each carries the visit of the split around it (`block`), so that
blocks in blocks, rings in lanes and a second round after 退回 never count an arrival of another visit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from yiwang.core.flow import clock, definitions, gates, processes
from yiwang.core.flow import facts as contents
from yiwang.core.flow.bpmn import Flow, Graph, Node, NodeType
from yiwang.core.flow.models import (
    Case,
    CaseQuerySet,
    CaseState,
    EventVerb,
    Party,
    PartyKind,
    Step,
    StepState,
    Task,
    TaskState,
)
from yiwang.core.flow.people import APPLICANT, SAME, persons
from yiwang.core.flow.signals import Kind, Moment, News
from yiwang.core.orgs.models import Tier
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User
from yiwang.kit.expr import compile_expression
from yiwang.kit.refusal import Refusal

#: Cases in cases: a process that calls itself would never end.
DEEPEST = 4


@dataclass
class Run:
    """A case in the hands of one verb: what it knows and what it leaves to be told and entered in the ledger."""

    case: Case
    access: Access
    on: date
    now: datetime
    graph: Graph
    news: list[News] = field(default_factory=list)
    body: dict[str, Any] = field(default_factory=dict)
    depth: int = 0

    @classmethod
    def of(cls, case: Case, access: Access, on: date, now: datetime) -> Run:
        """Take a case up."""
        return cls(case, access, on, now, definitions.graph_of(case.definition))

    def beside(self, case: Case, depth: int) -> Run:
        """Another case of the same tree, in the same verb."""
        graph = definitions.graph_of(case.definition)
        return Run(case, self.access, self.on, self.now, graph, self.news, self.body, depth)

    @property
    def user(self) -> User | None:
        """Who acts; None: the platform."""
        return self.access.user if isinstance(self.access.user, User) else None

    def tell(self, kind: Kind, users: Iterable[int | None], *, task: Task | None = None, text: str = "") -> None:
        """Note a piece of news for after the commit. Nobody is told what he did himself."""
        by = self.user.pk if self.user else None
        to = tuple(sorted({one for one in users if one is not None and one != by}))
        if to or kind == "unassigned":
            pk = task.pk if task else None
            self.news.append(News(kind=kind, case_id=self.case.pk, task_id=pk, users=to, by=by, text=text))


def whole() -> CaseQuerySet:
    """Cases with what the engine asks of them; the definition without its file and picture, which nobody needs here."""
    rows = Case.objects.select_related("definition", "organ", "applicant", "parent_step")
    return rows.defer("definition__xml", "definition__graph", "definition__points")


# ---------------------------------------------------------------- entering and leaving


def enter(run: Run, flow: Flow, block: Step | None) -> None:
    """Let a token go along a flow: through gateways until a person, a join that still waits, or the end."""
    node = run.graph.nodes[flow.target]
    _ENTER[node.type](run, node, flow, block)


def open_step(run: Run, node: Node, via: str, block: Step | None, state: StepState = StepState.OPEN) -> Step:
    """One more visit of a node."""
    name = node.name or node.id
    step = Step(case=run.case, node=node.id, name=name, via=via, block=block, state=state, opened_at=run.now)
    if state is StepState.OPEN:
        clock.start(step, days=node.days, hours=node.hours, now=run.now, paused=run.case.paused_at is not None)
        step.verdicts = gates.judge(node, run.graph, run.case, run.on)
    elif state is StepState.DONE:
        step.closed_at = run.now
    step.save()
    return step


def enter_task(run: Run, node: Node, via: str, block: Step | None, prefer: Sequence[User] = ()) -> Step:
    """A person's node: a step with a task for each who may do it (`prefer`: for those)."""
    step = open_step(run, node, via, block)
    for task in assign(run, step, node, prefer):
        run.tell("task" if task.who_id else "unassigned", [task.who_id], task=task, text=step.name)
    _moment(run, Moment(kind="entered", node=node.id, step_id=step.pk))
    return step


def _enter_xor(run: Run, node: Node, flow: Flow, block: Step | None) -> None:
    open_step(run, node, flow.id, block, StepState.DONE)
    enter(run, _chosen(run, node), block)


def _enter_fork(run: Run, node: Node, flow: Flow, block: Step | None) -> None:
    visit = open_step(run, node, flow.id, block, StepState.DONE)
    for way in run.graph.ways_out(node.id):
        enter(run, way, visit)


def _enter_join(run: Run, node: Node, flow: Flow, block: Step | None) -> None:
    assert block is not None, "a join outside a block"
    open_step(run, node, flow.id, block, StepState.ARRIVED)
    arrived = Step.objects.filter(case=run.case, node=node.id, block=block, state=StepState.ARRIVED)
    if len(set(arrived.values_list("via", flat=True))) == len(run.graph.ways_in(node.id)):
        arrived.update(state=StepState.DONE, closed_at=run.now)
        enter(run, run.graph.ways_out(node.id)[0], block.block)


def _enter_end(run: Run, node: Node, flow: Flow, block: Step | None) -> None:
    open_step(run, node, flow.id, block, StepState.DONE)
    end(run, CaseState.DONE)


def _enter_call(run: Run, node: Node, flow: Flow, block: Step | None) -> None:
    if run.depth >= DEEPEST:
        raise Refusal("flow.deep", f"“{node.name}”调用的流程层层相套,超过 {DEEPEST} 层,请检查流程定义。")
    step = open_step(run, node, flow.id, block)
    child = _child(run, node, step)
    begin(run.beside(child, run.depth + 1))


def _enter_person(run: Run, node: Node, flow: Flow, block: Step | None) -> None:
    enter_task(run, node, flow.id, block)


_ENTER = {
    NodeType.TASK: _enter_person,
    NodeType.XOR: _enter_xor,
    NodeType.FORK: _enter_fork,
    NodeType.JOIN: _enter_join,
    NodeType.END: _enter_end,
    NodeType.CALL: _enter_call,
}


def begin(run: Run) -> None:
    """The token leaves the start; the applicant's own first step is done with the application itself."""
    start = run.graph.start
    open_step(run, start, "", None, StepState.DONE)
    flow = run.graph.ways_out(start.id)[0]
    first = run.graph.nodes[flow.target]
    if first.type is NodeType.TASK and first.role == APPLICANT:
        step = open_step(run, first, flow.id, None)
        mine = {
            "state": TaskState.DONE,
            "verdict": EventVerb.APPLY,
            "done_by": run.case.applicant,
            "closed_at": run.now,
        }
        for task in assign(run, step, first, [run.case.applicant]):
            Task.objects.filter(pk=task.pk).update(**mine)
        leave(run, step, EventVerb.APPLY)
    else:
        enter(run, flow, None)


def leave(run: Run, step: Step, verdict: str) -> None:
    """A person's step, in which nothing is open any more, is done: the token goes on."""
    step.state, step.closed_at = StepState.DONE, run.now
    step.save(update_fields=["state", "closed_at"])
    _moment(run, Moment(kind="left", node=step.node, step_id=step.pk, verdict=verdict))
    enter(run, run.graph.ways_out(step.node)[0], step.block)


def void_tasks(run: Run, tasks: Any) -> None:
    """Tasks that need not be done any more; what was done stays as it is."""
    tasks.update(state=TaskState.VOID, closed_at=run.now)


# ---------------------------------------------------------------- persons


def assign(run: Run, step: Step, node: Node, prefer: Sequence[User] = ()) -> list[Task]:
    """A task for each person of the node; nobody: one task for an administrator to assign."""
    people = [user for user in prefer if user.is_active] or candidates(run, node)
    tasks = [
        Task(case=run.case, step=step, who=user, role=node.role, batch=node.batch, opened_at=run.now)
        for user in (people or (None,))
    ]
    for task in tasks:
        task.save()
    add_parties(run, people, PartyKind.SIGNER)
    return tasks


def candidates(run: Run, node: Node) -> list[User]:
    """Who may do a node. The applicant never approves his own case."""
    case = run.case
    if node.role == APPLICANT:
        return [case.applicant] if case.applicant.is_active else []
    if node.role.startswith(SAME):
        done = Task.objects.filter(case=case, step__node=node.role.removeprefix(SAME), state=TaskState.DONE)
        last = done.exclude(who=None).order_by("-pk").select_related("who").first()
        return [last.who] if last and last.who and last.who.is_active else []
    return [user for user in persons(node.role, case.organ, case.area, run.on) if user.pk != case.applicant_id]


def add_parties(run: Run, people: Iterable[User], kind: PartyKind) -> None:
    """From now on they have to do with the case."""
    rows = [Party(case=run.case, user=user, kind=kind, at=run.now) for user in people]
    Party.objects.bulk_create(rows, ignore_conflicts=True)


# ---------------------------------------------------------------- gateways


def values(run: Run) -> dict[str, Any]:
    """What conditions read."""
    known = contents.typed(run.graph.facts, run.case.facts)
    judged = run.case.steps.exclude(verdicts=[]).order_by("-pk").values_list("verdicts", flat=True).first()
    tier = str(Tier(run.case.organ.tier).label)
    return {**known, "organ_tier": tier, "verdict": gates.worst(judged or [])}


def _chosen(run: Run, node: Node) -> Flow:
    """The way out of an exclusive gateway. Refusal `flow.undetermined` where a fact that decides is missing."""
    ways = run.graph.ways_out(node.id)
    if len(ways) == 1:
        return ways[0]
    known, columns = values(run), contents.columns_of(run.graph.facts)
    for flow in ways:
        if flow.id == node.default:
            continue
        expression = compile_expression(flow.condition, columns)
        truth = expression.run(known)
        if truth is None:
            raise Refusal("flow.undetermined", _lacking(run.graph, expression.names, known))
        if truth:
            return flow
    return run.graph.flows[node.default]


def _lacking(graph: Graph, names: frozenset[str], known: dict[str, Any]) -> str:
    labels = [fact.label for fact in graph.facts if fact.key in names and known.get(fact.key) is None]
    return f"还不能判断往哪一步走,请先填写:{'、'.join(labels) or '有关内容'}。"


# ---------------------------------------------------------------- ends and cases in cases


def end(run: Run, state: CaseState, *, upwards: bool = True) -> None:
    """Close a case with all that is open in it; a child's end goes on in its parent (`upwards`)."""
    case = run.case
    steps = case.steps.filter(state__in=(StepState.OPEN, StepState.ARRIVED))
    _void_children(run, steps)
    steps.update(state=StepState.VOID, closed_at=run.now)
    void_tasks(run, case.tasks.filter(state__in=(TaskState.OPEN, TaskState.WAIT)))
    case.state, case.closed_at, case.paused_at = state, run.now, None
    case.save(update_fields=["state", "closed_at", "paused_at", "facts", "approvals"])
    kind = processes.get(case.process) if processes.known(case.process) else None
    if kind is not None and kind.on_end is not None:
        kind.on_end(case=case, access=run.access, on=run.on, now=run.now)
    if case.parent_step is None:
        run.tell("ended", [case.applicant_id], text=case.get_state_display())
    elif upwards:
        _back_to_parent(run, case.parent_step)


def _void_children(run: Run, steps: Any) -> None:
    for child in whole().filter(parent_step__in=steps, state=CaseState.OPEN):
        void_case(run.beside(child, run.depth + 1))


def void_case(run: Run) -> None:
    """A child whose parent goes another way. Its parent is not told."""
    end(run, CaseState.VOID, upwards=False)


def _back_to_parent(run: Run, step: Step) -> None:
    parent = run.beside(whole().get(pk=step.case_id), run.depth - 1)
    if run.case.state != CaseState.DONE:
        end(parent, CaseState.REFUSED)
        return
    node = parent.graph.nodes[step.node]
    parent.case.facts |= {key: run.case.facts[key] for key in node.returns if key in run.case.facts}
    parent.case.save(update_fields=["facts"])
    leave(parent, step, EventVerb.APPROVE)


def _child(run: Run, node: Node, step: Step) -> Case:
    """A case of the called process, with those facts of the parent that it knows."""
    definition = definitions.in_force(node.called, run.on, run.case.organ)
    known = {fact.key for fact in definitions.graph_of(definition).facts}
    parent, count = run.case, run.case.root_id or run.case.pk
    child = Case(
        definition=definition,
        process=definition.key,
        area=definition.area,
        number=f"{parent.number}-{Case.objects.filter(root_id=count).count() + 1}",
        title=parent.title,
        applicant=parent.applicant,
        organ=parent.organ,
        subject_kind=parent.subject_kind,
        subject_id=parent.subject_id,
        facts={key: value for key, value in parent.facts.items() if key in known},
        parent_step=step,
        root_id=count,
        opened_at=run.now,
    )
    child.place()
    child.save()
    child_run = run.beside(child, run.depth + 1)
    add_parties(child_run, [child.applicant], PartyKind.APPLICANT)
    return child


def _moment(run: Run, event: Moment) -> None:
    kind = processes.get(run.case.process) if processes.known(run.case.process) else None
    if kind is not None and kind.on_event is not None:
        kind.on_event(case=run.case, event=event, access=run.access, on=run.on, now=run.now)
