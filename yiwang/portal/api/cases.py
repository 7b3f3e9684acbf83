"""Cases: every process opened and acted upon by the verbs of `core.flow`, under the caller's rights.

`Idempotency-Key` in the header makes a retry safe: the same key has one effect and gets the same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Header, Path, Query, Router, Schema, Status

from yiwang.core.flow import actions, definitions, processes, reading
from yiwang.core.flow.facts import Fact
from yiwang.core.flow.models import Case, CaseEvent, Step, Task
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal
from yiwang.portal.api.callers import access_of
from yiwang.portal.cases.people import colleagues

router = Router(tags=["流程"])
MOST = 200
Key = Annotated[str, Header("", alias="Idempotency-Key", max_length=100)]
Id = Annotated[int, Path(ge=1, le=2**62)]
Text = Annotated[str, Field("", max_length=2000)]


class FactOut(Schema):
    """One fact that a process asks for."""

    key: str
    label: str
    type: str
    unit: str
    required: bool
    choices: list[str]


class ProcessOut(Schema):
    """A process that may be opened."""

    key: str
    label: str
    area: str
    facts: list[FactOut]


class CaseLine(Schema):
    """A case in a list."""

    id: int
    number: str
    title: str
    process: str
    state: str
    organ: int
    opened_at: datetime
    closed_at: datetime | None


class TaskOut(Schema):
    """A task of a step."""

    id: int
    who: str | None
    role: str
    kind: str
    state: str
    verdict: str
    opinion: str
    closed_at: datetime | None


class StepOut(Schema):
    """A visit of a node, with the verdicts of the standards where they were judged."""

    node: str
    name: str
    state: str
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    verdicts: list[dict[str, Any]]
    tasks: list[TaskOut]


class EventOut(Schema):
    """An act of the history."""

    verb: str
    by: str
    text: str
    at: datetime


class CaseOut(CaseLine):
    """A case in full. `may`: the caller's verbs now, by task; "" for those on the case itself."""

    facts: dict[str, Any]
    subject: list[str]
    steps: list[StepOut]
    events: list[EventOut]
    may: dict[str, list[str]]


class CasesOut(Schema):
    """A page of cases. `next` is the `after` of the following page, or null."""

    cases: list[CaseLine]
    next: int | None


class Box(Schema):
    """Which cases, and where in them."""

    box: Literal["todo", "done", "mine", "copied", "all"] = "todo"
    process: str = Field("", max_length=60)
    after: int | None = Field(None, ge=1, le=2**62, description="上一页的 next")
    limit: int = Field(50, ge=1, le=MOST)


class Opening(Schema):
    """A new case. `organ`: id, by default the organ worked for."""

    process: str = Field(max_length=60)
    title: str = Field(max_length=120)
    facts: dict[str, str | int | bool | None] = {}
    organ: int | None = Field(None, ge=1, le=2**62)


class Acting(Schema):
    """A decision on a task. `approval`: number of the document where a hard limit is exceeded."""

    verdict: Literal["approve", "reject"]
    opinion: Text
    facts: dict[str, str | int | bool | None] = {}
    approval: str = Field("", max_length=80)


class Back(Schema):
    """Which earlier step it goes back to."""

    node: str = Field(max_length=100)
    opinion: str = Field(min_length=1, max_length=2000)


class Handing(Schema):
    """To whom, by user name."""

    to: str = Field(max_length=150)
    opinion: Text


class Signing(Schema):
    """Who else signs, and where: before, after, or into the round of co-signers."""

    who: str = Field(max_length=150)
    place: Literal["before", "after", "into"]
    opinion: Text


class Copying(Schema):
    """Who gets a copy, by user names."""

    to: list[str] = Field(min_length=1, max_length=50)
    note: Text


class Saying(Schema):
    """A text: reason, note or comment."""

    text: Text


def _clock() -> dict[str, Any]:
    """The instant and its business day; the verbs take them from here."""
    now = timezone.now()
    return {"now": now, "on": timezone.localdate(now)}


def _seen(access: Access, pk: int) -> Case:
    case = Case.objects.visible(access).filter(pk=pk).select_related("definition").first()
    if case is None:
        raise Http404
    return case


def _task(access: Access, pk: int) -> Task:
    task = Task.objects.filter(pk=pk, case__in=Case.objects.visible(access).values("pk")).first()
    if task is None:
        raise Http404
    return task


