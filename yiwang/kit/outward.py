"""Requests that leave the platform for an address that a user typed: never into the own network (A02).

`target` judges an address: form, name, and every address that the name leads to now. `post` resolves once more, judges
again, and connects to exactly what was judged, so that a name with two answers (DNS rebinding) gains nothing; redirects
are not followed. Networks that the operator allows by name (`allowed`) are the only exception.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from yiwang.kit.refusal import Refusal

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
#: Ports of services that receive such messages; others only in networks that are allowed.
PORTS = (443, 8443)
LONGEST = 2000
MOST_ANSWER = 64 << 10
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?\.?")
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)\.?$")
#: IPv6 ranges that carry an IPv4 address inside: 6to4, NAT64 (its own and the local-use one), IPv4-compatible.
_SIX_TO_FOUR = ipaddress.ip_network("2002::/16")
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.ip_network("::/96")


@dataclass(frozen=True)
class Target:
    """Where a request may go: the name for the certificate, and the one address to connect to."""

    scheme: str
    host: str
    port: int
    ip: str
    path: str


@dataclass(frozen=True)
class Answer:
    """What came back: status, and at most MOST_ANSWER bytes."""

    status: int
    body: bytes


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Networks from their texts ("10.8.0.0/16"); ValueError for what is none."""
    return tuple(ipaddress.ip_network(text.strip()) for text in texts if text.strip())


def target(address: str, allowed: Sequence[Network] = ()) -> Target:
    """Judge an address and every answer of its name. Refusal `outward.address`, `outward.name`, `outward.private`."""
    parts, port = _formed(address)
    host = parts.hostname or ""
    answers = _resolved(host, port)
    if not all(_in(ip, allowed) for ip in answers):
        if parts.scheme != "https" or port not in PORTS or _literal(host):
            raise _malformed("应是 https:// 开头的域名,端口 443 或 8443")
        if not all(public(ip) or _in(ip, allowed) for ip in answers):
            raise Refusal("outward.private", "这个地址指向内部网络或本机,不能使用;请填写服务商给出的公网地址。")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host.rstrip("."), port, str(answers[0]), path)


def post(where: Target, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Answer:
    """POST to the judged address and nowhere else. OSError (with http.client's errors as such) when it fails.

    `seconds` bound the whole exchange, however slowly the other side drips.
    """
    link = _connection(where, seconds)
    watchdog = threading.Timer(seconds, _cut, [link.sock])  # a response takes the socket over: it is named here
    watchdog.start()
    try:
        link.request("POST", where.path, body=body, headers=dict(headers))
        answer = link.getresponse()
        return Answer(answer.status, answer.read(MOST_ANSWER))
    except http.client.HTTPException as error:
        raise OSError(f"{type(error).__name__}: {error}") from error
    finally:
        watchdog.cancel()
        link.close()


def public(ip: IP) -> bool:
    """Whether the address is one of the public internet, and so is any IPv4 address that it carries."""
    if isinstance(ip, ipaddress.IPv6Address):
        if any(ip in network for network in (_SIX_TO_FOUR, *_NAT64, _COMPATIBLE)) or ip.ipv4_mapped or ip.teredo:
            return False
        if ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _formed(address: str) -> tuple[SplitResult, int]:
    """The parts of an address that is written plainly: browsers, libraries and we must read the same host out of it."""
    if len(address) > LONGEST or not address.isascii() or re.search(r"[\x00-\x20\x7f\\]", address):
        raise _malformed("含有空格或特殊字符")
    try:
        parts = urlsplit(address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise _malformed("写法不完整") from None
    if parts.scheme not in ("https", "http") or "@" in parts.netloc or parts.fragment or "%" in parts.netloc:
        raise _malformed("应以 https:// 开头,不能带用户名或 #")
    host = (parts.hostname or "").lower()
    if not host or not (_HOST.fullmatch(host) or _literal(host)):
        raise _malformed("没有正确的域名")
    return parts, port


def _literal(host: str) -> bool:
    """Whether the host is a number in any of the ways that systems understand as an address."""
    return ":" in host or bool(_NUMERIC.fullmatch(host.rstrip(".").rpartition(".")[2]))


def _resolved(host: str, port: int) -> list[IP]:
    """Every address that the name leads to; a number only as the one form that everybody reads alike."""
    if _literal(host):
        try:
            return [ipaddress.ip_address(host)]
        except ValueError:
            raise _malformed("不能用数字写法的主机") from None
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        answers = list(dict.fromkeys(ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found))
    except (OSError, UnicodeError, ValueError):
        answers = []
    if not answers:
        raise Refusal("outward.name", f"域名 {host} 解析不到,请检查地址是否写对、服务器能否访问外网。")
    return answers


def _in(ip: IP, allowed: Sequence[Network]) -> bool:
    return any(ip in network for network in allowed)


def _malformed(why: str) -> Refusal:
    return Refusal("outward.address", f"地址不能使用:{why}。请从服务商的机器人设置里原样复制。")


def _connection(where: Target, seconds: float) -> http.client.HTTPConnection:
    """A connection whose socket goes to the judged address; the certificate is that of the name."""
    if where.scheme == "http":
        plain = http.client.HTTPConnection(where.host, where.port, timeout=seconds)
        plain.sock = socket.create_connection((where.ip, where.port), timeout=seconds)
        return plain
    context = ssl.create_default_context()
    secure = http.client.HTTPSConnection(where.host, where.port, timeout=seconds, context=context)
    raw = socket.create_connection((where.ip, where.port), timeout=seconds)
    try:
        secure.sock = context.wrap_socket(raw, server_hostname=where.host)
    except OSError:
        raw.close()
        raise
    return secure


def _cut(sock: socket.socket) -> None:
    """End an exchange that takes too long: the reader meets the end."""
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
