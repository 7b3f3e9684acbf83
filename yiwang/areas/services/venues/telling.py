"""Who is told what. Within the transaction of the verb; mail and webhooks follow after the commit."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from yiwang.areas.services.venues import waiting
from yiwang.areas.services.venues.models import Booking, BookingState
from yiwang.core.notices.actions import send
from yiwang.core.notices.templates import Template, Topic, register, register_topic

TOPIC = Topic("services", "后勤服务")
TEMPLATES = (
    ("services.booking.freed", "候补的时间空出来了", "您候补的 {what} 空出来了,先约先得。"),
    ("services.booking.ended", "预约{state}", "预约 {number}({venue} {times} {title}){state}。{reason}"),
)


def declare() -> None:
    """Templates of this topic; called when Django starts, again without harm."""
    register_topic(TOPIC)
    for key, title, text in TEMPLATES:
        register(Template(key, title, text, TOPIC.key))


def freed(row: Booking, now: datetime, *, by: int | None = None) -> None:
    """A booking holds its venue no longer: its person hears why (unless it was his own act), who waits that it is free."""
    if row.booked_by_id != by and row.state != BookingState.USED:
        send(
            to=[row.booked_by],
            template="services.booking.ended",
            about=f"services.booking:{row.pk}",
            url=reverse("services:booking", args=[row.pk]),
            now=now,
            state=str(BookingState(row.state).label),
            number=row.number,
            venue=str(row.venue),
            times=row.times,
            title=row.title,
            reason=row.reason,
        )
    for one in waiting.freed(row, now):
        send(
            to=[one.person],
            template="services.booking.freed",
            about=f"services.waiting:{one.pk}",
            url=f"{reverse('services:booking-new')}?{waiting.query(one)}",
            now=now,
            what=waiting.words(one),
        )
