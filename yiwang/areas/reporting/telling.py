"""What is told to whom about returns. Rows in the caller's transaction; the worker delivers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from yiwang.areas.reporting.models import ReportingPeriod, Return, ReturnState
from yiwang.core.notices.actions import send
from yiwang.core.notices.templates import Template, Topic, register, register_topic
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.holders import able
from yiwang.core.rights.models import User, Verb

TOPIC = "reporting"
register_topic(Topic(TOPIC, "数据直报"))
_TEXTS = {
    "reporting.return.submitted": ("有报表等您审核", "{organ}报送了《{what}》。"),
    "reporting.return.sent-back": ("报表被退回", "《{what}》被退回:{reason}"),
    "reporting.return.remind": ("请填报报表", "《{what}》应于 {due} 前报送,还没有收到{organ}的报表。"),
    "reporting.return.clock": ("请按期填报报表", "《{what}》应于 {due} 前报送,{days},{organ}{state}。"),
    "reporting.period.missing": (
        "还有报表没有报",
        "《{what}》应于 {due} 前报送,{organ}及下级还有 {missing} 个单位未报。",
    ),
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


def by_clock(row: Return, on: date, now: datetime) -> int:
    """The clerks of the respondent, on a day before or after the deadline; how many."""
    users = able(Verb.WRITE, row.organ, "reporting", on=on)
    late = (on - row.due_date).days
    days = f"已逾期 {late} 天" if late > 0 else f"还有 {-late} 天" if late else "今天到期"
    what = "退回后还没有重新报送" if row.state == ReturnState.SENT_BACK else "还没有报送"
    fields = {"organ": row.organ_name, "due": str(row.due_date), "days": days, "state": what}
    _tell(row, users, "reporting.return.clock", now, but=None, **fields)
    return len(users)


def reviewers(period: ReportingPeriod, organ: Organ, missing: int, on: date, now: datetime) -> None:
    """Those who review the returns below an organ."""
    send(
        to=able(Verb.APPROVE, organ, "reporting", on=on),
        template="reporting.period.missing",
        about=f"reporting.period:{period.pk}",
        url=f"{reverse('reporting:period', args=[period.pk])}?at={organ.pk}",
        now=now,
        what=str(period),
        due=str(period.due_date),
        missing=str(missing),
        organ=organ.name,
    )
