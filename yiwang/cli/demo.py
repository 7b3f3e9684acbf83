"""`yiwang demo`: the demo province into an empty database."""

from __future__ import annotations

import os
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
def command(*, scale: float, seed: int | None, rooms: int | None, judge: bool, listing: bool) -> None:
    """Load, or list what is planted."""
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
