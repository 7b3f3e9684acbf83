"""One of everything of direct reporting for a side, and a period that the province opened for both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from yiwang.areas.reporting import actions, opening, quality, receiving
from yiwang.areas.reporting.actions import Change
from yiwang.areas.reporting.calendar import containing, start_before
from yiwang.areas.reporting.factories import SMALL
from yiwang.areas.reporting.models import ReportingPeriod, Return
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import User

Named = Callable[[str], str]
DRAWN = "  - {key: houses, label: 房屋, unit: 幢, fill: {dataset: offices.building, take: count}}\n"


def fill(organ: Organ, named: Named, manager: User) -> dict[str, Any]:
    """Ids by name: a scheme of the side's own; a month that is being filled, and the one before, handed in and drawn."""
    access, month = access_for(manager), containing("month", timezone.localdate())
    revision = _scheme(named("能耗月报"), access)
    period, before = (_open(revision, start, access) for start in (month, start_before("month", month)))
    filling, handed = (Return.objects.get(period=one, organ=organ) for one in (period, before))
    _type(filling, named, access)
    _hand_in(handed, named, access)
    said = [named("“用电量”应是数字,填的是“五百”。")]
    receipt = receiving.refuse(
        filling, receiving.File(named("报表.xlsx"), "0" * 64), said, access=access, now=timezone.now()
    )
    quality.draw(period=before, organ=organ.pk, share=Decimal(1), seed=1, access=access, now=timezone.now())
    return {
        "scheme": revision,
        "receipt": receipt.pk,
        "period": period.pk,
        "period-before": before.pk,
        "return": filling.pk,
        "return-handed": handed.pk,
    }


def above(province: Organ, managers: dict[int, User], chief: User, named: dict[int, Named]) -> int:
    """The period that the province opened: every county hands in its return. Its id."""
    access = access_for(chief)
    assert access.organ == province
    period = _open(_scheme("全省能耗月报", access), containing("month", timezone.localdate()), access)
    for organ, manager in managers.items():
        _hand_in(Return.objects.get(period=period, organ=organ), named[organ], access_for(manager))
    return period.pk


def of_organ(period: int, organ: Organ) -> int:
    """The return of an organ in a period."""
    return Return.objects.get(period=period, organ=organ).pk


def _scheme(title: str, access: Access) -> int:
    text = SMALL.replace("title: 能耗月报", f"title: {title}").replace("  - {key: gas,", f"{DRAWN}  - {{key: gas,")
    revision = opening.save_scheme(text=text, access=access)
    return opening.issue_scheme(revision=revision.pk, access=access).pk


def _open(revision: int, start: date, access: Access) -> ReportingPeriod:
    return opening.open_period(revision=revision, start=start, access=access, now=timezone.now())


def _type(row: Return, named: Named, access: Access) -> None:
    """Figures, a word of the side, and a row of a floating table."""
    on = timezone.localdate()
    cells = {"users": "100", "power": "5000", "note": named("填报说明")}
    changes = [Change(key, "", value) for key, value in cells.items()]
    row = actions.save_cells(pk=row.pk, changes=changes, reasons={}, access=access, on=on)
    meters = [{"number": named("表号"), "used": "5000"}]
    actions.save_rows(pk=row.pk, table="meters", rows=meters, mark=row.mark, access=access, on=on)


def _hand_in(row: Return, named: Named, access: Access) -> None:
    _type(row, named, access)
    actions.submit(pk=row.pk, access=access, on=timezone.localdate(), now=timezone.now())
