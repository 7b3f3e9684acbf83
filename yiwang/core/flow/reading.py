"""What pages and the API ask of a case: where it stands, what may be done, what would come next. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from yiwang.core.flow import definitions, gates
from yiwang.core.flow import facts as contents
from yiwang.core.flow.actions.moving import manages
from yiwang.core.flow.actions.opening import opening_facts
from yiwang.core.flow.bpmn import Graph, Node, NodeType
from yiwang.core.flow.facts import Fact
from yiwang.core.flow.history import Trail
from yiwang.core.flow.models import (
    Case,
    CaseEvent,
    CaseState,
    Definition,
    Step,
    StepState,
    Task,
    TaskKind,
    TaskState,
)
from yiwang.core.flow.people import APPLICANT, SAME, mine, parse_role
from yiwang.core.orgs.models import Organ, Tier
from yiwang.core.rights.access import Access
from yiwang.core.workdays.current import current as calendar
from yiwang.kit.expr import compile_expression

graph_of = definitions.graph_of
_AT = {"applicant": "本单位", "superior": "上级单位", "superior2": "再上一级单位", "top": "主管部门"}


@dataclass(frozen=True)
class Position:
    """Node ids for the picture: done, at work now, and those that may still come."""

    done: tuple[str, ...]
    open: tuple[str, ...]
    possible: tuple[str, ...]


def current(case: Case, steps: Iterable[Step] | None = None) -> Position:
    """Where the case stands in its picture. `steps`: all of the case, where the caller has them."""
    graph = graph_of(case.definition)
    states = [(one.node, one.state) for one in (case.steps.all() if steps is None else steps)]
    now = {node for node, state in states if state in (StepState.OPEN, StepState.ARRIVED)}
    done = {node for node, state in states if state == StepState.DONE} - now
    ahead = set().union(*(graph.reaches(node) for node in now)) - now if case.is_open else set()
    keep = graph.nodes
    return Position(*(tuple(node for node in keep if node in group) for group in (done, now, ahead - done)))


def timeline(case: Case) -> list[CaseEvent]:
    """Everything that was done on a case, oldest first, with the persons."""
    return list(case.events.select_related("by", "on_behalf_of", "step").order_by("pk"))


@dataclass(frozen=True)
class Spent:
    """How long a visit of a person's node took, in clock time and in office time."""

    step: Step
    total: timedelta
    office: timedelta
    late: bool


def times(case: Case, now: datetime) -> list[Spent]:
    """The time each step of a person took, or has taken so far."""
    days, graph, found = calendar(), graph_of(case.definition), []
    for step in case.steps.order_by("pk"):
        if graph.nodes[step.node].type in (NodeType.TASK, NodeType.CALL):
            until = step.closed_at or now
            late = step.due_at is not None and until > step.due_at
            found.append(Spent(step, until - step.opened_at, days.work_time(step.opened_at, until), late))
    return found


def back_targets(task: Task) -> list[tuple[str, str]]:
    """(node, name) of every step that an open task may be sent back to, the latest first."""
    graph = graph_of(task.case.definition)
    trail = Trail(graph, list(task.case.steps.all()))
    step = next(one for one in trail.steps if one.pk == task.step_id)
    return [(node, graph.nodes[node].name) for node in trail.targets(step)]


def may(case: Case, task: Task | None, access: Access) -> frozenset[str]:
    """The names of the verbs that make sense for the user now: the buttons. The verbs themselves check again."""
    verbs = {"comment", "carbon_copy"}
    if case.state != CaseState.OPEN:
        return frozenset(verbs)
    verbs |= {"attach", "urge"}
    own = task is not None and Task.objects.filter(mine(access), pk=task.pk, state=TaskState.OPEN).exists()
    if task is not None and own:
        verbs |= _of_task(case, task)
    if case.applicant_id == access.user.pk and case.parent_step_id is None and _withdrawable(case, access):
        verbs.add("withdraw")
    clock = {"resume"} if case.paused_at else {"pause"}
    if manages(access, case):
        verbs |= {"void", "transfer", *clock} - ({"void"} if case.parent_step_id else set())
    elif own and task is not None and task.role != APPLICANT:
        verbs |= clock
    return frozenset(verbs)


