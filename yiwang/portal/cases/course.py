"""经过: what was done on a case, by whom, with which words, and the time each step took."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from yiwang.core.attachments.models import Attachment
from yiwang.core.flow.bpmn import Graph
from yiwang.core.flow.models import Case, CaseEvent, EventVerb, StepState
from yiwang.core.rights.models import User
from yiwang.kit.prepared import prepared
from yiwang.portal.cases.clocks import words
from yiwang.portal.cases.rows import called

#: Acts that close their step: the time that it took stands beside them.
CLOSING = {EventVerb.APPROVE, EventVerb.REJECT, EventVerb.SEND_BACK}


@dataclass(frozen=True)
class Moment:
    """One act."""

    what: str
    who: str
    at: datetime
    text: str = ""
    took: str = ""
    void: bool = False
    files: list[Any] = field(default_factory=list)


def of(case: Case, graph: Graph) -> list[Moment]:
    """The acts in order. At most three queries."""
    events = _events(case=case.pk)
    users, kept = _users(events), _files(events)
    return [_moment(one, graph, users, kept) for one in events]


@prepared
def _events(case: int) -> QuerySet[CaseEvent]:
    rows = CaseEvent.objects.filter(case=case)
    return rows.select_related("by", "on_behalf_of", "step").order_by("pk")


def _users(events: list[CaseEvent]) -> dict[int, str]:
    """The names of the persons whom acts moved a case to."""
    keys = {key for one in events for key in _keys(one)}
    if not keys:
        return {}
    return {user.pk: called(user) for user in User.objects.filter(pk__in=keys).only("username", "display_name")}


def _keys(event: CaseEvent) -> list[int]:
    """The persons to whom an act gave something."""
    data = event.data
    return [*data.get("copied", []), *(data[key] for key in ("to_user", "added") if key in data)]


def _files(events: list[CaseEvent]) -> dict[int, Attachment]:
    keys = [key for one in events for key in one.attachments]
    return Attachment.objects.in_bulk(keys) if keys else {}


def _moment(event: CaseEvent, graph: Graph, users: dict[int, str], kept: dict[int, Attachment]) -> Moment:
    step = event.step
    took = ""
    if step is not None and event.verb in CLOSING and step.closed_at is not None:
        took = words(event.at - step.opened_at)
    who = called(event.by) or "系统"
    if event.on_behalf_of_id:
        who += f"(代 {called(event.on_behalf_of)})"
    return Moment(
        what=_what(event, graph, users),
        who=who,
        at=event.at,
        text=event.text + (f"\n批准文件:{event.approval}" if event.approval else ""),
        took=took,
        void=step is not None and step.state == StepState.VOID and event.verb in CLOSING,
        files=[kept[key] for key in event.attachments if key in kept],
    )


def _what(event: CaseEvent, graph: Graph, users: dict[int, str]) -> str:
    """主管审批:退回到 申请."""
    said = str(EventVerb(event.verb).label)
    node = event.data.get("to")
    if event.verb == EventVerb.SEND_BACK and node in graph.nodes:
        said = f"退回到“{graph.nodes[node].name}”"
    names = "、".join(users[key] for key in _keys(event) if key in users)
    said = f"{said}给 {names}" if names else said
    return f"{event.step.name}:{said}" if event.step is not None and event.verb != EventVerb.APPLY else said
