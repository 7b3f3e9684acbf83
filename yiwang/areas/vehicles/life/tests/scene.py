"""People of a county and its province, and a hand that approves a case to its end. For tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from yiwang.core.flow import actions as flow
from yiwang.core.flow.models import Case, Task, TaskState
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, world

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


def people() -> World:
    """Our county with its clerk, manager, leader, finance and keeper; the province with manager and leader."""
    found = world()
    for role in (Role.CLERK, Role.MANAGER, Role.LEADER, Role.FINANCE, Role.KEEPER):
        found.user(role)
    found.user(Role.MANAGER, found.province), found.user(Role.LEADER, found.province)
    return found


def approve(case: Case | int, *, until: str = "", approval: str = "", **facts: Any) -> Case:
    """Every open task is approved, one after the other, until the case ends or the node `until` is open."""
    pk = case if isinstance(case, int) else case.pk
    while task := _next(pk, until):
        asked = {key: value for key, value in facts.items() if key in _asks(task)}
        flow.act(
            task=task.pk,
            verdict=_verdict(task),
            opinion="同意",
            facts=asked,
            approval=approval,
            access=_of(task),
            on=TODAY,
            now=NOW,
        )
    return Case.objects.get(pk=pk)


def reject(case: Case) -> Case:
    """The first open task says no."""
    task = Task.objects.filter(case=case, state=TaskState.OPEN).select_related("step", "who").order_by("pk").first()
    assert task is not None
    flow.act(task=task.pk, verdict="reject", opinion="不同意", access=_of(task), on=TODAY, now=NOW)
    return Case.objects.get(pk=case.pk)


def _next(case: int, until: str) -> Task | None:
    rows = Task.objects.filter(case=case, state=TaskState.OPEN).select_related("step", "who").order_by("pk")
    found = rows.first()
    return None if found is None or found.step.node == until else found


def _asks(task: Task) -> tuple[str, ...]:
    from yiwang.core.flow import definitions

    graph = definitions.graph_of(Case.objects.get(pk=task.case_id).definition)
    return tuple(graph.nodes[task.step.node].asks)


def _verdict(task: Task) -> Any:
    return "approve"


def _of(task: Task) -> Access:
    assert task.who is not None, f"nobody for {task.step.node}"
    return access_for(task.who)
