"""忘记密码: asking for a link, and the page that it leads to. Open to everybody, and says nothing of any account.

Whatever name was typed, the page does the same and answers the same: a job is queued, and only the worker looks whether there
is such an account. The address of the link comes from `YIWANG_SITE`, never from the request.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods
from django_tasks import task

from yiwang.core.jobs.queue import enqueue
from yiwang.core.rights import alarms, policy, resets
from yiwang.kit.refusal import Refusal
from yiwang.portal.proxies import address

#: So often may be asked from one address in a minute.
MOST = 5
LETTER = """{name},您好:

有人(可能是您)为账号 {username} 申请找回密码。请在 {minutes} 分钟内打开下面的地址设置新密码,地址只能用一次:

{link}

不是您申请的,不用理会,您的密码没有变;多次收到这样的邮件,请告诉系统管理员。
"""


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form for the name; POST queues the job and answers, always the same."""
    name = request.POST.get("username", "").strip()[:150]
    if request.method == "GET" or not name or not settings.RECOVERY:
        return render(request, "portal/recover.html", {"open": settings.RECOVERY})
    now, source = timezone.now(), address(request)
    if alarms.tally("recover", source, now) >= MOST:
        answer = render(request, "portal/recover.html", {"open": True, "busy": True}, status=429)
        answer.headers["Retry-After"] = "60"
        return answer
    with transaction.atomic():
        alarms.add("recover", source, now)
        enqueue(mail_link, name)
    return render(request, "portal/recover.html", {"open": True, "asked": True, "minutes": _minutes()})


def _minutes() -> int:
    return int(resets.VALID.total_seconds() // 60)


@task()  # type: ignore[untyped-decorator]
def mail_link(username: str) -> bool:
    """Issue a link and mail it, where there is an account that may have one."""
    found = resets.issue(username=username, now=timezone.now())
    if found is None:
        return False
    user, secret = found
    link = settings.SITE.rstrip("/") + reverse("recover-link", args=[secret])
    text = LETTER.format(name=user.label, username=user.username, minutes=_minutes(), link=link)
    EmailMessage("【一网】找回密码", text, settings.DEFAULT_FROM_EMAIL, [user.email]).send()
    return True


@login_not_required
@sensitive_post_parameters()
@sensitive_variables("code")
@require_http_methods(["GET", "POST"])
def renew(request: HttpRequest, code: str) -> HttpResponse:
    """The form for the new password: looking at it does not spend the link. POST sets the password; then one logs in."""
    now = timezone.now()
    if resets.owner(code, now) is None:
        return render(request, "portal/recover.html", {"open": settings.RECOVERY, "spent": True}, status=404)
    if request.method == "GET":
        return _form(request)
    new = request.POST.get("new", "")
    try:
        if new != request.POST.get("again", ""):
            raise Refusal("password.again", "两次输入的新密码不一样,请重新输入。")
        resets.recover(secret=code, new=new, now=now)
    except Refusal as refusal:
        return _form(request, refusal)
    messages.success(request, "密码已重新设置,请用新密码登录。")
    return redirect("login")


def _form(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    context = {"refusal": refusal, "rule": policy.profile()}
    return render(request, "portal/renew.html", context, status=422 if refusal else 200)
