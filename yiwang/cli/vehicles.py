"""`yiwang vehicles`: the fleet from the command line."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from yiwang.core.datasets.exchange import Exchange, Table


@click.group(help="公务用车:与其他平台交换数据")
def command() -> None:
    """The group."""


@command.command("exchange", help="按映射文件核对字段;给了 --out 就把各数据集按对方的字段名和代码导出为 JSON")
@click.option("--map", "mapping", required=True, metavar="FILE", help="映射文件,或自带映射的名字(如 db32-example)")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="导出到这个文件夹,一个数据集一个文件")
@click.option("--on", "day", metavar="YYYY-MM-DD", help="按哪一天的数据,默认今天")
def exchange(*, mapping: str, out: Path | None, day: str | None) -> None:
    """Check a mapping; with a folder, write every dataset under their names."""
    from yiwang.core.datasets import get
    from yiwang.core.datasets.exchange import named, read

    path = Path(mapping)
    one = read(path) if path.is_file() else named(mapping)
    click.echo(f"{one.title}({one.name}):{len(one.tables)} 个数据集")
    for table in one.tables.values():
        left = [
            column.label for column in get(table.dataset).columns if column.key not in {*table.fields, "on", "region"}
        ]
        more = f";没有映射:{'、'.join(left)}" if left else ""
        click.echo(f"  {table.name} {table.dataset}:{len(table.fields)} 列{more}")
    if out is not None:
        _export(one, out, day)


def _export(one: Exchange, out: Path, day: str | None) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    import django

    django.setup()
    from django.utils import timezone

    from yiwang.core.verdicts.sources import source_of, sourced
    from yiwang.kit.sheets.clean import date as day_of

    on = (day_of(day) if day else None) or timezone.localdate()
    out.mkdir(parents=True, exist_ok=True)
    for table in one.tables.values():
        if table.dataset not in sourced():
            click.echo(f"  {table.name}:还没有台账提供数据,没有导出")
            continue
        rows = [_plain(table, row.values) for row in source_of(table.dataset)(on=on)]
        file = out / f"{table.dataset}.json"
        file.write_text(
            json.dumps({"name": table.name, "on": str(on), "rows": rows}, ensure_ascii=False), encoding="utf-8"
        )
        click.echo(f"  {table.name}:{len(rows):,} 行 → {file.name}")


def _plain(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    """Figures and days as text, exact."""
    row = {
        key: value if value is None or isinstance(value, str | bool) else str(value) for key, value in values.items()
    }
    return table.out(row)
