"""Who calls: a person logged in (with the CSRF token where something changes), or a token of one's own.

Both end in an `Access`: `request.caller`. A token's is cut to its verbs and areas, and may be read-only.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import APIKeyCookie, HttpBearer

from yiwang.core.rights.access import Access
from yiwang.core.rights.tokens import access_by_token
from yiwang.kit.refusal import Refusal

SAFE = ("GET", "HEAD")


class Token(HttpBearer):
    """`Authorization: Bearer yw_…`, issued under 我的账号."""

    def authenticate(self, request: HttpRequest, token: str) -> Access:
        """The token's access. Refusals `token.invalid`, `rights.read-only`."""
        access, scope = access_by_token(token, timezone.now(), request=request)
        if scope.read_only and request.method not in SAFE:
            raise Refusal("rights.read-only", "这个令牌只能读取,不能办理;需要办理时请另行签发。")
        return access


class Session(APIKeyCookie):
    """The session cookie of the pages."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Access | None:
        """The access at the organ worked for; nothing without a log-in."""
        access: Access = getattr(request, "access")  # noqa: B009 (set by the middleware)
        return access if request.user.is_authenticated else None


CALLERS = [Token(), Session(csrf=True)]


def access_of(request: HttpRequest) -> Access:
    """The access that the call works for. Refusal `rights.denied` where the caller has no organ."""
    called: Any = request
    access: Access = called.auth
    access.need(access.organ is not None, "调用接口")
    return access
