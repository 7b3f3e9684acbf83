"""账号解锁: names that are locked out, and lost second factors. For the security administrator; each act says why."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.core.rights import lockout, second
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Role, User
from yiwang.kit.refusal import Refusal
from yiwang.portal.me.confirm import fresh


@fresh
@require_http_methods(["GET", "POST"])
def page(request: AccessRequest) -> HttpResponse:
    """GET: the locks; POST: unlock a name (`act=unlock`) or take a lost second factor away (`act=reset`)."""
    access = request.access
    access.need(access.has(Role.SECURITY_ADMIN), "解除锁定和重置动态口令")
    refusal = None
    if request.method == "POST":
        try:
            messages.success(request, _do(request))
        except Refusal as caught:
            refusal = caught
        else:
            return HttpResponseRedirect(reverse("security:locks"))
    context = {"locks": lockout.locked(), "refusal": refusal, "given": request.POST}
    return render(request, "security/locks.html", context, status=422 if refusal else 200)


def _do(request: AccessRequest) -> str:
    """What was done, as a sentence."""
    name, reason = request.POST.get("username", "").strip(), request.POST.get("reason", "")
    if request.POST.get("act") == "unlock":
        lockout.unlock(username=name, access=request.access, reason=reason)
        return f"已解除“{name}”的锁定。"
    user = User.objects.filter(username=name).first()
    if user is None:
        raise Refusal("second.none", "该用户没有启用动态口令。")
    second.reset(user=user, access=request.access, reason=reason, now=timezone.now())
    return f"已重置“{name}”的动态口令,他下次登录时须重新启用。"
