"""登录会话: where one is logged in, and the way to end it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from yiwang.core.rights import sessions
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal
from yiwang.portal.me.tabs import tabs

WHY = {
    "logout": "退出",
    "idle": "长时间未用",
    "too-many": "在别处登录",
    "owner": "本人结束",
    "password": "修改密码",
    "reset": "管理员重置",
    "disabled": "账号停用",
    "grants": "授权与存证不符",
}


#: What a browser says of itself, the more particular first.
BROWSERS = (
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "安卓"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_of(agent: str) -> str:
    """`Mozilla/5.0 (X11; Linux …) … Chrome/…` → Chrome · Linux; what is unknown as it stands, cut."""
    found = [next((label for sign, label in signs if sign in agent), "") for signs in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found)) or agent[:40]


@require_http_methods(["GET", "POST"])
def index(request: AccessRequest) -> HttpResponse:
    """The user's sessions; POST ends one (`session`), or all others."""
    user, key = request.user, str(request.session.session_key)
    assert isinstance(user, User)
    if request.method == "POST":
        _end(request, user, key)
        return HttpResponseRedirect(reverse("me:index"))
    past = user.login_sessions.exclude(ended_at=None).order_by("-ended_at")[:10]
    context = {
        "tabs": tabs(request.path),
        "open": [(row, browser_of(row.agent)) for row in sessions.opened(user)],
        "past": [(row, WHY.get(row.ended_why, row.ended_why)) for row in past],
        "key": key,
    }
    return render(request, "me/index.html", context)


def _end(request: AccessRequest, user: User, key: str) -> None:
    which = request.POST.get("session", "")
    try:
        if which.isdigit():
            sessions.end_own(user=user, session=int(which), actor=request.access.actor)
            messages.success(request, "已结束这个会话。")
        else:
            count = sessions.end_all(user=user, actor=request.access.actor, why="owner", keep=key)
            messages.success(request, f"已结束其他 {count} 个会话。")
    except Refusal as refusal:
        messages.error(request, refusal.message)
