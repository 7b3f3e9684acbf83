"""审批单: a case as a printed form, with the opinions of everybody who decided. `core.papers` stands beside the engine and knows none of it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from yiwang.core.flow import reading
from yiwang.core.flow.models import Case, CaseEvent, EventVerb
from yiwang.core.orgs.models import Organ
from yiwang.core.papers.kinds import PaperKind, register
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User

KEY = "flow.case"
_HEAD = {"number": "事项编号", "process": "流程", "title": "事由", "organ": "申请单位", "applicant": "申请人"}
_TAIL = {"opened": "申请日期", "approvals": "批准文件", "state": "办理结果"}
#: Acts that are an opinion.
_SAID = (
    EventVerb.APPLY,
    EventVerb.APPROVE,
    EventVerb.REJECT,
    EventVerb.SEND_BACK,
    EventVerb.WITHDRAW,
    EventVerb.TRANSFER,
    EventVerb.ADD_SIGNER,
    EventVerb.VOID,
)


def install() -> None:
    """Register the kind."""
    register(PaperKind(KEY, "审批单", "审批", facts, labels, _organ, _may))


def _may(access: Access, pk: int) -> bool:
    return Case.objects.visible(access).filter(pk=pk).exists()


def _case(pk: int) -> Case:
    return Case.objects.select_related("organ", "applicant", "definition").get(pk=pk)


def _organ(pk: int) -> Organ:
    return _case(pk).organ


def labels(pk: int) -> dict[str, str]:
    """What the facts of this case are called: those of its process between those of every case."""
    own = {
        f"fact.{fact.key}": f"{fact.label}({fact.unit})" if fact.unit else fact.label
        for fact, _ in reading.shown_facts(_case(pk))
    }
    return {**_HEAD, **own, **_TAIL}


def facts(pk: int) -> dict[str, Any]:
    """The case as it stands. DoesNotExist where it is gone."""
    case = _case(pk)
    own = {f"fact.{fact.key}": value for fact, value in reading.shown_facts(case)}
    return {
        "number": case.number,
        "process": case.definition.name,
        "title": case.title,
        "organ": case.organ.name,
        "applicant": _name(case.applicant),
        **own,
        "opened": f"{timezone.localtime(case.opened_at):%Y-%m-%d}",
        "approvals": "、".join(one.get("number", "") for one in case.approvals if one.get("number")),
        "state": case.get_state_display(),
        "opinions": [_opinion(one) for one in reading.timeline(case) if one.verb in _SAID],
    }


def _opinion(one: CaseEvent) -> dict[str, str]:
    name = _name(one.by) if one.by else "系统"
    return {
        "step": one.step.name if one.step else one.get_verb_display(),
        "verdict": one.get_verb_display(),
        "opinion": one.text + (f"(批准文件:{one.approval})" if one.approval else ""),
        "name": f"{name}(代 {_name(one.on_behalf_of)})" if one.on_behalf_of else name,
        "at": f"{timezone.localtime(one.at):%Y-%m-%d}",
    }


def _name(user: User) -> str:
    return user.display_name or user.username
