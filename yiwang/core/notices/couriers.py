"""Robots by apprise: its plugin makes the message and signs it; where it goes is ours.

The HTTP client of a plugin is replaced, for one call, by a courier that posts to the user's address through `kit.outward`
and to nowhere else. The plugin itself is left as it is.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from types import FunctionType, MethodType, SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from apprise import NotifyFormat
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from yiwang.core.notices import robots
from yiwang.core.notices.models import Channel
from yiwang.kit import outward
from yiwang.kit.refusal import Refusal

#: Seconds for one message.
PATIENCE = 15.0


class Courier:
    """Stands in for `requests` in a plugin: whatever address the plugin asks for, the message goes to the user's."""

    RequestException = OSError
    codes = SimpleNamespace(ok=200)

    def __init__(self, address: str, allowed: tuple[outward.Network, ...]) -> None:
        self.address, self.allowed = address, allowed
        self.answer: outward.Answer | None = None
        self.error = ""

    def post(
        self,
        url: str,
        *,
        data: str | bytes,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        **_: Any,
    ) -> Any:
        """As the plugin calls it; `params` hold a signature."""
        address = self.address
        if params:
            address += ("&" if "?" in address else "?") + urlencode(params, safe="%")
        body = data.encode() if isinstance(data, str) else data
        try:
            self.answer = outward.post(outward.target(address, self.allowed), body, headers, seconds=PATIENCE)
        except (OSError, Refusal) as error:
            self.error = str(error)
            raise OSError(self.error) from error
        return SimpleNamespace(status_code=self.answer.status, content=self.answer.body)


def _dingtalk(token: str, secret: str) -> Any:
    return NotifyDingTalk(token=token, secret=secret or None)


def _wecom(token: str, secret: str) -> Any:
    return NotifyWeComBot(key=token)


def _feishu(token: str, secret: str) -> Any:
    return NotifyFeishu(token=token)


_PLUGINS: dict[Channel, Callable[[str, str], Any]] = {
    Channel.DINGTALK: _dingtalk,
    Channel.WECOM: _wecom,
    Channel.FEISHU: _feishu,
}


def plugin(channel: Channel, token: str, secret: str) -> Any:
    """The plugin of a channel. TypeError (apprise's own) for a token or secret that it does not take."""
    return _PLUGINS[channel](token, secret)


def deliver(plugin: Any, address: str, title: str, body: str) -> str:
    """Send by a plugin to an address; "" or what went wrong."""
    courier = Courier(address, robots.allowed_networks())
    plugin.send = MethodType(_posting_by(courier, type(plugin)), plugin)
    sent = plugin.notify(body=body, title=title, body_format=NotifyFormat.TEXT)
    return courier.error or _complaint(courier.answer) or ("" if sent else "消息没有发出")


def _posting_by(courier: Courier, plugin: Any) -> FunctionType:
    """The plugin's `send` with the courier in place of `requests`; the plugin itself is left as it is."""
    send = plugin.send
    names = {**vars(sys.modules[plugin.__module__]), "requests": courier}
    copy = FunctionType(send.__code__, names, send.__name__, send.__defaults__, send.__closure__)
    copy.__kwdefaults__ = send.__kwdefaults__
    return copy


def _complaint(answer: outward.Answer | None) -> str:
    """What the service says against the message: by status, or by a code in the body of a 200."""
    if answer is None:
        return "服务没有回答"
    if answer.status != 200:
        return f"服务回答 HTTP {answer.status}"
    try:
        said = json.loads(answer.body)
    except ValueError:
        return ""
    if not isinstance(said, dict):
        return ""
    code = next((said[name] for name in ("errcode", "code", "StatusCode") if said.get(name)), 0)
    return f"服务拒绝({code}):{said.get('errmsg') or said.get('msg') or ''}" if code else ""
