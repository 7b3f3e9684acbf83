"""`yiwang gateway …`: the vehicle gateway. `decode` needs no Django and no uvloop; the others import them when they run."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yiwang.kit.refusal import Refusal

if TYPE_CHECKING:
    from yiwang.areas.vehicles.gateway.simulate import Trip


@click.group(help="车载终端网关(JT/T 808-2013、2019);不带子命令即启动", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Without a sub-command: serve."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(serve)


def _setup() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    import django

    django.setup()


@command.command(help="启动网关,接收终端上报")
@click.option("--host", default="0.0.0.0", show_default=True, help="监听地址")  # noqa: S104
@click.option("--port", default=7611, show_default=True, type=click.IntRange(0, 65535), help="端口")
def serve(*, host: str = "0.0.0.0", port: int = 7611) -> None:  # noqa: S104
    """Listen until told to stop."""
    _setup()
    import uvloop
    from django.conf import settings

    from yiwang.areas.vehicles.gateway.server import Gateway, Plan, serve

    plan = Plan(
        host=host, port=port, after_commit=settings.GATEWAY_AFTER_COMMIT, linger=settings.GATEWAY_LINGER_MS / 1000,
        most=settings.GATEWAY_WAITING, connections=settings.GATEWAY_CONNECTIONS, idle=settings.GATEWAY_IDLE,
        oldest=settings.POINT_OLDEST_DAYS * 86_400, certificate=settings.GATEWAY_CERTIFICATE, key=settings.GATEWAY_KEY,
    )  # fmt: skip

    def started(gateway: Gateway) -> None:
        click.echo(f"网关在 {host}:{gateway.port} 接收 JT/T 808 终端,已登记 {len(gateway.book)} 个终端")

    sys.setswitchinterval(0.0005)  # the loop must not wait long for the thread that writes
    try:
        uvloop.run(serve(plan, started))
    except OSError as error:
        raise Refusal("gateway.port", f"{host}:{port} 不能监听({error.strerror}),请换一个端口。") from None


@command.command(help="解码一帧(十六进制,可带空格,首尾 7E 可省)")
@click.argument("frame", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def decode(*, frame: tuple[str, ...], as_json: bool) -> None:
    """Print one frame in words."""
    from yiwang.areas.vehicles.gateway.describe import describe, from_hex

    found = describe(from_hex(" ".join(frame)))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for key, value in found.items():
        click.echo(f"{LABELS.get(key, key)}:{_words(value)}")


@command.command(help="模拟车队:按行程清单(YAML 或 JSON)驾驶、上报")
@click.argument("trips", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="网关地址")
@click.option("--port", default=7611, show_default=True, type=click.IntRange(1, 65535), help="网关端口")
@click.option("--speed", default=0.0, show_default=True, help="时间倍率:1 按实际时间,60 一秒走一分钟,0 尽快")
@click.option(
    "--version", "year", default="2013", show_default=True, type=click.Choice(["2013", "2019"]), help="协议版本"
)
@click.option("--direct", is_flag=True, help="不经网关,直接写进数据库")
def simulate(*, trips: Path, host: str, port: int, speed: float, year: str, direct: bool) -> None:
    """Drive the trips of a list."""
    from yiwang.areas.vehicles.gateway.simulate import read_trips, run

    found = read_trips(trips)
    if direct:
        _write_directly(found)
        return
    import uvloop

    tally = uvloop.run(run(found, host, port, speed=speed, version=int(year == "2019")))
    for sentence in tally.refused:
        click.echo(sentence, err=True)
    click.echo(f"{len(found)} 趟,上报 {tally.sent:,} 个位置,网关答收 {tally.accepted:,} 个")
    if tally.refused:
        sys.exit(1)


def _write_directly(trips: list[Trip]) -> None:
    """Into the database, under the terminals that are entered there."""
    _setup()
    from time import time

    from yiwang.areas.vehicles.gateway.simulate import points
    from yiwang.areas.vehicles.tracks.models import Terminal
    from yiwang.areas.vehicles.tracks.writing import write_reports

    good = doubtful = 0
    for phone, reports in points(trips).items():
        terminal = Terminal.objects.filter(phone=phone).exclude(vehicle=None).first()
        if terminal is None or terminal.vehicle_id is None:
            raise Refusal("simulate.refused", f"没有登记终端 {phone},或它没有绑定车辆。")
        written = write_reports(terminal.pk, terminal.vehicle_id, reports, now=time())
        good, doubtful = good + written[0], doubtful + written[1]
    click.echo(f"{len(trips)} 趟,写入 {good:,} 个位置,疑点 {doubtful:,} 个")


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return "、".join(f"{key} {_words(one)}" for key, one in value.items()) or "无"
    if isinstance(value, list):
        return "、".join(_words(one) for one in value) or "无"
    return "无" if value is None else str(value)


LABELS = {
    "message_id": "消息 ID",
    "message": "消息",
    "phone": "终端手机号",
    "phone_bcd": "手机号 BCD",
    "sequence": "流水号",
    "version": "协议版本",
    "length": "消息体长度",
    "latitude": "纬度",
    "longitude": "经度",
    "altitude": "高程(米)",
    "speed": "速度(公里/小时)",
    "direction": "方向(度)",
    "time": "时间",
    "alarm": "报警标志",
    "alarms": "报警",
    "status": "状态",
    "statuses": "状态位",
    "extras": "附加信息",
    "reply_to": "应答流水号",
    "reply_message_id": "应答消息 ID",
    "result": "结果",
    "body": "消息体",
    "text": "文本",
    "code": "鉴权码",
}
