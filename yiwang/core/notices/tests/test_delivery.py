"""What goes out of the house, to servers that really listen: mail, robots, retries, digests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from yiwang.core.notices import actions, delivery
from yiwang.core.notices.models import Channel, Choice, Delivery, DeliveryState, Hook, Mode, Notice, Setting
from yiwang.core.notices.tests.robot import SECRET, RobotServer
from yiwang.core.notices.tests.smtp import MailServer
from yiwang.core.notices.tests.test_actions import NOON, by_mail, sent
from yiwang.core.rights.models import Role, User
from yiwang.core.verdicts.tests.helpers import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(settings: Any) -> Iterator[MailServer]:
    """A mail server, and the platform set to use it."""
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_SSL = "127.0.0.1", server.port, False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.SITE = "https://yw.example.cn"
    yield server
    server.stop()


def with_robot(we: World, robot: RobotServer, channel: Channel = Channel.WECOM, secret: str = "") -> User:
    """A user of ours with a robot."""
    access = we.access()
    actions.set_hook(access=access, channel=channel, address=robot.address(channel), secret=secret, now=NOON)
    return we.user()


def state() -> tuple[str, int]:
    """Of the one delivery."""
    one = Delivery.objects.get()
    return one.state, one.attempts


def test_mail(we: World, mail: MailServer) -> None:
    sent([by_mail(we.user())])
    assert delivery.deliver_due(NOON) == 1
    (got,) = mail.got
    assert got["Subject"] == "【一网】有新工单"
    assert got["To"] == we.user().email
    assert got.get_content().split() == ["工单", "GD-1", "派给了您。", "https://yw.example.cn/orders/1/"]
    assert state() == (DeliveryState.SENT, 1)
    assert delivery.deliver_due(NOON) == 0


def test_after_the_commit(we: World, mail: MailServer, django_capture_on_commit_callbacks: Any) -> None:
    """Not within the transaction, where it could still be undone."""
    now = datetime.now(UTC) - timedelta(seconds=1)
    user = by_mail(we.user())
    Setting.objects.create(user=user, digest_at=time(8))
    with django_capture_on_commit_callbacks(execute=True):
        sent([user], now=now)
        assert mail.got == []
    assert len(mail.got) == 1


@pytest.mark.parametrize(("channel", "secret"), [("DINGTALK", ""), ("DINGTALK", SECRET), ("WECOM", ""), ("FEISHU", "")])
def test_robots_get_what_they_understand(we: World, robot: RobotServer, channel: str, secret: str) -> None:
    sent([with_robot(we, robot, Channel(channel), secret)])
    assert delivery.deliver_due(NOON) == 1
    ((service, text),) = robot.texts
    assert service == channel.lower()
    assert text.split() == ["有新工单", "工单", "GD-1", "派给了您。"]
    assert state() == (DeliveryState.SENT, 1)


@pytest.mark.parametrize("channel", ["DINGTALK", "WECOM", "FEISHU"])
@pytest.mark.parametrize(("status", "code", "reason"), [(500, 0, "HTTP 500"), (200, 310000, "服务拒绝(310000)")])
def test_a_refusal_of_the_service_is_no_success(
    we: World, robot: RobotServer, channel: str, status: int, code: int, reason: str
) -> None:
    robot.status, robot.code = status, code
    sent([with_robot(we, robot, Channel(channel))])
    assert delivery.deliver_due(NOON) == 0
    assert state() == (DeliveryState.WAITING, 1)
    assert reason in Delivery.objects.get().error
    assert reason in Hook.objects.get().error
    robot.status, robot.code = 200, 0
    assert delivery.deliver_due(NOON + timedelta(minutes=1)) == 1
    assert Hook.objects.get().error == ""


def test_failures_come_later_and_later_then_it_is_parked(we: World, mail: MailServer) -> None:
    mail.refuse(refuses=True)
    sent([by_mail(we.user())])
    Setting.objects.create(user=we.user(), digest_at=time(8))  # no hours of quiet
    now, waits = NOON, []
    while state()[0] == DeliveryState.WAITING:
        delivery.deliver_due(now)
        following = Delivery.objects.get().next_at
        waits.append((following - now).total_seconds())
        now = following
    assert waits == [60, 300, 1800, 7200, 21600, 0]
    assert state() == (DeliveryState.PARKED, 6)
    assert "SMTPRecipientsRefused" in Delivery.objects.get().error
    mail.refuse(refuses=False)
    actions.retry(delivery_id=Delivery.objects.get().pk, access=we.access(), now=now)
    assert delivery.deliver_due(now) == 1


def test_a_retry_keeps_quiet_at_night(we: World, mail: MailServer) -> None:
    mail.stop()
    late = datetime(2026, 11, 2, 13, 59, 30, tzinfo=UTC)  # 21:59:30 in Beijing
    sent([by_mail(we.user())], now=late)
    sent([we.user(), by_mail(we.user())], "tests.alarm", now=late)
    delivery.deliver_due(late)
    ordinary, urgent = Delivery.objects.order_by("pk").values_list("next_at", flat=True)
    assert ordinary == datetime(2026, 11, 2, 23, 0, tzinfo=UTC)  # 07:00
    assert urgent == late + timedelta(minutes=1)


def test_the_digest_is_one_message(we: World, mail: MailServer) -> None:
    user = by_mail(we.user())
    Choice.objects.create(user=user, topic="tests", channel=Channel.MAIL, mode=Mode.DIGEST)
    for _ in range(3):
        (row,) = sent([user])
    sent([user], "tests.alarm")  # urgent: at once, alone
    actions.mark_read(notice=row.pk, access=we.access(), now=NOON)  # read before the digest: left out
    assert delivery.deliver_due(NOON) == 1
    assert "漏水" in mail.got[0]["Subject"]
    assert delivery.deliver_due(NOON + timedelta(hours=21)) == 1
    assert mail.got[1]["Subject"] == "【一网】今日汇总:2 条消息"
    assert mail.got[1].get_content().count("工单 GD-1") == 2
    states = Delivery.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["SENT", "SENT", "SKIPPED", "SENT"]


def test_two_workers_send_it_once(we: World, robot: RobotServer) -> None:
    sent([with_robot(we, robot)])
    rows = list(delivery.due(NOON).select_related("notice", "notice__user"))
    assert len(delivery._claimed(rows, NOON)) == 1
    assert delivery._claimed(rows, NOON) == []
    assert delivery.deliver_due(NOON) == 0


def test_what_a_killed_worker_had_in_hand_is_sent_again(we: World, robot: RobotServer) -> None:
    sent([with_robot(we, robot)])
    Delivery.objects.update(state=DeliveryState.SENDING, claimed_at=NOON)
    assert delivery.deliver_due(NOON + timedelta(minutes=9)) == 0
    assert not delivery.anything_due(NOON + timedelta(minutes=9))
    assert delivery.anything_due(NOON + timedelta(minutes=11))
    assert delivery.deliver_due(NOON + timedelta(minutes=11)) == 1


@pytest.mark.parametrize(("what", "ends"), [("hook", "SKIPPED"), ("user", "SKIPPED"), ("key", "PARKED")])
def test_what_cannot_be_helped_is_not_tried_again(
    we: World, robot: RobotServer, what: str, ends: str, settings: Any
) -> None:
    user = with_robot(we, robot)
    sent([user])
    if what == "hook":
        Hook.objects.all().delete()
    elif what == "key":
        settings.SECRET_KEY = "another"
    else:
        User.objects.filter(pk=user.pk).update(is_active=False)
    assert delivery.deliver_due(NOON) == 0
    assert state() == (ends, 1)
    assert robot.hits == 0


def test_a_mailbox_that_is_gone_is_no_failure(we: World) -> None:
    user = by_mail(we.user())
    sent([user])
    User.objects.update(email="")
    delivery.deliver_due(NOON)
    assert state()[0] == DeliveryState.SKIPPED


# ── A02 ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a02_an_address_is_judged_again_when_it_is_used(we: World, robot: RobotServer, settings: Any) -> None:
    """It was allowed when it was saved, and is not now: as a name that leads elsewhere by then."""
    sent([with_robot(we, robot)])
    settings.WEBHOOK_NETWORKS = []
    assert delivery.deliver_due(NOON) == 0
    assert robot.hits == 0
    assert "地址" in Delivery.objects.get().error


@pytest.mark.parametrize("channel", ["DINGTALK", "WECOM", "FEISHU"])
def test_a02_a_redirect_is_not_followed(we: World, robot: RobotServer, channel: str) -> None:
    canary = RobotServer()
    robot.status, robot.location = 307, canary.address(channel)
    sent([with_robot(we, robot, Channel(channel))])
    assert delivery.deliver_due(NOON) == 0
    canary.stop()
    assert (robot.hits, canary.hits) == (1, 0)
    assert "HTTP 307" in Delivery.objects.get().error


def test_without_a_channel_the_message_is_in_the_platform(we: World) -> None:
    sent([we.user(Role.STAFF)])
    assert Notice.objects.to(we.access(Role.STAFF)).unread().count() == 1
    assert not delivery.anything_due(NOON)
