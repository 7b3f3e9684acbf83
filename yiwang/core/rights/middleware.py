"""`request.access`: the access of the user at the organ chosen in the session, looked up on first use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from yiwang.core.rights.access import Access, access_for
from yiwang.kit.refusal import Refusal

SESSION_KEY = "organ"


class AccessRequest(HttpRequest):
    """A request that went through AccessMiddleware; for annotations."""

    access: Access


def _chosen(request: HttpRequest) -> Access:
    """The access of this request."""
    return access_for(request.user, request.session.get(SESSION_KEY), on=timezone.localdate())


class AccessMiddleware:
    """Sets `request.access`. Stands after the session and authentication middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        access: Any = SimpleLazyObject(lambda: _chosen(request))
        request.access = access  # type: ignore[attr-defined]
        return self.get_response(request)


def choose_organ(request: HttpRequest, organ_id: int) -> Access:
    """Switch to another organ for the rest of the session. Refusal `rights.not-yours`."""
    access = access_for(request.user, organ_id, on=timezone.localdate())
    if access.organ is None or access.organ.pk != organ_id:
        raise Refusal("rights.not-yours", "您没有这个单位的授权,不能切换到该单位。")
    request.session[SESSION_KEY] = organ_id
    return access
