"""派车单 as a paper with number, QR code and a public check: the nineteen items that such a ticket carries."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from yiwang.areas.vehicles.trips.models import HOLDING, Assignment, Trip, TripState
from yiwang.areas.vehicles.trips.powers import visible
from yiwang.core.flow.models import Task, TaskState
from yiwang.core.orgs.models import Organ
from yiwang.core.papers.kinds import PaperKind, register
from yiwang.core.rights.access import Access

TICKET = "vehicles.trip.ticket"
#: What is printed, in order: nineteen items with the number of the paper itself.
LABELS = {
    "number": "用车单号",
    "organ": "用车单位",
    "applicant": "申请人",
    "contact": "联系电话",
    "party": "乘车人",
    "passengers": "乘车人数",
    "purpose": "事由类别",
    "reason": "用车事由",
    "document": "依据文件",
    "times": "用车时间",
    "route": "路线",
    "plate": "车牌号",
    "body": "车型",
    "lender": "派车单位",
    "driver": "驾驶员",
    "phone": "驾驶员电话",
    "odometer": "里程表(出车/收车)",
    "dispatcher": "派车人",
}
_PRINTED = (*HOLDING, TripState.DONE, TripState.CONFIRMED, TripState.SETTLED)


def declare() -> None:
    """Register the kind; called when Django starts."""
    register(
        PaperKind(
            key=TICKET, title="公务用车派车单", word="派车", facts=facts, labels=LABELS, organ=_organ, guard=_guard
        )
    )


def _organ(pk: int) -> Organ:
    return _live(pk).organ


def _live(pk: int) -> Assignment:
    """The assignment that holds; DoesNotExist where there is none."""
    rows = Assignment.objects.live().select_related("trip__organ", "trip__applicant", "organ", "vehicle", "driver")
    return rows.select_related("rental__supplier", "assigned_by").get(trip=pk)


def _guard(access: Access, pk: int) -> bool:
    return visible(access).filter(pk=pk, state__in=_PRINTED, assignments__released_at=None).exists()


def facts(pk: int) -> dict[str, Any]:
    """What the ticket prints."""
    row = _live(pk)
    trip, car, driver = row.trip, row.vehicle, row.driver
    return {
        "number": trip.number,
        "organ": str(trip.organ),
        "applicant": trip.applicant.label,
        "contact": trip.contact or "—",
        "party": trip.party or "—",
        "passengers": f"{trip.passengers} 人",
        "purpose": str(trip.get_purpose_display()),
        "reason": trip.reason,
        "document": trip.document or "—",
        "times": trip.when,
        "route": trip.route + ("(往返)" if trip.returns else ""),
        "plate": str(car) if car else row.rented,
        "body": str(car.get_body_display()) if car else str(row.get_rented_body_display()),
        "lender": str(row.organ) if car else (str(row.rental.supplier) if row.rental else ""),
        "driver": str(driver) if driver else row.rented,
        "phone": (driver.phone if driver else row.rental.supplier.phone if row.rental else "") or "—",
        "odometer": f"{row.odometer_start or '      '} / {row.odometer_end or '      '} 公里",
        "dispatcher": row.assigned_by.label,
        "opinions": _opinions(trip),
    }


def _opinions(trip: Trip) -> list[dict[str, str]]:
    """What each step of the approval said."""
    rows = Task.objects.filter(case=trip.case, state=TaskState.DONE) if trip.case else Task.objects.none()
    return [
        {
            "step": one.step.name,
            "name": user.label if (user := one.done_by or one.who) else "",
            "verdict": str(one.get_verdict_display()) if one.verdict else "",
            "opinion": one.opinion,
            "at": f"{timezone.localtime(one.closed_at):%Y-%m-%d}" if one.closed_at else "",
        }
        for one in rows.select_related("step", "who", "done_by").order_by("closed_at", "pk")
    ]
