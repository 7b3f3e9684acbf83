"""The gate after the log-in: idle sessions end; who must change his password or show a second factor sees only that page.

What is known of a session lies in the session (`sessions.GATE`), so that a page costs no query for it:
`seen` (seconds), `due` (the day from which the password must be changed, "" for never), `second` (shown).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from yiwang.core.rights import second, sessions
from yiwang.core.rights.known import facts
from yiwang.core.rights.models import ADMINISTRATORS, User
from yiwang.portal import proxies

#: What answers before the gate is passed; each shows no data.
OPEN = {"login", "logout", "healthz"}
PASSWORD = "me:password"  # noqa: S105 (an address)
SECOND = {"me:second-check", "me:second-enrol", "me:confirm"}
#: A password that was typed counts as fresh for so many seconds: what touches the log-in itself asks for one.
FRESH = 600


class GateMiddleware:
    """Stands after authentication and access, before LoginRequiredMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """End an idle session; note now and then that it is used."""
        if request.user.is_authenticated and sessions.GATE in request.session:
            _idle(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Lead to the page that must be passed first."""
        match = request.resolver_match
        name = match.view_name if match else ""
        if not isinstance(request.user, User) or name in OPEN:
            return None
        if barred(request):
            return render(request, "portal/error.html", BARRED, status=403)
        wanted = ahead(request)
        if not wanted or name == wanted or (name in SECOND and wanted in SECOND):
            return None
        return HttpResponseRedirect(f"{reverse(wanted)}?{urlencode({'next': request.get_full_path()})}")


BARRED = {
    "title": "不能从这里登录",
    "advice": "管理员只能从规定的网段使用系统。请换到规定的网络,或请系统的维护人调整 YIWANG_ADMIN_NETS。",
    "status": 403,
}


def barred(request: Any) -> bool:
    """Whether an administrator comes from elsewhere than he may."""
    if not settings.ADMIN_NETS or proxies.within(request, settings.ADMIN_NETS):
        return False
    return bool(request.user.grants.filter(role__in=ADMINISTRATORS).exists())


def _idle(request: HttpRequest) -> None:
    """Log out who was away too long or whose account has ended, else move the mark."""
    gate, user = request.session[sessions.GATE], request.user
    if isinstance(user, User) and user.expired(timezone.localdate()):
        sessions.ended(str(request.session.session_key), why="disabled")
        logout(request)
        return
    away = int(timezone.now().timestamp()) - gate["seen"]
    if settings.SESSION_IDLE and away > settings.SESSION_IDLE:
        sessions.ended(str(request.session.session_key), why="idle")
        logout(request)
    elif away > settings.SESSION_SEEN_EVERY or away < 0:
        request.session[sessions.GATE] = {**gate, "seen": gate["seen"] + away}
        sessions.seen(str(request.session.session_key))


def ahead(request: HttpRequest) -> str:
    """The name of the page that must be passed first; "" when nothing is in the way."""
    user, gate = request.user, request.session.get(sessions.GATE, {})
    assert isinstance(user, User)
    if "due" not in gate:
        gate = learn(request)
    if not gate.get("second"):
        if gate["enrolled"]:
            return "me:second-check"
        if second.needed(user):
            return "me:second-enrol"
    return PASSWORD if gate["due"] and gate["due"] <= timezone.localdate().isoformat() else ""


def learn(request: HttpRequest, **more: Any) -> dict[str, Any]:
    """Read again what the gate must know of the user, after the log-in and after a change; `more` is put beside it."""
    user = request.user
    assert isinstance(user, User)
    before = {"seen": int(timezone.now().timestamp()), **request.session.get(sessions.GATE, {})}
    gate = before | facts(user) | more
    request.session[sessions.GATE] = gate
    return gate


def proved(request: HttpRequest) -> bool:
    """Whether the user typed his password, or came by single sign-on, within the last minutes."""
    at: int = request.session.get(sessions.GATE, {}).get("proved", 0)
    return 0 <= int(timezone.now().timestamp()) - at <= FRESH


def prove(request: HttpRequest) -> None:
    """Note that he just did."""
    learn(request, proved=int(timezone.now().timestamp()))
