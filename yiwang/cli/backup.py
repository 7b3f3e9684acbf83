"""`yiwang backup OUT`."""

from __future__ import annotations

import os
from pathlib import Path

import click


@click.command(help="备份数据库和文件到一个文件;备份时可照常办公")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def command(*, out: Path) -> None:
    """Write and say what was written."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    import django

    django.setup()
    from yiwang.portal.backup import backup

    manifest = backup(out)
    rows = sum(content.amount for content in manifest.tables.values())
    click.echo(
        f"已备份到 {out}({out.stat().st_size / 1e6:,.1f} MB):数据表 {len(manifest.tables)} 张 {rows:,} 行,"
        f"文件 {len(manifest.files)} 个\n存证链首 第 {manifest.head[0]} 条 {manifest.head[1]}\n"
        "备份不含签名私钥(ledger-key.pem)和会话密钥(secret.key),请另行保管。"
    )
