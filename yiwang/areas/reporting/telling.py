"""What is told to whom about returns. Rows in the caller's transaction; the worker delivers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse

from yiwang.areas.reporting.models import Return
from yiwang.core.notices.actions import send
from yiwang.core.notices.templates import Template, Topic, register, register_topic
from yiwang.core.rights.access import Access
from yiwang.core.rights.holders import able
from yiwang.core.rights.models import User, Verb

TOPIC = "reporting"
register_topic(Topic(TOPIC, "数据直报"))
_TEXTS = {
    "reporting.return.submitted": ("有报表等您审核", "{organ}报送了《{what}》。"),
    "reporting.return.sent-back": ("报表被退回", "《{what}》被退回:{reason}"),
    "reporting.return.remind": ("请填报报表", "《{what}》应于 {due} 前报送,还没有收到{organ}的报表。"),
}
for _key, (_title, _text) in _TEXTS.items():
    register(Template(_key, title=_title, text=_text, topic=TOPIC, urgent=False))


def _tell(row: Return, to: Iterable[User], template: str, now: datetime, *, but: int | None, **fields: Any) -> None:
    send(
        to=[user for user in to if user.pk != but],
        template=template,
        about=f"reporting.return:{row.pk}",
        url=reverse("reporting:return", args=[row.pk]),
        now=now,
        what=str(row.period),
        **fields,
    )


def submitted(row: Return, access: Access, now: datetime) -> None:
    """The reviewers whose turn it is."""
    if row.reviewer:
        users = able(Verb.APPROVE, row.reviewer, "reporting")
        _tell(row, users, "reporting.return.submitted", now, but=access.user.pk, organ=row.organ_name)


def sent_back(row: Return, reason: str, access: Access, now: datetime) -> None:
    """Whoever handed it in."""
    if row.current:
        _tell(row, [row.current.user], "reporting.return.sent-back", now, but=access.user.pk, reason=reason)


def remind(row: Return, now: datetime) -> int:
    """The clerks of the respondent; how many."""
    users = able(Verb.WRITE, row.organ, "reporting")
    _tell(row, users, "reporting.return.remind", now, but=None, organ=row.organ_name, due=str(row.due_date))
    return len(users)