def _of_task(case: Case, task: Task) -> set[str]:
    graph = graph_of(case.definition)
    node = graph.nodes[Step.objects.only("node").get(pk=task.step_id).node]
    verbs = {"approve"}
    if node.role == APPLICANT:
        return verbs
    verbs |= {"reject", "transfer"}
    if task.kind == TaskKind.MAIN and not task.added:
        verbs.add("add_signer")
    if task.kind in (TaskKind.MAIN, TaskKind.ESCALATED) and back_targets(task):
        verbs.add("send_back")
    return verbs


def _withdrawable(case: Case, access: Access) -> bool:
    tasks = Task.objects.filter(case__in=[case.pk, *case.descendants.values_list("pk", flat=True)])
    rows = list(tasks.filter(state__in=(TaskState.OPEN, TaskState.DONE)).values_list("state", "who_id", "done_by_id"))
    others = any(state == TaskState.DONE and by != access.user.pk for state, _, by in rows)
    return not others or {who for state, who, _ in rows if state == TaskState.OPEN} == {access.user.pk}


# ---------------------------------------------------------------- forms and simulation


def facts_to_open(definition: Definition) -> tuple[Fact, ...]:
    """The facts that the applicant fills in."""
    return opening_facts(graph_of(definition))


def facts_to_fill(task: Task) -> tuple[Fact, ...]:
    """The facts that the person of a task may or must fill in."""
    graph = graph_of(task.case.definition)
    node = graph.nodes[task.step.node]
    keys = {*node.asks, *(fact.key for fact in opening_facts(graph) if node.role == APPLICANT)}
    return tuple(fact for fact in graph.facts if fact.key in keys)


def shown_facts(case: Case) -> list[tuple[Fact, Any]]:
    """The declared facts of a case with their values, in order; those that nobody filled in yet are None."""
    return [(fact, case.facts.get(fact.key)) for fact in graph_of(case.definition).facts]


def preview(*, definition: Definition, facts: Mapping[str, Any], organ: Organ, on: date) -> list[dict[str, Any]]:
    """The verdicts of every gate on facts that are not written yet, each with its `node`. Odd facts: Refusal `fact.*`."""
    graph = graph_of(definition)
    case = Case(definition=definition, process=definition.key, area=definition.area, organ=organ)
    case.facts = contents.clean(graph.facts, facts, whole=False)
    return [{**one, "node": node.id} for node in graph.people() for one in gates.judge(node, graph, case, on)]


def ahead(graph: Graph, node: str, facts: Mapping[str, Any], *, organ: Organ | None = None) -> list[str]:
    """The persons' steps, calls and ends that come right after a node for these facts (as a case keeps them).

    Where a fact that decides is missing, every way that is still possible.
    """
    known = contents.typed(graph.facts, facts)
    known["organ_tier"] = str(Tier(organ.tier).label) if organ else None
    found: dict[str, None] = {}
    seen: set[str] = set()
    front = [flow.target for flow in graph.ways_out(node)]
    while front:
        one = front.pop(0)
        if one in seen:
            continue
        seen.add(one)
        if graph.nodes[one].type in (NodeType.TASK, NodeType.CALL, NodeType.END):
            found[one] = None
        else:
            front += _next(graph, graph.nodes[one], known)
    return list(found)


def _next(graph: Graph, node: Node, known: Mapping[str, Any]) -> list[str]:
    ways = graph.ways_out(node.id)
    if node.type is not NodeType.XOR or len(ways) == 1:
        return [flow.target for flow in ways]
    columns, possible = contents.columns_of(graph.facts), []
    for flow in ways:
        if flow.id != node.default:
            truth = compile_expression(flow.condition, columns).run(known)
            if truth is not False:
                possible.append(flow.target)
            if truth:
                return possible
    return [*possible, graph.flows[node.default].target]


def role_words(text: str) -> str:
    """A node's role in words: “本单位主管”."""
    if text == APPLICANT:
        return "申请人"
    if text.startswith(SAME):
        return "与前面环节相同的人"
    words = []
    for part in text.split(","):
        post = parse_role(part)
        words.append(f"{_AT[post.at]}{post.role.label}{f'({post.area})' if post.area else ''}" if post else part)
    return "、".join(words)


RULES = {"one": "一人办理即可", "any": "会签:一人同意即可", "all": "会签:须全部同意"}


def rule_words(rule: str) -> str:
    """A node's rule in words."""
    share = rule.removeprefix("share:")
    return RULES.get(rule) or f"会签:同意达到 {float(share):.0%} 即可"
