"""`yiwang restore IN`."""

from __future__ import annotations

import os
from pathlib import Path

import click


@click.command(help="从备份恢复;只恢复到空的位置,恢复后逐表核对")
@click.argument("source", metavar="IN", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(*, source: Path) -> None:
    """Restore and say that it is the same."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    import django

    django.setup()
    from yiwang.portal.backup import restore

    manifest, report = restore(source)
    rows = sum(content.amount for content in manifest.tables.values())
    click.echo(
        f"已恢复,与备份逐一相符:数据表 {len(manifest.tables)} 张 {rows:,} 行,文件 {len(manifest.files)} 个\n"
        f"存证链首 第 {manifest.head[0]} 条 {manifest.head[1]}\n"
        f"存证校验:{'未发现问题' if report.ok else f'发现 {report.counted} 处问题,请运行 yiwang ledger verify'}"
    )
