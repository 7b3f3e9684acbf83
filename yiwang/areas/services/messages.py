"""What is told to whom about contracts, supplies and visitors. Rows in the caller's transaction; the worker delivers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from yiwang.core.notices.actions import send
from yiwang.core.notices.templates import Template, Topic, register, register_topic
from yiwang.core.rights.models import User

TOPIC = "logistics"
register_topic(Topic(TOPIC, "合同、用品和访客"))
_TEXTS = {
    "services.contract.expiring": ("合同将到期", "{name}将于 {end} 到期,还有 {days} 天。"),
    "services.payment.waiting": ("有付款等您审批", "{name}申请付款 {amount} 元。"),
    "services.payment.decided": ("付款申请有结果", "{name}的付款 {amount} 元{state}。{opinion}"),
    "services.supplies.waiting": ("有领用等您审批", "{who}申请领用 {what}。"),
    "services.supplies.decided": ("领用申请有结果", "您申请的 {what}{state}。{opinion}"),
    "services.visit.arrived": ("您的访客到了", "{name}已在前台登记到访。"),
}
for _key, (_title, _text) in _TEXTS.items():
    register(Template(_key, title=_title, text=_text, topic=TOPIC, urgent=_key == "services.visit.arrived"))


def tell(
    to: Iterable[User], template: str, about: str, page: str, key: int, *, but: int | None = None, **fields: Any
) -> None:
    """Send a message about a record with its page; `but` is who did it and need not be told."""
    now: datetime = timezone.now()
    users = [user for user in to if user.pk != but]
    send(to=users, template=template, about=about, url=reverse(page, args=[key]), now=now, **fields)
