"""`yiwang ledger …`: seal, verify, anchor, key, roles."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from yiwang.core.ledger.anchors import Signed
    from yiwang.core.ledger.report import Report


@click.group(help="存证:封存、校验、锚定")
def command() -> None:
    """Set Django up."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    import django

    django.setup()


@command.command(help="封存新条目(PostgreSQL);--loop 一直封存")
@click.option("--loop", is_flag=True, help="一直封存,直到收到终止信号")
@click.option("--interval", type=click.FloatRange(min=0.01), default=0.25, show_default=True, help="两轮之间的秒数")
def seal(*, loop: bool, interval: float) -> None:
    """One pass, or for ever."""
    from yiwang.core.ledger import sealer

    parameters = sealer.parameters()
    if parameters is None:
        click.echo("SQLite 在事务内封存,无需另行封存")
        return
    if not loop:
        with sealer.connect(parameters) as connection:
            click.echo(f"封存 {sealer.seal_all(connection)} 条")
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    sealer.run(parameters, stop, interval=interval)


@command.command(help="校验整条存证链;有问题则以 1 退出")
@click.option(
    "--anchor", "files", multiple=True, type=click.Path(exists=True, path_type=Path), help="锚文件或目录,可多次"
)
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="公钥(PEM),默认用本机的")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
def verify(*, files: tuple[Path, ...], key: Path | None, as_json: bool) -> None:
    """Print what is wrong, by name."""
    from yiwang.core.ledger.verify import verify as run

    report = run(now=datetime.now(UTC), anchors=list(_anchors(files)), public_key=_public(key))
    click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=1) if as_json else _text(report))
    sys.exit(0 if report.ok else 1)


def _anchors(files: tuple[Path, ...]) -> Iterator[Signed]:
    from yiwang.core.ledger import anchors

    for path in files:
        for file in sorted(path.glob("anchor-*.json")) if path.is_dir() else [path]:
            yield anchors.read(file)


def _public(key: Path | None) -> bytes | None:
    """The key given, or this machine's own if it has one."""
    from django.conf import settings

    from yiwang.core.ledger import anchors

    if key is not None:
        return anchors.read_public(key)
    return anchors.own_public(settings.LEDGER_KEY)


def _text(report: Report) -> str:
    lines = [f"  ✗ {fault.message} [{fault.code}]" for fault in report.faults]
    if report.counted > len(report.faults):
        lines.append(f"  … 共 {report.counted} 处")
    lines += [f"  提示:{note}" for note in report.notes]
    verdict = "未发现问题" if report.ok else f"发现 {report.counted} 处问题"
    speed = f"{report.checked / report.cpu_seconds:,.0f} 条/秒" if report.checked else "空链"
    lines.append(
        f"校验 {report.checked:,} 条封存,待封存 {report.waiting:,} 条,锚 {report.anchors} 个:{verdict}({speed})"
    )
    lines.append(f"链首 第 {report.seq} 条 {report.hash}")
    return "\n".join(lines)


@command.command(help="给链首签名,写成锚文件并可邮寄;每天一次,交到机器之外保存")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="写到这个目录")
@click.option("--mail", default="", help="寄到这个地址")
def anchor(*, out: Path | None, mail: str) -> None:
    """Sign, send, remember."""
    from django.conf import settings

    from yiwang.core.ledger import anchors

    if out is None and not mail:
        raise click.UsageError("要有 --out 或 --mail:锚留在库里没有用")
    signed = anchors.make(day=datetime.now().astimezone().date(), key=settings.LEDGER_KEY)
    sent_to = anchors.send(signed, folder=out, mail=mail)
    anchors.keep(signed, sent_to=sent_to)
    click.echo(f"第 {signed.seq} 条 {signed.hash}\n已送:{sent_to}")


@command.command(help="打印签名公钥(PEM),交给校验锚的人")
def key() -> None:
    """The public key; the pair is made on first use."""
    from django.conf import settings

    from yiwang.core.ledger import anchors

    click.echo(anchors.public_pem(settings.LEDGER_KEY), nl=False)


@command.command(help="PostgreSQL 的三个角色:打印 SQL,或 --apply 直接执行")
@click.option("--apply", "execute", is_flag=True, help="直接执行(须以数据库管理员连接)")
@click.option("--prefix", default="yiwang", show_default=True, help="角色名前缀")
def roles(*, execute: bool, prefix: str) -> None:
    """Print or apply."""
    from django.db import connection

    from yiwang.core.ledger import roles as module
    from yiwang.kit.refusal import Refusal

    if connection.vendor != "postgresql":
        raise Refusal("ledger.roles-sqlite", "SQLite 没有角色;请把 YIWANG_DATABASE 指向 PostgreSQL")
    text: Any = module.statements(connection, prefix=prefix)
    if not execute:
        click.echo(text)
        return
    with connection.cursor() as cursor:
        cursor.execute(text)
    click.echo(f"已建立 {prefix}_owner、{prefix}_app、{prefix}_sealer")
