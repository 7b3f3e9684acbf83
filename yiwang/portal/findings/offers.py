"""What this user may do with this finding now, and doing it: one form for each verb."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.files.base import File

from yiwang.core.rights.access import Access
from yiwang.core.rights.held import area_of
from yiwang.core.rights.models import User, Verb
from yiwang.core.verdicts import actions
from yiwang.core.verdicts.models import Finding, State
from yiwang.kit.refusal import Refusal

_WORKING = frozenset({State.OPEN, State.ASSIGNED, State.RECTIFYING})
_DECIDING = frozenset({State.REVIEWING, State.APPEALED})
#: Days until the deadline that the form proposes.
TERM = 30


@dataclass(frozen=True)
class Offer:
    """One form: its verb, the button, which fields it has, and whether it is what one would do next."""

    verb: str
    label: str
    fields: tuple[str, ...]
    first: bool = False


def offers(finding: Finding, access: Access, *, submitted_by_me: bool) -> list[Offer]:
    """The forms, the likeliest first. The verbs themselves refuse again: these are only what is shown."""
    state = State(finding.state)
    mine, decides = submitted_by_me, access.approves(area_of(finding))
    found = [*_of_handler(finding, access, state, mine=mine), *_of_manager(state, mine=mine, decides=decides)]
    return sorted(found, key=lambda one: not one.first)


def _of_handler(finding: Finding, access: Access, state: State, *, mine: bool) -> list[Offer]:
    area = area_of(finding)
    writes, decides = access.may(Verb.WRITE, area), access.approves(area)
    if state in _DECIDING and mine and writes:
        return [Offer("withdraw", "撤回", ())]
    may = finding.handler_id in (None, access.user.pk) or decides
    if not writes or not may or state not in _WORKING:
        return []
    given = state != State.OPEN or not decides
    found = [
        Offer("rectify", "提交整改", ("note", "attachment", "file"), first=given),
        Offer("appeal", "申诉", ("note", "attachment", "file")),
    ]
    return found if state == State.RECTIFYING else [*found, Offer("start", "开始整改", ())]


def _of_manager(state: State, *, mine: bool, decides: bool) -> list[Offer]:
    if not decides:
        return []
    if state in _DECIDING:
        fields = ("note", "approval", "decide") if state == State.REVIEWING else ("note", "decide")
        return [] if mine else [Offer("review", "复核" if state == State.REVIEWING else "裁定申诉", fields, first=True)]
    if state not in _WORKING:
        return []
    found = [Offer("assign", "交办", ("handler", "due", "remark"), first=state == State.OPEN)]
    return found if state == State.OPEN else [*found, Offer("extend", "延期", ("due", "note"))]


def perform(finding: int, values: Mapping[str, str], file: File[bytes] | None, access: Access, on: date) -> str:
    """Do what a form asks; the sentence that says it is done. Refusals of `actions`, `finding.verb`."""
    verb = values.get("verb", "")
    if verb not in _VERBS:
        raise Refusal("finding.verb", "没有这种办理。")
    act, done = _VERBS[verb]
    act(finding, values, file, access, on)
    return done


def _assign(finding: int, values: Mapping[str, str], file: Any, access: Access, on: date) -> None:
    key = values.get("handler", "")
    handler = User.objects.filter(pk=int(key)).first() if key.isdigit() else None
    if handler is None:
        raise Refusal("finding.handler", "请选择经办人。")
    due = _day(values, "due")
    actions.assign(finding=finding, handler=handler, due=due, note=_text(values, "remark"), access=access, on=on)


def _extend(finding: int, values: Mapping[str, str], file: Any, access: Access, on: date) -> None:
    due = _day(values, "due")
    actions.extend_deadline(finding=finding, due=due, note=_text(values, "note"), access=access, on=on)


def _start(finding: int, values: Mapping[str, str], file: Any, access: Access, on: date) -> None:
    actions.start(finding=finding, access=access)


def _withdraw(finding: int, values: Mapping[str, str], file: Any, access: Access, on: date) -> None:
    actions.withdraw(finding=finding, access=access)


def _rectify(finding: int, values: Mapping[str, str], file: Any, access: Access, on: date) -> None:
    note, attachment = _text(values, "note"), _text(values, "attachment", 200)
    actions.rectify(finding=finding, note=note, attachment=attachment, file=file, access=access)


def _appeal(finding: int, values: Mapping[str, str], file: Any, access: Access, on: date) -> None:
    note, attachment = _text(values, "note"), _text(values, "attachment", 200)
    actions.appeal(finding=finding, note=note, attachment=attachment, file=file, access=access)


def _review(finding: int, values: Mapping[str, str], file: Any, access: Access, on: date) -> None:
    if values.get("decision") not in ("accept", "refuse"):
        raise Refusal("finding.verb", "请选择通过或退回。")
    actions.review(
        finding=finding,
        accept=values["decision"] == "accept",
        note=_text(values, "note"),
        approval=_text(values, "approval", 200),
        access=access,
        on=on,
    )


_Act = Callable[[int, Mapping[str, str], Any, Access, date], None]
_VERBS: dict[str, tuple[_Act, str]] = {
    "assign": (_assign, "已交办。"),
    "extend": (_extend, "已延期。"),
    "start": (_start, "已开始整改。"),
    "rectify": (_rectify, "整改已提交,等待复核。"),
    "appeal": (_appeal, "申诉已提交,等待裁定。"),
    "withdraw": (_withdraw, "已撤回。"),
    "review": (_review, "已办理。"),
}


def _text(values: Mapping[str, str], name: str, most: int = 2000) -> str:
    text = values.get(name, "").strip()
    if len(text) > most:
        raise Refusal("finding.text", f"文字过长,最多 {most} 字。")
    return text


def _day(values: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(values.get(name, ""))
    except ValueError:
        raise Refusal("finding.day", "请填写期限,写成 2026-11-22。") from None


def proposed(finding: Finding, on: date) -> date:
    """The deadline that a form shows first."""
    return max(finding.due_date or on, on) + timedelta(days=TERM)
