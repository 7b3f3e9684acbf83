"""Behind a proxy: whose word is taken for where a request comes from. Outermost.

X-Forwarded-For and X-Forwarded-Proto count only from a peer listed in SECURE_PROXIES; from anybody else they are taken
away before somebody reads them, together with their relatives that nothing here uses.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

PLAIN = {
    "code": "api.plain-http",
    "message": "接口只接受 HTTPS 请求,请改用 https:// 开头的地址,并更换刚才明文发出的令牌。",
}
#: Never used, whoever sends them.
UNUSED = ("HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT", "HTTP_X_CLIENT_IP")


def _listed(text: str, nets: Any) -> bool:
    """Whether the address lies within the networks; what is no address does not."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return False
    return any(address in net for net in nets)


def address(request: HttpRequest) -> str:
    """Where the request comes from: the middleware has put it right."""
    return str(request.META.get("REMOTE_ADDR", ""))


def within(request: HttpRequest, nets: Any) -> bool:
    """Whether the request comes from one of the networks."""
    return _listed(address(request), nets)


class ProxyMiddleware:
    """Sets REMOTE_ADDR to the client's where a listed proxy says it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Believe or take away, then pass on."""
        meta = request.META
        for name in UNUSED:
            meta.pop(name, None)
        chain = meta.pop("HTTP_X_FORWARDED_FOR", "")
        if not _listed(address(request), settings.SECURE_PROXIES):
            meta.pop("HTTP_X_FORWARDED_PROTO", None)
        elif chain:
            meta["REMOTE_ADDR"] = _client(chain) or address(request)
        if settings.SECURE_SSL_REDIRECT and request.path.startswith("/api/") and not request.is_secure():
            return JsonResponse(PLAIN, status=403)  # a redirect would let a program send its token in clear each time
        return self.get_response(request)


def _client(chain: str) -> str:
    """The rightmost address that is no listed proxy: what stands left of it the client may have written himself."""
    for one in reversed(chain.split(",")):
        if not _listed(one, settings.SECURE_PROXIES):
            try:
                return str(ip_address(one.strip()))
            except ValueError:
                return ""
    return ""