def _user(name: str, case: Case, access: Access) -> User:
    """One of those whom the case may be handed to: of other accounts the answer is as of those that do not exist."""
    found = colleagues(case, access).filter(username=name).first() if "\0" not in name else None
    if found is None:
        raise Refusal("api.unknown-user", f"本单位和上下级中没有“{name}”这个在用账号,请核对用户名。")
    return found


def _organ(access: Access, pk: int | None) -> Organ:
    """The organ of the case: one in the caller's reach. Refusal `rights.not-yours`."""
    assert access.organ is not None
    if pk is None or pk == access.organ.pk:
        return access.organ
    found = Organ.objects.filter(pk=pk, **{f"l{access.organ.depth}": access.organ.pk}).first()
    if found is None:
        raise Refusal("rights.not-yours", "您没有这个单位的授权,不能以它的名义办理。")
    return found


def _fact(one: Fact) -> FactOut:
    return FactOut(
        key=one.key,
        label=one.label,
        type=one.kind.value,
        unit=one.unit,
        required=one.required,
        choices=list(one.choices),
    )


def _line(case: Case) -> dict[str, Any]:
    names = ("number", "title", "process", "state", "opened_at", "closed_at")
    return {"id": case.pk, "organ": case.organ_id, **{name: getattr(case, name) for name in names}}


def _steps(case: Case) -> list[StepOut]:
    tasks: dict[int, list[TaskOut]] = {}
    for one in Task.objects.filter(case=case).select_related("who").order_by("pk"):
        out = TaskOut(
            id=one.pk,
            who=one.who.username if one.who else None,
            role=one.role,
            kind=one.kind,
            state=one.state,
            verdict=one.verdict,
            opinion=one.opinion,
            closed_at=one.closed_at,
        )
        tasks.setdefault(one.step_id, []).append(out)
    return [
        StepOut(
            node=step.node,
            name=step.name,
            state=step.state,
            opened_at=step.opened_at,
            due_at=step.due_at,
            closed_at=step.closed_at,
            verdicts=step.verdicts,
            tasks=tasks.get(step.pk, []),
        )
        for step in Step.objects.filter(case=case).order_by("pk")
    ]


def _whole(case: Case, access: Access) -> CaseOut:
    events = CaseEvent.objects.filter(case=case).select_related("by").order_by("pk")
    mine = Task.objects.waiting_for(access).filter(case=case)
    return CaseOut(
        **_line(case),
        facts=case.facts,
        subject=[case.subject_kind, str(case.subject_id)],
        steps=_steps(case),
        events=[
            EventOut(verb=one.verb, by=one.by.username if one.by else "", text=one.text, at=one.at) for one in events
        ],
        may={
            "": sorted(reading.may(case, None, access)),
            **{str(task.pk): sorted(reading.may(case, task, access)) for task in mine},
        },
    )


BOXES: dict[str, Callable[[Access], Any]] = {
    "todo": lambda access: Case.objects.filter(pk__in=Task.objects.waiting_for(access).values("case")),
    "done": lambda access: Case.objects.handled_by(access),
    "mine": lambda access: Case.objects.opened_by(access),
    "copied": lambda access: Case.objects.copied_to(access),
    "all": lambda access: Case.objects.visible(access),
}


@router.get("/processes", response=list[ProcessOut], summary="可以发起的流程")
def listed_processes(request: HttpRequest) -> list[ProcessOut]:
    """The processes that the caller may open, each with the facts that it asks for."""
    access, on = access_of(request), timezone.localdate()
    assert access.organ is not None
    found = []
    for kind in processes.all_kinds():
        if access.may(kind.verb, kind.area):
            facts = reading.facts_to_open(definitions.in_force(kind.key, on, access.organ))
            found.append(ProcessOut(key=kind.key, label=kind.label, area=kind.area, facts=list(map(_fact, facts))))
    return found


@router.get("/cases", response=CasesOut, summary="事项列表")
def listed(request: HttpRequest, page: Query[Box]) -> CasesOut:
    """Cases, the newest first: those that wait for me, that I handled, that I opened, copied to me, or all I may see."""
    found = BOXES[page.box](access_of(request)).order_by("-pk")
    if page.process:
        found = found.filter(process=page.process)
    if page.after is not None:
        found = found.filter(pk__lt=page.after)
    cases = list(found[: page.limit + 1])
    lines = [CaseLine(**_line(case)) for case in cases[: page.limit]]
    return CasesOut(cases=lines, next=lines[-1].id if len(cases) > page.limit else None)


