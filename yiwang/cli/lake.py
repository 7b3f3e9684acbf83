"""`yiwang lake`: snapshots of datasets to Parquet, their check, and the roll-up of a folder."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

import click


def _django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    import django

    django.setup()


@click.group(help="数据湖:快照、核对、汇总")
def command() -> None:
    """The top of the group."""


@command.command(help="把数据集当日的全部行写成 Parquet 快照;不写名称就是有台账来源的全部数据集")
@click.argument("datasets", nargs=-1)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="哪一天的状态,默认今天")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出清单")
def snapshot(*, datasets: tuple[str, ...], on: datetime | None, as_json: bool) -> None:
    """Write them."""
    _django()
    from django.utils import timezone

    from yiwang.core.verdicts.sources import sourced
    from yiwang.insight.lake import actions

    day = on.date() if on else timezone.localdate()
    found = [actions.snapshot(dataset=one, on=day, actor="system") for one in datasets or sourced()]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for one in found:
        click.echo(f"{one['dataset']:28}{one['rows']:>10,} 行  {one['digest'][:16]}  {one['label']}")


@command.command(help="按清单核对快照的每个文件;FOLDER 是快照目录")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(*, folder: Path) -> None:
    """Read every byte."""
    from yiwang.insight.lake import files

    found = files.check(folder)
    click.echo(f"{found['dataset']}:{found['rows']:,} 行,{len(found['files'])} 个文件,与清单相符")


@command.command(help="汇总目录里的 facts 和 institutions:区划树 × 类别 × 月,写 cube.parquet")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--year", type=int, required=True, help="折标和碳因子按哪一年")
@click.option(
    "--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True, help="用哪个引擎"
)
@click.option("--master", default="", help="Spark 的 master,例如 local[4]、spark://主机:7077;默认按 Spark 自己的配置")
def rollup(*, folder: Path, year: int, engine: str, master: str) -> None:
    """Roll up."""
    from yiwang.insight import building
    from yiwang.insight.coefficients import method
    from yiwang.insight.engines import Duck
    from yiwang.insight.spark import Spark

    used = Spark(master=master) if engine == "spark" else Duck()
    try:
        cube = building.build(used, folder, method(year))
    finally:
        used.close()
    click.echo(f"{building.store(cube, folder)}:{cube.num_rows:,} 行")


@command.command(help="把 FOLDER 的汇总(yiwang demo --national 的结果)装进数据库,供一张图显示;标为演示")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def keep(*, folder: Path) -> None:
    """Store an edition."""
    _django()
    from django.utils import timezone

    from yiwang.insight.actions import keep_folder

    found = keep_folder(folder, known_on=timezone.localdate(), actor="system")
    click.echo(f"已装入 {found.year} 年的汇总:{found.cells.count():,} 个数(演示,虚构)")
