"""`yiwang demo`: the demo province into an empty database."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from yiwang.portal.demo.load import Loaded


@click.command(help="装入示例省(虚构):单位、人员、房间、车辆、资产和已知的问题;只能装入空库")
@click.option("--scale", default=1.0, show_default=True, help="规模;1 约 2,500 个单位,24 约 50,000 个,最大 25")
@click.option("--seed", type=int, help="随机种子;同一种子得到同样的数据")
@click.option("--rooms", type=int, help="房间总数大致增加到这么多(压测用)")
@click.option("--judge/--no-judge", default=True, show_default=True, help="装入后判定全部台账")
@click.option("--list", "listing", is_flag=True, help="只列出种下的问题(YAML),不写数据库")
@click.option(
    "--national", is_flag=True, help="改为生成全国公共机构能耗(虚构,合计等于 2018 年公布值)的 Parquet,不写数据库"
)
@click.option("--out", type=click.Path(path_type=Path), help="--national 写到这个目录,默认 ./national-2018")
@click.option("--institutions", type=int, default=1_600_000, show_default=True, help="--national 的机构数")
def command(
    *,
    scale: float,
    seed: int | None,
    rooms: int | None,
    judge: bool,
    listing: bool,
    national: bool,
    out: Path | None,
    institutions: int,
) -> None:
    """Load, or list what is planted, or write the made-up nation."""
    if national:
        write_nation(out or Path("national-2018"), institutions, seed)
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    import django

    django.setup()
    from yiwang.portal.demo.load import SEED
    from yiwang.portal.demo.planted import dump, generate

    if listing:
        click.echo(dump(generate(scale, seed or SEED)), nl=False)
        return
    from yiwang.portal.demo.accounts import lines

    loaded = load_with_bar(scale=scale, seed=seed, rooms=rooms, judge=judge)
    rows = sum(loaded.counts.values())
    click.echo(f"示例省已装入:{rows:,} 行,种下的问题 {len(loaded.planted)} 个,存证条目 {loaded.entry}")
    for line in lines():
        click.echo(line)


def load_with_bar(
    *, scale: float = 1.0, seed: int | None = None, rooms: int | None = None, judge: bool = True
) -> Loaded:
    """Load with a bar for each of the two stages; on a terminal that is none, with nothing."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from yiwang.portal.demo.load import SEED, load

    columns = (TextColumn("{task.description:<24}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(*columns, TimeElapsedColumn()) as bar:
        task = bar.add_task("示例省", total=None)

        def show(name: str, done: int, total: int) -> None:
            bar.update(task, description=name, completed=done, total=total)

        return load(scale=scale, seed=seed or SEED, rooms=rooms, judge=judge, progress=show)


def write_nation(out: Path, institutions: int, seed: int | None) -> None:
    """The made-up nation with its roll-up, and how near the published levels it comes."""
    from rich.progress import Progress

    from yiwang.insight import building
    from yiwang.insight.coefficients import method
    from yiwang.insight.compare import compare, own_levels
    from yiwang.insight.engines import Duck
    from yiwang.insight.national import writing

    with Progress() as bar:
        task = bar.add_task("生成机构和月度数据", total=institutions)
        found = writing.write(
            out,
            institutions=institutions,
            seed=seed or writing.SEED,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    building.store(building.build(Duck(), out, method(writing.YEAR)), out)
    click.echo(
        f"{out}:{found['institutions']:,} 个机构,{found['rows']:,} 行,"
        f"种下的异常 {found['faults']:,} 个(truth.csv),汇总在 cube.parquet。数据是虚构的。"
    )
    for one in compare("national", base=2015, year=writing.YEAR, levels=own_levels(out)):
        click.echo(f"{one.indicator.label}  {one.value:,.2f} {one.indicator.unit}  比 2015 年下降 {one.fall:.2f}%")
