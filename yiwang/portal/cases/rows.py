"""The lists of cases: whose they are, what the filters let through, and what a row says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from yiwang.core.flow import processes
from yiwang.core.flow.models import Case, CaseState, Step, StepState, TaskKind
from yiwang.core.rights.access import Access
from yiwang.core.workdays.calendar import WorkCalendar
from yiwang.core.workdays.current import current
from yiwang.kit.refusal import Refusal
from yiwang.portal.cases.clocks import Clock, clock

#: The parameters of the forms over the lists.
NAMES = ("q", "flow", "state", "since", "until")
STATE_KINDS = {
    CaseState.OPEN: "info",
    CaseState.DONE: "within",
    CaseState.REFUSED: "over",
    CaseState.WITHDRAWN: "plain",
    CaseState.VOID: "plain",
}


#: Colour is never alone: the signs of look.css.
SIGNS = {"within": "✓", "over": "▲"}
#: What a row is made of: paths from a case, and from a task.
CASE = (
    "pk",
    "number",
    "title",
    "definition__name",
    "organ__name",
    "applicant__display_name",
    "applicant__username",
    "opened_at",
    "state",
    "paused_at",
)
TASK = (
    "pk",
    "kind",
    "taken_from",
    "batch",
    "opened_at",
    "step__name",
    "step__due_at",
    *(f"case__{path}" for path in CASE),
)


@dataclass(frozen=True)
class Row:
    """One line: the case and, on my own list, the task that waits for me there."""

    case: int
    url: str
    number: str
    title: str
    process: str
    organ: str
    applicant: str
    step: str
    at: str
    state: str
    state_kind: str
    state_sign: str
    task: int | None = None
    batch: bool = False
    note: str = ""
    clock: Clock | None = None


def given(params: Mapping[str, str]) -> dict[str, str]:
    """What the form holds."""
    return {name: params.get(name, "").strip()[:100] for name in NAMES}


def link(filters: Mapping[str, str], **changed: str) -> str:
    """The query string of these filters."""
    return urlencode({key: value for key, value in {**filters, **changed}.items() if value})


def matching(filters: Mapping[str, str], prefix: str = "") -> Q:
    """The condition of a form, for cases, or with `prefix` for what hangs on them. Refusal `case.filter`."""
    found = Q()
    if text := filters.get("q"):
        for path in (
            "title__icontains",
            "number__icontains",
            "organ__name__icontains",
            "applicant__display_name__icontains",
        ):
            found |= Q(**{prefix + path: text})
    if flow := filters.get("flow"):
        found &= Q(**{f"{prefix}process": flow})
    if state := filters.get("state"):
        if state not in CaseState.values:
            raise Refusal("case.filter", f"没有“{state}”这个状态。")
        found &= Q(**{f"{prefix}state": state})
    if since := filters.get("since"):
        found &= Q(**{f"{prefix}opened_at__gte": _midnight(_day(since))})
    if until := filters.get("until"):
        found &= Q(**{f"{prefix}opened_at__lt": _midnight(_day(until) + timedelta(days=1))})
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal("case.filter", f"“{text}”不是日期,应写成 2026-11-22。") from None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def flows() -> list[tuple[str, str]]:
    """The processes by key and label, for a filter."""
    return sorted(((kind.key, kind.label) for kind in processes.all_kinds()), key=lambda one: one[1])


def seen(access: Access, filters: Mapping[str, str]) -> QuerySet[Case]:
    """The cases that the user may see and the form lets through; in no order."""
    return Case.objects.visible(access).filter(matching(filters))


def of_cases(found: Iterable[Sequence[Any]]) -> list[Row]:
    """The rows of tuples of CASE, in this order. One query, for where they stand."""
    given = [dict(zip(CASE, one, strict=False)) for one in found]
    at = _steps([one["pk"] for one in given])
    return [_row(one, "、".join(at.get(one["pk"], ()))) for one in given]


def _steps(keys: list[int]) -> dict[int, list[str]]:
    """Where each open case stands."""
    if not keys:
        return {}
    found: dict[int, list[str]] = {}
    steps = Step.objects.filter(case__in=keys, state=StepState.OPEN).order_by("pk")
    for case, name in steps.values_list("case", "name"):
        found.setdefault(case, []).append(name)
    return found


def of_tasks(found: Iterable[Sequence[Any]], now: datetime) -> list[Row]:
    """The rows of tuples of TASK, in this order. One query, for the calendar."""
    given = [dict(zip(TASK, one, strict=False)) for one in found]
    calendar = current() if given else None
    return [_task(one, now, calendar) for one in given]


def _task(task: Mapping[str, Any], now: datetime, calendar: WorkCalendar | None) -> Row:
    case = {path: task[f"case__{path}"] for path in CASE}
    due, paused = task["step__due_at"], case["paused_at"] is not None
    return _row(
        case,
        task["step__name"],
        task=task["pk"],
        at=when(task["opened_at"]),
        note=note(task["kind"], handed_over=task["taken_from"] is not None),
        batch=task["batch"],
        clock=clock(due, now, calendar, paused=paused) if calendar else None,
    )


def note(kind: str, *, handed_over: bool) -> str:
    """What is special about a task: added, escalated, handed over."""
    words = [] if kind == TaskKind.MAIN else [str(TaskKind(kind).label)]
    return "、".join([*words, "转办"] if handed_over else words)


def _row(case: Mapping[str, Any], step: str, **more: Any) -> Row:
    kind = STATE_KINDS[CaseState(case["state"])]
    return Row(
        **{
            "case": case["pk"],
            "url": f"{root()}{case['pk']}/",
            "number": case["number"],
            "title": case["title"],
            "process": case["definition__name"],
            "organ": case["organ__name"],
            "applicant": case["applicant__display_name"] or case["applicant__username"],
            "step": step,
            "at": when(case["opened_at"]),
            "state": state_words(case["state"], paused=case["paused_at"] is not None),
            "state_kind": kind,
            "state_sign": SIGNS.get(kind, ""),
            **more,
        }
    )


@cache
def root() -> str:
    """Where the addresses of cases begin: reversed once, not row by row."""
    return reverse("cases:desk")


def when(instant: datetime) -> str:
    """An instant to the minute, of the platform's zone."""
    return f"{timezone.localtime(instant):%Y-%m-%d %H:%M}"


def called(user: Any) -> str:
    """A user's name."""
    return "" if user is None else user.display_name or user.username


def state_words(state: str, *, paused: bool) -> str:
    """The state of a case; an open one whose clocks stand still says so."""
    return "已暂停" if paused and state == CaseState.OPEN else str(CaseState(state).label)
