"""The command `yiwang`. Sub-commands are modules of this package, imported only when they are called (`--help` stays quick)."""

from __future__ import annotations

import sys
from importlib import import_module

import click

#: command → module, one line of help. The module has a click command named `command`.
COMMANDS: dict[str, tuple[str, str]] = {
    "law": ("law", "制度库:列出、查看、按日期取值、比较、覆盖率、搜索"),
    "check": ("check", "判定台账:读工作簿或 CSV,逐行按当日当地有效的制度判定"),
    "template": ("template", "生成台账模板"),
    "datasets": ("datasets", "列出数据集和字段"),
    "flow": ("flow", "流程:检查流程文件、画图、安装标准流程、计时"),
    "vehicles": ("vehicles", "公务用车:与其他平台交换数据"),
    "dispatch": ("dispatch", "排班求解器:解公开的取送货算例"),
    "account": ("account", "账号:建立三员、重设口令、授权、核对授权"),
    "ledger": ("ledger", "存证:封存、校验、锚定"),
    "backup": ("backup", "备份"),
    "restore": ("restore", "恢复到空库"),
    "demo": ("demo", "装入示例省"),
    "lake": ("lake", "数据湖:快照、核对、汇总"),
    "indicators": ("indicators", "指标:定义和公式,两年相比"),
    "serve": ("serve", "启动门户"),
    "gateway": ("gateway", "车载终端网关:接收、解码、模拟(JT/T 808)"),
    "energy": ("energy", "公共机构节能:订阅 MQTT 表计、结成每日抄表"),
    "manage": ("manage", "Django 管理命令"),
}


class Lazy(click.Group):
    """A group whose commands are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"yiwang.cli.{COMMANDS[cmd_name][0]}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.command(cls=Lazy, help="一网:按制度管事。每条记录按当日当地有效的条款判定,条款就在数字旁边。")
@click.version_option(package_name="yiwang", prog_name="yiwang")
def group() -> None:
    """The top of the command."""


def main() -> None:
    """Run; a refusal ends with its sentence and exit code 2, never with a trace."""
    from yiwang.kit.refusal import Refusal

    try:
        group(standalone_mode=True)
    except Refusal as refusal:
        click.echo(f"{refusal} [{refusal.code}]", err=True)
        sys.exit(2)
