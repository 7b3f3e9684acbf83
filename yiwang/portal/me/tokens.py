"""接口令牌: issue, see once, revoke."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.core.rights import tokens
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Token, Verb
from yiwang.kit.refusal import Refusal
from yiwang.portal.me.confirm import fresh
from yiwang.portal.me.tabs import tabs
from yiwang.portal.menu import menu

VERBS = {
    Verb.READ: "查阅",
    Verb.AUDIT: "查存证",
    Verb.APPLY: "申请",
    Verb.HANDLE: "办理",
    Verb.WRITE: "登记",
    Verb.APPROVE: "审批",
    Verb.CONFIGURE: "设置",
}


@require_http_methods(["GET", "POST"])
def page(request: AccessRequest) -> HttpResponse:
    """The user's tokens and the form for a new one. POST: issue, or revoke `token`."""
    return _act(request) if request.method == "POST" else _list(request)


@fresh
def _act(request: AccessRequest) -> HttpResponse:
    now = timezone.now()
    try:
        if (which := request.POST.get("token", "")).isdigit():
            tokens.revoke(token=int(which), access=request.access, now=now)
            messages.success(request, "令牌已吊销,用它的程序即刻不能再访问。")
            return HttpResponseRedirect(reverse("me:tokens"))
        text = _issue(request, now)
    except Refusal as refusal:
        return _list(request, refusal=refusal)
    return _list(request, text=text)


def _issue(request: AccessRequest, now: datetime) -> str:
    form = request.POST
    verbs = [verb for verb in VERBS if verb in form.getlist("verbs")]
    areas = [item.area for item in menu() if item.area in form.getlist("areas")]
    _, text = tokens.issue(
        access=request.access,
        label=form.get("label", ""),
        verbs=verbs,
        areas=areas,
        expires_at=_end_of(form.get("until", "")),
        now=now,
    )
    return text


def _end_of(text: str) -> datetime:
    """The end of the day here. Refusal `token.expiry`."""
    try:
        day = date.fromisoformat(text)
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    except (ValueError, OverflowError):
        raise Refusal("token.expiry", "有效期应在今天之后、一年之内。") from None


def _list(request: AccessRequest, *, text: str = "", refusal: Refusal | None = None) -> HttpResponse:
    labels = {item.area: item.label for item in menu()}
    rows = Token.objects.filter(user__pk=request.user.pk or 0).select_related("organ").order_by("-pk")[:50]
    now, day = timezone.now(), timezone.localdate()
    context = {
        "tabs": tabs(request.path),
        "rows": [(row, _verbs(row), _areas(row, labels), _state(row, now)) for row in rows],
        "verbs": [(verb.value, label) for verb, label in VERBS.items() if request.access.may(verb)],
        "areas": labels.items(),
        "given": request.POST,
        "chosen": request.POST.getlist("verbs") + request.POST.getlist("areas"),
        "until": request.POST.get("until") or (day + timedelta(days=90)).isoformat(),
        "least": day.isoformat(),
        "most": (day + tokens.LONGEST - timedelta(days=1)).isoformat(),
        "text": text,
        "refusal": refusal,
    }
    return render(request, "me/tokens.html", context, status=422 if refusal else 200)


def _verbs(row: Token) -> str:
    return "、".join(VERBS[Verb(word)] for word in row.verbs.split())


def _areas(row: Token, labels: dict[str, str]) -> str:
    return "、".join(labels.get(word, word) for word in row.areas.split()) or "全部业务"


def _state(row: Token, now: datetime) -> str:
    if row.revoked_at:
        return "已吊销"
    return "有效" if row.expires_at > now else "已过期"