@router.post("/cases", response={201: CaseOut}, summary="发起事项")
def opened(request: HttpRequest, body: Opening, key: Key) -> Status[CaseOut]:
    """Open a case in the caller's name."""
    access = access_of(request)
    organ = _organ(access, body.organ)
    case = actions.open_case(
        process=body.process, title=body.title, organ=organ, access=access, facts=dict(body.facts), key=key, **_clock()
    )
    return Status(201, _whole(case, access))


@router.get("/cases/{pk}", response=CaseOut, summary="一件事项")
def one(request: HttpRequest, pk: Id) -> CaseOut:
    """A case in full: facts, steps with verdicts, opinions, and what the caller may do now."""
    access = access_of(request)
    return _whole(_seen(access, pk), access)


def _on_case(verb: Callable[..., Case], request: HttpRequest, pk: int, key: str, **more: Any) -> CaseOut:
    access = access_of(request)
    case = verb(case=_seen(access, pk).pk, access=access, key=key, **more, **_clock())
    return _whole(case, access)


def _on_task(verb: Callable[..., Case], request: HttpRequest, pk: int, key: str, **more: Any) -> CaseOut:
    access = access_of(request)
    case = verb(task=_task(access, pk).pk, access=access, key=key, **more, **_clock())
    return _whole(case, access)


@router.post("/cases/{pk}/withdraw", response=CaseOut, summary="撤回")
def withdrawn(request: HttpRequest, pk: Id, body: Saying, key: Key) -> CaseOut:
    """The applicant takes it back before anybody else acted."""
    return _on_case(actions.withdraw, request, pk, key, reason=body.text)


@router.post("/cases/{pk}/urge", response=CaseOut, summary="催办")
def urged(request: HttpRequest, pk: Id, body: Saying, key: Key) -> CaseOut:
    """Remind those whom it waits for."""
    return _on_case(actions.urge, request, pk, key, note=body.text)


@router.post("/cases/{pk}/comments", response=CaseOut, summary="留言")
def commented(request: HttpRequest, pk: Id, body: Saying, key: Key) -> CaseOut:
    """Say something without deciding."""
    return _on_case(actions.comment, request, pk, key, text=body.text)


@router.post("/cases/{pk}/copies", response=CaseOut, summary="抄送")
def copied(request: HttpRequest, pk: Id, body: Copying, key: Key) -> CaseOut:
    """Let others know."""
    access = access_of(request)
    case = _seen(access, pk)
    to = [_user(name, case, access) for name in body.to]
    return _on_case(actions.carbon_copy, request, pk, key, to=to, note=body.note)


@router.post("/cases/{pk}/pause", response=CaseOut, summary="暂停计时")
def paused(request: HttpRequest, pk: Id, body: Saying, key: Key) -> CaseOut:
    """Stop the clock, with a reason."""
    return _on_case(actions.pause, request, pk, key, reason=body.text)


@router.post("/cases/{pk}/resume", response=CaseOut, summary="恢复计时")
def resumed(request: HttpRequest, pk: Id, body: Saying, key: Key) -> CaseOut:
    """Let the clock run on."""
    return _on_case(actions.resume, request, pk, key, note=body.text)


@router.post("/tasks/{pk}/act", response=CaseOut, summary="办理:同意或驳回")
def acted(request: HttpRequest, pk: Id, body: Acting, key: Key) -> CaseOut:
    """Approve or reject."""
    about = {"verdict": body.verdict, "opinion": body.opinion, "facts": dict(body.facts), "approval": body.approval}
    return _on_task(actions.act, request, pk, key, **about)


@router.post("/tasks/{pk}/send-back", response=CaseOut, summary="退回")
def sent_back(request: HttpRequest, pk: Id, body: Back, key: Key) -> CaseOut:
    """To an earlier step."""
    return _on_task(actions.send_back, request, pk, key, node=body.node, opinion=body.opinion)


@router.post("/tasks/{pk}/transfer", response=CaseOut, summary="转办")
def transferred(request: HttpRequest, pk: Id, body: Handing, key: Key) -> CaseOut:
    """Somebody else decides instead."""
    access = access_of(request)
    to = _user(body.to, _task(access, pk).case, access)
    return _on_task(actions.transfer, request, pk, key, to=to, opinion=body.opinion)


@router.post("/tasks/{pk}/signers", response=CaseOut, summary="加签")
def signed(request: HttpRequest, pk: Id, body: Signing, key: Key) -> CaseOut:
    """Somebody else decides too."""
    access = access_of(request)
    who = _user(body.who, _task(access, pk).case, access)
    return _on_task(actions.add_signer, request, pk, key, who=who, place=body.place, opinion=body.opinion)
