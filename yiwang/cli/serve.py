"""`yiwang serve`: everything that the portal needs, from one command, ended together.

Prepares (migrations, static files, the demo province into an empty database), then runs as child processes and keeps
alive: granian with its workers, the tasks worker, and on PostgreSQL the sealer of the ledger.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace

import click


@click.command(help="启动门户:准备数据库和静态文件,然后启动网站、任务和封存程序,一起结束")
@click.option("--demo", is_flag=True, help="数据库为空时先装入示例省,并显示演示账号")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址;0.0.0.0 为所有网卡")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="端口")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="网站工作进程数")
@click.option(
    "--gateway", default=0, type=click.IntRange(0, 65535), help="同时启动车载终端网关,在这个端口接收;0 不启动"
)
def command(*, demo: bool, host: str, port: int, workers: int, gateway: int) -> None:
    """Prepare, start, watch over."""
    from yiwang.cli import supervise

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    if demo:
        os.environ["YIWANG_DEMO"] = "1"
    plan = supervise.Plan(host=host, port=port, workers=workers, demo=demo, gateway=gateway)
    supervise.refuse_taken_port(plan)
    early = supervise.Early.of(plan)
    try:
        supervise.prepare(plan, early.end)
        plan = replace(plan, sealer=supervise.needs_sealer())
        early.open()
        code = supervise.run(plan, early.web)
    finally:
        early.end()
    sys.exit(code)
