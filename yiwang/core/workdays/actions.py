"""The verbs on the calendar. Each: one transaction, one entry; clocks that run are set anew in it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from yiwang.core.ledger.post import post
from yiwang.core.workdays.current import changed
from yiwang.core.workdays.models import CalendarRevision, Holiday
from yiwang.core.workdays.shipped import renew
from yiwang.kit.refusal import Refusal


def set_day(
    *, day: date, works: bool, name: str, number: str = "", verified: bool = True, allowed: bool, actor: str
) -> Holiday:
    """Say of a day that it is off or worked, by a notice.

    The rights live above this package, so the caller says whether the user is `allowed` (may configure) and how the
    ledger names him. Refusals `workdays.denied`, `workdays.name`, `workdays.same`.
    """
    _need(allowed)
    if not name.strip():
        raise Refusal("workdays.name", "请填写节日名称,例如“国庆节”。")
    with transaction.atomic():
        _take()
        before = Holiday.objects.filter(day=day).first()
        given = {"works": works, "name": name.strip(), "number": number.strip(), "verified": verified}
        if before is not None and all(getattr(before, field) == value for field, value in given.items()):
            raise Refusal("workdays.same", f"{day} 已经是这样登记的,没有改动。")
        was = _said(before)
        row, _ = Holiday.objects.update_or_create(day=day, defaults=given)
        _finish(actor, "set", row.day, {"before": was, "after": _said(row)})
    return row


def clear_day(*, day: date, allowed: bool, actor: str) -> None:
    """Take a day out of the calendar: it is worked or not by the day of the week. Refusal `workdays.unknown`."""
    _need(allowed)
    with transaction.atomic():
        _take()
        row = Holiday.objects.filter(day=day).first()
        if row is None:
            raise Refusal("workdays.unknown", f"{day} 不在节假日历里,本来就按星期计算。")
        was = _said(row)
        row.delete()
        _finish(actor, "clear", day, {"before": was})


def _need(allowed: bool) -> None:
    if not allowed:
        raise Refusal("workdays.denied", "您没有维护节假日历的权限,请联系管理员授权。")


def _take() -> None:
    """The calendar is one thing: whoever changes it takes its row first."""
    CalendarRevision.objects.update_or_create(pk=1)
    CalendarRevision.objects.select_for_update().get(pk=1)


def _finish(actor: str, act: str, day: date, body: dict[str, Any]) -> None:
    renew()
    changed()
    post(actor=actor, act=f"workdays.holiday.{act}", obj=f"workdays.holiday:{day}", body=body)


def _said(row: Holiday | None) -> dict[str, Any] | None:
    return None if row is None else {"works": row.works, "name": row.name, "number": row.number}
