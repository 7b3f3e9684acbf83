"""Sending, reading, choosing: rows, and who may."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from yiwang.core.ledger.models import Entry
from yiwang.core.notices import actions, sealed, tidy
from yiwang.core.notices.models import Channel, Choice, Delivery, DeliveryState, Hook, Mode, Notice
from yiwang.core.notices.tests.robot import RobotServer
from yiwang.core.rights.access import nobody
from yiwang.core.rights.models import Role, User
from yiwang.core.verdicts.tests.helpers import World
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


def sent(to: list[User], template: str = "tests.order", now: datetime = NOON, **more: Any) -> list[Notice]:
    """A message about an order."""
    fields: dict[str, Any] = {"number": "GD-1"} if template == "tests.order" else {"place": "A座 3 楼"}
    return actions.send(to=to, template=template, about="tests.order:1", url="/orders/1/", now=now, **fields, **more)


def by_mail(user: User) -> User:
    """A user with a mailbox."""
    user.email = f"{user.username}@example.cn"
    user.save()
    return user


def test_each_gets_it_once(we: World) -> None:
    clerk, manager, gone = we.user(), we.user(Role.MANAGER), we.user(Role.READER)
    gone.is_active = False
    rows = sent([manager, clerk, clerk, gone], sender=manager)
    assert [row.user for row in rows] == sorted([clerk, manager], key=lambda one: one.pk)
    assert {row.batch for row in rows} == {rows[0].batch}
    assert (rows[0].title, rows[0].text, rows[0].url) == ("有新工单", "工单 GD-1 派给了您。", "/orders/1/")
    assert Delivery.objects.count() == 0  # nobody has a mailbox or a robot
    assert sent([]) == []


def test_what_is_rolled_back_was_never_sent(we: World) -> None:
    with transaction.atomic():
        sent([by_mail(we.user())])
        transaction.set_rollback(True)
    assert (Notice.objects.count(), Delivery.objects.count()) == (0, 0)


def test_channels_follow_the_choice(we: World) -> None:
    user = by_mail(we.user())
    Hook.objects.create(user=user, channel=Channel.WECOM, address="x", host="x", created_at=NOON)
    sent([user])
    assert set(Delivery.objects.values_list("channel", "digest", "next_at")) == {
        ("MAIL", False, NOON),
        ("WECOM", False, NOON),
    }
    Choice.objects.create(user=user, topic="tests", channel=Channel.WECOM, mode=Mode.OFF)
    Choice.objects.create(user=user, topic="tests", channel=Channel.MAIL, mode=Mode.DIGEST)
    Choice.objects.create(user=user, topic="other", channel=Channel.MAIL, mode=Mode.OFF)
    Delivery.objects.all().delete()
    sent([user])
    digest = NOON + timedelta(hours=20, minutes=30)  # 08:30 in Beijing
    assert list(Delivery.objects.values_list("channel", "digest", "next_at")) == [("MAIL", True, digest)]


def test_quiet_hours_hold_back_what_is_not_urgent(we: World) -> None:
    user = by_mail(we.user())
    night = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)  # 23:00 in Beijing
    sent([user], now=night)
    sent([user], "tests.alarm", now=night)
    assert list(Delivery.objects.order_by("pk").values_list("next_at", flat=True)) == [
        night + timedelta(hours=8),
        night,
    ]


def test_many_receivers_cost_few_queries(we: World, django_assert_max_num_queries: Any) -> None:
    users = [by_mail(we.user(Role.CLERK, name=str(n))) for n in range(30)]
    with django_assert_max_num_queries(8):
        assert len(sent(users)) == 30


# ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_reading_is_noted_once_and_only_by_the_receiver(we: World) -> None:
    (row,) = sent([we.user()])
    for access in (we.access(Role.MANAGER), nobody()):
        with pytest.raises(Refusal) as caught:
            actions.mark_read(notice=row.pk, access=access, now=NOON)
        assert caught.value.code == "notice.gone"
    actions.mark_read(notice=row.pk, access=we.access(), now=NOON)
    actions.mark_read(notice=row.pk, access=we.access(), now=NOON + timedelta(hours=1))
    row.refresh_from_db()
    assert row.read_at == NOON


def test_all_read(we: World) -> None:
    sent([we.user(), we.user(Role.MANAGER)])
    sent([we.user()])
    assert actions.mark_all_read(access=we.access(), now=NOON, topic="other") == 0
    assert actions.mark_all_read(access=we.access(), now=NOON) == 2
    assert Notice.objects.unread().count() == 1


# ── choosing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_choosing(we: World) -> None:
    modes = {("tests", Channel.MAIL): Mode.DIGEST}
    actions.choose(access=we.access(), modes=modes, quiet=(time(21), time(8)), digest_at=time(9))
    setting = actions.choose(access=we.access(), modes={}, quiet=None, digest_at=time(9, 30))
    assert (setting.quiet_from, setting.digest_at) == (None, time(9, 30))
    assert Choice.objects.get().mode == Mode.DIGEST
    assert Entry.objects.filter(act="notices.setting.choose").count() == 2
    with pytest.raises(Refusal) as caught:
        actions.choose(access=we.access(), modes={}, quiet=(time(8), time(8)), digest_at=time(9))
    assert caught.value.code == "notice.time"
    with pytest.raises(Refusal) as caught:
        actions.choose(access=we.access(), modes={("no", Channel.MAIL): Mode.OFF}, quiet=None, digest_at=time(9))
    assert caught.value.code == "notice.channel"


def test_a_robot_is_kept_encrypted(we: World, robot: RobotServer) -> None:
    address = robot.address("DINGTALK")
    hook = actions.set_hook(access=we.access(), channel=Channel.DINGTALK, address=address, secret="SECabc", now=NOON)
    assert sealed.opened(hook.address, hook.owner) == address
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notices_hook")
        assert "abc" not in str(cursor.fetchall())
    assert all("abc" not in entry.body for entry in Entry.objects.all())
    actions.set_hook(access=we.access(), channel=Channel.DINGTALK, address=address, now=NOON)
    assert sealed.opened(Hook.objects.get().secret, hook.owner) == ""
    actions.drop_hook(access=we.access(), channel=Channel.DINGTALK)
    with pytest.raises(Refusal):
        actions.drop_hook(access=we.access(), channel=Channel.DINGTALK)


def test_another_key_opens_nothing(settings: Any) -> None:
    text = sealed.seal("https://x/?key=1", "user:1 WECOM")
    assert sealed.opened(text, "user:2 WECOM") == ""
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    assert sealed.opened(text, "user:1 WECOM") == ""
    settings.SECRET_KEY_FALLBACKS = [old]
    assert sealed.opened(text, "user:1 WECOM") == "https://x/?key=1"


@pytest.mark.parametrize(
    ("channel", "address", "code"),
    [
        (Channel.DINGTALK, "https://oapi.dingtalk.com/robot/send", "notice.address"),
        (Channel.DINGTALK, "https://oapi.dingtalk.com/robot/send?access_token=a%20b", "notice.address"),
        (Channel.WECOM, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?access_token=1", "notice.address"),
        (Channel.FEISHU, "https://open.feishu.cn/", "notice.address"),
        (Channel.MAIL, "https://x.cn/?key=1", "notice.channel"),
        (Channel.WECOM, "https://127.0.0.1/send?key=1", "outward.address"),
        (Channel.WECOM, "https://inside.example/send?key=1", "outward.private"),
        (Channel.WECOM, "https://nobody.example/send?key=1", "outward.name"),
    ],
)
def test_a02_addresses_are_judged_on_save(
    we: World, monkeypatch: pytest.MonkeyPatch, channel: Channel, address: str, code: str
) -> None:
    def resolve(host: str, port: int, **_: Any) -> Any:
        if host == "nobody.example":
            raise socket.gaierror
        ip = "10.0.0.5" if host == "inside.example" else "93.184.215.14"
        return [(socket.AF_INET, 1, 6, "", (ip, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(Refusal) as caught:
        actions.set_hook(access=we.access(), channel=channel, address=address, now=NOON)
    assert caught.value.code == code
    assert not Hook.objects.exists()


def test_who_is_not_logged_in_chooses_nothing() -> None:
    with pytest.raises(Refusal) as caught:
        actions.choose(access=nobody(), modes={}, quiet=None, digest_at=time(9))
    assert caught.value.code == "rights.denied"


def test_trying_a_parked_delivery_again(we: World) -> None:
    sent([by_mail(we.user())])
    parked = Delivery.objects.get()
    for access in (we.access(), we.access(Role.SYSTEM_ADMIN)):
        Delivery.objects.update(state=DeliveryState.PARKED, attempts=6)
        actions.retry(delivery_id=parked.pk, access=access, now=NOON)
        parked.refresh_from_db()
        assert (parked.state, parked.attempts) == (DeliveryState.WAITING, 0)
    Delivery.objects.update(state=DeliveryState.PARKED)
    for access in (we.access(Role.MANAGER), we.access(Role.SYSTEM_ADMIN, we.theirs), nobody()):
        with pytest.raises(Refusal) as caught:
            actions.retry(delivery_id=parked.pk, access=access, now=NOON)
        assert caught.value.code == "notice.gone"


def test_messages_are_deleted_by_the_settings(we: World, settings: Any) -> None:
    settings.NOTICE_DAYS, settings.NOTICE_UNREAD_DAYS = 180, 730
    read, unread = sent([by_mail(we.user()), by_mail(we.user(Role.MANAGER))])
    Notice.objects.filter(pk=read.pk).update(read_at=NOON)
    assert tidy.clear(NOON + timedelta(days=180)) == 0
    assert tidy.clear(NOON + timedelta(days=181)) == 1
    assert list(Notice.objects.all()) == [unread]
    assert tidy.clear(NOON + timedelta(days=731)) == 1
