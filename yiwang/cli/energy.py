"""`yiwang energy …`: meters that report by themselves."""

from __future__ import annotations

import os
import signal
from datetime import date
from time import monotonic

import click

#: Seconds between two settlements of the meters that have reported.
SETTLE = 600.0


@click.group(help="公共机构节能:自动采集")
def command() -> None:
    """Sub-commands below."""


def _setup() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    import django

    django.setup()


@command.command(help="订阅 MQTT,接收表计上报(QoS 1,入库后确认)")
@click.option("--host", default="127.0.0.1", show_default=True, help="MQTT 服务器")
@click.option("--port", default=1883, show_default=True, type=click.IntRange(1, 65535), help="端口")
@click.option("--topic", default="yiwang/meters/#", show_default=True, help="主题")
@click.option("--client", default="yiwang-energy", show_default=True, help="会话名;两个进程不能同名")
@click.option("--user", default="", help="用户名;口令放在环境变量 YIWANG_MQTT_PASSWORD")
@click.option("--tls", is_flag=True, help="用 TLS 连接")
def mqtt(*, host: str, port: int, topic: str, client: str, user: str, tls: bool) -> None:
    """Receive until told to stop."""
    _setup()
    from django.utils import timezone

    from yiwang.areas.energy.mqtt.receiver import Broker, Receiver
    from yiwang.areas.energy.mqtt.settling import settle

    broker = Broker(host, port, topic, client, user, os.environ.get("YIWANG_MQTT_PASSWORD", ""), tls)
    receiver, stopped, settled = Receiver(broker), [False], [monotonic()]
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: stopped.__setitem__(0, True))

    def each() -> None:
        if receiver.meters and monotonic() - settled[0] >= SETTLE:
            settle(receiver.meters, today=timezone.localdate())
            receiver.meters.clear()
            settled[0] = monotonic()

    receiver.start()
    click.echo(f"在 {host}:{port} 订阅 {topic}")
    receiver.run(lambda: stopped[0], each)
    receiver.stop()
    if receiver.meters:
        settle(receiver.meters, today=timezone.localdate())
    tally = receiver.tally
    click.echo(
        f"收到 {tally.messages:,} 条消息、{tally.readings:,} 个读数;未登记的表 {tally.unknown:,},读不出 {tally.wrong:,}"
    )


@command.command(help="把自动采集的小时读数结成每日抄表")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="到哪一天,默认今天")
@click.option("--back", default=31, show_default=True, type=click.IntRange(1, 400), help="往回几天")
def settle(*, day: object, back: int) -> None:
    """All meters with hours in the period."""
    _setup()
    from datetime import datetime, timedelta

    from django.utils import timezone

    from yiwang.areas.energy.models import HourValue
    from yiwang.areas.energy.mqtt import settling

    today: date = day.date() if isinstance(day, datetime) else timezone.localdate()
    since = settling.midnight(today - timedelta(days=back + 1))
    meters = HourValue.objects.filter(hour__gte=since).values_list("meter_id", flat=True).distinct()
    click.echo(f"写入 {settling.settle(meters, today=today, back=back):,} 条抄表")
