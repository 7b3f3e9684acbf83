"""`yiwang dispatch`: the solver on public instances, without a database."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click


@click.group(help="排班求解器")
def command() -> None:
    """The group."""


@command.command(help="求解 Li & Lim 格式的取送货算例:先少用车,再少跑路。退出码:0 求得解,2 读不了或无解。")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--seconds", type=click.FloatRange(0.5, 86_400), default=30.0, show_default=True, help="时限(秒)")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="随机种子")
@click.option("--json", "as_json", is_flag=True, help="只输出 JSON")
def solve(file: Path, seconds: float, seed: int, *, as_json: bool) -> None:
    """Print vehicles, distance and routes (node numbers, without the depot)."""
    from yiwang.areas.vehicles.dispatch import lilim

    instance = lilim.read(file)
    answer = lilim.solve(instance, seconds, seed)
    if as_json:
        told = {"instance": instance.name, "vehicles": answer.vehicles, "distance": round(answer.distance, 4)}
        click.echo(json.dumps(told | {"seconds": round(answer.seconds, 2), "routes": asdict(answer)["routes"]}))
        return
    click.echo(f"{instance.name}:{answer.vehicles} 辆车,总里程 {answer.distance:,.2f},用时 {answer.seconds:.1f} 秒")
    for number, route in enumerate(answer.routes, 1):
        click.echo(f"{number:>3}  " + " ".join(str(node) for node in route))
