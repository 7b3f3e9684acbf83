"""Sending, reading, and choosing how one wants to be told.

`send` writes rows within the caller's transaction, which has its own entry in the ledger; what goes out of the house is
done by the worker after the commit (`delivery`). Refusals: `notice.gone`, `.channel`, `.time`, `.address`, `outward.*`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any
from uuid import uuid4

from django.db import transaction

from yiwang.core.ledger.post import post
from yiwang.core.notices import delivery, robots, sealed, templates, timing
from yiwang.core.notices.models import (
    ROBOTS,
    Channel,
    Choice,
    Delivery,
    DeliveryState,
    Hook,
    Mode,
    Notice,
    Setting,
)
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User
from yiwang.kit import outward
from yiwang.kit.refusal import Refusal


@transaction.atomic
def send(
    *, to: Iterable[User], template: str, about: str, url: str, now: datetime, sender: User | None = None, **fields: Any
) -> list[Notice]:
    """One message to each of these users, once; those who are no longer active get none. `url`: the page, "/…".

    `about` names the record as the ledger does. KeyError where the template or one of its fields is missing.
    """
    found = templates.get(template)
    title, text = found.filled(fields)
    users = sorted({user.pk: user for user in to if user.is_active}.values(), key=lambda one: one.pk)
    batch = uuid4()
    shared: dict[str, Any] = {
        "template": template,
        "topic": found.topic,
        "title": title,
        "text": text,
        "urgent": found.urgent,
    }
    shared |= {"about": about, "url": url[:250], "batch": batch, "sender": sender, "created_at": now}
    rows = Notice.objects.bulk_create([Notice(user=user, **shared) for user in users])
    planned = _planned(rows, found, now)
    if planned:
        Delivery.objects.bulk_create(planned)
        delivery.wake(min(one.next_at for one in planned), now)
    return rows


def _planned(rows: list[Notice], template: templates.Template, now: datetime) -> list[Delivery]:
    """By which channels each message goes out, and when. Three queries for any number of users."""
    users = [row.user for row in rows]
    if not users:
        return []
    chosen = {
        (one.user_id, one.channel): Mode(one.mode)
        for one in Choice.objects.filter(user__in=users, topic=template.topic)
    }
    timings = {one.user_id: one for one in Setting.objects.filter(user__in=users)}
    reach: dict[int, list[Channel]] = defaultdict(list)
    for user_id, channel in Hook.objects.filter(user__in=users).values_list("user_id", "channel"):
        reach[user_id].append(Channel(channel))
    found = []
    for row in rows:
        channels = ([Channel.MAIL] if row.user.email else []) + reach[row.user_id]
        for channel in channels:
            mode = chosen.get((row.user_id, channel), Mode.NOW)
            if mode != Mode.OFF:
                setting = timings.get(row.user_id) or timing.default()
                at = timing.due(now, setting, urgent=row.urgent, mode=mode)
                digest = mode == Mode.DIGEST and not row.urgent
                found.append(Delivery(notice=row, channel=channel, next_at=at, digest=digest))
    return found


def mark_read(*, notice: int, access: Access, now: datetime) -> Notice:
    """The user has read one of his messages; the first time counts."""
    row = Notice.objects.to(access).filter(pk=notice).first()
    if row is None:
        raise Refusal("notice.gone", "没有这条消息。")
    Notice.objects.filter(pk=row.pk).unread().update(read_at=now)
    return row


def mark_all_read(*, access: Access, now: datetime, topic: str = "") -> int:
    """Every unread message of the user (of a topic); how many."""
    rows = Notice.objects.to(access).unread()
    return (rows.filter(topic=topic) if topic else rows).update(read_at=now)


# ── how one wants to be told ───────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def choose(
    *,
    access: Access,
    modes: Mapping[tuple[str, Channel], Mode],
    quiet: tuple[time, time] | None,
    digest_at: time,
) -> Setting:
    """The user's choice by topic and channel, the hours of quiet (None: none), the time of the digest."""
    user = _person(access)
    if quiet is not None and quiet[0] == quiet[1]:
        raise Refusal("notice.time", "免打扰的起止时间不能相同;不需要免打扰请两项都留空。")
    begin, end = quiet or (None, None)
    setting, _ = Setting.objects.update_or_create(
        user=user, defaults={"quiet_from": begin, "quiet_to": end, "digest_at": digest_at}
    )
    known = {topic.key for topic in templates.topics()}
    for (topic, channel), mode in modes.items():
        if topic not in known:
            raise Refusal("notice.channel", "没有这个消息类别,请刷新页面后再保存。")
        Choice.objects.update_or_create(user=user, topic=topic, channel=channel, defaults={"mode": mode})
    said = {f"{topic}.{channel}": mode for (topic, channel), mode in modes.items()}
    body = {"modes": said, "quiet": [begin, end], "digest": digest_at}
    post(actor=access.actor, act="notices.setting.choose", obj=f"notices.setting:{user.pk}", body=body)
    return setting


@transaction.atomic
def set_hook(*, access: Access, channel: Channel, address: str, secret: str = "", now: datetime) -> Hook:
    """The user's robot on a channel; a second one replaces the first. The address is judged now and each time it is used."""
    user = _person(access)
    address, secret = address.strip(), secret.strip()
    if channel not in ROBOTS:
        raise Refusal("notice.channel", "只有钉钉、企业微信、飞书可以登记机器人。")
    robots.token_of(channel, address)
    where = outward.target(address, robots.allowed_networks())
    owner = Hook(user=user, channel=channel).owner
    values = {
        "address": sealed.seal(address, owner),
        "secret": sealed.seal(secret, owner),
        "host": where.host,
        "error": "",
    }
    hook, _ = Hook.objects.update_or_create(user=user, channel=channel, defaults={**values, "created_at": now})
    body = {"channel": channel, "host": where.host}
    post(actor=access.actor, act="notices.hook.set", obj=f"notices.hook:{hook.pk}", body=body)
    return hook


@transaction.atomic
def drop_hook(*, access: Access, channel: Channel) -> None:
    """Forget the user's robot on a channel; what still waits for it is not sent."""
    user = _person(access)
    hook = Hook.objects.filter(user=user, channel=channel).first()
    if hook is None:
        raise Refusal("notice.gone", "没有登记这个机器人。")
    post(actor=access.actor, act="notices.hook.drop", obj=f"notices.hook:{hook.pk}", body={"channel": channel})
    hook.delete()


@transaction.atomic
def retry(*, delivery_id: int, access: Access, now: datetime) -> None:
    """Try a parked delivery again: the receiver, or a system administrator of his place."""
    mine = Delivery.objects.filter(notice__user=access.user.pk or 0)
    parked = mine.parked().filter(pk=delivery_id) | Delivery.objects.administered(access).parked().filter(
        pk=delivery_id
    )
    keys = list(parked.values_list("pk", flat=True))
    changed = Delivery.objects.filter(pk__in=keys, state=DeliveryState.PARKED)
    if not changed.update(state=DeliveryState.WAITING, attempts=0, next_at=now):
        raise Refusal("notice.gone", "没有这条发送失败的消息,或已重新发送。")
    post(actor=access.actor, act="notices.delivery.retry", obj=f"notices.delivery:{delivery_id}")
    delivery.wake(now, now)


def _person(access: Access) -> User:
    if not isinstance(access.user, User):
        raise Refusal("rights.denied", "请先登录。")
    return access.user
