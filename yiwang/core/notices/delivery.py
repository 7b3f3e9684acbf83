"""Sending what waits: by the worker, one claim an attempt, failures later and later, digests together.

A message is sent at least once: a worker that dies between sending and noting it leaves the row SENDING, and after STALE
it is taken up again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from django_tasks import task

from yiwang.core.jobs.queue import enqueue
from yiwang.core.notices import channels, timing
from yiwang.core.notices.channels import Undelivered
from yiwang.core.notices.models import Channel, Delivery, DeliveryState, Hook, Setting
from yiwang.core.rights.models import User

STALE = timedelta(minutes=10)
#: Seconds to wait after the first, second … failure; after the last the delivery is parked.
WAITS = (60, 300, 1800, 7200, 21600)
BATCH, LISTED = 200, 30
#: Above the imports: a message should not wait for a file.
PRIORITY = 50


def wake(at: datetime, now: datetime) -> None:
    """Let the worker look for what is due, unless that is for later: then the supervisor's minute finds it."""
    if at <= now:
        enqueue(deliver, priority=PRIORITY)


def anything_due(now: datetime) -> bool:
    """Whether the worker would find something."""
    return due(now).exists() or _stale(now).exists()


def due(now: datetime) -> QuerySet[Delivery]:
    """What may go out now, the oldest first."""
    return Delivery.objects.filter(state=DeliveryState.WAITING, next_at__lte=now).order_by("next_at", "pk")


def _stale(now: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=DeliveryState.SENDING, claimed_at__lt=now - STALE)


@task()  # type: ignore[untyped-decorator]
def deliver() -> int:
    """In the worker: everything that is due; how many messages went out."""
    return deliver_due(timezone.now())


def deliver_due(now: datetime) -> int:
    """Send what is due at an instant."""
    _stale(now).update(state=DeliveryState.WAITING)
    sent = 0
    while found := list(due(now).select_related("notice", "notice__user")[:BATCH]):
        groups: dict[Any, list[Delivery]] = defaultdict(list)
        for one in found:
            groups[(one.notice.user_id, one.channel) if one.digest else one.pk].append(one)
        for group in groups.values():
            sent += _sent(_claimed(group, now), now)
    return sent


def _claimed(group: list[Delivery], now: datetime) -> list[Delivery]:
    """Those of a group that no other worker has taken and that are still wanted."""
    mine = []
    for one in group:
        waiting = Delivery.objects.filter(pk=one.pk, state=DeliveryState.WAITING)
        if not waiting.update(state=DeliveryState.SENDING, claimed_at=now, attempts=F("attempts") + 1):
            continue
        one.attempts += 1
        if one.digest and one.notice.read_at is not None:
            _note([one], state=DeliveryState.SKIPPED)
        else:
            mine.append(one)
    return mine


def _sent(group: list[Delivery], now: datetime) -> int:
    if not group:
        return 0
    channel, user = Channel(group[0].channel), group[0].notice.user
    try:
        if not user.is_active:
            raise Undelivered("收件人已停用", unwanted=True)
        channels.send(channel, user, *_worded(group))
    except Undelivered as failure:
        _failed(group, user, channel, failure, now)
        return 0
    _note(group, state=DeliveryState.SENT, sent_at=now, error="")
    Hook.objects.filter(user=user, channel=channel).exclude(error="").update(error="")
    return 1


def _worded(group: Sequence[Delivery]) -> tuple[str, str, str]:
    """Title, text and address: of the one message, or of the digest of many."""
    if len(group) == 1:
        notice = group[0].notice
        return notice.title, notice.text, notice.url
    lines = [f"{number}. {one.notice.title}:{one.notice.text}" for number, one in enumerate(group[:LISTED], start=1)]
    if len(group) > LISTED:
        lines.append(f"……另有 {len(group) - LISTED} 条")
    return f"今日汇总:{len(group)} 条消息", "\n".join(lines), "/notices/"


def _failed(group: list[Delivery], user: User, channel: Channel, failure: Undelivered, now: datetime) -> None:
    """Later again, outside the hours of quiet unless urgent; parked after the last time, and the robot marked."""
    setting = Setting.objects.filter(user=user).first() or timing.default()
    for one in group:
        if failure.final or one.attempts > len(WAITS):
            state = DeliveryState.SKIPPED if failure.unwanted else DeliveryState.PARKED
            _note([one], state=state, error=failure.reason)
            continue
        at = now + timedelta(seconds=WAITS[one.attempts - 1])
        at = at if one.notice.urgent else timing.after_quiet(at, setting)
        _note([one], state=DeliveryState.WAITING, error=failure.reason, next_at=at)
    Hook.objects.filter(user=user, channel=channel).update(error=failure.reason)


def _note(group: list[Delivery], **values: Any) -> None:
    """Write how it went, of those that are still ours."""
    Delivery.objects.filter(pk__in=[one.pk for one in group], state=DeliveryState.SENDING).update(**values)
