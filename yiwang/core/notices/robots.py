"""Addresses of robots (群机器人): whose token is where in them, and which networks of the own house the operator lets them be in."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from yiwang.core.notices.models import Channel
from yiwang.kit import outward
from yiwang.kit.refusal import Refusal


def allowed_networks() -> tuple[outward.Network, ...]:
    """The operator's exceptions from "no address inside": a message service in the own intranet."""
    return outward.networks(settings.WEBHOOK_NETWORKS)


#: The parameter of the address that holds the robot's token; Feishu has it at the end of the path.
_PARAMETERS = {Channel.DINGTALK: "access_token", Channel.WECOM: "key"}


def token_of(channel: Channel, address: str) -> str:
    """The token in the address of a robot. Refusal `notice.address` where it is not an address of this kind."""
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if channel in _PARAMETERS:
        token = "".join(parse_qs(parts.query).get(_PARAMETERS[channel], []))
        shown = f"{_PARAMETERS[channel]}=…"
    else:
        token, shown = parts.path.rstrip("/").rpartition("/")[2], "/hook/…"
    if not token or not token.isascii() or not token.replace("-", "").replace("_", "").isalnum():
        raise Refusal("notice.address", f"这不是{channel.label}机器人的地址(应含 {shown}),请从机器人设置里原样复制。")
    return token
