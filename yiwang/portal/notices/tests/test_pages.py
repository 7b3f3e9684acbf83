"""The pages of 消息, as receiver, sender, stranger and administrator."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from yiwang.core.notices import actions, templates
from yiwang.core.notices.models import Channel, Choice, Delivery, DeliveryState, Hook, Mode, Notice, Setting
from yiwang.core.notices.templates import Template
from yiwang.core.notices.tests.robot import RobotServer
from yiwang.core.rights.models import Role, User
from yiwang.desk.testing import World, page, world

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def we(monkeypatch: pytest.MonkeyPatch) -> World:
    """Two counties; a template of a topic that is there."""
    cache.clear()
    monkeypatch.setattr(templates, "_TEMPLATES", dict(templates._TEMPLATES))
    templates.register(Template("tests.order", "有新工单", "工单 {number} 派给了您。", "job", urgent=True))
    return world()


def sent(we: World, *to: User, url: str = "/orgs/", sender: User | None = None) -> Notice:
    """To a clerk of ours, unless said."""
    rows = actions.send(
        to=to or [we.user()], template="tests.order", about="x:1", url=url, now=NOW, sender=sender, number="GD-<b>1</b>"
    )
    return rows[0]


def test_the_inbox(we: World) -> None:
    row = sent(we, sender=we.user(Role.MANAGER))
    client = we.client()
    text = page(client.get("/notices/"))
    assert "工单 GD-&lt;b&gt;1&lt;/b&gt; 派给了您" in text
    assert '<span class="n">1</span>' in text
    assert client.post(f"/notices/{row.pk}/open/")["Location"] == "/orgs/"
    text = page(client.get("/notices/"))
    assert "没有未读消息" in text
    assert '<span class="n">1</span>' not in text
    assert "已读" in page(client.get("/notices/?view=all"))
    assert "有新工单" not in page(client.get("/notices/?view=all&topic=finding"))


def test_reading_is_not_by_get(we: World) -> None:
    row = sent(we)
    assert we.client().get(f"/notices/{row.pk}/open/").status_code == 405
    assert we.client().get("/notices/read/").status_code == 405
    assert Notice.objects.unread().count() == 1


def test_owner_colleague_stranger_nobody(we: World) -> None:
    row = sent(we)
    for client in (we.client(Role.MANAGER), we.client(Role.CLERK, we.theirs), we.client(Role.SYSTEM_ADMIN)):
        assert "有新工单" not in page(client.get("/notices/?view=all"))
        assert client.post(f"/notices/{row.pk}/open/").status_code == 422
        client.post("/notices/read/")
    assert Notice.objects.unread().count() == 1
    assert Client().get("/notices/").status_code == 302
    assert we.client(Role.STAFF).get("/notices/").status_code == 200


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_a12_opening_stays_on_the_site(we: World, url: str) -> None:
    row = sent(we, url=url)
    assert we.client().post(f"/notices/{row.pk}/open/")["Location"] == "/notices/"


def test_all_read(we: World) -> None:
    sent(we)
    sent(we)
    client = we.client()
    assert "2 条消息已标为已读" in page(client.post("/notices/read/", {"topic": "job"}, follow=True))


def test_the_sender_sees_who_has_read(we: World) -> None:
    manager = we.user(Role.MANAGER)
    sent(we, we.user(), we.user(Role.READER), sender=manager)
    Notice.objects.filter(user=we.user()).update(read_at=NOW)
    text = " ".join(page(we.client(Role.MANAGER).get("/notices/sent/")).split())
    assert "1 / 2 已读" in text
    assert "有新工单" not in page(we.client().get("/notices/sent/"))


def test_choosing(we: World) -> None:
    user, client = we.user(), we.client()
    assert "还没有别的渠道" in page(client.get("/notices/settings/"))
    User.objects.filter(pk=user.pk).update(email="wm@example.cn")
    assert 'name="job.MAIL"' in page(client.get("/notices/settings/"))
    form = {"job.MAIL": "DIGEST", "finding.MAIL": "nonsense", "quiet_from": "21:00", "quiet_to": "08:00"}
    answer = client.post("/notices/settings/", {**form, "digest_at": "09:15"}, follow=True)
    assert "消息设置已保存" in page(answer)
    assert list(Choice.objects.values_list("topic", "channel", "mode")) == [("job", Channel.MAIL, Mode.DIGEST)]
    assert str(Setting.objects.get().quiet_from) == "21:00:00"
    for wrong in ({"quiet_from": "21:00"}, {"quiet_from": "x", "quiet_to": "y"}):
        answer = client.post("/notices/settings/", {**wrong, "digest_at": "09:15"})
        assert answer.status_code == 422
        assert "没有保存" in page(answer, 422)


def test_a_robot(we: World, settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    client = we.client()
    server = RobotServer()
    address = server.address("WECOM")
    server.stop()
    answer = client.post("/notices/settings/robots/WECOM/", {"address": address}, follow=True)
    text = page(answer)
    assert "机器人已登记" in text
    assert "127.0.0.1" in text
    assert "abc123" not in text  # the token is never shown again
    assert client.post("/notices/settings/robots/WECOM/", {"address": "https://10.0.0.1/?key=1"}).status_code == 422
    assert client.post("/notices/settings/robots/NONE/", {"address": address}).status_code == 404
    client.post("/notices/settings/robots/WECOM/drop/")
    assert not Hook.objects.exists()


def test_failures_are_shown_to_the_receiver_and_the_administrator(we: World) -> None:
    User.objects.filter(pk=we.user().pk).update(email="wm@example.cn")
    sent(we)
    one = Delivery.objects.get()
    Delivery.objects.update(state=DeliveryState.PARKED, error="连接被拒绝")
    assert "连接被拒绝" in page(we.client().get("/notices/"))
    text = page(we.client(Role.SYSTEM_ADMIN).get("/notices/failures/"))
    assert "连接被拒绝" in text
    assert "GD-" not in text  # not what it says
    assert "连接被拒绝" not in page(we.client(Role.SYSTEM_ADMIN, we.theirs).get("/notices/failures/"))
    assert we.client(Role.MANAGER).get("/notices/failures/").status_code == 403
    answer = we.client(Role.SYSTEM_ADMIN).post(f"/notices/failures/{one.pk}/retry/", {"from": "failures"})
    assert answer["Location"] == "/notices/failures/"
    one.refresh_from_db()
    assert one.state == DeliveryState.WAITING
    assert we.client().post(f"/notices/failures/{one.pk}/retry/").status_code == 422


def test_pages_are_light(we: World, django_assert_max_num_queries: Any) -> None:
    for _ in range(60):
        sent(we, sender=we.user())
    client = we.client()
    for url in ("/notices/", "/notices/sent/", "/notices/settings/"):
        client.get(url)
        with django_assert_max_num_queries(10):
            assert len(client.get(url).content) < 60 * 1024
