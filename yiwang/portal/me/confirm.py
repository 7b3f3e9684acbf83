"""The password once more, before something that touches the log-in itself (ASVS 7.5.1)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_http_methods

from yiwang.core.rights import lockout
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal
from yiwang.portal import gate
from yiwang.portal.home.door import SHUT_OUT

View = Callable[..., HttpResponse]


def fresh(view: View) -> View:
    """A view that asks for the password first, unless it was typed within the last minutes."""

    @wraps(view)
    def asked(request: AccessRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if gate.proved(request):
            return view(request, *args, **kwargs)
        return HttpResponseRedirect(f"{reverse('me:confirm')}?{urlencode({'next': request.path})}")

    return asked


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """Where to go on, on this site only."""
    given = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(given, {request.get_host()}, require_https=request.is_secure())
    return given if safe else otherwise


@require_http_methods(["GET", "POST"])
def page(request: AccessRequest) -> HttpResponse:
    """GET: the form; POST: the password."""
    user = request.user
    assert isinstance(user, User)
    refusal, onward = None, safe_next(request, reverse("me:index"))
    if request.method == "POST":
        try:
            _prove(request, user)
        except Refusal as caught:
            refusal = caught
        else:
            return HttpResponseRedirect(onward)
    context = {
        "refusal": refusal,
        "next": onward,
        "gated": gate.ahead(request),
        "without": not user.has_usable_password(),
    }
    return render(request, "me/confirm.html", context, status=422 if refusal else 200)


def _prove(request: AccessRequest, user: User) -> None:
    """Refusals `password.wrong`, `lock.shut`; wrong ones count for the lock-out."""
    if lockout.is_locked(request, user.username):
        raise Refusal("lock.shut", SHUT_OUT)
    if not user.check_password(request.POST.get("password", "")):
        lockout.failed(request, user.username, "password")
        raise Refusal("password.wrong", "密码不对,请重新输入。")
    gate.prove(request)
