"""`yiwang flow …`: check a process file, draw it, install the standard ones, let the clock strike."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group(help="流程:检查、画图、安装、计时")
def command() -> None:
    """Set Django up."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    import django

    django.setup()


def _compile(data: bytes) -> Any:
    """As a version of the registered process that the file names, if there is one."""
    from yiwang.core.flow import processes
    from yiwang.core.flow.bpmn import compile_bpmn
    from yiwang.core.flow.definitions import compile_for

    key = compile_bpmn(data).graph.key
    return compile_for(data, processes.get(key) if processes.known(key) else None)


@command.command(help="检查流程文件(BPMN 2.0):不合格的逐条说明;还缺什么也列出来")
@FILE
def check(file: Path) -> None:
    """Every problem with its element (exit 2), or what the process is and its open points (exit 1 with some)."""
    from yiwang.core.flow import processes
    from yiwang.core.flow.bpmn import BpmnRefusal

    try:
        compiled = _compile(file.read_bytes())
    except BpmnRefusal as refusal:
        for problem in refusal.problems:
            click.echo(f"✗ {problem} [{problem.code}]", err=True)
        raise SystemExit(2) from None
    graph = compiled.graph
    click.echo(f"流程 {graph.key} {graph.name}:{len(list(graph.people()))} 个环节,{len(graph.blocks)} 处并行,结构完整")
    if not processes.known(graph.key):
        click.echo(f"提示:平台没有登记 {graph.key},要上传请把流程的 id 改成已登记的流程")
    for point in compiled.points:
        click.echo(f"! 待完善:{point}")
    if compiled.points:
        click.echo("有待完善之处:可以上传为草稿,不能启用")
        raise SystemExit(1)
    click.echo("可以启用")


@command.command(help="给流程文件补画图形(原有图形重画)")
@FILE
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="写到另一个文件,默认写回原文件")
def draw(file: Path, out: Path | None) -> None:
    """Lay the nodes out and write the file."""
    from yiwang.core.flow.bpmn.drawing import draw as drawn

    data = file.read_bytes()
    (out or file).write_bytes(drawn(data, _compile(data).graph))
    click.echo(f"已画好:{out or file}")


@command.command(help="安装随平台提供的标准流程(已有的不动)")
def install() -> None:
    """Idempotent."""
    from yiwang.core.flow.definitions import install_shipped

    for row in install_shipped():
        click.echo(f"{row.key} {row.name} 第 {row.version} 版 {row.get_state_display()}")


@command.command(help="计时一次:逾期的环节提醒并升级(门户每分钟自动做)")
def tick() -> None:
    """Escalate what is overdue now."""
    from django.utils import timezone

    from yiwang.core.flow.actions import tick as strike

    click.echo(f"处理逾期环节 {strike(now=timezone.now(), on=timezone.localdate())} 个")
