"""登录 and 退出: each is an entry of the ledger, and without the entry there is no log-in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yiwang.core.ledger.post import post
from yiwang.core.rights import alarms, passwords, sessions, verify
from yiwang.core.rights.models import User
from yiwang.portal import gate

SHUT_OUT = "连续输错次数太多,这个账号半小时内不能从这里登录。急用时请联系安全管理员解除锁定。"
TAMPERED = "账号的授权与存证不符,已停止登录。请联系安全管理员核对授权。"


class LogInForm(AuthenticationForm):
    """Name and password; the password as typed."""

    error_messages = {
        "invalid_login": "账号或密码不对。请核对后重试;忘记密码请联系管理员。",
        "inactive": "账号或密码不对。请核对后重试;忘记密码请联系管理员。",
    }

    def confirm_login_allowed(self, user: Any) -> None:
        """Grants changed past the verbs let nobody in, nor does a one-time secret past its time; said only to who knows it."""
        super().confirm_login_allowed(user)
        if user.expired(timezone.localdate()):
            raise ValidationError(self.error_messages["inactive"], code="inactive")
        if verify.of_user(user):
            alarms.count("grants", user.label, timezone.now())
            raise ValidationError(TAMPERED, code="grants")
        if passwords.spent(user, timezone.now()):
            raise ValidationError("一次性密码已经过期,请联系管理员重新发放。", code="spent")


def entered(user: User, way: str) -> None:
    """The entry of a log-in, before it happens: where the ledger takes nothing, nobody comes in."""
    with transaction.atomic():
        post(
            actor=f"user:{user.pk}",
            act="rights.session.begin",
            obj=f"rights.user:{user.pk}",
            body={"way": way, "ok": True},
        )


class LogIn(LoginView):
    """登录."""

    template_name = "portal/login.html"
    redirect_authenticated_user = True
    form_class = LogInForm

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """In, with a new session."""
        user = form.get_user()
        assert isinstance(user, User)
        entered(user, "password")
        answer = super().form_valid(form)
        gate.prove(self.request)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the way of single sign-on where there is one."""
        sso = {"sso": bool(settings.OIDC), "sso_failed": self.request.GET.get("sso") == "failed"}
        return super().get_context_data(**kwargs) | sso


class LogOut(LogoutView):
    """退出: the session's data is gone, and the browser is told to forget what it kept."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Out."""
        if request.user.is_authenticated:
            sessions.ended(str(request.session.session_key), why="logout")
            with transaction.atomic():
                post(actor=f"user:{request.user.pk}", act="rights.session.logout", obj=f"rights.user:{request.user.pk}")
        answer = super().post(request, *args, **kwargs)
        answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
        return answer


def shut_out(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """What a name that is locked at this address gets, whether the password was right or not."""
    return render(
        request, "portal/error.html", {"title": "暂时不能登录", "advice": SHUT_OUT, "status": 429}, status=429
    )
