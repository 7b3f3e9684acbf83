"""The channels: mail by Django, robots by apprise (`couriers`, imported on use: it takes 0.3 s to load)."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage

from yiwang.core.notices import robots, sealed
from yiwang.core.notices.models import Channel, Hook
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal


class Undelivered(Exception):
    """Not sent, with the reason. `final`: trying again would not help. `unwanted`: nor would anybody miss it."""

    def __init__(self, reason: str, *, final: bool = False, unwanted: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.final, self.unwanted = reason[:300], final or unwanted, unwanted


def send(channel: Channel, user: User, title: str, text: str, url: str) -> None:
    """Send one message to a person by a channel. Raises `Undelivered`."""
    body = text + (f"\n{link(url)}" if url and settings.SITE else "")
    if channel == Channel.MAIL:
        _mail(user, title, body)
    else:
        _robot(channel, user, title, body)


def link(url: str) -> str:
    """An address of the platform as it can be opened from elsewhere."""
    return settings.SITE.rstrip("/") + url if url.startswith("/") else url


def _mail(user: User, title: str, body: str) -> None:
    if not user.email:
        raise Undelivered("没有邮箱地址", unwanted=True)
    try:
        EmailMessage(f"【一网】{title}", body, settings.DEFAULT_FROM_EMAIL, [user.email]).send()
    except (OSError, ValueError) as error:
        raise Undelivered(f"{type(error).__name__}: {error}") from error


def _robot(channel: Channel, user: User, title: str, body: str) -> None:
    from yiwang.core.notices import couriers

    hook = Hook.objects.filter(user=user, channel=channel).first()
    if hook is None:
        raise Undelivered("机器人已删除", unwanted=True)
    address = sealed.opened(hook.address, hook.owner)
    if not address:
        raise Undelivered("机器人地址无法解密,请重新填写", final=True)
    try:
        token = robots.token_of(channel, address)
        plugin = couriers.plugin(channel, token, sealed.opened(hook.secret, hook.owner))
    except (Refusal, TypeError) as error:
        raise Undelivered(str(error), final=True) from error
    if reason := couriers.deliver(plugin, address, title, body):
        raise Undelivered(reason)
