"""我的委托: lent, taken back, given back; only to colleagues, only by those who have something to lend."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from yiwang.core.rights.models import Delegation, Role, User
from yiwang.core.rights.tests.world import World, user, world
from yiwang.desk.testing import page

pytestmark = pytest.mark.django_db
URL = "/me/delegations/"


@pytest.fixture
def we() -> World:
    return world()


def client(who: Any) -> Client:
    browser = Client()
    browser.force_login(getattr(who, "user", who), backend="django.contrib.auth.backends.ModelBackend")
    return browser


def given(to: User, what: str, **more: str) -> dict[str, str]:
    today = timezone.localdate()
    until = (today + timedelta(days=3)).isoformat()
    return {"verb": "lend", "delegate": to.username, "what": what, "since": today.isoformat(), "until": until} | {
        "reason": "去省里开会",
        **more,
    }


def test_lent_used_and_taken_back(we: World) -> None:
    boss, other = user(we.ours, Role.MANAGER, name="周正"), user(we.ours, Role.STAFF, name="李强")
    assert client(other).get("/findings/").status_code == 403
    assert "李强" in page(client(boss).get(URL))
    assert client(boss).post(URL, given(other, f"{we.ours.pk}::")).status_code == 302
    html = page(client(other).get("/findings/"))
    assert "主管(代周正)" in html
    assert "周正" in page(client(other).get(URL))
    row = Delegation.objects.get()
    stranger = client(user(we.ours, Role.MANAGER))
    assert "不是您的" in page(stranger.post(URL, {"verb": "end", "delegation": row.pk}), 422)
    assert "去省里开会" not in page(stranger.get(URL))
    assert client(boss).post(URL, {"verb": "end", "delegation": row.pk}).status_code == 302
    assert client(other).get("/findings/").status_code == 403
    assert "已收回" in page(client(boss).get(URL))


def test_the_delegate_may_give_back(we: World) -> None:
    boss, other = user(we.ours, Role.MANAGER), user(we.ours, Role.STAFF)
    client(boss).post(URL, given(other, f"{we.ours.pk}:MANAGER:"))
    assert "退回" in page(client(other).get(URL))
    assert client(other).post(URL, {"verb": "end", "delegation": Delegation.objects.get().pk}).status_code == 302
    assert Delegation.objects.get().ended_at


@pytest.mark.parametrize(
    "more",
    [
        {"delegate": ""},
        {"delegate": "nobody"},
        {"what": ""},
        {"what": "x:y:z"},
        {"what": "999999::"},
        {"what": "1:GOD:"},
        {"since": ""},
        {"until": "2026-99-99"},
        {"reason": ""},
    ],
)
def test_what_is_refused_is_said_and_kept_in_the_form(we: World, more: dict[str, str]) -> None:
    boss, other = user(we.ours, Role.MANAGER), user(we.ours, Role.STAFF)
    page(client(boss).post(URL, given(other, f"{we.ours.pk}::") | more), 422)
    assert not Delegation.objects.exists()


def test_administrators_and_strangers_have_nothing_to_lend(we: World) -> None:
    for who in (we.system, we.security, we.audit, user(None)):
        assert "没有可以委托的角色" in page(client(who).get(URL))
    boss, theirs = user(we.ours, Role.MANAGER), user(we.theirs, Role.STAFF, name="云岭的人")
    assert "云岭的人" not in page(client(boss).get(URL))
    page(client(boss).post(URL, given(theirs, f"{we.ours.pk}::")), 422)
    page(client(boss).post(URL, given(user(we.ours), f"{we.theirs.pk}::")), 422)
    page(client(boss).post(URL, given(boss, f"{we.ours.pk}::")), 422)
