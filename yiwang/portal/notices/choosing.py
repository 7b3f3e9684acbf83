"""How one wants to be told: channels by topic, hours of quiet, robots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.core.notices import actions, templates, timing
from yiwang.core.notices.models import ROBOTS, Channel, Choice, Hook, Mode, Setting
from yiwang.core.notices.templates import Topic
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal


@dataclass(frozen=True)
class Cell:
    """One choice of the form: a topic on a channel."""

    name: str
    label: str
    mode: str


@dataclass(frozen=True)
class Robot:
    """A channel of robots, and the user's own if there is one."""

    channel: Channel
    hook: Hook | None


@require_http_methods(["GET", "POST"])
def settings(request: AccessRequest) -> HttpResponse:
    """The form; POST keeps it."""
    if request.method == "GET":
        return _page(request)
    try:
        post = request.POST.dict()
        modes = {
            (topic.key, channel): Mode(post[_name(topic, channel)])
            for topic in templates.topics()
            for channel in _channels(request)
            if post.get(_name(topic, channel)) in Mode.values
        }
        begin, end = _time(post, "quiet_from"), _time(post, "quiet_to")
        quiet = (begin, end) if begin is not None and end is not None else None
        if (begin is None) != (end is None):
            raise Refusal("notice.time", "免打扰的起止时间要么都填,要么都不填。")
        digest_at = _time(post, "digest_at") or timing.DIGEST_AT
        actions.choose(access=request.access, modes=modes, quiet=quiet, digest_at=digest_at)
    except Refusal as refusal:
        return _page(request, refusal)
    messages.success(request, "消息设置已保存。")
    return HttpResponseRedirect(reverse("notices:settings"))


@require_POST
def robot(request: AccessRequest, channel: str) -> HttpResponse:
    """Keep the address of a robot."""
    try:
        actions.set_hook(
            access=request.access,
            channel=_channel(channel),
            address=request.POST.get("address", ""),
            secret=request.POST.get("secret", ""),
            now=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, refusal)
    messages.success(request, "机器人已登记。")
    return HttpResponseRedirect(reverse("notices:settings"))


@require_POST
def drop(request: AccessRequest, channel: str) -> HttpResponseRedirect:
    """Forget a robot."""
    actions.drop_hook(access=request.access, channel=_channel(channel))
    messages.success(request, "机器人已删除。")
    return HttpResponseRedirect(reverse("notices:settings"))


def _channel(text: str) -> Channel:
    if text not in Channel.values:
        raise Http404
    return Channel(text)


def _channels(request: AccessRequest) -> list[Channel]:
    """The ways on which the user can be reached."""
    own = set(Hook.objects.filter(user=request.user.pk).values_list("channel", flat=True))
    return [channel for channel in Channel if channel in own or (channel == Channel.MAIL and _mailbox(request))]


def _mailbox(request: AccessRequest) -> str:
    return request.user.email if isinstance(request.user, User) else ""


def _name(topic: Topic, channel: Channel) -> str:
    return f"{topic.key}.{channel}"


def _time(post: dict[str, str], name: str) -> time | None:
    text = post.get(name, "").strip()
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal("notice.time", "时间请写成 07:30 这样。") from None


def _page(request: AccessRequest, refusal: Refusal | None = None) -> HttpResponse:
    chosen = {(one.topic, one.channel): one.mode for one in Choice.objects.filter(user=request.user.pk)}
    hooks = {one.channel: one for one in Hook.objects.filter(user=request.user.pk)}
    channels = [one for one in Channel if one in hooks or (one == Channel.MAIL and _mailbox(request))]
    rows = [
        (
            topic,
            [Cell(_name(topic, one), one.label, chosen.get((topic.key, one), Mode.NOW)) for one in channels],
        )
        for topic in templates.topics()
    ]
    context: dict[str, Any] = {
        "setting": Setting.objects.filter(user=request.user.pk).first() or timing.default(),
        "channels": channels,
        "rows": rows,
        "modes": Mode.choices,
        "robots": [Robot(channel, hooks.get(channel)) for channel in ROBOTS],
        "mailbox": _mailbox(request),
        "refusal": refusal,
    }
    return render(request, "notices/settings.html", context, status=422 if refusal else 200)
