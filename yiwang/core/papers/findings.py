"""问题整改单: a finding as a printed form, with everything that was said about it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from yiwang.core.orgs.models import Organ
from yiwang.core.papers.kinds import PaperKind, register
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User
from yiwang.core.verdicts.models import Finding, FindingEvent, Verb

KEY = "verdicts.finding"
LABELS = {
    "subject": "问题对象",
    "organ": "责任单位",
    "kind": "判定",
    "label": "检查事项",
    "measure": "实际",
    "limit": "标准",
    "excess": "超出",
    "ground": "依据",
    "message": "问题说明",
    "opened": "发现日期",
    "due": "整改期限",
    "handler": "经办人",
    "state": "状态",
    "outcome": "销号方式",
}
#: Steps of the register, not of a person.
_SILENT = (Verb.OPEN, Verb.REFRESH)


def install() -> None:
    """Register the kind."""
    register(PaperKind(KEY, "问题整改单", "整改", facts, LABELS, _organ, _may))


def _may(access: Access, pk: int) -> bool:
    return access.can_read and access.scope(Finding.objects.filter(pk=pk)).exists()


def _organ(pk: int) -> Organ:
    return Finding.objects.select_related("organ").get(pk=pk).organ


def facts(pk: int) -> dict[str, Any]:
    """The finding as it stands. DoesNotExist where it is gone."""
    one = Finding.objects.select_related("organ", "handler").get(pk=pk)
    events = list(one.events.exclude(verb__in=_SILENT).order_by("pk"))
    return {
        "subject": one.subject_label,
        "organ": one.organ.name,
        "kind": one.get_kind_display(),
        "label": one.label or one.topic,
        "measure": _figure(one.measure, one.unit),
        "limit": _figure(one.limit, one.unit),
        "excess": _figure(one.excess, one.unit),
        "ground": " ".join(part for part in (f"《{one.document}》", one.number, one.article) if part),
        "message": one.message,
        "opened": one.opened_date,
        "due": one.due_date,
        "handler": _name(one.handler) if one.handler else "",
        "state": one.get_state_display(),
        "outcome": one.get_outcome_display() if one.outcome else "",
        "opinions": _opinions(events),
    }


def _figure(value: Decimal | None, unit: str) -> str:
    return "" if value is None else f"{value.normalize():,f} {unit}".strip()


def _name(user: User) -> str:
    return user.display_name or user.username


def _opinions(events: list[FindingEvent]) -> list[dict[str, str]]:
    keys = {int(one.actor[5:]) for one in events if one.actor.startswith("user:") and one.actor[5:].isdigit()}
    names = {f"user:{user.pk}": _name(user) for user in User.objects.filter(pk__in=keys)}
    return [
        {
            "step": one.get_verb_display(),
            "verdict": "",
            "opinion": one.note + (f"(文号:{one.attachment})" if one.attachment else ""),
            "name": names.get(one.actor, "系统"),
            "at": f"{timezone.localtime(one.at):%Y-%m-%d}",
        }
        for one in events
    ]
