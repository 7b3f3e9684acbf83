"""密码."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yiwang.core.rights import lockout, passwords, policy, resets, sessions
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import LoginSession, User
from yiwang.kit.refusal import Refusal
from yiwang.portal import gate
from yiwang.portal.home.door import SHUT_OUT
from yiwang.portal.me.confirm import safe_next
from yiwang.portal.me.tabs import tabs


@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "POST"])
def page(request: AccessRequest) -> HttpResponse:
    """GET: the form with what is asked of a password; POST: change it."""
    user = request.user
    assert isinstance(user, User)
    refusal, onward = None, safe_next(request, reverse("me:password"))
    if request.method == "POST":
        try:
            if request.POST.get("do") == "mailbox":
                _mailbox(request, user)
                messages.success(request, "邮箱已保存。")
                return HttpResponseRedirect(reverse("me:password"))
            _change(request, user)
        except Refusal as caught:
            refusal = caught
        else:
            messages.success(request, "密码已修改,您在别处的登录已退出。")
            return HttpResponseRedirect(onward)
    known = passwords.latest(user)
    context = {
        "tabs": tabs(request.path),
        "refusal": refusal,
        "about": request.POST.get("do", ""),
        "mail": request.POST.get("mail", user.email),
        "next": onward,
        "gated": gate.ahead(request),
        "rule": policy.profile(),
        "known": known,
        "due": passwords.due(user),
    }
    return render(request, "me/password.html", context, status=422 if refusal else 200)


def _change(request: AccessRequest, user: User) -> None:
    """Refusals of `passwords.change`, `password.again`, `lock.shut`; the session goes on under a new key."""
    old, new = request.POST.get("old", ""), request.POST.get("new", "")
    if lockout.is_locked(request, user.username):
        raise Refusal("lock.shut", SHUT_OUT)
    if new != request.POST.get("again", ""):
        raise Refusal("password.again", "两次输入的新密码不一样,请重新输入。")
    before = str(request.session.session_key)
    try:
        passwords.change(user=user, old=old, new=new, now=timezone.now(), actor=request.access.actor, keep=before)
    except Refusal as refusal:
        if refusal.code == "password.wrong":
            lockout.failed(request, user.username, "password")
        raise
    update_session_auth_hash(request, user)
    LoginSession.objects.filter(key=before).update(key=str(request.session.session_key))
    sessions.seen(str(request.session.session_key))
    gate.prove(request)


def _mailbox(request: AccessRequest, user: User) -> None:
    """Refusals of `resets.set_mailbox`, `lock.shut`."""
    if lockout.is_locked(request, user.username):
        raise Refusal("lock.shut", SHUT_OUT)
    given = request.POST
    try:
        resets.set_mailbox(
            user=user,
            mail=given.get("mail", ""),
            password=given.get("old", ""),
            actor=request.access.actor,
            now=timezone.now(),
        )
    except Refusal as refusal:
        if refusal.code == "password.wrong":
            lockout.failed(request, user.username, "password")
        raise
