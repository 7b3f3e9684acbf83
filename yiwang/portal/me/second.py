"""动态口令: enrol with a QR code, show a code after the log-in, recovery codes, give it up."""

from __future__ import annotations

import segno
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yiwang.core.rights import lockout, second
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import SecondFactor, User
from yiwang.kit.refusal import Refusal
from yiwang.portal import gate
from yiwang.portal.home.door import SHUT_OUT
from yiwang.portal.me.confirm import fresh, safe_next
from yiwang.portal.me.tabs import tabs


def _user(request: AccessRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@require_http_methods(["GET", "POST"])
def page(request: AccessRequest) -> HttpResponse:
    """What is in force. POST: new recovery codes, or give the factor up."""
    return _act(request) if request.method == "POST" else _status(request)


def _status(request: AccessRequest, refusal: Refusal | None = None) -> HttpResponse:
    user = _user(request)
    context = {
        "tabs": tabs(request.path),
        "factor": SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first(),
        "needed": second.needed(user),
        "left": second.codes_left(user),
        "refusal": refusal,
    }
    return render(request, "me/second.html", context, status=422 if refusal else 200)


@fresh
def _act(request: AccessRequest) -> HttpResponse:
    user = _user(request)
    try:
        if request.POST.get("act") == "codes":
            codes = second.renew_codes(user=user, actor=request.access.actor)
            return render(request, "me/codes.html", {"codes": codes, "tabs": tabs(request.path), "next": request.path})
        second.drop(user=user, actor=request.access.actor)
    except Refusal as refusal:
        return _status(request, refusal)
    gate.learn(request, second=False)
    messages.success(request, "动态口令已停用。")
    return HttpResponseRedirect(reverse("me:second"))


@fresh
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def enrol(request: AccessRequest) -> HttpResponse:
    """GET: what it is, or the QR code that waits for its first code. POST: make a key, or put it in force."""
    user, onward = _user(request), safe_next(request, reverse("me:second"))
    if second.enrolled(user):
        return HttpResponseRedirect(reverse("me:second"))
    refusal = None
    if request.method == "POST" and "code" not in request.POST:
        second.begin(user=user)
    elif request.method == "POST":
        code = request.POST["code"].replace(" ", "")
        try:
            codes = second.confirm(user=user, code=code, now=timezone.now(), actor=request.access.actor)
        except Refusal as caught:
            refusal = caught
        else:
            gate.learn(request, second=True)
            return render(request, "me/codes.html", {"codes": codes, "next": onward, "gated": True})
    key = second.pending(user)
    context = {
        "refusal": refusal,
        "gated": gate.ahead(request),
        "next": onward,
        "key": " ".join(key[at : at + 4] for at in range(0, len(key), 4)) if key else "",
        "picture": segno.make(second.address(user, key), error="m").svg_data_uri(scale=5, border=4) if key else "",
    }
    return render(request, "me/enrol.html", context, status=422 if refusal else 200)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def check(request: AccessRequest) -> HttpResponse:
    """The code after the log-in; wrong ones count for the lock-out as wrong passwords do."""
    user, onward = _user(request), safe_next(request, reverse("home"))
    refusal = None
    if request.method == "POST":
        try:
            _verify(request, user)
        except Refusal as caught:
            refusal = caught
        else:
            gate.learn(request, second=True)
            return HttpResponseRedirect(onward)
    context = {"refusal": refusal, "gated": True, "next": onward}
    return render(request, "me/check.html", context, status=422 if refusal else 200)


def _verify(request: AccessRequest, user: User) -> None:
    """Refusals `lock.shut`, `second.locked`, `second.code`."""
    if lockout.is_locked(request, user.username):
        raise Refusal("lock.shut", SHUT_OUT)
    if not second.verify(user=user, code=request.POST.get("code", ""), now=timezone.now()):
        lockout.failed(request, user.username, "code")
        raise Refusal("second.code", "动态口令不对。请核对手机时间,输入当前显示的 6 位数字。")
